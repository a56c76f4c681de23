"""Bytes of a reply to text: whole characters, no markup, nothing lost that is neither."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from companion.engine.llm.reply_text import ReplyText

MARKUP = ("<|im_start|>", "<|im_end|>", "</s>", " ", "")


def said(pieces: list[bytes]) -> tuple[list[str], bool]:
    text = ReplyText(MARKUP)
    shown = [text.add(piece) for piece in pieces]
    return [*shown, text.rest()], text.ended


def cut(data: bytes, lengths: list[int]) -> list[bytes]:
    pieces = []
    for length in lengths:
        pieces.append(data[:length])
        data = data[length:]
    return [*pieces, data]


def test_spelled_markup_ends_the_reply() -> None:
    pieces, ended = said([b"Yes.", b"<", b"|", b"im", b"_end", b"|>", b"\n<|im_start|>user", b" More?"])
    assert "".join(pieces) == "Yes."
    assert ended


def test_what_only_begins_like_markup_is_said() -> None:
    pieces, ended = said([b"2 <", b" 3 and <|im_", b"age|> </", b"s"])
    assert "".join(pieces) == "2 < 3 and <|im_age|> </s"
    assert not ended
    assert pieces[0] == "2 ", "it is held back only while it may be markup"


def test_text_without_a_bracket_is_not_held_back() -> None:
    pieces, _ = said([b"One", b" two", b"."])
    assert pieces == ["One", " two", ".", ""]


@pytest.mark.reader
@given(st.text(max_size=80), st.lists(st.integers(0, 5), max_size=40))
@example("a </s", [1, 1, 1, 1])
@example("x <|im_en", [4, 1])
def test_everything_but_markup_is_said(text: str, lengths: list[int]) -> None:
    clean = text.replace("</s>", "")
    pieces, ended = said(cut(clean.encode("utf-8", "ignore"), lengths))
    assert not ended
    assert "".join(pieces) == clean.encode("utf-8", "ignore").decode().lstrip()


@pytest.mark.reader
@given(
    st.text(max_size=40), st.sampled_from(MARKUP[:3]), st.text(max_size=40), st.lists(st.integers(0, 5), max_size=40)
)
def test_markup_is_never_said_however_it_is_cut(before: str, name: str, behind: str, lengths: list[int]) -> None:
    before = before.replace("<", "").strip()
    pieces, ended = said(cut(f"{before}{name}{behind}".encode("utf-8", "ignore"), lengths))
    assert ended
    assert "".join(pieces) == before.encode("utf-8", "ignore").decode()


@pytest.mark.reader
@given(st.lists(st.binary(max_size=6), max_size=40))
def test_any_bytes_are_text(pieces: list[bytes]) -> None:
    shown, _ = said(pieces)
    text = "".join(shown)
    assert not any(name in text for name in MARKUP[:3])
    assert text == text.lstrip()
    text.encode()
