"""What gives away a transcript that was not spoken."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion.engine.stt.guards import Pass, Segment, compresses, repeat_start, second_saying, settle, split_segments

EOT, ZERO = 100, 200  # ids of the end of text and of the timestamp 0.00


@pytest.mark.parametrize(
    ("ids", "expected"),
    [
        pytest.param([], [], id="nothing"),
        pytest.param([ZERO, 1, 2, ZERO + 50], [Segment(0.0, (1, 2))], id="one"),
        pytest.param([1, 2], [Segment(0.0, (1, 2))], id="no timestamps"),
        pytest.param([ZERO, 1, ZERO + 50, ZERO + 60, 2], [Segment(0.0, (1,)), Segment(1.2, (2,))], id="two, open end"),
        pytest.param([ZERO, ZERO + 50, EOT], [], id="empty"),
        pytest.param([EOT + 5, 1, EOT], [Segment(0.0, (1,))], id="special tokens"),
    ],
)
def test_segments(ids: list[int], expected: list[Segment]) -> None:
    assert split_segments(ids, end_of_text=EOT, timestamp_begin=ZERO) == expected


@pytest.mark.parametrize(
    ("tokens", "start"),
    [
        pytest.param("", None, id="nothing"),
        pytest.param("abcdef", None, id="ordinary"),
        pytest.param("xabab", None, id="twice is not a loop"),
        pytest.param("xababa", 3, id="the third copy begun"),
        pytest.param("xababab", 3, id="three times"),
        pytest.param("aaa", 1, id="one token"),
        pytest.param("xaa", None, id="one token twice"),
        pytest.param("abcdabcdabcdabcdab", 4, id="sentence in a loop, cut off"),
        pytest.param("abababcd", None, id="a loop that ended"),
    ],
)
def test_repeats(tokens: str, start: int | None) -> None:
    assert repeat_start([ord(token) for token in tokens]) == start


@given(st.lists(st.integers(0, 4), min_size=1, max_size=8), st.integers(3, 6), st.integers(0, 7))
def test_every_loop_is_found_and_one_copy_stays(phrase: list[int], copies: int, rest: int) -> None:
    tokens = [9, *phrase * copies, *phrase[:rest]]
    start = repeat_start(tokens)
    assert start is not None
    assert 0 < start <= 1 + len(phrase)


@pytest.mark.parametrize(
    ("tokens", "middle"), [([1, 2, 3, 1, 2, 3], 3), ([1, 2, 1, 2], None), ([1, 2, 3, 1, 2, 3, 1], None), ([], None)]
)
def test_second_saying(tokens: list[int], middle: int | None) -> None:
    assert second_saying(tokens) == middle


def test_compression_tells_loops_from_sentences() -> None:
    assert compresses("I'm going to do it. " * 12)
    assert not compresses("Ask not what your country can do for you, ask what you can do for your country.")
    assert not compresses("")


def one(text: str = "hello there", **changes: object) -> Pass:
    fields: dict[str, object] = {
        "text": text,
        "without_repeats": text,
        "repeats": False,
        "complete": True,
        "avg_logprob": -0.3,
        "no_speech_prob": 0.05,
        "voice": 1.0,
    }
    return Pass(**(fields | changes))  # type: ignore[arg-type]


def loop(**changes: object) -> Pass:
    return one("go go go go", without_repeats="go", repeats=True, **changes)


def babble() -> Pass:
    """Return what a fit of coughing gives: a loop that is sure of itself."""
    return loop(no_speech_prob=0.5, avg_logprob=-0.2)


@pytest.mark.parametrize(
    ("passes", "more", "words"),
    [
        pytest.param([one()], True, "hello there", id="good at once"),
        pytest.param([loop()], True, None, id="a loop asks for a longer window"),
        pytest.param([one(complete=False)], True, None, id="cut off"),
        pytest.param([one(avg_logprob=-1.4)], True, None, id="poor score"),
        pytest.param([loop()], False, "go", id="no window left: cut at the repeat"),
        pytest.param([loop(), one("go on")], False, "go on", id="the longer window is right"),
        pytest.param([loop(), loop()], True, "go go go go", id="two windows agree: it was said"),
        pytest.param([loop(), loop(complete=False)], True, None, id="a runaway is not agreement"),
        pytest.param([one(avg_logprob=-1.6), loop()], False, "hello there", id="a poor text before a loop"),
        pytest.param([one("a", avg_logprob=-1.4), one("b", avg_logprob=-1.5)], False, "a", id="the better of two"),
        pytest.param([babble()], True, None, id="babble may yet be words on a longer window"),
        pytest.param([babble(), babble()], True, None, id="two windows agree on babble: nothing was said"),
        pytest.param([babble(), babble()], False, "", id="babble on every window"),
        pytest.param([one("a", avg_logprob=-1.4), babble()], False, "a", id="words before babble"),
    ],
)
def test_settle(passes: list[Pass], more: bool, words: str | None) -> None:
    assert settle(passes, more=more) == words


@pytest.mark.parametrize(
    ("no_speech_prob", "avg_logprob", "voice", "noise"),
    [
        pytest.param(0.05, -0.4, 1.0, False, id="speech"),
        pytest.param(0.07, -1.16, 0.94, False, id="one short word"),
        pytest.param(0.66, -0.89, 0.97, False, id="a word clipped at its end"),
        pytest.param(0.49, -0.55, 0.55, False, id="whispering"),
        pytest.param(0.10, -0.40, 0.60, False, id="good scores need no clear voice"),
        pytest.param(0.30, -0.83, 0.86, True, id="sneeze"),
        pytest.param(0.48, -1.28, 0.93, True, id="cough"),
        pytest.param(0.99, -0.65, 0.02, True, id="digital silence"),
        pytest.param(0.93, -0.45, 0.10, True, id="fluent nonsense about a fan"),
        pytest.param(0.90, -1.56, 0.95, True, id="no words behind a clear voice"),
    ],
)
def test_noise(no_speech_prob: float, avg_logprob: float, voice: float, noise: bool) -> None:
    heard = one(no_speech_prob=no_speech_prob, avg_logprob=avg_logprob, voice=voice)
    assert heard.noise is noise
    assert (settle([heard], more=False) == "") is noise
