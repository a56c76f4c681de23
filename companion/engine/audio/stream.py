"""The life of one PortAudio stream: opened, watched and closed, in time even if the sound system hangs.

Thread: opened and closed on whichever (one at a time), looked at on the engine's; `Heartbeat.beat` is the audio
callback's.
"""

import contextlib
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from companion.engine.audio.devices import (
    TIMEOUT_S,
    AudioDevice,
    DeviceChoice,
    DeviceKind,
    choose_device,
    explain,
    known_devices,
    note_open_streams,
    portaudio,
    unresponsive,
)
from companion.engine.audio.patience import call_patiently, portaudio_stuck

CLOSE_TIMEOUT_S = 1.0
"""Patience with the sound system when closing."""

_WAKE_S = 3.0
"""A device may take this long to wake up."""

_WAKING_S = 1.0
"""One whose callbacks stop within this is taken to be still waking up: a sound server asks for what fills its buffer at
once, and for more only when it plays. PulseAudio's null sink takes up to 1.6 s in between (decision 0119)."""

_SETTLE_S = 0.25
"""How long opening waits for the first callback.

WORKAROUND: https://github.com/PortAudio/portaudio/issues/1037. In the PortAudio that distributions ship, an ALSA device
that goes at the wrong moment sends the callback thread into an endless loop that eats a core, floods stderr and cannot
be cancelled, so that the stream cannot be closed. With 19.6 it was seen after most kills of the sound daemon before the
first callback and after none of 50 behind it; so nobody is given a stream before that, if it comes at all."""

_STALL_S = 0.5
"""A device that has not called back for this long is gone, once it is awake (`_WAKING_S`)."""

_CONFIRM_S = 0.1
"""Time between two looks that both find it gone. Something that keeps the GIL for long delays the callback and the
engine alike; when it lets go, the engine may come first, and must give the callback a chance before it believes it."""


class Heartbeat:
    """Decides from the times of the callbacks whether a device lives. Once lost it stays lost.

    Args:
        clock: Monotonic seconds. On Linux they stand still while the machine sleeps, so that waking up is no loss.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._opened_s = clock()
        self._last_s: float | None = None
        self._suspected_s: float | None = None
        self._lost = False

    def start(self) -> None:
        """The stream was started: opening it may have taken long on a busy machine, which is no fault of the device.

        Thread: whichever opens the stream.
        """
        self._opened_s = self._clock()

    def beat(self) -> float:
        """Note a callback and return its time.

        Thread: audio callback.
        """
        self._last_s = now_s = self._clock()
        return now_s

    def wait_for_first(self, timeout_s: float) -> None:
        """Wait until there was a callback, or for `timeout_s`."""
        deadline_s = self._clock() + timeout_s
        pause = threading.Event()
        while self._last_s is None and self._clock() < deadline_s:
            pause.wait(0.002)  # looked for, not waited on: the callback notifies nobody

    def alive(self, active: bool) -> bool:
        """Return whether the device lives.

        Thread: engine.

        Args:
            active: False if PortAudio says that the stream has ended.
        """
        last_s = self._last_s
        now_s = self._clock()
        if last_s is None or last_s - self._opened_s < _WAKING_S:
            overdue_s = now_s - self._opened_s - _WAKE_S
        else:
            overdue_s = now_s - last_s - _STALL_S
        if overdue_s <= 0:
            self._suspected_s = None
        elif self._suspected_s is None:
            self._suspected_s = now_s
        elif now_s - self._suspected_s >= _CONFIRM_S:
            self._lost = True
        self._lost = self._lost or not active
        return not self._lost


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamFormat:
    """What a device is opened with."""

    rate_hz: int
    channels: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamPlan:
    """How to open a stream once the device and its format are known."""

    block_frames: int
    latency_s: float
    callback: Callable[..., None]


class DeviceStream:
    """A stream, open and running.

    Args:
        kind: Microphone or speaker.
        device: Its name; None for the system's default.
        rate_hz: The wanted rate. The device's own is taken if it refuses this one.
        heart: Beaten by the callback.
        plan: Given the format that was agreed on, says how to open it; runs before the first callback.

    Raises:
        AudioDeviceError: as `Microphone.open` and `Speaker.open`, or "portaudio-missing".
    """

    def __init__(
        self,
        kind: DeviceKind,
        device: str | None,
        rate_hz: int,
        heart: Heartbeat,
        plan: Callable[[StreamFormat], StreamPlan],
    ) -> None:
        self._kind = kind
        self._heart = heart
        if portaudio_stuck():
            raise unresponsive()
        try:
            self._stream, self.choice = call_patiently(
                lambda: _open(kind, device, rate_hz, heart, plan),
                TIMEOUT_S,
                f"{kind}-open",
                too_late=lambda late: _close(late[0]),
            )
        except TimeoutError as error:
            raise unresponsive() from error
        self._closed = False
        self.latency_s = float(self._stream.latency)

    @property
    def alive(self) -> bool:
        """False once the device is gone or the stream was closed."""
        if self._closed:
            return False
        try:
            active = bool(self._stream.active)
        except portaudio().PortAudioError:
            active = False
        return self._heart.alive(active)

    def close(self) -> None:
        """Drop what is pending and close. Idempotent; goes on after `CLOSE_TIMEOUT_S` whatever happens."""
        if not self._closed:
            self._closed = True
            with contextlib.suppress(TimeoutError):
                # Behind a call that hangs already there is nothing to wait for.
                timeout_s = 0.0 if portaudio_stuck() else CLOSE_TIMEOUT_S
                call_patiently(lambda: _close(self._stream), timeout_s, f"{self._kind}-close")


class StreamOwner:
    """What a microphone and a speaker have in common: a device wanted by name, and its stream while it is open.

    Thread: engine.

    Args:
        device: Name as listed by `devices.list_devices`; None follows the system's default.
    """

    def __init__(self, device: str | None) -> None:
        self._device = device
        self._stream: DeviceStream | None = None

    @property
    def name(self) -> str:
        """The device's name, or the wanted one while it is closed."""
        return self._stream.choice.device.name if self._stream else self._device or ""

    @property
    def fell_back(self) -> bool:
        """True if the wanted device was not there and the system's default was opened instead."""
        return self._stream is not None and self._stream.choice.fell_back

    @property
    def alive(self) -> bool:
        """False once the device is gone, and before it is opened."""
        return self._stream is not None and self._stream.alive

    def close(self) -> None:
        """Close the device at once, in mid-sound if need be. Idempotent; at most 1 s."""
        stream, self._stream = self._stream, None
        if stream:
            stream.close()


