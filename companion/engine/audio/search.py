"""Closing, listing and opening devices on a thread of their own: a sound system may take seconds, or never answer.

Thread: made and asked by the engine's (or whoever stands in for it); carried out on "sound".
"""

import logging
import queue
import threading
from collections.abc import Callable, Sequence

from companion.engine.audio.base import Microphone, Speaker
from companion.engine.errors import AudioDeviceError
from companion.engine.surprise import log_surprise, logged

_log = logging.getLogger(__name__)


class DeviceSearch:
    """Devices to close, and then to open. Once `done` they belong to whoever asked.

    Args:
        retired: closed first: a device may take one stream only, and none may be open while devices are listed.
        look_again: lists the devices anew; None to leave that out.
        speaker: to be opened at `rate_hz`; None if none is wanted.
        microphone: to be opened; None if none is wanted.
        rate_hz: of the voice.
        retry: whether this looks for a device that is missing already.
    """

    def __init__(
        self,
        retired: Sequence[Microphone | Speaker],
        *,
        look_again: Callable[[], object] | None = None,
        speaker: Speaker | None = None,
        microphone: Microphone | None = None,
        rate_hz: int = 0,
        retry: bool = False,
    ) -> None:
        self._retired = retired
        self._look_again = look_again
        self._rate_hz = rate_hz
        self._done = threading.Event()
        self._cancelled = False
        self.speaker = speaker
        self.microphone = microphone
        self.retry = retry
        self.errors: dict[str, AudioDeviceError] = {}
        """Why a device could not be opened, by kind."""

    @property
    def kinds(self) -> set[str]:
        """What is looked for."""
        wanted = {"speaker": self.speaker, "microphone": self.microphone}
        return {kind for kind, device in wanted.items() if device is not None}

    @property
    def looked_again(self) -> bool:
        """Whether the devices were to be listed anew."""
        return self._look_again is not None

    @property
    def done(self) -> bool:
        """Whether everything was carried out."""
        return self._done.is_set()

    def wait(self, timeout_s: float) -> bool:
        """Wait until it is done and return whether it is."""
        return self._done.wait(timeout_s)

    def cancel(self) -> None:
        """Open nothing more. What is open already is to be retired by the next search."""
        self._cancelled = True

    def run(self) -> None:
        """Carry it out. Thread: "sound"."""
        try:
            for device in self._retired:
                with logged("closing a device"):
                    device.close()
            if self._look_again is not None and not self._cancelled:
                self._list(self._look_again)
            if (speaker := self.speaker) is not None:
                self._open("speaker", lambda: speaker.open(self._rate_hz))
            if (microphone := self.microphone) is not None:
                self._open("microphone", microphone.open)
        finally:
            self._done.set()

    def _list(self, look_again: Callable[[], object]) -> None:
        with logged("listing the devices"):
            try:
                look_again()
            except AudioDeviceError as error:  # opening them will say so too
                _log.info("the devices could not be listed: %s", error.code)

    def _open(self, kind: str, call: Callable[[], None]) -> None:
        if self._cancelled:
            return
        try:
            call()
        except AudioDeviceError as error:
            self.errors[kind] = error
        except Exception as error:  # noqa: BLE001 - a device that surprises is one that is missing, and tried again
            log_surprise(f"opening the {kind}", error)
            name = kind if kind == "microphone" else "loudspeaker"
            reason = type(error).__name__
            self.errors[kind] = AudioDeviceError(
                f"{kind}-failed",
                f"The {name} could not be opened ({reason}).",
                hint="Unplug it and plug it in again; Companion goes on by itself.",
            )


class SoundThread:
    """Carries out one search after the other. Begins with the first and ends with `close`."""

    def __init__(self) -> None:
        self._searches: queue.SimpleQueue[DeviceSearch | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None

    def start(self, search: DeviceSearch) -> None:
        """Carry out a search behind those before it. Never blocks."""
        if self._thread is None:
            # A daemon, for every call in it has an end, but some seconds after the program's.
            self._thread = threading.Thread(target=self._run, name="sound", daemon=True)
            self._thread.start()
        self._searches.put(search)

    def close(self, timeout_s: float) -> None:
        """End behind the last search, and wait for that; a sound system that hangs is left behind."""
        if self._thread is not None:
            self._searches.put(None)
            self._thread.join(timeout_s)
            self._thread = None

    def _run(self) -> None:
        while (search := self._searches.get()) is not None:
            search.run()
