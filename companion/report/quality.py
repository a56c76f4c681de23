"""Quality: was it heard right, was it answered, and in whole sentences that are not the same every time. Pure."""

from companion.engine.sentences import ends_sentence
from companion.report.aspects import Aspect
from companion.report.figures import Figure, Goal, share
from companion.report.run import Run
from companion.report.words import alike, loops, word_errors

WORD_ERRORS = 0.12
"""The starter model makes 9.3 % over a hundred recordings (decision 0030); the rest is what so few questions allow."""

WHOLE_SENTENCES = 0.95
REPEATS = 0.05


def quality(run: Run) -> Aspect:
    """Judge what was understood and said."""
    errors = [word_errors(turn.question, turn.heard) for turn in run.turns]
    wrong, said = (sum(column) for column in zip(*errors, strict=True)) if errors else (0, 0)
    rate = wrong / said if said else None
    answered = [turn.answered and bool(turn.reply.strip()) for turn in run.turns]
    replies = [turn.reply for turn in run.answered if turn.written and turn.reply.strip()]
    repeated = [loops(reply) or alike(reply, replies[:index]) for index, reply in enumerate(replies)]
    return Aspect(
        title="Quality",
        meaning=_meaning(wrong, said, sum(answered), len(answered)),
        headline="quality.word-errors",
        figures=(
            Figure(
                key="quality.word-errors",
                name="word error rate",
                value=rate,
                unit="share",
                means="Words heard wrong, missed or invented, per word said; case and punctuation do not count.",
                goal=Goal(at_most=WORD_ERRORS),
            ),
            Figure(
                key="quality.faultless",
                name="questions heard without a fault",
                value=share(not count for count, _ in errors),
                unit="share",
                means="Every word as it was said.",
                better="more",
            ),
            Figure(
                key="quality.answered",
                name="questions answered",
                value=share(answered),
                unit="share",
                means="An answer sounded, and it had words.",
                goal=Goal(at_least=1.0),
                essential=True,
                better="more",
            ),
            Figure(
                key="quality.sentences",
                name="replies that end in a whole sentence",
                value=share(map(ends_sentence, replies)),
                unit="share",
                means="A reply that breaks off sounds like a fault; those that were interrupted do not count.",
                goal=Goal(at_least=WHOLE_SENTENCES),
                better="more",
            ),
            Figure(
                key="quality.repeats",
                name="replies that loop or repeat an earlier one",
                value=share(repeated),
                unit="share",
                means="The same words again right away, or four words in five of an earlier reply.",
                goal=Goal(at_most=REPEATS),
            ),
        ),
    )


def _meaning(wrong: int, said: int, answered: int, asked: int) -> str:
    if not said:
        return "Nothing was asked."
    heard = f"about one word in {said / wrong:.0f} is misheard" if wrong else f"none of {said} words was misheard"
    got = "every question got its answer" if answered == asked else f"{answered} of {asked} questions got an answer"
    return f"{heard[0].upper()}{heard[1:]}, and {got}."
