"""The engine's devices: opened, watched, and opened again when they come back.

Thread: engine; what may take long runs on the thread "sound" (`DeviceSearch`) and is waited for a moment only. The
speaker is never absent: without a device, sound goes to a silent one, so that a reply still runs its course on the
screen. While one is being opened, sound waits for it.
"""

import logging
from collections.abc import Callable, Sequence
from math import inf

from companion.engine.audio.base import CUSHIONS, Microphone, Speaker
from companion.engine.audio.devices import plugged_in, unresponsive
from companion.engine.audio.patience import portaudio_stuck
from companion.engine.audio.search import DeviceSearch, SoundThread
from companion.engine.audio.virtual import SilentSpeaker
from companion.engine.config import AudioConfig
from companion.engine.device_problems import DeviceProblems, lost
from companion.engine.dryness import Dryness
from companion.engine.errors import AudioDeviceError
from companion.engine.events import AudioDeviceChanged, Event, MicrophoneMuted

_log = logging.getLogger(__name__)

REST_S = 1.0
"""Between turns the speaker is left alone this long: what the device still holds of the reply is heard to its end, and
a question that follows at once finds it open."""

FIRST_RETRY_S = 1.0
LAST_RETRY_S = 15.0
"""Between attempts to open a missing device the wait doubles from the first to the last."""

LAST_FREE_RETRY_S = 3.0
"""The longest wait while there is no device at all, which a search would cut off for a moment."""

PATIENCE_S = 0.5
"""The engine waits this long for its devices, and then goes on without: most open in 0.02 to 0.3 s."""

START_PATIENCE_S = 2.0
"""The same when the program starts, and PortAudio looks at every device for the first time."""

LOOK_BACK_S = 60.0
"""How often a chosen device whose place another one took is looked for, where nothing tells that it may be back."""

PLUGGED_S = 2.0
"""A sound card that was plugged in can be used after this."""

CLOSE_S = 1.5
"""How long the end waits for devices to close."""

TELL_AFTER_S = 1.5
"""A lost device that is open again within this is not spoken of: the sound went on, on it or on another one."""

CALM_S = 20.0
"""A device that is lost again within this is spoken of at once, however quickly it is back."""

