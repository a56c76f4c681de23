"""Humanity: does it take turns, stop, and talk as people do. Pure."""

from companion.report.aspects import Aspect
from companion.report.figures import Figure, Goal, show
from companion.report.run import Run
from companion.report.words import normalised
from companion.spread import spread

HUMAN_GAP_S = 0.208
"""Mean gap between the turns of two people, over ten languages; Japanese 7 ms, Danish 469 ms.

Source: Stivers et al., "Universals and cultural variation in turn-taking in conversation", PNAS 106 (26), 2009.
"""

GAP_S = 0.3
STOP_S = 0.05

SLOWEST_WPM, FASTEST_WPM = 130.0, 220.0
"""Around the 160 to 180 words a minute that handbooks of radio recommend.

Source: Rodero, "A comparative analysis of speech rate and perception in radio bulletins", Text & Talk 32 (3), 2012.
"""

FEWEST_WORDS, MOST_WORDS = 3.0, 60.0
"""One to three short sentences, as the prompt asks."""


def humanity(run: Run) -> Aspect:
    """Judge how it feels to talk with it."""
    gaps = spread(metrics.gap_s for metrics in run.metrics)
    stops = spread(turn.stop_s for turn in run.turns)
    heard = [turn for turn in run.answered if turn.written and turn.speech_s]
    rates = spread(60 * len(normalised(turn.reply)) / turn.speech_s for turn in heard if turn.speech_s)
    lengths = spread(float(len(normalised(turn.reply))) for turn in heard)
    seconds = spread(turn.speech_s for turn in heard)
    return Aspect(
        title="Humanity",
        meaning=_meaning(gaps.p50 if gaps else None, stops.max if stops else None),
        headline="humanity.gap",
        figures=(
            Figure(
                key="humanity.gap",
                name="gap, median",
                value=gaps.p50 if gaps else None,
                unit="ms",
                means=f"End of the user's voice to the first sound; between people it is {show(HUMAN_GAP_S, 'ms')} on "
                f"average (Stivers et al. 2009). The key came up {show(run.release_after_s, 'ms')} after the voice.",
                goal=Goal(under=GAP_S),
            ),
            Figure(
                key="humanity.gap-mean",
                name="gap, mean",
                value=gaps.mean if gaps else None,
                unit="ms",
                means="The figure that compares with that of people.",
            ),
            Figure(
                key="humanity.stop",
                name="stop when interrupted, longest",
                value=stops.max if stops else None,
                unit="ms",
                means="Key pressed in mid-reply to the last sample, its fade included, that the sound device gets."
                if run.sound_device
                else "Without a sound device this is the engine's part only.",
                goal=Goal(under=STOP_S),
            ),
            Figure(
                key="humanity.rate",
                name="speaking rate, median",
                value=rates.p50 if rates else None,
                unit="words/min",
                means="Pauses included; on the radio 160 to 180 is recommended (Rodero 2012).",
                goal=Goal(at_least=SLOWEST_WPM, at_most=FASTEST_WPM),
                better="",
            ),
            Figure(
                key="humanity.words",
                name="length of a reply, median",
                value=lengths.p50 if lengths else None,
                unit="words",
                means="People take turns: one to three short sentences.",
                goal=Goal(at_least=FEWEST_WORDS, at_most=MOST_WORDS),
                better="",
            ),
            Figure(
                key="humanity.seconds",
                name="length of a reply, longest",
                value=seconds.max if seconds else None,
                unit="s",
                means="How long one has to listen at most.",
                better="",
            ),
        ),
    )


def _meaning(gap_s: float | None, stop_s: float | None) -> str:
    if gap_s is None:
        return "No answer was heard."
    slower = gap_s - HUMAN_GAP_S
    beside = (
        "as soon as" if abs(slower) < 0.02 else f"{show(abs(slower), 'ms')} {'later' if slower > 0 else 'sooner'} than"
    )
    stop = "" if stop_s is None else f", and falls silent within {show(stop_s, 'ms')} when interrupted"
    return f"It answers {show(gap_s, 'ms')} after the user's last sound, {beside} people do on average{stop}."
