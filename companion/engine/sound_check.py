"""Microphone and speaker while there are no models yet: what a first run needs before anything is downloaded.

Stands in for the engine until that can be made: it takes the same commands, of which it knows few, and publishes the
same events. A speech is three notes instead of words.

Thread: its own; the methods from any.
"""

import queue
import threading
from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic

import numpy as np

from companion.engine.audio.base import Speaker
from companion.engine.commands import (
    Command,
    MonitorMicrophone,
    PressToTalk,
    ReopenAudio,
    SendText,
    Shutdown,
    Speak,
    StopSpeaking,
)
from companion.engine.config import AudioConfig
from companion.engine.events import EngineClosed, EngineState, Event, SpeechEnded, SpeechStarted
from companion.engine.monitor import MicrophoneMonitor
from companion.engine.pace import ACTIVE_TICK_S, IDLE_TICK_S
from companion.engine.parts import Parts
from companion.engine.samples import Float32Mono
from companion.engine.sound import Sound
from companion.engine.surprise import log_surprise

CHIME_RATE_HZ = 22_050
_NOTES_HZ = (523.25, 659.25, 783.99)
"""C, E and G."""
_NOTE_S = 0.35
_CHIME_PEAK = 0.25


@dataclass(frozen=True, slots=True, kw_only=True)
class _Speech:
    """The notes that sound."""

    id: int
    speaker: Speaker
    end: int
    """The speaker's frame behind the last."""


class SoundCheck:
    """Reports the microphone's level and plays three notes.

    Args:
        audio: devices wanted.
        parts: how to make them; nothing else of it is used.
        on_event: takes every event, on this thread; must not block.
        clock: monotonic seconds; the same clock as the devices'.
    """

    def __init__(
        self,
        audio: AudioConfig,
        parts: Parts,
        on_event: Callable[[Event], None],
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self._audio = audio
        self._on_event = on_event
        self._clock = clock
        self._inbox: queue.SimpleQueue[Command | AudioConfig | None] = queue.SimpleQueue()
        self._sound = Sound(
            audio,
            make_microphone=parts.microphone,
            make_speaker=parts.speaker,
            rescan=parts.rescan,
            publish=on_event,
            clock=clock,
        )
        self._monitor = MicrophoneMonitor(self._sound, None, on_event)
        self._speech: _Speech | None = None
        self._open = True
        self._thread = threading.Thread(target=self._run, name="sound check")

    def start(self) -> None:
        """Open the devices and begin to listen for commands."""
        self._thread.start()

    def post(self, command: Command) -> None:
        """Ask for something; `EngineClosed` answers `Shutdown`. Never blocks."""
        self._inbox.put(command)

    def use(self, audio: AudioConfig) -> None:
        """Use other devices. Never blocks."""
        self._inbox.put(audio)

    def close(self, timeout_s: float) -> bool:
        """End quietly, to make room for the engine; returns whether it did within `timeout_s`."""
        if self._thread.ident is None:
            return True
        self._inbox.put(None)
        self._thread.join(timeout_s)
        return not self._thread.is_alive()

    # -- its thread

    def _run(self) -> None:
        try:
            self._sound.open(CHIME_RATE_HZ)
            while self._open:
                self._step()
        finally:
            self._monitor.stop()
            self._sound.close()

    def _step(self) -> None:
        busy = self._monitor.active or self._speech is not None
        try:
            message = self._inbox.get(timeout=ACTIVE_TICK_S if busy else IDLE_TICK_S)
        except queue.Empty:
            pass
        else:
            self._take(message)
        try:
            self._monitor.tick(EngineState.IDLE, self._clock())
            self._sound.poll(idle=self._speech is None)
            self._follow_speech()
        except Exception as error:  # noqa: BLE001 - a device's surprise must not end the first run
            log_surprise("sound check", error)

    def _take(self, message: Command | AudioConfig | None) -> None:
        match message:
            case None:
                self._open = False
            case Shutdown():
                self._open = False
                self._on_event(EngineClosed())
            case AudioConfig() if message != self._audio:
                self._audio = message
                self._reopen()
            case ReopenAudio():
                self._reopen()
            case Speak(id=number):
                self._stop_speech()
                self._play(number)
            case StopSpeaking() | PressToTalk() | SendText():
                self._stop_speech()
            case MonitorMicrophone():
                self._monitor.take(message, EngineState.IDLE, self._clock())

    def _reopen(self) -> None:
        self._stop_speech()
        self._sound.reopen(self._audio)

    def _play(self, number: int) -> None:
        speaker = self._sound.speaker
        speaker.write(chime() * np.float32(self._audio.volume))
        self._speech = _Speech(id=number, speaker=speaker, end=speaker.written)
        self._on_event(SpeechStarted(id=number))

    def _follow_speech(self) -> None:
        speech, speaker = self._speech, self._sound.speaker
        if speech is not None and (speaker is not speech.speaker or speaker.played >= speech.end):
            self._end_speech()

    def _stop_speech(self) -> None:
        if self._speech is not None:
            self._sound.speaker.flush()
            self._end_speech()

    def _end_speech(self) -> None:
        if self._speech is not None:
            number, self._speech = self._speech.id, None
            self._on_event(SpeechEnded(id=number))


def chime() -> Float32Mono:
    """Return three rising notes at `CHIME_RATE_HZ`, each struck and dying away."""
    times = np.arange(round(_NOTE_S * CHIME_RATE_HZ)) / CHIME_RATE_HZ
    envelope = np.minimum(times / 0.01, 1.0) * np.exp(-times * 7.0) * np.minimum((_NOTE_S - times) / 0.01, 1.0)
    notes = [np.sin(2 * np.pi * note * times) * envelope for note in _NOTES_HZ]
    return (_CHIME_PEAK * np.concatenate(notes)).astype(np.float32)