_SYSTEM = ("audio-gone", "audio-failed")
"""Errors that are no single device's."""


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
        self._in_use = False
        """Whether somebody asked for the microphone, and has not released it."""
        self._problems = DeviceProblems(publish)
        self._lost_s: dict[str, float] = {}
        """When each kind of device was lost last."""
        self._untold: set[str] = set()
        """Devices that were lost, and that may be back before anybody need know."""
        self._retry_s = FIRST_RETRY_S
        self._next_try_s = 0.0
        self._look_back_s: float | None = None
        """When to see whether a chosen device is back."""
        self._plugged_in: str | None = None
        self._idle_since_s: float | None = None
        self._dryness = Dryness()
        self._thread = SoundThread()
        self._search: DeviceSearch | None = None
        self.cushions: dict[str | None, int] = {}
        """Index into `CUSHIONS` that each wanted speaker has reached since the program started."""
        self.microphone: Microphone | None = None
        self.speaker: Speaker = SilentSpeaker(clock)
        self._use_silence()

    @property
    def microphone_problem(self) -> AudioDeviceError | None:
        """Why there is no microphone."""
        if self._muted:
            return AudioDeviceError("microphone-muted", "The microphone is muted.", hint="Unmute it, then speak.")
        return self._problems.find("microphone")

    @property
    def deaf(self) -> bool:
        """Whether there is no microphone, and none is being opened."""
        return self.microphone is None and not self._seeking("microphone")

    def open(self, rate_hz: int) -> None:
        """Open both devices for a voice at `rate_hz`. Failures are published as problems, not raised."""
        self._rate_hz = rate_hz
        there = self.microphone is not None and self.microphone.alive
        self._seek("speaker", *(() if there else self._resident), patience_s=START_PATIENCE_S)
        self._next_try_s = self._clock() + self._retry_s

    def open_microphone(self) -> bool:
        """Open the microphone unless it is open or muted; return whether there is one, or will be in a moment."""
        if self._muted:
            return False
        self._in_use = True
        if not self._seeking("microphone") and (self.microphone is None or not self.microphone.alive):
            self._seek("microphone")
        self._in_use = not self.deaf
        return self._in_use

    def mute(self, on: bool) -> None:
        """Close the microphone until this is called again; then it opens as configured."""
        self._muted = on
        if on:
            self._in_use = False
            self._close_microphone()
            self._untold.discard("microphone")
            self._problems.resolve("microphone")  # nobody needs one now
        elif self._config.keep_microphone_open:
            self.open_microphone()
        self._publish(MicrophoneMuted(on=on))

    def release_microphone(self) -> None:
        """The utterance is over: close the microphone if it is only open while the key is held."""
        self._in_use = False
        if not self._config.keep_microphone_open:
            self._close_microphone()

    def reopen(self, config: AudioConfig) -> None:
        """Close both devices, look for devices again, and open those of `config`."""
        self._config = config
        self._in_use = False
        self._untold.clear()
        self._lost_s.clear()
        self._retry_s = FIRST_RETRY_S
        self._seek("speaker", *self._resident, look_again=True)
        self._next_try_s = self._clock() + self._retry_s

    def poll(self, *, idle: bool, capturing: bool = False) -> None:
        """Notice devices that were lost or found, and look for those that are missing.

        That may cut off what sounds or is heard. So in a turn only a missing speaker is looked for, and not while the
        user speaks. A lost device is opened again at once whatever goes on: there is nothing to be cut off.

        A speaker that ran dry in the turns before is opened again with the next larger buffer; see `Dryness`.
        """
        now_s = self._clock()
        if not idle or self._idle_since_s is None:
            self._idle_since_s = now_s if idle else None
        self._dryness.watch(self.speaker, now_s, idle=idle)
        if self._search is not None and self._search.done:
            self._harvest(self._search)
        self._notice_losses(now_s)
        may_look = self._problems and (idle or (not capturing and "speaker" in self._problems))
        if may_look and self._search is None and now_s >= self._next_try_s:
            self._retry()
        if self._idle_since_s is not None and now_s - self._idle_since_s >= REST_S and self._search is None:
            self._cushion()
            self._look_back(now_s)

    def close(self) -> None:
        """Close both devices, for good. Idempotent; at most `CLOSE_S`."""
        self._in_use = False
        self._dispose(self._retire({"speaker", "microphone"}))
        self._search = None
        self._thread.close(CLOSE_S)
        self._use_silence()

    # -- looking for devices

    @property
    def _resident(self) -> tuple[str, ...]:
        """The microphone, if it is to be open now."""
        wanted = not self._muted and (self._config.keep_microphone_open or self._in_use)
        return ("microphone",) if wanted else ()

    def _seeking(self, kind: str) -> bool:
        return self._search is not None and kind in self._search.kinds

    def _seek(
        self, *kinds: str, look_again: bool = False, retry: bool = False, patience_s: float | None = None
    ) -> None:
        """Open devices of these kinds in the place of those there are, and of what is being opened already."""
        wanted = {*kinds, *(self._search.kinds if self._search is not None else ())}
        if self._muted:
            wanted.discard("microphone")
        look_again = look_again or (self._search is not None and self._search.looked_again)
        retired = self._retire({"speaker", "microphone"} if look_again else wanted)
        speaker = self._make_speaker(self._config) if "speaker" in wanted else None
        if speaker is not None:
            speaker.cushion = self.cushions.get(self._config.speaker, 0)
        self._search = search = DeviceSearch(
            retired,
            look_again=self._rescan if look_again else None,
            speaker=speaker,
            microphone=self._make_microphone(self._config) if "microphone" in wanted else None,
            rate_hz=self._rate_hz,
            retry=retry,
        )
        self._thread.start(search)
        if search.wait(PATIENCE_S if patience_s is None else patience_s):
            self._harvest(search)

    def _retire(self, kinds: set[str]) -> list[Microphone | Speaker]:
        """Give up the devices of these kinds, and those that are being opened; they are to be closed."""
        retired: list[Microphone | Speaker] = []
        if self._search is not None:
            self._search.cancel()
            retired += filter(None, (self._search.speaker, self._search.microphone))
        if "microphone" in kinds and self.microphone is not None:
            retired.append(self.microphone)
            self.microphone = None
        if "speaker" in kinds:
            retired += [self.speaker] if self._real else []
            now_s = self._clock()
            self._use_silence(lambda: now_s)
        return retired

    def _harvest(self, search: DeviceSearch) -> None:
        """Use what was found, and tell what was not."""
        self._search = None
        if search.speaker is not None:
            if error := search.errors.get("speaker"):
                self._use_silence()
                self._missed("speaker", error)
            else:
                self._use_speaker(search.speaker)
        if search.microphone is not None:
            if error := search.errors.get("microphone"):
                self._missed("microphone", error)
            else:
                self._use_microphone(search.microphone)
        if search.retry and self._problems and not search.looked_again:
            # PortAudio knows only the devices of its start: look again, which needs both closed.
            self._seek("speaker", *self._problems, *self._resident, look_again=True, retry=True)
        self._next_try_s = self._clock() + self._retry_s  # opening may have taken long

    def _retry(self) -> None:
        disturbs = self._real or self.microphone is not None
        self._retry_s = min(LAST_RETRY_S if disturbs else LAST_FREE_RETRY_S, self._retry_s * 2)
        self._seek(*self._problems, retry=True)

    def _cushion(self) -> None:
        """Give a speaker that ran dry the next larger buffer, if there is one."""
        step = self.speaker.cushion + 1
        if step == len(CUSHIONS) or not self._dryness.too_often:
            return
        before_s = self.speaker.latency_s
        self.cushions[self._config.speaker] = step
        self._seek("speaker")
        after_s = CUSHIONS[step].latency_s
        _log.info("the speaker ran dry with %.0f ms of buffer; now about %.0f ms", before_s * 1000, after_s * 1000)

    def _look_back(self, now_s: float) -> None:
        """See whether a chosen device is back: that cuts off the one in its place, so only where that may be."""
        opened = {(self._config.speaker, self.speaker.name)} if self._real else set()
        opened |= {(self._config.microphone, self.microphone.name)} if self.microphone is not None else set()
        replaced = any(wanted is not None and wanted != name for wanted, name in opened)
        if not replaced or self._search is not None:
            return
        before, self._plugged_in = self._plugged_in, plugged_in()
        if self._plugged_in != before:
            self._look_back_s = now_s + PLUGGED_S
        elif self._plugged_in is None and self._look_back_s is None:
            self._look_back_s = now_s + LOOK_BACK_S
        if self._look_back_s is not None and now_s >= self._look_back_s:
            self._look_back_s = None
            self._seek("speaker", *self._resident, look_again=True)

    # -- what becomes of them

    def _use_speaker(self, speaker: Speaker) -> None:
        self.speaker, self._real = speaker, True
        self._dryness = Dryness()
        self._found("speaker")
        self._publish(
            AudioDeviceChanged(kind="speaker", name=speaker.name, rate_hz=speaker.rate_hz, latency_s=speaker.latency_s)
        )

    def _use_silence(self, clock: Callable[[], float] | None = None) -> None:
        """Let sound go nowhere, at the pace of `clock`; one that stands still keeps it for the next speaker."""
        self.speaker = SilentSpeaker(clock or self._clock)
        self.speaker.open(self._rate_hz)
        self._real = False
        self._dryness = Dryness()

    def _use_microphone(self, microphone: Microphone) -> None:
        self._found("microphone")
        if not self._resident:  # it was opened only to see that it is back, or is wanted no longer
            self._dispose([microphone])
            return
        self.microphone = microphone
        self._publish(AudioDeviceChanged(kind="microphone", name=microphone.name))

    def _close_microphone(self) -> None:
        if self.microphone is not None:
            self._dispose([self.microphone])
            self.microphone = None

    def _dispose(self, devices: Sequence[Microphone | Speaker]) -> None:
        if devices:
            self._thread.start(DeviceSearch(devices))

    # -- what is told

    def _notice_losses(self, now_s: float) -> None:
        for kind in list(self._untold):
            if now_s - self._lost_s[kind] > TELL_AFTER_S:
                self._untold.discard(kind)
                self._report(kind, unresponsive() if portaudio_stuck() else lost(kind))
        gone = {"microphone"} if self.microphone is not None and not self.microphone.alive else set()
        gone |= {"speaker"} if self._real and not self.speaker.alive else set()
        if not gone:
            return
        for kind in sorted(gone):
            _log.info("the %s was lost", kind)
            if now_s - self._lost_s.get(kind, -inf) > CALM_S:
                self._untold.add(kind)
            else:  # it comes and goes
                self._report(kind, lost(kind))
            self._lost_s[kind] = now_s
        self._seek(*gone)

    def _missed(self, kind: str, error: AudioDeviceError) -> None:
        if kind in self._untold:
            self._untold.discard(kind)
            error = error if error.code in _SYSTEM else lost(kind)
        self._report(kind, error)

    def _found(self, kind: str) -> None:
        self._untold.discard(kind)
        self._problems.resolve(kind)

    def _report(self, kind: str, error: AudioDeviceError) -> None:
        if self._problems.report(kind, error):
            self._retry_s = FIRST_RETRY_S
            self._next_try_s = self._clock() + self._retry_s
