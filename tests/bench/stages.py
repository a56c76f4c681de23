"""The stages one by one, as the product runs them: its adapters, its thread plan, the models of the settings.

Each round runs every case once, so that what else the machine does falls on all of them. Everything runs on the
calling thread; the engine's own overhead is measured on its real threads with models that answer at once.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from itertools import cycle, islice
from time import monotonic, perf_counter

import numpy as np

from companion.engine.audio.resample import StreamResampler
from companion.engine.cancel import CancelToken
from companion.engine.commands import SendText, StopSpeaking
from companion.engine.config import EngineConfig
from companion.engine.conversation import Conversation
from companion.engine.events import EngineState, EngineStateChanged, PlaybackStarted
from companion.engine.llm.base import ChatModel
from companion.engine.messages import ChatMessage
from companion.engine.parts import real_parts
from companion.engine.samples import EAR_RATE_HZ, VAD_FRAME, Float32Mono
from companion.engine.stt.base import Transcriber, VoiceDetector
from companion.engine.tts.base import Synthesizer
from companion.headless import Session, running_session
from companion.recording import SpokenQuestion, spoken_questions
from tests.bench.figures import Recorder
from tests.bench.history import conversation
from tests.fakes.chat_model import FakeChatModel
from tests.fakes.synthesizer import FakeSynthesizer
from tests.fakes.transcriber import FakeTranscriber, FakeVoiceDetector

Case = Callable[[Recorder], None]
"""Measures once and adds its samples."""

VOICE_MARGIN_S = 0.1
"""Kept behind the last voiced frame, about what the engine keeps."""

SPOKEN = {
    "2s": ("so_5406_0113",),
    "4s": ("ls_367-130732-0001",),
    "8s": ("ls_367-130732-0001", "ls_367-130732-0008"),
}
"""Utterances by the length of their voice; the last is two sentences of one speaker, one behind the other."""

CLAUSES = {
    "3w": "It is old,",
    "5w": "That depends on your day.",
    "12w": "The bridge was opened in May after fourteen years of work.",
}

NEW_TOKENS = (1, 8, 16, 64)
CONVERSATIONS = {"60": 60, "1000": 1000}
"""Tokens of the conversation that stands before what is measured; the shorter is the system prompt, or little more."""

_PLAIN_TEXT = (
    "the old house by the river was built of stone and wood and it had a long garden with many trees where we used to "
    "sit in the summer and talk about the sea until the light was gone and the birds were still"
)
"""Each word is one token in the vocabularies of the models; what is not is found out before measuring."""

_DECODED = 12
"""Reply tokens that one sample of the decoding speed averages over."""

_SEED = 7
_FEEDS = 50
"""Calls that one sample of a very short operation averages over."""


def measure_stages(config: EngineConfig, recorder: Recorder, rounds: int, say: Callable[[str], None]) -> None:
    """Measure every stage `rounds` times."""
    say("  speech to text, voice, resampler")
    with _short_stages(config) as cases:
        _run(cases, recorder, rounds)
    with _chat_model(config) as model:
        for name, tokens in CONVERSATIONS.items():
            say(f"  language model behind {name} tokens")
            _run(_llm_cases(model, config.llm.system_prompt, name, tokens), recorder, rounds)
    say("  engine")
    with _instant_engine(config) as session:
        _run([_engine_case(session)], recorder, rounds)


def _run(cases: Sequence[Case], recorder: Recorder, rounds: int) -> None:
    """Run each case once for nothing, then all of them `rounds` times."""
    for case in cases:
        case(Recorder())
    for _ in range(rounds):
        for case in cases:
            case(recorder)


def _ms(begin_s: float) -> float:
    return (perf_counter() - begin_s) * 1000


# -- speech to text, voice detection, the voice, the resampler


@contextmanager
def _short_stages(config: EngineConfig) -> Iterator[list[Case]]:
    parts = real_parts()
    detector, transcriber, synthesizer = parts.detector(config), parts.transcriber(config), parts.synthesizer(config)
    try:
        detector.load()
        transcriber.load()
        synthesizer.load()
        spoken = {name: _utterance(questions) for name, questions in SPOKEN.items()}
        yield [
            *[_stt_case(transcriber, name, samples, quick=False) for name, samples in spoken.items()],
            *[_stt_case(transcriber, name, samples, quick=True) for name, samples in spoken.items()],
            *[_tts_case(synthesizer, name, text) for name, text in CLAUSES.items()],
            _vad_case(detector, spoken["2s"]),
            _resampler_case("resample.in", 48_000, EAR_RATE_HZ),
            _resampler_case("resample.out", synthesizer.rate_hz, 48_000),
        ]
    finally:
        transcriber.close()
        synthesizer.close()


def _utterance(names: Sequence[str]) -> Float32Mono:
    questions = {question.name: question for question in spoken_questions()}
    return np.concatenate([_voiced(questions[name]) for name in names])


def _voiced(question: SpokenQuestion) -> Float32Mono:
    return question.samples[: round((question.voiced_end_s + VOICE_MARGIN_S) * EAR_RATE_HZ)]


def _stt_case(transcriber: Transcriber, name: str, samples: Float32Mono, *, quick: bool) -> Case:
    kind = "partial" if quick else "final"

    def case(recorder: Recorder) -> None:
        begin_s = perf_counter()
        transcriber.transcribe(samples, quick=quick, cancel=CancelToken())
        recorder.add(f"stt.{kind}.{name}", _ms(begin_s))

    return case


def _tts_case(synthesizer: Synthesizer, name: str, text: str) -> Case:
    def case(recorder: Recorder) -> None:
        begin_s = perf_counter()
        for number, _ in enumerate(synthesizer.stream(text)):
            if number == 0:
                recorder.add(f"tts.first.{name}", _ms(begin_s))
        recorder.add(f"tts.whole.{name}", _ms(begin_s))

    return case


def _vad_case(detector: VoiceDetector, samples: Float32Mono) -> Case:
    frames = [samples[i * VAD_FRAME : (i + 1) * VAD_FRAME] for i in range(_FEEDS)]

    def case(recorder: Recorder) -> None:
        detector.reset()
        begin_s = perf_counter()
        for frame in frames:
            detector.process(frame)
        recorder.add("vad.frame", _ms(begin_s) / len(frames))

    return case


def _resampler_case(name: str, from_hz: int, to_hz: int) -> Case:
    """Feed 10 ms at a time, as a device does."""
    resampler = StreamResampler(from_hz, to_hz)
    block = np.random.default_rng(0).uniform(-0.5, 0.5, from_hz // 100).astype(np.float32)

    def case(recorder: Recorder) -> None:
        begin_s = perf_counter()
        for _ in range(_FEEDS):
            resampler.feed(block)
        recorder.add(name, _ms(begin_s) / _FEEDS)

    return case


# -- the language model


@contextmanager
def _chat_model(config: EngineConfig) -> Iterator[ChatModel]:
    model = real_parts().chat_model(replace(config, llm=replace(config.llm, seed=_SEED)))
    try:
        model.load()
        yield model
    finally:
        model.close()


def _llm_cases(model: ChatModel, system_prompt: str, name: str, tokens: int) -> list[Case]:
    messages = _conversation_of(model, system_prompt, tokens)
    model.prefill(messages, open_text="", cancel=CancelToken())
    return [
        *[_prefill_case(model, messages, f"llm.prompt.{name}+{count}", count) for count in NEW_TOKENS],
        _token_case(model, messages, f"llm.token.{name}"),
    ]


def _conversation_of(model: ChatModel, system_prompt: str, tokens: int) -> tuple[ChatMessage, ...]:
    """Return the shortest conversation of whole turns with `tokens` or more."""
    turns = 0
    while True:
        messages = Conversation(system_prompt, conversation(turns)).messages
        if model.count_tokens(messages) >= tokens:
            return messages
        turns += 1


def _prefill_case(model: ChatModel, messages: tuple[ChatMessage, ...], name: str, count: int) -> Case:
    """Evaluate `count` new words behind the header of the user's message; two texts that begin otherwise take turns."""
    texts = cycle([_text_of_tokens(model, messages, shift, count) for shift in (1, 2)])

    def case(recorder: Recorder) -> None:
        begin_s = perf_counter()
        model.prefill(messages, open_text=next(texts), cancel=CancelToken())
        recorder.add(name, _ms(begin_s))

    return case


