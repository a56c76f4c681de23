"""Guide: the first question, and the first answer aloud. GUI thread."""

from PySide6.QtCore import Qt, Slot

from companion.engine.events import (
    EngineFailed,
    EngineReady,
    EngineState,
    EngineStateChanged,
    Event,
    InputLevelChanged,
    PlaybackStarted,
    ReplyToken,
    TranscriptFinal,
    TranscriptPartial,
    TurnEmpty,
    TurnFailed,
    TurnStarted,
)
from companion.ui import guide_strings as words
from companion.ui import strings
from companion.ui.bridge import EngineBridge
from companion.ui.guide.step import Step
from companion.ui.icons import Glyph
from companion.ui.model_store import ModelStore
from companion.ui.talk_button import TalkButton
from companion.ui.talk_face import Face
from companion.ui.theme import Text, Theme
from companion.ui.translation import tr
from companion.ui.widgets import Mark, Words

_FACES = {
    EngineState.IDLE: Face.IDLE,
    EngineState.LISTENING: Face.LISTENING,
    EngineState.TRANSCRIBING: Face.THINKING,
    EngineState.THINKING: Face.THINKING,
    EngineState.SPEAKING: Face.SPEAKING,
}


class AskStep(Step):
    """Hold, ask, let go; done with the first sound of the answer.

    Args:
        theme: The look.
        bridge: The way to the engine.
        store: The models on this machine, for what is missing.
        key: The talk key as printed on the keys; None if none works.
        state: What the engine does now.
        ready: Whether the models are loaded.
    """

    def __init__(
        self, theme: Theme, bridge: EngineBridge, store: ModelStore, key: str | None, state: EngineState, *, ready: bool
    ) -> None:
        super().__init__(theme, tr(words.ASK_TITLE), "")
        self._store = store
        self._ready = ready
        self._state = state
        self._failed = self._waits = False
        self._reply = ""
        self.talk = TalkButton(theme)
        self.mark = Mark(theme)
        self.question = Words(theme, "", Text.BODY, "text_secondary")
        self.answer = Words(theme, "", Text.BODY)
        self._ideas = Words(theme, tr(words.ASK_IDEAS), Text.LABEL, "text_secondary")
        self.column.addWidget(self._ideas)
        self.column.addWidget(self.talk, 0, Qt.AlignmentFlag.AlignHCenter)
        for each in (self.mark, self.question, self.answer):
            self.column.addWidget(each)
        self.question.say("")
        self.answer.say("")
        self.column.addStretch(1)
        self.talk.talk_pressed.connect(bridge.press)
        self.talk.talk_released.connect(bridge.release)
        bridge.event_received.connect(self._on_event)
        store.changed.connect(self._show)
        self.set_key(key)
        self._show()

    def set_key(self, key: str | None) -> None:
        """Name the talk key; None if none works."""
        self.say(tr(words.ASK_BODY, key=key) if key else tr(words.ASK_BODY_BUTTON))

    @Slot()
    def _show(self) -> None:
        """Show what can be done, and what it waits for."""
        face = _FACES.get(self._state, Face.LOADING) if self._ready else Face.LOADING
        if self.talk.face is not face:
            self.talk.set_face(face)
        if not self._ready:
            self._waits = True
            self.mark.show_state(Glyph.DOTS, "accent", self._waiting())
        elif self._waits:
            self._waits = False
            self.mark.show_state(Glyph.DOTS, "accent", "")

    def _waiting(self) -> str:
        download = self._store.download
        if download.busy:
            share = strings.share_words(download.progress.share)
            return tr(words.ASK_DOWNLOADING, progress=share)
        return tr(words.ASK_MISSING if self._failed else words.ASK_LOADING)

    @Slot(object)
    def _on_event(self, event: Event) -> None:
        match event:
            case InputLevelChanged(dbfs=dbfs, voice=voice):
                self.talk.set_level(dbfs, voice=voice)
            case EngineReady():
                self._ready, self._failed = True, False
                self._show()
            case EngineFailed():
                self._ready, self._failed = False, True
                self._show()
            case EngineStateChanged(new=state):
                self._state = state
                self._ready = self._ready and state is not EngineState.INITIALIZING
                self._show()
            case _ if self.isVisible():
                self._follow(event)

    def _follow(self, event: Event) -> None:
        """Follow one turn on the page: question, answer, and when it was heard."""
        match event:
            case TurnStarted():
                self._reply = ""
                self._ideas.hide()
                self.question.say("")
                self.answer.say("")
            case TranscriptPartial(text=text) | TranscriptFinal(text=text):
                self.question.say(tr(words.YOU_SAID, words=text))
            case ReplyToken(text=text):
                self._reply += text
                self.answer.say(self._reply)
            case PlaybackStarted(release_latency_s=latency_s):
                said = tr(words.ASK_ANSWERED)
                if latency_s is not None:
                    said = tr(words.ASK_ANSWERED_IN, latency=strings.latency_words(max(0.0, latency_s)))
                self.mark.show_state(Glyph.DISC, "good", said)
                self.set_done()
            case TurnEmpty(reason=reason) if reason != "tap":
                self.mark.show_state(Glyph.INFO, "accent", tr(strings.EMPTY_TURNS.get(reason, strings.HEARD_NOTHING)))
            case TurnFailed(error=error):
                message, hint = strings.error_sentences(error)
                self.mark.show_state(Glyph.WARNING, "slow", f"{message} {hint}")
