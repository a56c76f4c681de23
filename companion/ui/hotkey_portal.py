"""The global hotkey through the desktop portal's GlobalShortcuts: Wayland.

A portal may restart, or come later than this program: whenever there is another one the hotkey is bound anew.

Thread: "hotkey", which owns the D-Bus connection from the first to the last byte; a pipe wakes it to end.
Source: https://flatpak.github.io/xdg-desktop-portal/docs/doc-org.freedesktop.portal.GlobalShortcuts.html
"""

import logging
import os
import secrets
import threading
import time
from collections.abc import Mapping
from selectors import EVENT_READ
from typing import Any, Final

from jeepney import DBusAddress, DBusErrorResponse, HeaderFields, MatchRule, Message, MessageType, new_method_call
from jeepney.bus import get_bus
from jeepney.bus_messages import message_bus
from jeepney.io.blocking import DBusConnection, prep_socket

from companion.desktop_entry import APP_ID
from companion.engine.errors import CompanionError
from companion.keys import KeyCombination
from companion.ui.hotkey_base import HotkeyListener, unavailable

_LOG = logging.getLogger(__name__)

SHORTCUT_ID: Final = "talk"

_BUS: Final = "org.freedesktop.DBus"
_PORTAL: Final = "org.freedesktop.portal.Desktop"
_PATH: Final = "/org/freedesktop/portal/desktop"
_SHORTCUTS: Final = "org.freedesktop.portal.GlobalShortcuts"
_REQUEST: Final = "org.freedesktop.portal.Request"
_SESSION: Final = "org.freedesktop.portal.Session"
_REGISTRY: Final = "org.freedesktop.host.portal.Registry"

_CALL_S = 5.0
"""Longest wait for an answer by a program."""
_DIALOG_S = 600.0
"""Longest wait for an answer by the user, whom the desktop may ask to confirm the hotkey."""
_STOP_S = 2.0
_RESTART_S = 3.0
"""A portal that restarts is back by then; only one that is not is told."""
_REPEAT_S = 1.5
"""A desktop that repeats Activated while the key is held begins to within a second, and goes on many times a second."""
_CLOSES = 3
_CLOSES_S = 60.0
"""A desktop that closes the session this often within this time means it."""


class _StoppedError(Exception):
    """`stop` was called while waiting."""


class _PortalChangedError(Exception):
    """The portal left the bus, or another took its place: its sessions are gone."""


class _SessionClosedError(Exception):
    """The desktop closed the session."""


class _Connection(DBusConnection):  # type: ignore[misc]  # jeepney has no types
    """A connection whose every wait ends: by itself, or by a byte on `wake_fd`."""

    def __init__(self, address: str, wake_fd: int) -> None:
        super().__init__(prep_socket(get_bus(address), timeout=_CALL_S))
        self.selector.register(wake_fd, EVENT_READ)

    def receive(self, *, timeout: float | None = None) -> Message:
        return super().receive(timeout=_CALL_S if timeout is None else timeout)


