"""A desktop portal with one user, on a real D-Bus. One thread, which owns its connection."""

import itertools
import queue
import threading
from dataclasses import dataclass, field
from typing import Any

from jeepney import DBusAddress, HeaderFields, Message, MessageType, new_error, new_method_return, new_signal
from jeepney.bus_messages import message_bus
from jeepney.io.blocking import DBusConnection, open_dbus_connection

from tests.e2e.hotkey_recorder import WAIT_S

NAME = "org.freedesktop.portal.Desktop"
PATH = "/org/freedesktop/portal/desktop"
SHORTCUTS = "org.freedesktop.portal.GlobalShortcuts"
SESSION = f"{PATH}/session/stand_in/1"


@dataclass(kw_only=True)
class Behaviour:
    """How the stand-in portal differs from a good one."""

    registry: bool = True
    shortcuts: bool = True
    code: int = 0
    """Response code of BindShortcuts: 1 is the user's refusal."""
    bound: bool = True
    trigger: str = "Press <Control>space"
    respond_first: bool = False
    """The Response signal overtakes the method's own reply."""
    old_path: bool = False
    """The request's path is not the one the caller predicted, as before version 0.9."""
    answers: bool = True
    binds: bool = True
    """The user answers the question whether the program may have the hotkey."""
    replaceable: bool = False
    """Another portal may take the name."""


@dataclass
class Call:
    """What the portal was asked."""

    member: str
    body: tuple[Any, ...]
    sender: str = field(default="")


class StandInPortal:
    """A portal with one user, who does what the test says. One thread, which owns the connection."""

    def __init__(self, address: str, behaviour: Behaviour) -> None:
        self._behaviour = behaviour
        self._connection: DBusConnection = open_dbus_connection(bus=address)
        flags = 2 | behaviour.replaceable  # REPLACE_EXISTING, ALLOW_REPLACEMENT
        reply = self._connection.send_and_get_reply(message_bus.RequestName(NAME, flags), timeout=WAIT_S)
        assert reply.body == (1,)
        self.calls: queue.SimpleQueue[Call] = queue.SimpleQueue()
        self._orders: queue.SimpleQueue[Message] = queue.SimpleQueue()
        self._client = ""
        self._paths = itertools.count()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._serve, name="portal")
        self._thread.start()

    def close(self) -> None:
        """Leave the bus."""
        if self._stopping.is_set():
            return
        self._stopping.set()
        self._thread.join(WAIT_S)
        self._connection.close()

    def emit(self, member: str, *, session: str = SESSION, shortcut: str = "talk") -> None:
        """Say that a shortcut went down or up."""
        emitter = DBusAddress(PATH, interface=SHORTCUTS)
        self._orders.put(new_signal(emitter, member, "osta{sv}", (session, shortcut, 123, {})))

    def close_session(self) -> None:
        """Say that the session is over."""
        self._orders.put(new_signal(DBusAddress(SESSION, interface="org.freedesktop.portal.Session"), "Closed"))

    def _serve(self) -> None:
        while not self._stopping.is_set():
            while not self._orders.empty():
                self._to_client(self._orders.get())
            try:
                message = self._connection.receive(timeout=0.02)
            except TimeoutError:
                continue
            if message.header.message_type is MessageType.method_call:
                self._answer(message)

    def _to_client(self, signal: Message) -> None:
        signal.header.fields[HeaderFields.destination] = self._client
        self._connection.send(signal)

    def _answer(self, call: Message) -> None:
        fields = call.header.fields
        member, interface = fields[HeaderFields.member], fields[HeaderFields.interface]
        self._client = fields[HeaderFields.sender]
        self.calls.put(Call(member, call.body, self._client))
        good = self._behaviour
        if member == "Register" and good.registry:
            self._connection.send(new_method_return(call))
        elif interface == SHORTCUTS and good.shortcuts:
            if good.answers:
                self._request(call, member)
        else:
            self._connection.send(new_error(call, "org.freedesktop.DBus.Error.UnknownMethod", "s", ("No such method",)))

    def _request(self, call: Message, member: str) -> None:
        good = self._behaviour
        token = call.body[-1]["handle_token"][1]
        path = f"{PATH}/request/{self._client[1:].replace('.', '_')}/{token}"
        if good.old_path:
            path = f"{PATH}/request/{next(self._paths)}"
        results: dict[str, tuple[str, Any]]
        if member == "CreateSession":
            code, results = 0, {"session_handle": ("s", SESSION)}
        else:
            about = {"description": ("s", "Talk"), "trigger_description": ("s", good.trigger)}
            code, results = good.code, {"shortcuts": ("a(sa{sv})", [("talk", about)] if good.bound else [])}
        emitter = DBusAddress(path, interface="org.freedesktop.portal.Request")
        response = new_signal(emitter, "Response", "ua{sv}", (code, results))
        reply = new_method_return(call, "o", (path,))
        if member == "BindShortcuts" and not good.binds:
            self._connection.send(reply)
        elif good.respond_first:
            self._to_client(response)
            self._connection.send(reply)
        else:
            self._connection.send(reply)
            self._to_client(response)
