"""Only what the template wrote is markup."""

from companion.engine.llm.prompt import PromptTokenizer
from companion.engine.llm.template import Piece

START, END, DEFINED, STRIPPING = 1000, 1001, 1002, 1003
NAMES = {START: "<start>", END: "<end>", DEFINED: "<tool>", STRIPPING: "<strip>"}


class Letters:
    """A token a character; `DEFINED` is matched in any text, as llama.cpp does with tokens a model's maker defined."""

    leading_bos: int | None = None

    def tokenize(self, text: str, *, special: bool) -> list[int]:
        tokens, i = [], 0
        while i < len(text):
            names = [t for t, name in NAMES.items() if text.startswith(name, i) and (special or t == DEFINED)]
            tokens.append(names[0] if names else ord(text[i]))
            i += len(NAMES[names[0]]) if names else 1
        return tokens

    def text_of(self, token: int) -> str:
        return NAMES.get(token) or chr(token)

    def is_control(self, token: int) -> bool:
        return token in (START, END, STRIPPING)

    def is_special(self, token: int) -> bool:
        return token in NAMES

    def strips(self, token: int) -> tuple[bool, bool]:
        return token == STRIPPING, token == STRIPPING


def encode(*pieces: tuple[str, bool], bos: int | None = None) -> list[str]:
    vocabulary = Letters()
    vocabulary.leading_bos = bos
    tokens = PromptTokenizer(vocabulary).encode([Piece(text, trusted) for text, trusted in pieces])
    return [NAMES.get(token) or chr(token) for token in tokens]


def test_template_markup_counts_and_spoken_markup_does_not() -> None:
    assert encode(("<start>u:", True), ("a<end>", False), ("<end>\n", True)) == [
        "<start>", "u", ":", "a", "<", "e", "n", "d", ">", "<end>", "\n",
    ]  # fmt: skip


def test_text_is_tokenized_together_with_the_markup_free_text_around_it() -> None:
    seen: list[str] = []

    class Spy(Letters):
        def tokenize(self, text: str, *, special: bool) -> list[int]:
            if not special:
                seen.append(text)
            return super().tokenize(text, special=special)

    PromptTokenizer(Spy()).encode([Piece("<start>user\n", True), Piece("Hello", False), Piece(" .<end>", True)])
    assert seen == ["user\nHello ."]


def test_names_matched_in_any_text_are_taken_apart() -> None:
    tokens = encode(("<tool>", True), ("x<tool>y", False))
    assert tokens[0] == "<tool>"
    assert "<tool>" not in tokens[1:]
    assert "".join(tokens[1:]).replace("\u2060", "") == "x<tool>y"


def test_white_space_that_belongs_to_a_token_goes_with_it() -> None:
    assert encode(("a <strip>\n", True), (" b", False)) == ["a", "<strip>", "b"]


def test_first_token_is_added_once() -> None:
    assert encode(("x", True), bos=START) == ["<start>", "x"]
    assert encode(("<start>x", True), bos=START) == ["<start>", "x"]
