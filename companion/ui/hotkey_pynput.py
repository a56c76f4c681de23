"""The global hotkey through pynput: X11, Windows and macOS.

Threads: pynput's listener, whose callback stamps the time and reports; and "hotkey", which loads pynput, keeps the
X server's side (`X11Keyboard`) and, while the hotkey is held, checks ten times a second that it really is.
"""

import logging
import os
import sys
import threading
import time
from collections.abc import Callable
from typing import Any

from companion.engine.errors import CompanionError
from companion.keys import MODIFIERS, Chord, KeyCombination
from companion.ui.hotkey_base import HotkeyListener, unavailable
from companion.ui.x11_keyboard import X11Keyboard, open_keyboard

_LOG = logging.getLogger(__name__)

VERIFY_S = 0.1
"""How often a held hotkey is compared with the keys that are physically down: bounds a lost key-up (X11 only;
elsewhere the next press or `TurnConfig.max_hold_s` ends it)."""
_READY_S = 2.0
_STOP_S = 2.0


class PynputBackend:
    """Hears the hotkey with any program in front, without typing anything.

    On X11 the combination is also grabbed, so that the focused program does not get it; if another program has
    the grab, both get it, which is reported as a notice. See docs/decisions/0070-hotkey.md.
    """

    def __init__(self, combination: KeyCombination, listener: HotkeyListener) -> None:
        self._combination = combination
        self._tell = listener
        self._chord = Chord(combination)
        self._lock = threading.Lock()
        self._wake_read, self._wake_write = os.pipe()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="hotkey", daemon=True)
        self._x11: X11Keyboard | None = None
        self._grabbed = True
        self._identify: Callable[[Any], tuple[str, str] | None] = lambda key: None

    def start(self) -> None:
        """Begin to listen. See `HotkeyBackend`."""
        self._thread.start()

    def stop(self) -> None:
        """End both threads. See `HotkeyBackend`."""
        with self._lock:
            if self._stopping.is_set():
                return
            self._stopping.set()
            self._wake()
        if self._thread.ident is not None:
            self._thread.join(_STOP_S)
        if not self._thread.is_alive():
            os.close(self._wake_read)
            os.close(self._wake_write)

    # -- the "hotkey" thread

    def _run(self) -> None:
        listener: Any = None
        try:
            listener = self._begin()
            if listener is not None:
                self._tell.available(self._combination.qt_text)
                self._guard(listener)
        except Exception as error:  # noqa: BLE001 - a library's or the X server's failure; the program goes on
            _LOG.info("hotkey ended: %s", type(error).__name__)
            self._tell.unavailable(unavailable("hotkey-failed", "The hotkey stopped working."))
        finally:
            self._end(listener)

    def _begin(self) -> Any:
        """Return pynput's running listener, or None after reporting why there is none."""
        if _uses_x11(sys.platform):
            try:
                self._x11 = open_keyboard(self._combination)
            except CompanionError as error:
                self._tell.unavailable(error)
                return None
            self._grab(self._x11)
        try:
            from pynput import keyboard
        except ImportError:
            self._tell.unavailable(
                unavailable("hotkey-unsupported", "This system does not let Companion see a hotkey.")
            )
            return None

        recording = threading.Event()

        class Listener(keyboard.Listener):  # type: ignore[misc]  # pynput has no types
            """pynput's listener, whose `wait` also returns when the thread ended before it was ready."""

            def run(self) -> None:
                try:
                    super().run()
                except Exception:  # noqa: BLE001 - the guard sees that the thread ended and reports it
                    _LOG.debug("pynput's listener ended by an error")
                finally:
                    # WORKAROUND: https://github.com/moses-palmer/pynput has no other end to `wait` here.
                    self._mark_ready()
                    recording.set()

            def _handler(self, reply: Any) -> None:
                recording.set()
                super()._handler(reply)

        listener = Listener(on_press=self._on_press, on_release=self._on_release)
        listener.name = "hotkey-listener"
        if self._x11 is not None:
            x11 = self._x11
            self._identify = lambda key: x11.identify(getattr(getattr(key, "value", key), "vk", None))
        else:
            names = _pynput_names(keyboard, self._combination)
            self._identify = lambda key: _identify(listener, names, key)
        listener.start()
        listener.wait()
        if self._x11 is not None:
            # WORKAROUND: pynput 1.8 calls itself ready before it asks the X server for the keys; the server's first
            # reply says that it sends them. A press before that is lost, and with it the hold.
            recording.wait(_READY_S)
        if not getattr(listener, "IS_TRUSTED", True):
            hint = "Allow Companion under System Settings, Privacy & Security, Input Monitoring, then start it again."
            self._tell.unavailable(unavailable("hotkey-denied", "macOS does not let Companion see the hotkey.", hint))
            listener.stop()
            return None
        return listener

    def _grab(self, x11: X11Keyboard) -> None:
        before, self._grabbed = self._grabbed, x11.grab()
        if before and not self._grabbed:
            message = f"Another program also uses {self._combination.qt_text}; holding it reaches both."
            hint = "If that disturbs, choose another hotkey in the settings."
            self._tell.noticed(CompanionError("hotkey-taken", message, hint=hint))

    def _guard(self, listener: Any) -> None:
        """Watch over the listener until `stop`."""
        verified_s = 0.0
        while not self._stopping.is_set() and listener.is_alive():
            if self._x11 is None:
                self._stopping.wait(1.0)
                continue
            left_s = max(0.0, verified_s + VERIFY_S - time.monotonic())
            if self._x11.wait(self._wake_read, left_s if self._chord.held else None):
                os.read(self._wake_read, 64)
            if self._x11.drain():
                self._grab(self._x11)
            if self._chord.held and time.monotonic() >= verified_s + VERIFY_S:
                self._verify(self._x11)
                verified_s = time.monotonic()
        if not self._stopping.is_set():
            raise RuntimeError("pynput's listener ended")

    def _verify(self, x11: X11Keyboard) -> None:
        events = self._chord.events
        physical = x11.names_down()
        with self._lock:
            # An event since then may have begun another hold, of which this look says nothing.
            if self._chord.events == events and self._chord.verify(physical):
                self._tell.released(time.monotonic())

    def _end(self, listener: Any) -> None:
        with self._lock:
            if self._chord.verify(()):
                self._tell.released(time.monotonic())
        if listener is not None:
            self._quietly(listener.stop)
            self._quietly(lambda: self._end_record(listener))
            threading.Thread.join(listener, _STOP_S / 2)
        if self._x11 is not None:
            self._quietly(self._x11.close)

    def _quietly(self, close: Callable[[], None]) -> None:
        try:
            close()
        except Exception as error:  # noqa: BLE001 - the X server may be gone, and then there is nothing to give back
            _LOG.debug("closing the hotkey: %s", type(error).__name__)

    def _end_record(self, listener: Any) -> None:
        # WORKAROUND: pynput 1.8 ends its RECORD context over the very connection that is busy reading it, which
        # the server does not look at, so the thread would stay until the next key event.
        context = getattr(listener, "_context", None)
        if self._x11 is not None and context is not None and listener.is_alive():
            self._x11.end_record(context)

    def _wake(self) -> None:
        os.write(self._wake_write, b"x")

    # -- pynput's listener thread

    def _on_press(self, key: Any) -> None:
        at_s = time.monotonic()
        identity = self._identify(key)
        if identity is None:
            return
        if self._chord.repeats(identity[0]):
            return  # 25 times a second while the hotkey is held: not worth asking the X server
        physical = self._x11.names_down() if self._x11 is not None else None
        with self._lock:
            if not self._stopping.is_set() and self._chord.key_down(*identity, physical=physical):
                self._tell.pressed(at_s)
                self._wake()

    def _on_release(self, key: Any) -> None:
        at_s = time.monotonic()
        identity = self._identify(key)
        if identity is None:
            return
        with self._lock:
            if self._chord.key_up(identity[0]):
                self._tell.released(at_s)


def _uses_x11(platform: str) -> bool:
    return platform not in ("win32", "darwin")


def _pynput_names(keyboard: Any, combination: KeyCombination) -> dict[Any, str]:
    """Return the combination's keys as pynput's `canonical` gives them, with their names."""
    special = {"super": "cmd"}
    names = {}
    for name in combination.names:
        key = (
            getattr(keyboard.Key, special.get(name, name), None) if len(name) > 1 else keyboard.KeyCode.from_char(name)
        )
        names[key] = name
        if name not in MODIFIERS and isinstance(key, keyboard.Key):
            names[keyboard.KeyCode.from_vk(key.value.vk)] = name
    return names


def _identify(listener: Any, names: dict[Any, str], key: Any) -> tuple[str, str] | None:
    if key is None:
        return None
    name = names.get(key) or names.get(listener.canonical(key))
    return None if name is None else (str(key), name)
