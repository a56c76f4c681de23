"""A private X server for tests of the hotkey alone, keys pressed on it, and a back end that listens there."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from companion.keys import parse
from companion.ui.hotkey_pynput import PynputBackend
from tests.e2e.hotkey_recorder import WAIT_S, HotkeyRecorder


@contextmanager
def private_x_server(monkeypatch: pytest.MonkeyPatch, *more: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run an X server, with `more` arguments, and point `DISPLAY` at it."""
    read, write = os.pipe()
    process = subprocess.Popen(
        ["Xvfb", "-displayfd", str(write), "-screen", "0", "640x480x24", "-nolisten", "tcp", "-noreset", *more],
        pass_fds=(write,),
        stderr=subprocess.DEVNULL,
    )
    os.close(write)
    with os.fdopen(read) as pipe:
        monkeypatch.setenv("DISPLAY", ":" + pipe.readline().strip())
    try:
        yield process
    finally:
        process.terminate()
        process.wait(WAIT_S)


@contextmanager
def listening(hotkey: str, first: str = "available") -> Iterator[HotkeyRecorder]:
    """Listen for `hotkey`; what is told first must be `first`."""
    recorder = HotkeyRecorder()
    backend = PynputBackend(parse(hotkey), recorder.listener)
    backend.start()
    try:
        assert recorder.next()[0] == first
        yield recorder
    finally:
        backend.stop()


def xdotool(*words: str) -> None:
    """Press and release keys, as a keyboard does."""
    subprocess.run(["xdotool", *words], check=True, timeout=WAIT_S)