class PortalBackend:
    """Hears the hotkey through the desktop, which may ask the user first and lets them choose another key."""

    def __init__(
        self, combination: KeyCombination, listener: HotkeyListener, environment: Mapping[str, str] | None = None
    ) -> None:
        self._combination = combination
        self._tell = listener
        self._environment = os.environ if environment is None else environment
        self._wake_read, self._wake_write = os.pipe()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="hotkey", daemon=True)
        self._owner = ""
        """The portal that the hotkey is bound to: its unique name on the bus."""
        self._new_owner = ""
        """The portal that appeared since, if there is one."""
        self._closed_s: list[float] = []
        self._held = False
        self._activated_s = 0.0

    def start(self) -> None:
        """Begin to listen. See `HotkeyBackend`."""
        self._thread.start()

    def stop(self) -> None:
        """End the thread. See `HotkeyBackend`."""
        if self._stopping.is_set():
            return
        self._stopping.set()
        os.write(self._wake_write, b"x")
        if self._thread.ident is not None:
            self._thread.join(_STOP_S)
        if not self._thread.is_alive():
            os.close(self._wake_read)
            os.close(self._wake_write)

    # -- the "hotkey" thread

    def _run(self) -> None:
        try:
            with _Connection(self._bus_address(), self._wake_read) as connection:
                self._subscribe(connection)
                while True:
                    self._serve(connection)
        except _StoppedError:
            _LOG.debug("the portal's hotkey was stopped")
        except CompanionError as error:
            self._tell.unavailable(error)
        except (OSError, RuntimeError, KeyError, ValueError, IndexError, DBusErrorResponse) as error:
            # jeepney's errors for an absent bus, a closed connection, a timeout and a malformed answer
            _LOG.info("no hotkey through the portal: %s", type(error).__name__)
            if not self._stopping.is_set():
                self._tell.unavailable(_no_portal())
        finally:
            self._release()

    def _serve(self, connection: _Connection) -> None:
        """Bind the hotkey and listen; return when there is reason to bind it anew."""
        try:
            session = self._open_session(connection)
            self._tell.available(self._bind(connection, session))
            self._listen(connection, session)
        except _SessionClosedError:
            self._closed_s = [*self._closed_s[1 - _CLOSES :], time.monotonic()]
            if len(self._closed_s) == _CLOSES and self._closed_s[-1] - self._closed_s[0] < _CLOSES_S:
                raise unavailable("hotkey-failed", "The desktop closed the hotkey.") from None
        except _PortalChangedError:
            self._release()
            self._await_portal(connection, unavailable("hotkey-failed", "The desktop portal has gone."), _RESTART_S)
        except (DBusErrorResponse, TimeoutError) as error:
            _LOG.info("no hotkey from this portal: %s", getattr(error, "name", type(error).__name__))
            self._new_owner = ""  # the one that came as it was asked is the one that refused
            self._await_portal(connection, _no_portal(), 0.0)
        finally:
            self._release()

    def _await_portal(self, connection: _Connection, problem: CompanionError, patience_s: float) -> None:
        """Return when there is a portal that was not there before; tell `problem` if that is not soon."""
        deadline: float | None = time.monotonic() + patience_s
        while not self._new_owner:
            try:
                self._note_owner(self._receive(connection, deadline))
            except TimeoutError:
                deadline = None
                self._tell.unavailable(problem)

    def _bus_address(self) -> str:
        address = self._environment.get("DBUS_SESSION_BUS_ADDRESS")
        return address or f"unix:path={self._environment['XDG_RUNTIME_DIR']}/bus"

    def _subscribe(self, connection: _Connection) -> None:
        for rule in (
            MatchRule(type="signal", sender=_PORTAL, interface=_SHORTCUTS),
            MatchRule(type="signal", sender=_PORTAL, interface=_REQUEST),
            MatchRule(type="signal", sender=_PORTAL, interface=_SESSION),
            _owner_changes(),
        ):
            self._call(connection, message_bus.AddMatch(rule))

    def _open_session(self, connection: _Connection) -> str:
        self._owner = self._new_owner = ""
        try:
            self._call(connection, _method(_REGISTRY, "Register", "sa{sv}", (APP_ID, {})))
        except DBusErrorResponse:
            _LOG.debug("the portal has no registry for programs outside a sandbox")
        options = {"session_handle_token": ("s", _token())}
        results = self._request(connection, "CreateSession", "", (), options, _CALL_S)
        return str(results["session_handle"][1])

    def _bind(self, connection: _Connection, session: str) -> str:
        """Bind the hotkey and return what the desktop calls the key."""
        properties = {
            "description": ("s", "Hold to talk to Companion"),
            "preferred_trigger": ("s", self._combination.portal_trigger),
        }
        arguments = (session, [(SHORTCUT_ID, properties)], "")
        results = self._request(connection, "BindShortcuts", "oa(sa{sv})s", arguments, {}, _DIALOG_S)
        bound = dict(results["shortcuts"][1]) if "shortcuts" in results else {}
        if SHORTCUT_ID not in bound:
            raise unavailable("hotkey-denied", "The desktop bound no key to Companion.")
        trigger = bound[SHORTCUT_ID].get("trigger_description", ("s", ""))[1]
        return str(trigger) or self._combination.qt_text

    def _listen(self, connection: _Connection, session: str) -> None:
        while True:
            message = self._next(connection, None)
            at_s = time.monotonic()
            member = message.header.fields.get(HeaderFields.member)
            if message.header.fields.get(HeaderFields.sender) != self._owner:
                continue
            if member == "Closed" and message.header.fields.get(HeaderFields.path) == session:
                raise _SessionClosedError
            if member in ("Activated", "Deactivated") and tuple(message.body[:2]) == (session, SHORTCUT_ID):
                if member == "Deactivated":
                    self._release(at_s)
                else:
                    self._press(at_s)

    def _press(self, at_s: float) -> None:
        """The key went down, or the desktop repeats it, or it went down anew and its Deactivated was lost before."""
        before_s, self._activated_s = self._activated_s, at_s
        if self._held and at_s - before_s > _REPEAT_S:
            self._release(at_s)
        if not self._held:
            self._held = True
            self._tell.pressed(at_s)

    def _release(self, at_s: float | None = None) -> None:
        if self._held:
            self._held = False
            self._tell.released(time.monotonic() if at_s is None else at_s)

    def _request(
        self,
        connection: _Connection,
        method: str,
        signature: str,
        arguments: tuple[Any, ...],
        options: dict[str, tuple[str, str]],
        timeout_s: float,
    ) -> dict[str, tuple[str, Any]]:
        """Call a portal method that answers by a Response signal, and return its results."""
        token = _token()
        sender = str(connection.unique_name).removeprefix(":").replace(".", "_")
        paths = {f"{_PATH}/request/{sender}/{token}"}
        responses: dict[str, Message] = {}
        body = (*arguments, {**options, "handle_token": ("s", token)})
        reply = self._call(connection, _method(_SHORTCUTS, method, f"{signature}a{{sv}}", body), responses)
        self._owner = str(reply.header.fields[HeaderFields.sender])
        paths.add(str(reply.body[0]))  # portals before 0.9 choose the path themselves
        deadline = time.monotonic() + timeout_s
        while not paths & responses.keys():
            _keep_response(self._next(connection, deadline), responses)
        code, results = responses[(paths & responses.keys()).pop()].body
        if code != 0:
            raise unavailable("hotkey-denied", "The desktop did not allow the hotkey.")
        return dict(results)

    def _call(self, connection: _Connection, message: Message, responses: dict[str, Message] | None = None) -> Message:
        """Send a method call and return the reply; Response signals that overtake it are put into `responses`."""
        serial = next(connection.outgoing_serial)
        connection.send(message, serial=serial)
        deadline = time.monotonic() + _CALL_S
        while True:
            reply = self._next(connection, deadline)
            if reply.header.fields.get(HeaderFields.reply_serial) == serial:
                break
            if responses is not None:
                _keep_response(reply, responses)
        if reply.header.message_type is MessageType.error:
            raise DBusErrorResponse(reply)
        return reply

    def _next(self, connection: _Connection, deadline: float | None) -> Message:
        """Return the next message as `_receive` does, unless it tells that the portal bound to is no more."""
        message = self._receive(connection, deadline)
        self._note_owner(message)
        if self._owner and _new_owner(message) not in (None, self._owner):
            raise _PortalChangedError
        return message

    def _note_owner(self, message: Message) -> None:
        owner = _new_owner(message)
        if owner is not None:
            self._new_owner = owner

    def _receive(self, connection: _Connection, deadline: float | None) -> Message:
        """Return the next message; wait for it until `deadline`, or for ever if there is none, but not past `stop`."""
        while True:
            left = _CALL_S if deadline is None else deadline - time.monotonic()
            try:
                return connection.receive(timeout=max(0.0, left))
            except TimeoutError:
                if self._stopping.is_set():
                    raise _StoppedError from None
                if deadline is not None and time.monotonic() >= deadline:
                    raise


