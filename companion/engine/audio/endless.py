"""Ends a callback thread that PortAudio has sent round in circles. Linux only; engine side, inside `call_patiently`.

WORKAROUND: https://github.com/PortAudio/portaudio/issues/1037. In every PortAudio before the middle of 2025, which is what
distributions ship, an ALSA device that goes at the wrong moment (unplugged, or its sound daemon killed) leaves its
callback thread in an endless loop inside PortAudio. The thread takes a whole core, writes a line to stderr each round
(80 MB a second were measured), does not react to being cancelled, and so the stream can never be closed.

The thread is recognised by its CPU time: a device that is gone gives it nothing to do. It is ended by a signal whose
handler is `pthread_exit`: that unwinds the thread's stack and runs PortAudio's own clean-up, after which the stream
counts as finished and closes like any other.
"""

import contextlib
import ctypes
import signal
import sys
import threading
import time
from collections.abc import Callable

_WATCH_S = 0.03
_BUSY = 0.5
"""Share of the watched time from which a thread without a device counts as going round in circles. (It has to share two
cores with the models.)"""

_END_S = 0.5


def end_endless_loop(thread: int | None, ended: Callable[[], bool]) -> None:
    """End the callback thread of a lost stream if it is in an endless loop; else leave it alone.

    Args:
        thread: Its `threading.get_ident()`, noted in a callback; None if there never was one. It must not have been
            joined: PortAudio does that when it stops the stream.
        ended: Returns whether the thread has ended by itself.
    """
    if sys.platform != "linux" or thread is None or ended() or not _busy(thread):
        return
    libc = ctypes.CDLL(None)
    # A signal number nobody else uses; set in C, because Python would run its handler on the main thread.
    number = signal.SIGRTMAX - 2
    libc.signal.restype = ctypes.c_void_p
    before = libc.signal(number, libc.pthread_exit)
    try:
        signal.pthread_kill(thread, number)
        pause = threading.Event()
        deadline_s = time.monotonic() + _END_S
        while not ended() and time.monotonic() < deadline_s:
            pause.wait(0.002)
    finally:
        libc.signal(number, ctypes.c_void_p(before))


def _busy(thread: int) -> bool:
    with contextlib.suppress(OSError):  # it has just ended
        clock = time.pthread_getcpuclockid(thread)
        begun_s, cpu_s = time.monotonic(), time.clock_gettime(clock)
        threading.Event().wait(_WATCH_S)
        return time.clock_gettime(clock) - cpu_s > _BUSY * (time.monotonic() - begun_s)
    return False
