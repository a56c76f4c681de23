"""One set of models: what it is, what to expect of it here, and what can be done with it. GUI thread."""

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QVBoxLayout, QWidget

from companion.catalog import ModelSet
from companion.download_report import megabytes
from companion.model_advice import Room, advise
from companion.ui import models_strings as words
from companion.ui.download import DownloadState
from companion.ui.icons import Glyph
from companion.ui.model_store import ModelStore, Work
from companion.ui.theme import UNIT, Text, Theme
from companion.ui.translation import tr
from companion.ui.widgets import Card, Mark, Words, button, set_primary

_HERE = (DownloadState.RUNNING, DownloadState.PAUSING)


class ModelCard(Card):
    """Shows one set; what it cannot do by itself it asks for.

    Signals:
        use: the user wants these models.
        hear: the user wants to hear the voice, or no longer.

    Args:
        theme: The look.
        store: The models on this machine.
        models: The set.
    """

    use = Signal()
    hear = Signal()

    def __init__(self, theme: Theme, store: ModelStore, models: ModelSet, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self.models = models
        self._store = store
        self._chosen: ModelSet | None = None
        self._recommended = False
        self._heard = False
        self._outcome: tuple[Glyph, str, str] | None = None
        self._sure = False
        self.advice = advise(models, store.hardware)
        title = self._title_text()
        self.setAccessibleName(title)
        self._title = Words(theme, title, Text.STRONG)
        self.badge = Mark(theme)
        self.expectation = Words(theme, words.expectation(self.advice, store.hardware.gpu))
        self._facts = Words(theme, self._facts_text(), Text.SMALL, "text_secondary")
        self.room = Mark(theme)
        self.get = button(tr(words.DOWNLOAD), "primary")
        self.choose = button(tr(words.USE), "primary")
        self.voice = button(tr(words.HEAR))
        self.pause = button(tr(words.PAUSE))
        self.give_up = button(tr(words.GIVE_UP), "plain")
        self.more = button(tr(words.MORE), "plain")
        self.verify = button(tr(words.VERIFY))
        self.remove = button(tr(words.REMOVE))
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setRange(0, 1000)
        self.progress = Words(theme, "", Text.SMALL, "text_secondary")
        self.problem = Mark(theme)
        self.outcome = Mark(theme)
        self.details = self._details(theme)
        self._lay_out()
        self.get.clicked.connect(self._on_get)
        self.pause.clicked.connect(self._on_pause)
        self.give_up.clicked.connect(store.discard)
        self.more.clicked.connect(self._on_more)
        self.verify.clicked.connect(lambda: store.verify(models))
        self.remove.clicked.connect(self._on_remove)
        self.choose.clicked.connect(self.use)
        self.voice.clicked.connect(self.hear)
        store.changed.connect(self.refresh)
        store.worked.connect(self._on_worked)
        for each in (self.get, self.choose, self.voice, self.pause, self.give_up, self.more, self.verify, self.remove):
            each.setAccessibleDescription(title)
        self._show_room()

    def set_place(self, *, chosen: ModelSet | None, recommended: bool, heard: bool) -> None:
        """Say which set is in use, whether this one suits the machine best, and whether its voice sounds now."""
        self._chosen, self._recommended, self._heard = chosen, recommended, heard
        self.refresh()

    def show_problem(self, text: str) -> None:
        """Say what went wrong outside of this card."""
        self._outcome = (Glyph.WARNING, "slow", text)
        self.refresh()

    # -- building

    def _title_text(self) -> str:
        name = words.SET_NAMES.get(self.models.name)
        if name is None:
            return self.models.title
        language = words.LANGUAGES.get(self.models.language, self.models.language)
        return tr(words.SET_TITLE, name=tr(name), language=tr(language))

    def _facts_text(self) -> str:
        models = self.models
        return tr(
            words.FACTS,
            size=megabytes(sum(model.size for model in models.models)),
            memory=megabytes(self.advice.memory_mb * 1_000_000),
        )

    def _show_room(self) -> None:
        memory = self._store.hardware.memory_bytes
        if memory is None:
            self.room.show_state(Glyph.INFO, "text_secondary", tr(words.ROOM_UNKNOWN))
            return
        glyph, color = {
            Room.ENOUGH: (Glyph.DISC, "good"),
            Room.TIGHT: (Glyph.HALF_DISC, "fair"),
            Room.TOO_LITTLE: (Glyph.WARNING, "slow"),
        }[self.advice.room]
        self.room.show_state(glyph, color, tr(words.ROOM[self.advice.room], memory=f"{memory / (1 << 30):.0f} GB"))

    def _details(self, theme: Theme) -> QWidget:
        box = QWidget()
        column = QVBoxLayout(box)
        column.setContentsMargins(0, UNIT, 0, 0)
        column.setSpacing(UNIT)
        for model in self.models.models:
            line = tr(words.MODEL_LINE, title=model.title, size=megabytes(model.size), licence=model.licence)
            column.addWidget(Words(theme, tr(words.ROLES[model.role]), Text.SMALL, "text_secondary"))
            column.addWidget(Words(theme, line, Text.SMALL, selectable=True))
        row = QHBoxLayout()
        row.setContentsMargins(0, UNIT, 0, 0)
        row.addWidget(self.verify)
        row.addWidget(self.remove)
        row.addStretch(1)
        column.addLayout(row)
        box.hide()
        return box

    def _lay_out(self) -> None:
        about: list[QWidget] = [self._title, self.badge, self.expectation, self._facts, self.room]
        work: list[QWidget] = [self.bar, self.progress, self.problem, self.outcome]
        for part in about:
            self.column.addWidget(part)
        self.column.addSpacing(UNIT)
        for part in work:
            self.column.addWidget(part)
        row = QHBoxLayout()
        row.setSpacing(2 * UNIT)
        for each in (self.get, self.choose, self.pause, self.give_up, self.voice):
            row.addWidget(each)
        row.addStretch(1)
        row.addWidget(self.more)
        self.column.addLayout(row)
        self.column.addWidget(self.details)

    # -- what it shows

    @Slot()
    def refresh(self) -> None:
        """Show how things are now."""
        store, models, download = self._store, self.models, self._store.download
        installed, mine = store.is_installed(models), store.fetching == models
        under_way = mine and download.state in (*_HERE, DownloadState.PAUSED, DownloadState.FAILED)
        begun = 0 if installed or under_way else store.begun(models)
        chosen = self._chosen == models
        self._show_badge(installed=installed, chosen=chosen)
        for each in (self.get, self.choose):
            set_primary(each, chosen or self._recommended)
        self._show_progress(under_way=under_way, begun=begun, missing=store.to_fetch(models))
        self.get.setVisible(not installed and not under_way)
        self.get.setEnabled(not download.busy and store.work is None)
        self.get.setText(tr(words.GO_ON) if begun else tr(words.DOWNLOAD, size=megabytes(store.to_fetch(models))))
        self.choose.setVisible(installed and not chosen)
        self.voice.setVisible(models.tts not in store.missing(models))
        self.voice.setText(tr(words.STOP) if self._heard else tr(words.HEAR))
        removable = store.removable(models, self._chosen)
        self.verify.setEnabled(installed and store.work is None and not download.busy)
        self.remove.setEnabled(bool(removable) and store.work is None and not download.busy)
        size = megabytes(sum(model.size for model in removable))
        sure = tr(words.REMOVE_SURE) if self._sure else tr(words.REMOVE_SIZE, size=size)
        self.remove.setText(sure if removable else tr(words.REMOVE))
        self._show_outcome()

    def _show_badge(self, *, installed: bool, chosen: bool) -> None:
        self.set_strong(chosen)
        said = [
            tr(word)
            for word, holds in (
                (words.IN_USE, chosen and installed),
                (words.INSTALLED, installed and not chosen),
                (words.RECOMMENDED, self._recommended),
            )
            if holds
        ]
        glyph, color = (Glyph.DISC, "accent") if installed else (Glyph.DIAMOND, "accent")
        self.badge.show_state(glyph, color, " · ".join(said))

    def _show_progress(self, *, under_way: bool, begun: int, missing: int) -> None:
        download, shown = self._store.download, self._store.download.progress
        state = download.state
        self.bar.setVisible(under_way or bool(begun))
        share = shown.share if under_way else begun / max(1, missing)
        self.bar.setValue(round(share * 1000))
        done, size = megabytes(shown.done), megabytes(shown.size)
        text = ""
        if under_way:
            text = tr(words.PROGRESS, done=done, size=size)
            if state is DownloadState.RUNNING and shown.done >= shown.size > 0:
                text = tr(words.CHECKING)
            elif state is DownloadState.RUNNING and shown.bytes_per_s > 0:
                speed = megabytes(round(shown.bytes_per_s))
                left = words.time_left(shown.seconds_left or 0)
                text = tr(words.PROGRESS_LEFT, done=done, size=size, speed=speed, left=left)
            elif state is DownloadState.PAUSED:
                text = tr(words.PAUSED_AT, done=done, size=size)
        elif begun:
            text = tr(words.BEGUN, done=megabytes(begun), size=megabytes(missing))
        self.progress.say(text)
        self.bar.setAccessibleName(text)
        self.pause.setVisible(under_way)
        self.pause.setEnabled(state is not DownloadState.PAUSING)
        self.pause.setText(
            {
                DownloadState.PAUSING: tr(words.PAUSING),
                DownloadState.PAUSED: tr(words.GO_ON),
                DownloadState.FAILED: tr(words.TRY_AGAIN),
            }.get(state, tr(words.PAUSE))
        )
        self.give_up.setVisible(under_way)
        error = download.error if under_way else None
        self.problem.show_state(Glyph.WARNING, "slow", str(error) if error else "")

    def _show_outcome(self) -> None:
        store = self._store
        if store.work is not None and store.work_on == self.models:
            text = tr(words.VERIFYING if store.work is Work.VERIFY else words.REMOVING)
            self.outcome.show_state(Glyph.DOTS, "accent", text)
        else:
            self.outcome.show_state(*(self._outcome or (Glyph.INFO, "accent", "")))

    # -- what it is asked

    @Slot()
    def _on_get(self) -> None:
        self._outcome = None
        self._store.fetch(self.models)

    @Slot()
    def _on_pause(self) -> None:
        download = self._store.download
        if download.state is DownloadState.RUNNING:
            download.pause()
        else:
            self._store.fetch(self.models)

    @Slot()
    def _on_more(self) -> None:
        shown = not self.details.isVisible()
        self.details.setVisible(shown)
        self.more.setText(tr(words.LESS if shown else words.MORE))
        self._sure = False
        self.refresh()

    @Slot()
    def _on_remove(self) -> None:
        if self._sure:
            self._store.remove(self.models, self._chosen)
        self._sure = not self._sure
        self.refresh()

    @Slot(object, bool)
    def _on_worked(self, work: Work, well: bool) -> None:
        if self._store.work_on == self.models:
            self._outcome = {
                (Work.VERIFY, True): (Glyph.DISC, "good", tr(words.VERIFIED)),
                (Work.VERIFY, False): (Glyph.WARNING, "slow", tr(words.NOT_VERIFIED)),
                (Work.REMOVE, True): (Glyph.DISC, "good", tr(words.REMOVED)),
            }.get((work, well))
            if not well and self._outcome is None:
                said = tr(words.NOT_REMOVED, reason=self._store.report)
                self._outcome = (Glyph.WARNING, "slow", said)
        self.refresh()
