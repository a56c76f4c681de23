"""Which words of a growing transcript can be relied on."""

import re

_NOT_WORD = re.compile(r"[^\w']+")


def _key(word: str) -> str:
    return _NOT_WORD.sub("", word).casefold()


def agreed_words(earlier: str, later: str) -> str:
    """Return the beginning of `later` on which two partial transcripts in a row agree, without the last word.

    The newest word is left out even where both agree on it, because its end may not have been spoken yet
    ("tomorrow" after "to"), and so is trailing punctuation, which every longer partial moves.

    Thread: any.
    Source: LocalAgreement-2, Macháček et al., "Turning Whisper into Real-Time Transcription System", 2023.
    """
    old, new = earlier.split(), later.split()
    same = 0
    for a, b in zip(old, new, strict=False):
        if _key(a) != _key(b):
            break
        same += 1
    same = min(same, len(new) - 1)
    return " ".join(new[:same]).rstrip(".,;:!?…-") if same > 0 else ""
