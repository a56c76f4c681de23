"""A private session bus with what a desktop's panel has on it: a tray and a notification service, both stand-ins."""

import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from jeepney import DBusAddress, HeaderFields, Message, MessageType, new_method_call, new_method_return
from jeepney.bus_messages import message_bus
from jeepney.io.blocking import DBusConnection, open_dbus_connection

WAIT_S = 10.0
_WATCHER = "org.kde.StatusNotifierWatcher"
_NOTIFICATIONS = "org.freedesktop.Notifications"
_WATCHER_XML = f"""<!DOCTYPE node PUBLIC "-//freedesktop//DTD D-BUS Object Introspection 1.0//EN"
"http://www.freedesktop.org/standards/dbus/1.0/introspect.dtd">
<node><interface name="{_WATCHER}">
<method name="RegisterStatusNotifierItem"><arg type="s" direction="in"/></method>
<property name="IsStatusNotifierHostRegistered" type="b" access="read"/>
<property name="ProtocolVersion" type="i" access="read"/>
<signal name="StatusNotifierHostRegistered"/>
</interface></node>"""


class Panel:
    """Takes tray items and notifications. One thread, which owns the connection."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.items: list[str] = []
        """Bus names of the tray icons."""
        self.notifications: list[tuple[str, str]] = []
        """(title, body) of each."""
        self._connection: DBusConnection = open_dbus_connection(bus=address)
        for name in (_WATCHER, _NOTIFICATIONS):
            reply = self._connection.send_and_get_reply(message_bus.RequestName(name, 4), timeout=WAIT_S)
            assert reply.body == (1,)
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._serve, name="panel")
        self._thread.start()

    def close(self) -> None:
        self._stopping.set()
        self._thread.join(WAIT_S)
        self._connection.close()

    def click(self) -> None:
        """Click the tray icon."""
        item = DBusAddress("/StatusNotifierItem", bus_name=self.items[-1], interface="org.kde.StatusNotifierItem")
        self._call(new_method_call(item, "Activate", "ii", (10, 10)))

    def tool_tip(self) -> str:
        """Return what the tray icon says when it is pointed at."""
        item = DBusAddress("/StatusNotifierItem", bus_name=self.items[-1], interface="org.freedesktop.DBus.Properties")
        reply = self._call(new_method_call(item, "Get", "ss", ("org.kde.StatusNotifierItem", "ToolTip")))
        return str(reply.body[0][1][2])

    def _call(self, message: Message) -> Message:
        with open_dbus_connection(bus=self.address) as connection:
            return connection.send_and_get_reply(message, timeout=WAIT_S)

    def _serve(self) -> None:
        while not self._stopping.is_set():
            try:
                message = self._connection.receive(timeout=0.02)
            except TimeoutError:
                continue
            if message.header.message_type is MessageType.method_call:
                self._connection.send(self._answer(message))

    def _answer(self, call: Message) -> Message:
        member = call.header.fields[HeaderFields.member]
        values: dict[str, Any] = {"IsStatusNotifierHostRegistered": ("b", True), "ProtocolVersion": ("i", 0)}
        match member:
            case "Introspect":
                return new_method_return(call, "s", (_WATCHER_XML,))
            case "Get":
                return new_method_return(call, "v", (values[call.body[1]],))
            case "GetAll":
                return new_method_return(call, "a{sv}", (values,))
            case "RegisterStatusNotifierItem":
                self.items.append(call.header.fields[HeaderFields.sender])
                return new_method_return(call)
            case "Notify":
                self.notifications.append((call.body[3], call.body[4]))
                return new_method_return(call, "u", (len(self.notifications),))
            case "GetCapabilities":
                return new_method_return(call, "as", (["body"],))
            case "GetServerInformation":
                return new_method_return(call, "ssss", ("panel", "test", "1", "1.2"))
        return new_method_return(call)


@contextmanager
def panel() -> Iterator[Panel]:
    """Run a bus with a panel on it."""
    process = subprocess.Popen(
        ["dbus-daemon", "--session", "--nofork", "--print-address"], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    with process.stdout:
        running = Panel(process.stdout.readline().strip())
        try:
            yield running
        finally:
            running.close()
            process.terminate()
            process.wait(WAIT_S)
