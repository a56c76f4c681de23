"""The X server's keyboard: which keys are physically down, what the layout calls them, and the hotkey's grab.

Thread: any, under its own lock; every call is one round trip to the X server (about 0.03 ms).
"""

import itertools
import os
import select
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from companion.keys import MODIFIERS, KeyCombination
from companion.ui.hotkey_base import unavailable

_MODIFIER_KEYSYMS = {
    "ctrl": ("Control_L", "Control_R"),
    "alt": ("Alt_L", "Alt_R", "Meta_L", "Meta_R"),
    "shift": ("Shift_L", "Shift_R"),
    "super": ("Super_L", "Super_R"),
}
_LEVELS = 8
"""Keysyms per key that are looked at: four groups with and without Shift, as the core protocol folds them."""


def has_x_server(environment: Mapping[str, str]) -> bool:
    """Return whether `DISPLAY` names an X server that may be there.

    A local one has a socket file; without it python-xlib would go on to try TCP.
    """
    host, _, number = environment.get("DISPLAY", "").rpartition(":")
    return host not in ("", "unix") or Path(f"/tmp/.X11-unix/X{number.partition('.')[0]}").exists()


def open_keyboard(combination: KeyCombination) -> "X11Keyboard":
    """Return the keyboard of the X server that `DISPLAY` names.

    Raises:
        CompanionError: there is no X server, or the combination cannot be heard on it.
    """
    try:
        if not has_x_server(os.environ):
            raise ConnectionError
        keyboard = X11Keyboard(combination)
    except Exception as error:  # python-xlib raises several kinds of its own for an absent server
        raise unavailable("hotkey-no-display", "There is no X server to hear a hotkey from.") from error
    if not keyboard.can_record:
        keyboard.close()
        raise unavailable("hotkey-unsupported", "This X server does not let programs see a hotkey (no RECORD).")
    if not keyboard.has_key:
        keyboard.close()
        message = f"This keyboard layout has no key for {combination.qt_text}."
        raise unavailable("hotkey-no-such-key", message, "Choose another hotkey in the settings.")
    return keyboard


def try_hotkey(combination: KeyCombination) -> bool:
    """Do once what a hotkey's start does; return False if another program has the combination too.

    Raises:
        CompanionError: as by `open_keyboard`.
    """
    keyboard = open_keyboard(combination)
    try:
        return keyboard.grab()
    finally:
        keyboard.close()


class X11Keyboard:
    """One connection to the X server for all that pynput cannot tell.

    The passive grab keeps the hotkey from the program that has the focus, and fails if another program has it.

    Raises:
        Xlib.error.DisplayError: there is no X server.
        Xlib.error.ConnectionClosedError: (by every method) the X server is gone.
    """

    def __init__(self, combination: KeyCombination) -> None:
        from Xlib import XK, X, display, error

        self._x: Any = X
        self._keysym: Any = XK.string_to_keysym
        self._error: Any = error
        self._combination = combination
        self._lock = threading.Lock()
        self._display: Any = display.Display()
        self._root: Any = self._display.screen().root
        self._code_of_keysym = self._keysyms_at_start()
        self._read_layout()

    @property
    def can_record(self) -> bool:
        """Whether the server lets a program see keys pressed in others (the RECORD extension)."""
        with self._lock:
            return bool(self._display.has_extension("RECORD"))

    @property
    def has_key(self) -> bool:
        """Whether this keyboard layout has the combination's key."""
        return self._combination.key in self._name_of_code.values()

    def identify(self, keysym: int | None) -> tuple[str, str] | None:
        """Return the key that pynput reports as `keysym` as (key, name), or None if it has no part in the combination.

        What a key produces depends on the modifiers: with Shift, Alt becomes Meta and 1 becomes an exclamation mark.
        """
        code = self._code_of_keysym.get(keysym or 0, 0)
        name = self._name_of_code.get(code)
        return None if name is None else (str(code), name)

    def names_down(self) -> frozenset[str]:
        """Return the names of the modifiers, and of the combination's key, that are physically down."""
        with self._lock:
            keymap, names = self._display.query_keymap(), self._name_of_code
        return frozenset(name for code, name in names.items() if keymap[code >> 3] >> (code & 7) & 1)

    def grab(self) -> bool:
        """Keep the combination from the focused program; False if another program already has it."""
        with self._lock:
            catch = self._error.CatchError(self._error.BadAccess)
            for code, mask in self._grabs():
                asynchronous = self._x.GrabModeAsync
                self._root.grab_key(code, mask, True, asynchronous, asynchronous, onerror=catch)
            self._display.sync()
            if catch.get_error() is None:
                return True
            self._ungrab()
            return False

    def drain(self) -> bool:
        """Drop the grab's own events; return True if the keyboard layout changed, after reading the new one."""
        changed = False
        with self._lock:
            while self._display.pending_events():
                event = self._display.next_event()
                if event.type == self._x.MappingNotify:
                    self._display.refresh_keyboard_mapping(event)
                    changed = True
            if changed:
                self._ungrab()
                self._read_layout()
        return changed

    def wait(self, wake_fd: int, timeout_s: float | None) -> bool:
        """Wait for an event of the X server or for `wake_fd`; True if `wake_fd` is readable."""
        ready, _, _ = select.select([self._display.fileno(), wake_fd], [], [], timeout_s)
        return wake_fd in ready

    def end_record(self, context: int) -> None:
        """Let the thread that reads this RECORD context go."""
        with self._lock:
            self._display.record_disable_context(context)
            self._display.sync()

    def close(self) -> None:
        """Give the grab back and close the connection. Idempotent."""
        with self._lock:
            self._display.close()

    def _read_layout(self) -> None:
        names = {keysym: name for name, keysyms in _MODIFIER_KEYSYMS.items() for keysym in keysyms}
        names[self._combination.keysym] = self._combination.key
        name_of_code: dict[int, str] = {}
        for keysym, name in names.items():
            for code, level in self._display.keysym_to_keycodes(self._keysym(keysym)):
                if level == 0:
                    name_of_code.setdefault(code, name)
        self._name_of_code = name_of_code  # at once: `identify` looks into it meanwhile

    def _keysyms_at_start(self) -> dict[int, int]:
        """Return the key behind each keysym: the inverse of what pynput does.

        WORKAROUND: pynput keeps using the layout it found at its start, so this table must not follow a new one.
        """
        info = self._display.display.info
        code_of_keysym: dict[int, int] = {}
        for level, code in itertools.product(range(_LEVELS), range(info.min_keycode, info.max_keycode + 1)):
            keysym = self._display.keycode_to_keysym(code, level)
            if keysym:
                code_of_keysym.setdefault(keysym, code)
        return code_of_keysym

    def _grabs(self) -> list[tuple[int, int]]:
        masks = dict(
            zip(MODIFIERS, (self._x.ControlMask, self._x.Mod1Mask, self._x.ShiftMask, self._x.Mod4Mask), strict=True)
        )
        wanted = sum(masks[name] for name in self._combination.modifiers)
        locks = (0, self._x.LockMask, self._x.Mod2Mask, self._x.LockMask | self._x.Mod2Mask)
        codes = [code for code, name in self._name_of_code.items() if name == self._combination.key]
        return [(code, wanted | lock) for code in codes for lock in locks]

    def _ungrab(self) -> None:
        for code, mask in self._grabs():
            self._root.ungrab_key(code, mask)
        self._display.sync()