def _method(interface: str, member: str, signature: str, body: tuple[Any, ...]) -> Message:
    address = DBusAddress(_PATH, bus_name=_PORTAL, interface=interface)
    return new_method_call(address, member, signature, body)


def _owner_changes() -> MatchRule:
    rule = MatchRule(type="signal", interface=_BUS, member="NameOwnerChanged")
    rule.add_arg_condition(0, _PORTAL)
    return rule


def _new_owner(message: Message) -> str | None:
    """Return who owns the portal's name from now on, "" for nobody; None if the message is about something else."""
    fields = message.header.fields
    if (fields.get(HeaderFields.member), fields.get(HeaderFields.sender)) != ("NameOwnerChanged", _BUS):
        return None
    name, _, owner = message.body
    return str(owner) if name == _PORTAL else None


def _keep_response(message: Message, responses: dict[str, Message]) -> None:
    fields = message.header.fields
    if fields.get(HeaderFields.interface) == _REQUEST and fields.get(HeaderFields.member) == "Response":
        responses[str(fields.get(HeaderFields.path))] = message


def _token() -> str:
    return f"companion_{secrets.token_hex(8)}"


def _no_portal() -> CompanionError:
    return unavailable("hotkey-no-portal", "This desktop does not offer global hotkeys to programs.")
