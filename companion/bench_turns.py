"""Speaks the benchmark's questions to an engine and notes what came back. Thread: any one.

Questions are spoken in real time, one conversation, each reply heard to its end: it is what a patient user does, so the
prompt grows as it does for him. A few replies are cut by a press of the key, to see how soon there is silence.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from time import monotonic

import companion
from companion.engine.audio.base import Speaker
from companion.engine.audio.microphone import PortAudioMicrophone
from companion.engine.audio.speaker import PortAudioSpeaker
from companion.engine.audio.virtual import SilentSpeaker
from companion.engine.commands import StopSpeaking
from companion.engine.config import AudioConfig, EngineConfig
from companion.engine.errors import AudioDeviceError
from companion.engine.events import (
    Event,
    ModelLoadFinished,
    ModelLoadStarted,
    PlaybackStarted,
    ReplyFinished,
    ReplyToken,
    TranscriptFinal,
    TurnCompleted,
    TurnEmpty,
    TurnFailed,
    TurnInterrupted,
)
from companion.headless import TURN_ENDS, EventLog, Session, TurnEnd, running_session
from companion.machine import Watch, describe_machine
from companion.offline import network_forbidden, refused_attempts
from companion.recording import SpokenQuestion
from companion.report.run import Connectivity, ModelUsed, Run, SpokenTurn
from companion.speaker_tap import SpeakerTap, tapped

ANSWER_S = 30.0
"""An answer that does not begin within this does not come."""

REPLY_S = 120.0
"""Longest reply that is listened to."""

CUT_AFTER_S = 1.5
"""A reply that is cut has sounded this long."""

CUT_EVERY, FIRST_CUT = 5, 2
"""The second of every five replies is cut."""

_EMPTY = {
    "tap": "The key was pressed too briefly.",
    "silence": "No voice was heard in it.",
    "no-sound": "The microphone gave no sound at all.",
    "not-ready": "The microphone was still starting.",
    "no-words": "No words were made out.",
    "dropped": "It was dropped before the answer.",
}


class _Loudspeaker:
    """Makes the run's speakers, each with a tap on it."""

    def __init__(self, *, silent: bool) -> None:
        self._silent = silent
        self.tap: SpeakerTap | None = None
        self.name = ""

    def __call__(self, config: AudioConfig) -> Speaker:
        speaker, self.tap = tapped(self._choose(config), monotonic)
        return speaker

    def _choose(self, config: AudioConfig) -> Speaker:
        if not self._silent:
            device = PortAudioSpeaker(config.speaker)
            try:
                device.open(22_050)
                self.name = device.name
                device.close()
            except AudioDeviceError:
                self.name = ""
            else:
                return device
        return SilentSpeaker(monotonic)


@contextmanager
def _microphone(config: AudioConfig, *, silent: bool) -> Iterator[float]:
    """Keep the real microphone open, whose callbacks take their time as in daily use; yields its latency in seconds.

    Nothing of what it hears is read. 0.0 if there is none, or it is not to be used.
    """
    microphone = PortAudioMicrophone(config.microphone)
    if not silent:
        with suppress(AudioDeviceError):
            microphone.open()
    try:
        yield microphone.latency_s
    finally:
        microphone.close()


def measure(
    config: EngineConfig,
    questions: Sequence[SpokenQuestion],
    *,
    release_after_s: float,
    silent: bool,
    age_s: float | None,
    log: EventLog | None = None,
) -> Run:
    """Ask all questions and return what was measured.

    Args:
        config: The engine's.
        questions: All different.
        release_after_s: The key comes up so long after the voice.
        silent: Do not use the sound device, even if there is one.
        age_s: What the process took until the engine could be made; None if that is not known.
        log: Takes the engine's events; the caller may abandon it.

    Raises:
        CompanionError: the engine could not be loaded.
        Abandoned: `log` was abandoned.
    """
    made = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    watch, loudspeaker = Watch(), _Loudspeaker(silent=silent)
    with (
        _microphone(config.audio, silent=silent) as delay_s,
        running_session(config, speaker=loudspeaker, log=log, delay_s=delay_s) as session,
    ):
        watch.look()
        turns = tuple(
            _turn(session, question, number, release_after_s, loudspeaker, watch)
            for number, question in enumerate(questions, 1)
        )
        engine_ready_s = session.ready.seconds
        models = _models(session.log.events)
    return Run(
        made=made,
        version=companion.__version__,
        release_after_s=release_after_s,
        sound_device=loudspeaker.name,
        engine_ready_s=engine_ready_s,
        turns=turns,
        machine=describe_machine(watch.gpu()),
        connectivity=Connectivity(
            sockets=watch.sockets(),
            forbidden=network_forbidden(),
            refused_attempts=refused_attempts(),
            ready_s=(age_s or 0.0) + engine_ready_s,
        ),
        models=models,
    )


