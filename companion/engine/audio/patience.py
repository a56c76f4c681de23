"""Calls into the sound system that are given up on after a while, because it may never answer.

PortAudio waits for the sound server without a limit: with a PulseAudio daemon that was stopped (not killed), closing a
stream did not return in 40 s. Each call here runs on a thread of its own, one at a time. The caller goes on when its
patience ends; the thread stays behind, lasts as long as the sound system hangs, and is a daemon thread, so that it
cannot keep the process from ending.
"""

import threading
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

_turnstile = threading.Lock()
"""Held around every call: PortAudio's opening, closing and listing may not overlap."""


def portaudio_stuck() -> bool:
    """Return whether a call is still in the sound system.

    Thread: any.
    """
    return _turnstile.locked()


def call_patiently(
    call: Callable[[], T], timeout_s: float, name: str, *, too_late: Callable[[T], None] | None = None
) -> T:
    """Return what `call` returns, or raise what it raises, within `timeout_s`.

    Args:
        call: Runs on another thread, after those that came before it.
        timeout_s: How long to wait.
        name: Of that thread.
        too_late: Gets a result that came after the caller gave up, on that thread. With it, a call that was given up
            on before its turn came is left out; without it, it is still made.

    Raises:
        TimeoutError: it has not returned in time.
    """
    changing = threading.Condition()
    result: list[T] = []
    failure: list[BaseException] = []
    given_up = False

    def run() -> None:
        with _turnstile:
            if given_up and too_late is not None:
                return
            try:
                value = call()
            except BaseException as error:  # noqa: BLE001 - carried to the caller
                with changing:
                    failure.append(error)
                    changing.notify()
                return
            with changing:
                result.append(value)
                changing.notify()
                late = given_up
            if late and too_late is not None:
                too_late(value)

    threading.Thread(target=run, name=name, daemon=True).start()
    with changing:
        if not changing.wait_for(lambda: bool(result or failure), timeout_s):
            given_up = True
            raise TimeoutError(name)
    if failure:
        raise failure[0]
    return result[0]
