"""Key combinations as text: reading them, their names elsewhere, and when one counts as held.

Pure: no thread, no clock, no library.
"""

import difflib
from collections.abc import Collection
from dataclasses import dataclass

from companion.engine.errors import SettingsError

MODIFIERS = ("ctrl", "alt", "shift", "super")
"""The modifiers, in the order in which a combination is written."""

_ALIASES = {
    "control": "ctrl",
    "ctl": "ctrl",
    "option": "alt",
    "meta": "super",
    "cmd": "super",
    "command": "super",
    "win": "super",
    "windows": "super",
    "logo": "super",
    "spacebar": "space",
    "del": "delete",
    "ins": "insert",
    "pgup": "page_up",
    "pageup": "page_up",
    "pgdn": "page_down",
    "pagedown": "page_down",
    "scrolllock": "scroll_lock",
    "break": "pause",
}

_NAMED_KEYS = {
    # name: (X11 and XKB keysym, Qt text)
    "space": ("space", "Space"),
    "tab": ("Tab", "Tab"),
    "insert": ("Insert", "Ins"),
    "delete": ("Delete", "Del"),
    "home": ("Home", "Home"),
    "end": ("End", "End"),
    "page_up": ("Page_Up", "PgUp"),
    "page_down": ("Page_Down", "PgDown"),
    "up": ("Up", "Up"),
    "down": ("Down", "Down"),
    "left": ("Left", "Left"),
    "right": ("Right", "Right"),
    "pause": ("Pause", "Pause"),
    "scroll_lock": ("Scroll_Lock", "ScrollLock"),
    "menu": ("Menu", "Menu"),
    **{f"f{number}": (f"F{number}", f"F{number}") for number in range(1, 21)},
}
_CHARACTERS = "abcdefghijklmnopqrstuvwxyz0123456789"
_SAFE_ALONE = {"insert", "pause", "scroll_lock", "menu", *(f"f{number}" for number in range(1, 21))}
"""Keys that type nothing and move nothing, so that they may be a hotkey without a modifier."""

_PORTAL_MODIFIERS = {"ctrl": "CTRL", "alt": "ALT", "shift": "SHIFT", "super": "LOGO"}
_QT_MODIFIERS = {"ctrl": "Ctrl", "alt": "Alt", "shift": "Shift", "super": "Meta"}
_HINT = "Write it like ctrl+space, f9 or alt+shift+k."


@dataclass(frozen=True, slots=True)
class KeyCombination:
    """One key with any modifiers; made by `parse`."""

    modifiers: tuple[str, ...]
    """Some of `MODIFIERS`, in that order; left and right are the same."""
    key: str
    """Lower-case name of the key: "space", "f9", "k"."""

    @property
    def names(self) -> frozenset[str]:
        """The names of all keys of the combination."""
        return frozenset((*self.modifiers, self.key))

    @property
    def keysym(self) -> str:
        """Name of the key's X11 keysym, unshifted."""
        return _NAMED_KEYS[self.key][0] if self.key in _NAMED_KEYS else self.key

    @property
    def portal_trigger(self) -> str:
        """The combination as the desktop portal writes it, e.g. "CTRL+space".

        Source: https://specifications.freedesktop.org/shortcuts-spec/latest/
        """
        return "+".join((*(_PORTAL_MODIFIERS[name] for name in self.modifiers), self.keysym))

    @property
    def qt_text(self) -> str:
        """The combination as Qt writes it and people read it, e.g. "Ctrl+Space"."""
        key = _NAMED_KEYS[self.key][1] if self.key in _NAMED_KEYS else self.key.upper()
        return "+".join((*(_QT_MODIFIERS[name] for name in self.modifiers), key))

    def __str__(self) -> str:
        return "+".join((*self.modifiers, self.key))


