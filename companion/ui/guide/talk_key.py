"""Guide: the talk key, held until it is seen to arrive from anywhere on the desktop. GUI thread."""

from companion.engine.errors import CompanionError
from companion.ui import guide_strings as words
from companion.ui.guide.step import Step
from companion.ui.hotkey_field import HotkeyField
from companion.ui.icons import Glyph
from companion.ui.strings import error_sentences
from companion.ui.theme import Theme
from companion.ui.translation import tr
from companion.ui.widgets import Card, Mark


class TalkKeyStep(Step):
    """Hold the key.

    Args:
        theme: The look.
        keys: The combination in use.
    """

    def __init__(self, theme: Theme, keys: str) -> None:
        super().__init__(theme, tr(words.KEY_TITLE), tr(words.KEY_BODY))
        card = Card(theme)
        self.field = HotkeyField(theme, keys)
        self.state = Mark(theme)
        self.other = Mark(theme)
        card.column.addWidget(self.field)
        self.column.addWidget(card)
        self.column.addWidget(self.state)
        self.column.addWidget(self.other)
        self.column.addStretch(1)
        self.state.show_state(Glyph.RING, "text_secondary", tr(words.KEY_STARTING))
        self.field.changed.connect(self._on_changed)

    def set_held(self, held: bool) -> None:
        """The global hook heard the key go down, or up."""
        self.field.set_received(held)
        if held or self.done:
            self.state.show_state(Glyph.DISC, "good", tr(words.KEY_HELD if held else words.KEY_WORKED))
        if held:
            self.set_done()

    def set_problem(self, error: CompanionError | None) -> None:
        """The global hook cannot hear the key, or can again."""
        if error is None:
            self.other.show_state(Glyph.INFO, "accent", "")
            if not self.done:
                self.state.show_state(Glyph.RING, "text_secondary", tr(words.KEY_STARTING))
            return
        self.set_done(False)
        message, hint = error_sentences(error)
        self.state.show_state(Glyph.WARNING, "slow", f"{message} {hint}")
        self.other.show_state(Glyph.INFO, "accent", tr(words.KEY_BUTTON))

    def _on_changed(self) -> None:
        self.set_done(False)
        self.state.show_state(Glyph.RING, "text_secondary", tr(words.KEY_STARTING))
