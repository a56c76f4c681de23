"""Key combinations as text, and when one counts as held."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion.engine.errors import SettingsError
from companion.keys import Chord, KeyCombination, parse


@pytest.mark.parametrize(
    ("text", "plain", "portal", "qt"),
    [
        ("ctrl+space", "ctrl+space", "CTRL+space", "Ctrl+Space"),
        (" Space + CONTROL ", "ctrl+space", "CTRL+space", "Ctrl+Space"),
        ("f9", "f9", "F9", "F9"),
        ("shift+alt+K", "alt+shift+k", "ALT+SHIFT+k", "Alt+Shift+K"),
        ("cmd+pgup", "super+page_up", "LOGO+Page_Up", "Meta+PgUp"),
        ("ctrl+1", "ctrl+1", "CTRL+1", "Ctrl+1"),
        ("ScrollLock", "scroll_lock", "Scroll_Lock", "ScrollLock"),
    ],
)
def test_every_form_of_a_combination(text: str, plain: str, portal: str, qt: str) -> None:
    combination = parse(text)
    assert (str(combination), combination.portal_trigger, combination.qt_text) == (plain, portal, qt)
    assert parse(plain) == combination


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("", "is empty"),
        ("  ", "is empty"),
        ("ctrl+", "plus sign without a key"),
        ("ctrl+spcae", "did you mean space?"),
        ("ctrl+ctrl+k", "names a key twice"),
        ("control+ctrl+k", "names a key twice"),
        ("ctrl+alt", "only modifiers"),
        ("ctrl+a+b", "more than one key"),
        ("space", "get in the way of typing"),
        ("shift+k", "get in the way of typing"),
        ("ctrl+ß", "not a key that a hotkey can use"),
        ("ctrl+" + "x" * 10_000, "not a key"),
    ],
)
def test_a_bad_combination_is_a_sentence(text: str, part: str) -> None:
    with pytest.raises(SettingsError) as caught:
        parse(text)
    assert caught.value.code == "hotkey-invalid"
    assert part in caught.value.message
    assert "ctrl+space" in caught.value.hint
    assert len(caught.value.message) < 300 or text in caught.value.message


@pytest.mark.reader
@given(st.text(max_size=40))
def test_any_text_is_a_combination_or_a_settings_error(text: str) -> None:
    try:
        combination = parse(text)
    except SettingsError:
        return
    assert parse(str(combination)) == combination


CTRL_SPACE = KeyCombination(("ctrl",), "space")


def test_a_chord_lasts_from_its_last_key_down_to_its_first_key_up() -> None:
    chord = Chord(CTRL_SPACE)
    assert not chord.key_down("ctrl_l", "ctrl")
    assert chord.key_down("space", "space")
    assert not chord.key_down("space", "space"), "auto-repeat"
    assert not chord.key_down("k", "k")
    assert not chord.key_up("k")
    assert chord.key_up("space")
    assert not chord.key_up("ctrl_l")


def test_after_its_end_a_chord_needs_a_key_to_go_down_anew() -> None:
    chord = Chord(CTRL_SPACE)
    chord.key_down("ctrl_l", "ctrl")
    chord.key_down("space", "space")
    assert chord.key_up("ctrl_l")
    assert not chord.key_down("space", "space"), "auto-repeat of the key that stayed down"
    assert chord.key_down("ctrl_l", "ctrl")


def test_left_and_right_are_the_same_and_both_must_go_up() -> None:
    chord = Chord(CTRL_SPACE)
    chord.key_down("ctrl_l", "ctrl")
    chord.key_down("ctrl_r", "ctrl")
    assert chord.key_down("space", "space")
    assert not chord.key_up("ctrl_l")
    assert chord.key_up("ctrl_r")


def test_another_modifier_makes_another_combination_but_only_at_the_beginning() -> None:
    chord = Chord(CTRL_SPACE)
    chord.key_down("ctrl_l", "ctrl")
    assert not chord.key_down("space", "space", physical={"ctrl", "shift", "space"})
    chord.key_up("space")
    assert chord.key_down("space", "space", physical={"ctrl", "space"})
    assert not chord.key_down("shift_l", "shift")
    assert chord.held


def test_the_physical_state_ends_what_lost_its_key_up() -> None:
    chord = Chord(CTRL_SPACE)
    chord.key_down("ctrl_l", "ctrl")
    chord.key_down("space", "space")
    assert not chord.verify({"ctrl", "space", "shift"})
    assert chord.verify({"ctrl"})
    assert not chord.held
    assert chord.key_down("space", "space", physical={"ctrl", "space"}), "the key was forgotten with its lost key-up"


def test_auto_repeat_that_arrives_after_the_key_was_found_up_begins_nothing() -> None:
    chord = Chord(CTRL_SPACE)
    chord.key_down("ctrl_l", "ctrl")
    chord.key_down("space", "space")
    assert chord.verify({"ctrl"}), "Space went up; its release is still on the way, behind presses by auto-repeat"
    assert not chord.key_down("space", "space", physical={"ctrl"})
    assert not chord.key_up("space")
    assert chord.key_down("space", "space", physical={"ctrl"}), "a new press, however quick, is one"


def test_a_modifier_whose_key_up_was_lost_does_not_make_its_key_the_hotkey() -> None:
    chord = Chord(CTRL_SPACE)
    chord.key_down("ctrl_l", "ctrl")
    assert not chord.key_down("space", "space", physical={"space"})


def test_a_tap_that_is_over_when_it_is_heard_of_still_counts() -> None:
    chord = Chord(CTRL_SPACE)
    chord.key_down("ctrl_l", "ctrl", physical=())
    assert chord.key_down("space", "space", physical=())
    assert chord.key_up("space")


@given(
    st.lists(
        st.tuples(st.sampled_from(["down", "up"]), st.sampled_from(["ctrl_l", "ctrl_r", "space", "shift_l"])),
        max_size=60,
    )
)
def test_beginnings_and_ends_alternate_and_follow_the_keys(steps: list[tuple[str, str]]) -> None:
    chord = Chord(CTRL_SPACE)
    down: set[str] = set()
    for kind, key in steps:
        was_held = chord.held
        if kind == "down":
            began = chord.key_down(key, key.partition("_")[0])
            down.add(key)
            assert began == (chord.held and not was_held)
        else:
            ended = chord.key_up(key)
            down.discard(key)
            assert ended == (was_held and not chord.held)
        if chord.held:
            assert "space" in down
            assert down & {"ctrl_l", "ctrl_r"}