def _turn(
    session: Session,
    question: SpokenQuestion,
    number: int,
    release_after_s: float,
    loudspeaker: _Loudspeaker,
    watch: Watch,
) -> SpokenTurn:
    begin = session.say(question.samples, speech_end_s=question.voiced_end_s, release_after_s=release_after_s)
    pressed_s = None
    try:
        started = session.log.wait_for(PlaybackStarted, *TURN_ENDS, after=begin, timeout_s=ANSWER_S)
        if isinstance(started, PlaybackStarted):
            watch.look(working=True)
            if number % CUT_EVERY == FIRST_CUT:
                session.log.wait_until(monotonic() + CUT_AFTER_S)
                pressed_s = session.tap()
        end = session.log.wait_for(*TURN_ENDS, after=begin, timeout_s=REPLY_S)
    except TimeoutError:
        session.engine.post(StopSpeaking())
        if loudspeaker.tap:
            loudspeaker.tap.take()
        return SpokenTurn(number=number, question=question.transcript, refused="No answer came in time.")
    watch.look()
    return _spoken_turn(number, question, session.log.events[begin:], end, loudspeaker.tap, pressed_s)


def _spoken_turn(
    number: int,
    question: SpokenQuestion,
    events: Sequence[Event],
    end: TurnEnd,
    tap: SpeakerTap | None,
    pressed_s: float | None,
) -> SpokenTurn:
    """Put a turn together from what the engine said of it and what the sound device was given."""
    mine = [event for event in events if getattr(event, "turn_id", None) == end.turn_id]
    sound = tap.take() if tap else None
    heard = next((event.text for event in mine if isinstance(event, TranscriptFinal)), "")
    first_s = next((event.at_s for event in mine if isinstance(event, PlaybackStarted)), None)
    finished = next((event for event in mine if isinstance(event, ReplyFinished)), None)
    metrics = end.metrics if isinstance(end, TurnCompleted | TurnInterrupted) else None
    cut = isinstance(end, TurnInterrupted)
    stopped_s = sound.silent_s if sound and cut else None
    refused = ""
    if isinstance(end, TurnFailed):
        refused = str(end.error)
    elif isinstance(end, TurnEmpty):
        refused = _EMPTY.get(end.reason, end.reason)
    elif metrics is None or metrics.release_latency_s is None:
        refused = "The answer made no sound."
    return SpokenTurn(
        number=number,
        question=question.transcript,
        heard=heard,
        reply=finished.text if finished else "".join(event.text for event in mine if isinstance(event, ReplyToken)),
        written=finished is not None,
        refused=refused,
        metrics=metrics,
        writing_s=finished.at_s - first_s if finished and first_s is not None else None,
        speech_s=sound.speech_s if sound and not cut else None,
        pauses_s=sound.pauses_s if sound else (),
        stop_s=stopped_s - pressed_s if stopped_s is not None and pressed_s is not None else None,
    )


def _models(events: Sequence[Event]) -> tuple[ModelUsed, ...]:
    names = {event.role: event.name for event in events if isinstance(event, ModelLoadStarted)}
    found = []
    for event in events:
        if not isinstance(event, ModelLoadFinished):
            continue
        placed = event.placement
        layers = f"{placed.layers_on_gpu} of {placed.layers} layers on the GPU" if placed.layers_on_gpu else ""
        threads = f"{placed.threads} thread{'s' if placed.threads > 1 else ''}"
        found.append(
            ModelUsed(
                role=event.role.value,
                file=names.get(event.role, ""),
                device=placed.device,
                note=", ".join(filter(None, [layers, threads, placed.note])),
                memory_bytes=placed.memory_bytes,
                load_s=event.seconds,
            )
        )
    return tuple(found)
