"""A conversation to stand behind what is measured: questions with whole replies of the length the product asks for."""

from itertools import cycle, islice

from companion.engine.messages import ChatMessage

_TURNS = (
    (
        "How old is the Brooklyn Bridge?",
        "It is well over a century old. The bridge was opened in May of 1883, after fourteen years of work, and it was "
        "the longest suspension bridge in the world at that time.",
    ),
    ("Should I get a dog or a cat?", "That depends on your day. A dog needs walks and company, a cat is fine alone."),
    (
        "What is the best month of the year?",
        "Many people would say May. The days are long and mild, the trees are green again, and the great heat of the "
        "summer is still some weeks away.",
    ),
    (
        "Is it safe to swim in the river?",
        "Only where it is allowed. Look for the signs at the bank, stay away from boats and bridges, and never go in "
        "alone after heavy rain, because the current is stronger then.",
    ),
    ("What about the bus?", "The bus leaves at half past seven, and it takes about twenty minutes to the station."),
    (
        "How do I keep bread fresh?",
        "Keep it in a paper bag or a wooden box at room temperature. What you will not eat within two days is best "
        "sliced and frozen, and goes straight into the toaster from there.",
    ),
    (
        "What do you want to remember about today?",
        "I would remember the walk in the morning. You said that the light on the water was the best part of the week, "
        "and that you wanted to paint it one day.",
    ),
)


def conversation(turns: int) -> tuple[ChatMessage, ...]:
    """Return the messages of `turns` answered questions; the same ones for the same number, and as their beginning."""
    said = islice(cycle(_TURNS), turns)
    return tuple(
        message
        for question, reply in said
        for message in (ChatMessage(role="user", text=question), ChatMessage(role="assistant", text=reply))
    )
