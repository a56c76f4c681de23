"""The engine's devices: opened, watched, and opened again when they come back.

Thread: engine. The speaker is never absent: without a device, sound goes to a silent one, so that a reply still
runs its course on the screen.
"""

import logging
from collections import deque
from collections.abc import Callable

from companion.engine.audio.base import CUSHIONS, Microphone, Speaker
from companion.engine.audio.virtual import SilentSpeaker
from companion.engine.config import AudioConfig
from companion.engine.errors import AudioDeviceError
from companion.engine.events import AudioDeviceChanged, Event, MicrophoneMuted, ProblemReported, ProblemResolved
from companion.engine.surprise import log_surprise

_log = logging.getLogger(__name__)

REST_S = 1.0
"""Between turns the speaker is left alone this long: what the device still holds of the reply is heard to its end, and
a question that follows at once finds it open."""

FIRST_RETRY_S = 1.0
LAST_RETRY_S = 15.0
"""Between attempts to open a missing device the wait doubles from the first to the last."""

DRY_WINDOW_S = 300.0
"""Running dry once in this time is chance (the machine had something else to do); twice is a buffer too small."""


class Sound:
    """Owns one microphone and one speaker.

    Args:
        config: devices wanted.
        make_microphone: makes a closed microphone; `make_speaker` likewise.
        rescan: makes PortAudio look for devices again; called only while both devices are closed.
        publish: takes events for the user interface.
        clock: monotonic seconds.
    """

    def __init__(
        self,
        config: AudioConfig,
        *,
        make_microphone: Callable[[AudioConfig], Microphone],
        make_speaker: Callable[[AudioConfig], Speaker],
        rescan: Callable[[], object],
        publish: Callable[[Event], None],
        clock: Callable[[], float],
    ) -> None:
        self._config = config
        self._make_microphone = make_microphone
        self._make_speaker = make_speaker
        self._rescan = rescan
        self._publish = publish
        self._clock = clock
        self._rate_hz = 22_050
        self._muted = False
        self._problems: dict[str, AudioDeviceError] = {}
        self._retry_s = FIRST_RETRY_S
        self._next_try_s = 0.0
        self._idle_since_s: float | None = None
        self._dryness = _Dryness()
        self.cushions: dict[str | None, int] = {}
        """Index into `CUSHIONS` that each wanted speaker has reached since the program started."""
        self.microphone: Microphone | None = None
        self.speaker: Speaker = SilentSpeaker(clock)
        self.speaker.open(self._rate_hz)
        self._speaker_is_real = False

    @property
    def microphone_problem(self) -> AudioDeviceError | None:
        """Why there is no microphone."""
        if self._muted:
            return AudioDeviceError("microphone-muted", "The microphone is muted.", hint="Unmute it, then speak.")
        return self._problems.get("microphone")

    def open(self, rate_hz: int) -> None:
        """Open both devices for a voice at `rate_hz`. Failures are published as problems, not raised."""
        self._rate_hz = rate_hz
        self._open_speaker()
        if self._config.keep_microphone_open:
            self.open_microphone()
        self._next_try_s = self._clock() + self._retry_s

    def open_microphone(self) -> bool:
        """Open the microphone unless it is open or muted, and return whether there is one."""
        if self._muted:
            return False
        if self.microphone is not None and self.microphone.alive:
            return True
        self._close_microphone()
        microphone = self._make_microphone(self._config)
        try:
            microphone.open()
        except Exception as error:  # noqa: BLE001 - as a missing one it is tried again
            self._report("microphone", _not_opened("microphone", error))
            return False
        self.microphone = microphone
        self._resolve("microphone")
        self._publish(AudioDeviceChanged(kind="microphone", name=microphone.name))
        return True

    def mute(self, on: bool) -> None:
        """Close the microphone until this is called again; then it opens as configured."""
        self._muted = on
        if on:
            self._close_microphone()
            self._resolve("microphone")  # nobody needs one now
        elif self._config.keep_microphone_open:
            self.open_microphone()
        self._publish(MicrophoneMuted(on=on))

    def release_microphone(self) -> None:
        """The utterance is over: close the microphone if it is only open while the key is held."""
        if not self._config.keep_microphone_open:
            self._close_microphone()

    def reopen(self, config: AudioConfig) -> None:
        """Close both devices, look for devices again, and open those of `config`."""
        self.close()
        self._config = config
        self._look_again()
        self._retry_s = FIRST_RETRY_S
        self.open(self._rate_hz)

    def poll(self, *, idle: bool) -> bool:
        """Notice lost devices; while `idle`, try to get them back. Returns False if a device in use was lost.

        A speaker that ran dry in the turns before is opened again with the next larger buffer; see `_Dryness`.
        """
        intact = True
        now_s = self._clock()
        if not idle or self._idle_since_s is None:
            self._idle_since_s = now_s if idle else None
        self._dryness.watch(self.speaker, now_s, idle=idle)
        if self.microphone is not None and not self.microphone.alive:
            intact = False
            self._close_microphone()
            self._report("microphone", _lost("microphone"))
        if self._speaker_is_real and not self.speaker.alive:
            intact = False
            self._use_silence()
            self._report("speaker", _lost("speaker"))
        if idle and self._problems and now_s >= self._next_try_s:
            self._retry()
        if self._idle_since_s is not None and now_s - self._idle_since_s >= REST_S:
            self._cushion()
        return intact

    def close(self) -> None:
        """Close both devices. Idempotent."""
        self._close_microphone()
        self._use_silence()

    def _retry(self) -> None:
        self._retry_s = min(LAST_RETRY_S, self._retry_s * 2)
        self._next_try_s = self._clock() + self._retry_s  # first: whatever happens, the next try is later
        if "speaker" in self._problems:
            self._open_speaker()
        if "microphone" in self._problems:
            self.open_microphone()
        if self._problems:
            # PortAudio knows only the devices of its start: look again, which needs both closed.
            self._close_microphone()
            self._use_silence()
            self._look_again()
            self._open_speaker()
            if self._config.keep_microphone_open or "microphone" in self._problems:
                self.open_microphone()
        self.release_microphone()  # it may have been opened only to see that it is back
        self._next_try_s = self._clock() + self._retry_s  # opening may have taken long

    def _look_again(self) -> None:
        """Have the sound system list its devices anew; both are closed. If it hangs, opening them will say so."""
        try:
            self._rescan()
        except AudioDeviceError as error:
            _log.info("the devices could not be listed: %s", error.code)

    def _cushion(self) -> None:
        """Give a speaker that ran dry the next larger buffer, if there is one."""
        step = self.speaker.cushion + 1
        if step == len(CUSHIONS) or not self._dryness.too_often:
            return
        before_s = self.speaker.latency_s
        self.cushions[self._config.speaker] = step
        self._open_speaker()
        after_s = self.speaker.latency_s
        _log.info("the speaker ran dry with %.0f ms of buffer; now %.0f ms", before_s * 1000, after_s * 1000)

    def _open_speaker(self) -> None:
        self.speaker.close()  # first: a device may take one stream only
        speaker = self._make_speaker(self._config)
        speaker.cushion = self.cushions.get(self._config.speaker, 0)
        try:
            speaker.open(self._rate_hz)
        except Exception as error:  # noqa: BLE001 - as a missing one it is tried again
            self._use_silence()
            self._report("speaker", _not_opened("speaker", error))
            return
        self.speaker, self._speaker_is_real = speaker, True
        self._dryness = _Dryness()
        self._resolve("speaker")
        self._publish(
            AudioDeviceChanged(kind="speaker", name=speaker.name, rate_hz=speaker.rate_hz, latency_s=speaker.latency_s)
        )

    def _use_silence(self) -> None:
        self.speaker.close()
        self.speaker = SilentSpeaker(self._clock)
        self.speaker.open(self._rate_hz)
        self._speaker_is_real = False
        self._dryness = _Dryness()

    def _close_microphone(self) -> None:
        if self.microphone is not None:
            self.microphone.close()
            self.microphone = None

    def _report(self, kind: str, error: AudioDeviceError) -> None:
        before = self._problems.get(kind)
        self._problems[kind] = error
        if before is None or before.code != error.code:
            if before is None:
                self._retry_s = FIRST_RETRY_S
                self._next_try_s = self._clock() + FIRST_RETRY_S
                self._publish(AudioDeviceChanged(kind=kind, name=None))
            else:
                self._publish(ProblemResolved(code=before.code))
            self._publish(ProblemReported(error=error))

    def _resolve(self, kind: str) -> None:
        error = self._problems.pop(kind, None)
        if error is not None:
            self._publish(ProblemResolved(code=error.code))