def _text_of_tokens(model: ChatModel, messages: tuple[ChatMessage, ...], shift: int, count: int) -> str:
    """Return words that cost exactly `count` tokens behind `messages`; they begin at word `shift` of the plain text.

    Raises:
        ValueError: this vocabulary takes the words apart.
    """
    words = count
    for _ in range(count + 1):
        text = " ".join(islice(cycle(_PLAIN_TEXT.split()), shift, shift + words))
        model.prefill(messages, open_text="zebra", cancel=CancelToken())  # so that nothing of the text is held
        evaluated = model.prefill(messages, open_text=text, cancel=CancelToken())
        if evaluated == count:
            return text
        words = max(1, words + (1 if evaluated < count else -1))
    raise ValueError(f"no text of {count} tokens found")


def _token_case(model: ChatModel, messages: tuple[ChatMessage, ...], name: str) -> Case:
    prompt = (*messages, ChatMessage(role="user", text="Tell me a long story about a ship and a storm."))

    def case(recorder: Recorder) -> None:
        pieces = model.generate(prompt, cancel=CancelToken())
        next(pieces)
        begin_s = perf_counter()
        count = sum(1 for _ in islice(pieces, _DECODED))
        if count:
            recorder.add(name, _ms(begin_s) / count)
        pieces.close()

    return case


# -- the engine without models


@contextmanager
def _instant_engine(config: EngineConfig) -> Iterator[Session]:
    parts = replace(
        real_parts(),
        detector=lambda _: FakeVoiceDetector(),
        transcriber=lambda _: FakeTranscriber(),
        chat_model=lambda _: FakeChatModel(),
        synthesizer=lambda _: FakeSynthesizer(),
    )
    with running_session(config, parts=parts) as session:
        # With models that answer at once a turn could be over before the engine's first tick gives it the speaker.
        session.log.wait_until(monotonic() + 0.1)
        yield session


def _engine_case(session: Session) -> Case:
    """From the message to its effect: one hop, a whole typed turn through all threads, and the stop."""
    log, engine = session.log, session.engine

    def reached(state: EngineState, after: int) -> float:
        """Return when the engine went into `state`."""
        while True:
            event = log.wait_for(EngineStateChanged, after=after, timeout_s=10)
            if event.new is state:
                return event.at_s
            after = log.events.index(event, after) + 1

    def case(recorder: Recorder) -> None:
        begin, begin_s = len(log.events), monotonic()
        engine.post(SendText(text="How are you?", at_s=begin_s))
        recorder.add("engine.command", (reached(EngineState.THINKING, begin) - begin_s) * 1000)
        heard = log.wait_for(PlaybackStarted, after=begin, timeout_s=10)
        recorder.add("engine.text_to_sound", (heard.at_s - begin_s) * 1000)
        begin, begin_s = len(log.events), monotonic()
        engine.post(StopSpeaking())
        recorder.add("engine.stop", (reached(EngineState.IDLE, begin) - begin_s) * 1000)

    return case
