"""When not to believe Whisper: repetition, words behind the end of the sound, words made of noise.

Pure functions over token ids, text and scores; runs on any thread.

On a window shorter than the 30 s it was trained on, Whisper more often goes on after the last word: it says the
sentence again, or invents one in the padding. Timestamps give the second kind away, periodic tokens the first.
"""

import zlib
from collections.abc import Sequence
from dataclasses import dataclass

TOKENS_PER_S = 4.5
TOKENS_AT_LEAST = 16
"""How many tokens a first pass may write for a second of sound, and in any case, timestamps included.

The fastest of a hundred English recordings stays just below; a loop would run to 224 tokens otherwise. Whoever hits
the bound without repeating himself is decoded again without it.
"""

SUSPECT_COPIES = 3
"""A phrase said this often in a row is a loop, or somebody who means it: a longer window tells."""

MAX_COMPRESSION_RATIO = 2.4
"""Text that gzip shrinks more than this repeats itself (openai/whisper, transcribe.py)."""

MIN_LOGPROB = -1.3
"""Mean log probability below which a pass on a longer window is worth its time.

openai/whisper uses -1.0 for whole paragraphs; utterances of one or two words score down to -1.2 when right.
"""

DOUBTFUL_SPEECH = (0.25, -0.7)
"""A no_speech_prob above, or a mean log probability below these calls for the voice detector's opinion."""

CLEAR_VOICE, LIKELY_VOICE = 0.955, 0.91
"""Speech probability (Silero v6, mean of the best 0.1 s) of voices: most give 1, single words from poor microphones
0.92 and more, coughs and sneezes 0.85 and now and then 0.95. Whispering gives 0.5."""

NOISE = (
    (1.01, 0.75, -0.6),
    (1.01, 0.3, -1.1),
    (CLEAR_VOICE, 0.25, -0.7),
    (LIKELY_VOICE, 0.0, -1.0),
    (0.8, 0.15, -0.75),
    (LIKELY_VOICE, 0.25, -0.6),
    (LIKELY_VOICE, 0.6, -0.5),
    (LIKELY_VOICE, 0.85, 0.0),
)
"""Nobody said the words if, for one of the rows, voice is below, no_speech_prob above, mean log probability below.

openai/whisper has the one row (any voice, 0.6, -1.0). Measured with tiny.en: silence and hum (0.95, -0.7), fans, rain
and keys (0.9, -1.6), a cough (0.47, -1.2), a sneeze (0.3, -0.85); a clipped "two" (0.6, -0.8), whispering (0.2, -0.5),
a short "Hi." (0.04, -0.7).
"""

BABBLE = 0.4
"""A no_speech_prob above which words that repeat themselves were said by nobody, whatever their log probability: a loop
is always sure of itself. A fit of coughing gives 0.44 to 0.8, people who repeat themselves 0.05 to 0.23."""


@dataclass(frozen=True, slots=True)
class Segment:
    """Text tokens between two timestamps."""

    start_s: float
    tokens: tuple[int, ...]


def split_segments(ids: Sequence[int], *, end_of_text: int, timestamp_begin: int) -> list[Segment]:
    """Split generated ids at their timestamps (20 ms a step); special tokens are dropped, the first start is 0."""
    segments: list[Segment] = []
    start_s = 0.0
    tokens: list[int] = []
    for token in ids:
        if token < end_of_text:
            tokens.append(token)
        elif token >= timestamp_begin:
            if tokens:
                segments.append(Segment(start_s, tuple(tokens)))
                tokens = []
            start_s = (token - timestamp_begin) * 0.02
    if tokens:
        segments.append(Segment(start_s, tuple(tokens)))
    return segments


def repeat_start(tokens: Sequence[int], *, copies: int = SUSPECT_COPIES) -> int | None:
    """Return the index from which `tokens` only says again what came right before it.

    A phrase must be there `copies` times, the last of which may have just begun. Of several ways to see the tail as
    a loop the one that explains most of it counts. None if there is no loop.
    """
    size = len(tokens)
    found = size
    for period in range(1, size // max(1, copies - 1) + 1):
        start = size
        while start > period and tokens[start - 1] == tokens[start - 1 - period]:
            start -= 1
        if size - start > (copies - 2) * period:
            found = min(found, start)
    return found if found < size else None


def second_saying(tokens: Sequence[int]) -> int | None:
    """Return the middle of `tokens` if they are one phrase of three or more, said exactly twice."""
    half = len(tokens) // 2
    return half if half >= 3 and list(tokens[:half]) == list(tokens[half:]) else None


def compresses(text: str) -> bool:
    """Whether `text` shrinks more than `MAX_COMPRESSION_RATIO` times: some part of it is said again and again."""
    data = text.encode()
    return len(data) > MAX_COMPRESSION_RATIO * len(zlib.compress(data))


def token_budget(duration_s: float) -> int:
    """Return how many tokens a first pass over `duration_s` of sound may write."""
    return TOKENS_AT_LEAST + int(duration_s * TOKENS_PER_S)


def doubts_speech(*, no_speech_prob: float, avg_logprob: float) -> bool:
    """Whether the scores are poor enough to ask the voice detector."""
    return no_speech_prob > DOUBTFUL_SPEECH[0] or avg_logprob < DOUBTFUL_SPEECH[1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pass:
    """What one pass over the sound gave."""

    text: str
    without_repeats: str
    """`text` up to where it begins to repeat itself; all of it if it does not."""
    repeats: bool
    """Whether it seems to repeat itself."""
    complete: bool
    """False if the decoder ran into its bound."""
    avg_logprob: float
    no_speech_prob: float
    voice: float
    """How surely the sound holds a voice, 0 to 1; 1 if the scores left no doubt."""

    @property
    def noise(self) -> bool:
        """Whether nobody said the words."""
        return any(
            self.voice < voice and self.no_speech_prob > speech and self.avg_logprob < logprob
            for voice, speech, logprob in NOISE
        )

    @property
    def babble(self) -> bool:
        """Whether it repeats itself because there are no words: "ha ha ha ha" for somebody who coughs."""
        return self.repeats and self.no_speech_prob > BABBLE

    @property
    def doubtful(self) -> bool:
        """Whether a longer window may give something better."""
        return self.repeats or not self.complete or self.avg_logprob < MIN_LOGPROB


def settle(passes: Sequence[Pass], *, more: bool) -> str | None:
    """Return the words to believe after `passes`, shortest window first; None if a longer window should be tried.

    Two complete passes that agree are believed even where one alone is not: people do repeat themselves.

    Args:
        passes: those done so far; at least one.
        more: whether a longer window is left to try.
    """
    latest = passes[-1]
    if latest.noise:
        return ""
    agreed = len(passes) > 1 and latest.complete and latest.text == passes[-2].text and not latest.babble
    if agreed or not latest.doubtful:
        return latest.text
    if more:
        return None
    believable = [one for one in passes if not one.babble]
    best = max(believable, key=lambda one: (not one.repeats, one.complete, one.avg_logprob), default=None)
    return best.without_repeats if best else ""