class _Dryness:
    """How often one speaker ran dry in the turns of late.

    Between turns nothing counts: a window that is painted or a model that loads is no measure of a reply. In a turn the
    first buffer is judged by its silence too (while the user speaks, say), so that most machines that need a larger one
    have it before a word is spoilt; a larger one is judged only by what was heard.
    """

    def __init__(self) -> None:
        self._seen: int | None = None
        self._in_turn = False
        self._turns: deque[tuple[float, int]] = deque()

    def watch(self, speaker: Speaker, now_s: float, *, idle: bool) -> None:
        """Look at the speaker's counters; to be called between turns and in them."""
        count = speaker.stalls if speaker.cushion == 0 else speaker.xruns
        if idle:
            if self._in_turn and self._seen is not None and count > self._seen:
                self._turns.append((now_s, count - self._seen))
            self._seen = count
            while self._turns and now_s - self._turns[0][0] > DRY_WINDOW_S:
                self._turns.popleft()
        self._in_turn = not idle

    @property
    def too_often(self) -> bool:
        """Whether a larger buffer is called for."""
        return sum(count for _, count in self._turns) >= 2


def _not_opened(kind: str, error: Exception) -> AudioDeviceError:
    if isinstance(error, AudioDeviceError):
        return error
    log_surprise(f"opening the {kind}", error)
    name = kind if kind == "microphone" else "loudspeaker"
    reason = type(error).__name__
    return AudioDeviceError(
        f"{kind}-failed",
        f"The {name} could not be opened ({reason}).",
        hint="Unplug it and plug it in again; Companion goes on by itself.",
    )


def _lost(kind: str) -> AudioDeviceError:
    return AudioDeviceError(
        f"{kind}-lost",
        f"The {kind} was disconnected.",
        hint="Plug it in again or choose another one; Companion goes on by itself.",
    )