def _open(
    kind: DeviceKind,
    device: str | None,
    rate_hz: int,
    heart: Heartbeat,
    plan: Callable[[StreamFormat], StreamPlan],
) -> tuple[Any, DeviceChoice]:
    sd = portaudio()
    with _quiet_stderr():
        try:
            choice = choose_device(kind, device, known_devices())
            agreed = _agree(sd, kind, choice.device, rate_hz)
            how = plan(agreed)
            stream = (sd.InputStream if kind == "microphone" else sd.OutputStream)(
                device=choice.device.index,
                samplerate=agreed.rate_hz,
                channels=agreed.channels,
                dtype="float32",
                blocksize=how.block_frames,
                latency=how.latency_s,
                callback=how.callback,
            )
        except (sd.PortAudioError, ValueError) as error:
            raise explain(kind, error, default=device is None) from error
        note_open_streams(+1)
        try:
            stream.start()
        except sd.PortAudioError as error:
            _close(stream)
            raise explain(kind, error, default=device is None) from error
    heart.start()
    heart.wait_for_first(_SETTLE_S)
    return stream, choice


def _agree(sd: Any, kind: DeviceKind, device: AudioDevice, rate_hz: int) -> StreamFormat:
    """Return the first format that the device takes, best first; the last is tried by opening it."""
    formats = _formats(kind, device, rate_hz)
    check = sd.check_input_settings if kind == "microphone" else sd.check_output_settings
    for candidate in formats[:-1]:
        with contextlib.suppress(sd.PortAudioError, ValueError):
            check(device=device.index, channels=candidate.channels, dtype="float32", samplerate=candidate.rate_hz)
            return candidate
    return formats[-1]


def _formats(kind: DeviceKind, device: AudioDevice, rate_hz: int) -> Sequence[StreamFormat]:
    """Return the formats to try: the wanted rate before the device's own, one channel before two."""
    available = device.input_channels if kind == "microphone" else device.output_channels
    rates = dict.fromkeys((rate_hz, device.default_rate_hz))
    return [StreamFormat(rate_hz=rate, channels=n) for rate in rates for n in (1, 2) if n <= max(1, available)]


def _close(stream: Any) -> None:
    with _quiet_stderr():
        try:
            # Errors are of no use here: a device that went away says so once more while it is closed.
            stream.abort(ignore_errors=True)
            stream.close(ignore_errors=True)
        finally:
            note_open_streams(-1)


@contextlib.contextmanager
def _quiet_stderr() -> Iterator[None]:
    """Send file descriptor 2 to nowhere: Debian's PortAudio prints every format that a device refuses."""
    if sys.platform != "linux":
        yield
        return
    saved = os.dup(2)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(saved, 2)
        os.close(saved)
        os.close(nowhere)