def parse(text: str) -> KeyCombination:
    """Read a combination such as "ctrl+space", in any case and order, spaces allowed around the plus signs.

    Raises:
        SettingsError: code "hotkey-invalid"; the message says what is wrong with `text`.
    """
    names = [_ALIASES.get(name, name) for name in (part.strip().lower() for part in text.split("+"))]
    if names == [""]:
        raise _invalid("The hotkey is empty.")
    for name in names:
        _check_name(name, text)
    if len(set(names)) != len(names):
        raise _invalid(f"The hotkey “{text.strip()}” names a key twice.")
    keys = [name for name in names if name not in MODIFIERS]
    if len(keys) != 1:
        rule = "only modifiers" if not keys else "more than one key besides the modifiers"
        raise _invalid(f"The hotkey “{text.strip()}” has {rule}.")
    modifiers = tuple(name for name in MODIFIERS if name in names)
    if not set(modifiers) - {"shift"} and keys[0] not in _SAFE_ALONE:
        raise _invalid(f"The hotkey “{text.strip()}” would get in the way of typing; add ctrl, alt or super.")
    return KeyCombination(modifiers, keys[0])


def _check_name(name: str, text: str) -> None:
    if name in MODIFIERS or name in _NAMED_KEYS or (len(name) == 1 and name in _CHARACTERS):
        return
    if not name:
        raise _invalid(f"The hotkey “{text.strip()}” has a plus sign without a key.")
    close = difflib.get_close_matches(name, [*MODIFIERS, *_NAMED_KEYS, *_ALIASES], n=1)
    guess = f"; did you mean {close[0]}?" if close else "."
    raise _invalid(f"“{name[:40]}” is not a key that a hotkey can use{guess}")


def _invalid(message: str) -> SettingsError:
    return SettingsError("hotkey-invalid", message, hint=_HINT)


class Chord:
    """Whether a combination is held, from the key events and, now and then, the keys' physical state.

    Thread: none of its own; the caller serialises.

    A chord begins when its last key goes down and ends when the first goes up; it begins again only once a key
    of it went down anew, so auto-repeat changes nothing. Key events may arrive late: a key found up by `verify` may
    still have presses by auto-repeat on their way, and they begin nothing either.
    """

    def __init__(self, combination: KeyCombination) -> None:
        self._names = combination.names
        self._down: dict[str, str] = {}
        self._unreleased: set[str] = set()
        """Keys found up whose release was not heard."""
        self.held = False
        """True from the chord's beginning to its end."""
        self.events = 0
        """Counts the key events, so that one who looked at the keys knows whether anything happened meanwhile."""

    def repeats(self, key: str) -> bool:
        """Return whether a press of `key` can only be auto-repeat: it is down already."""
        return key in self._down

    def key_down(self, key: str, name: str, *, physical: Collection[str] | None = None) -> bool:
        """Note that `key`, whose name in combinations is `name`, went down; return True if the chord began.

        Args:
            key: tells left from right, e.g. "ctrl_r".
            name: e.g. "ctrl".
            physical: names of the modifiers, and of the combination's key, that are down as the event is handled, if
                that is known. A modifier that is not in the combination keeps the chord from beginning, so that
                Ctrl+Shift+Space is not taken for Ctrl+Space.
        """
        self.events += 1
        if name not in self._names or key in self._down:
            return False
        if key in self._unreleased and physical is not None and name not in physical:
            return False  # auto-repeat from before it went up
        if physical is not None and name in physical and not self.held:
            self._forget(physical)  # a modifier whose key-up was lost, perhaps long ago
        self._unreleased.discard(key)
        self._down[key] = name
        if self.held or not self._complete() or (_MODIFIERS & frozenset(physical or ())) - self._names:
            return False
        self.held = True
        return True

    def key_up(self, key: str) -> bool:
        """Note that `key` went up; return True if the chord ended."""
        self.events += 1
        self._unreleased.discard(key)
        self._down.pop(key, None)
        return self._ended()

    def verify(self, physical: Collection[str]) -> bool:
        """Forget every key whose name is not in `physical`, the keys really down; return True if the chord ended."""
        self._forget(physical)
        return self._ended()

    def _forget(self, physical: Collection[str]) -> None:
        self._unreleased.update(key for key, name in self._down.items() if name not in physical)
        self._down = {key: name for key, name in self._down.items() if name in physical}

    def _complete(self) -> bool:
        return self._names.issubset(self._down.values())

    def _ended(self) -> bool:
        if not self.held or self._complete():
            return False
        self.held = False
        return True


_MODIFIERS = frozenset(MODIFIERS)
