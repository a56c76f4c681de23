"""A question to the desktop portal: does it have global shortcuts? Binds none. Any thread; every wait ends."""

import os
from enum import Enum

from jeepney import DBusAddress, DBusErrorResponse, Message, Properties
from jeepney.bus import get_bus
from jeepney.io.blocking import DBusConnection, prep_socket
from jeepney.wrappers import unwrap_msg

ANSWER_S = 3.0
"""A portal that is started by the question takes a second or two."""

_SHORTCUTS = DBusAddress(
    "/org/freedesktop/portal/desktop", "org.freedesktop.portal.Desktop", "org.freedesktop.portal.GlobalShortcuts"
)
_ABSENT = ("org.freedesktop.DBus.Error.ServiceUnknown", "org.freedesktop.DBus.Error.NameHasNoOwner")


class _Connection(DBusConnection):  # type: ignore[misc]  # jeepney has no types
    """A connection whose every wait ends, the one for the first answer included."""

    def receive(self, *, timeout: float | None = None) -> Message:
        return super().receive(timeout=ANSWER_S if timeout is None else timeout)


class PortalState(Enum):
    """What is there."""

    READY = "ready"
    NO_BUS = "no bus"
    NO_PORTAL = "no portal"
    NO_SHORTCUTS = "no shortcuts"


def probe_portal() -> PortalState:
    """Ask the portal on the user's bus for the version of its shortcuts; the bus starts it if it can be started."""
    address = os.environ.get("DBUS_SESSION_BUS_ADDRESS", "SESSION")
    try:
        with _Connection(prep_socket(get_bus(address), timeout=ANSWER_S)) as connection:
            reply = connection.send_and_get_reply(Properties(_SHORTCUTS).get("version"), timeout=ANSWER_S)
            unwrap_msg(reply)
    except DBusErrorResponse as error:
        return PortalState.NO_PORTAL if error.name in _ABSENT else PortalState.NO_SHORTCUTS
    except TimeoutError:
        return PortalState.NO_PORTAL
    except (OSError, RuntimeError, KeyError, ValueError, IndexError):  # jeepney, of a bus that is not there
        return PortalState.NO_BUS
    return PortalState.READY
