"""What the doctor looks at around the program: the sound server, the display, the desktop portal, another Companion.

Thread: the caller's. Every question has an end.
"""

import os
import socket
import sys
from collections.abc import Iterator
from pathlib import Path

from companion import control
from companion.finding import Finding, Health
from companion.ui import display
from companion.ui.portal_probe import PortalState, probe_portal

SOUND_S = 1.0
"""How long a sound server may take to let somebody in."""
_RESTART = "systemctl --user restart pipewire pipewire-pulse wireplumber (or: pulseaudio --start)"


def sound_server() -> Iterator[Finding]:
    """Knock at the sound server's door: PortAudio only says that there is no device."""
    if sys.platform != "linux":
        return
    doors = _sound_doors()
    if not doors:
        detail = f"its address is {os.environ.get('PULSE_SERVER', '')}, which is no local door"
        fix = "Unset PULSE_SERVER: sound through a network is slow, and your words would leave this computer."
        yield Finding(part="sound", health=Health.BROKEN, detail=detail, fix=fix)
        return
    trouble = ""
    for door in doors:
        trouble = _knocked(door)
        if not trouble:
            yield Finding(part="sound", health=Health.OK, detail=f"the sound server answers at {door}")
            return
    gone = any(door.exists() for door in doors) or "PULSE_SERVER" in os.environ
    health = Health.BROKEN if gone else Health.NOTE
    yield Finding(part="sound", health=health, detail=f"no sound server: {trouble}", fix=f"Start it: {_RESTART}")


def screen() -> Iterator[Finding]:
    """Knock at the display's door."""
    if error := display.problem():
        health = Health.NOTE if error.code == "no-display" else Health.BROKEN
        yield Finding(part="screen", health=health, detail=error.message.rstrip("."), fix=error.hint)
    else:
        yield Finding(part="screen", health=Health.OK, detail="there is a display for the window")


def portal(keys: str) -> Finding:
    """Ask the desktop portal whether it has global shortcuts, without binding one."""
    fallback = "Bind a desktop shortcut to: companion press / companion release (or companion toggle)"
    state = probe_portal()
    if state is PortalState.READY:
        detail = f"{keys}, through the desktop portal (the desktop asks once)"
        return Finding(part="hotkey", health=Health.OK, detail=detail, fix=f"If it does nothing: {fallback}")
    detail = {
        PortalState.NO_BUS: "the desktop's message bus does not answer: no talk key under Wayland",
        PortalState.NO_PORTAL: "there is no desktop portal: no talk key under Wayland",
        PortalState.NO_SHORTCUTS: "this desktop's portal has no global shortcuts: no talk key under Wayland",
    }[state]
    install = "Install xdg-desktop-portal and the backend of your desktop. " if state is PortalState.NO_PORTAL else ""
    return Finding(part="hotkey", health=Health.NOTE, detail=detail, fix=f"{install}{fallback}")


def running() -> Iterator[Finding]:
    """Ask another Companion whether it is there, and whether it answers."""
    reply = control.send("ping", control.PING_S)
    if reply.ok:
        yield Finding(part="running", health=Health.OK, detail="Companion is running, and answers")
    elif reply.code == control.NOT_RUNNING:
        yield Finding(part="running", health=Health.OK, detail="Companion is not running")
    else:
        fix = "End it in your system monitor, then start it again."
        detail = reply.message.partition(". ")[0]
        yield Finding(part="running", health=Health.BROKEN, detail=detail, fix=fix)


def _sound_doors() -> list[Path]:
    """Return where the sound server may be reached; nothing if it is told to be elsewhere than on this computer."""
    if address := os.environ.get("PULSE_SERVER", ""):
        path = address.rpartition("}")[2].removeprefix("unix:")
        return [Path(path)] if path.startswith("/") else []
    runtime = Path(os.environ.get("XDG_RUNTIME_DIR") or f"/run/user/{os.getuid()}")
    return [runtime / "pulse" / "native", runtime / "pipewire-0"]


def _knocked(door: Path) -> str:
    """Return why nobody opens; empty if somebody does."""
    try:
        with socket.socket(socket.AF_UNIX) as one:
            one.settimeout(SOUND_S)
            one.connect(str(door))
    except OSError as error:
        return f"{door}: {error.strerror or 'no answer'}"
    return ""
