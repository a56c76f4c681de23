"""The sidebar: search field, conversations, and the bar that takes a deletion back. GUI thread.

It shows what it is told and says what the user wants; `companion.ui.history_part` carries it out.
"""

from PySide6.QtCore import QEvent, QObject, QRectF, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QAccessible, QAccessibleEvent, QAction, QColor, QIcon, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QMenu,
    QPushButton,
    QStackedLayout,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from companion.ui import history_strings as words
from companion.ui.history_list import HistoryList
from companion.ui.history_model import HistoryModel
from companion.ui.icons import Glyph, glyph_icon
from companion.ui.strings import CLOSE
from companion.ui.theme import UNIT, Text, Theme
from companion.ui.translation import tr

SEARCH_AFTER_MS = 120
"""From the last letter typed to the search: less than between two letters would search for half words."""
UNDO_MS = 8000
"""How long a deletion can be taken back."""
_ICON = 5 * UNIT


class HistoryPanel(QWidget):
    """The conversations beside the one on the screen.

    Signals:
        search_requested(str): look for this; empty for the list again.
        undo_requested: bring back what was deleted last.
        undo_over: it can no longer be brought back.
        export_all_requested, import_requested, delete_all_requested: from the menu.
        escaped: Escape was pressed in here; it stops the voice as everywhere.
        left: the user is done here (Escape); the panel may go.
    """

    search_requested = Signal(str)
    undo_requested = Signal()
    undo_over = Signal()
    export_all_requested = Signal()
    import_requested = Signal()
    delete_all_requested = Signal()
    escaped = Signal()
    left = Signal()

    def __init__(self, model: HistoryModel, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._model = model
        self._title = QLabel(tr(words.CONVERSATIONS))
        self.menu = QMenu(self)
        self.more_button = self._button(tr(words.MORE))
        self.more_button.setMenu(self.menu)
        self.more_button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.close_button = self._button(tr(CLOSE))
        self.search = QLineEdit()
        self.list = HistoryList(model, theme)
        self._empty = QLabel()
        self.undo_words = QLabel()
        self.undo_button = QPushButton(tr(words.UNDO))
        self._undo_bar = QWidget()
        self.note = QLabel()
        self._search_timer = QTimer(self, singleShot=True, interval=SEARCH_AFTER_MS)
        self._undo_timer = QTimer(self, singleShot=True, interval=UNDO_MS)
        for label in (self._title, self._empty, self.undo_words, self.note):
            label.setTextFormat(Qt.TextFormat.PlainText)
        self._lay_out()
        self._fill_menu()
        self._connect()
        self._restyle()
        self._show_page()

    def focus_search(self) -> None:
        """Put the cursor into the search field, what is there selected."""
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search.selectAll()

    def show_undo(self, text: str) -> None:
        """Offer for a while to take a deletion back."""
        self.undo_words.setText(text)
        self.undo_button.setAccessibleDescription(text)
        self._undo_bar.show()
        self._undo_timer.start()
        QAccessible.updateAccessibility(QAccessibleEvent(self.undo_button, QAccessible.Event.Alert))

    def hide_undo(self) -> None:
        """The deletion was taken back, or is for good."""
        self._undo_timer.stop()
        self._undo_bar.hide()

    def show_note(self, text: str) -> None:
        """Say something at the lower edge; empty for nothing."""
        self.note.setText(text)
        self.note.setVisible(bool(text))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """In the search field: down goes to the list, Enter opens the first hit."""
        if watched is self.search and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() == Qt.Key.Key_Down:
                self.list.choose_first()
                self.list.setFocus()
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self.list.choose_first()
                item = self.list.item()
                if item is not None and not event.isAutoRepeat():
                    self.list.chosen.emit(item)
                return True
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            escape = event.key() == Qt.Key.Key_Escape
            if escape:
                event.accept()  # or the window's shortcut would have it, and nothing here would happen
            return escape
        return super().eventFilter(watched, event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Escape clears the search, then leaves."""
        if event.key() != Qt.Key.Key_Escape:
            super().keyPressEvent(event)
            return
        self.escaped.emit()
        if self.search.text():
            self.search.clear()
        else:
            self.left.emit()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Draw the ground and the edge towards the conversation."""
        c = self._theme.colors
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(c.surface))
        painter.fillRect(QRectF(self.width() - 1, 0, 1, self.height()), QColor(c.border))
        painter.end()

    # -- inside

    def _button(self, name: str) -> QToolButton:
        button = QToolButton()
        button.setProperty("quiet", True)
        button.setIconSize(QSize(_ICON, _ICON))
        button.setAccessibleName(name)
        button.setToolTip(name)
        button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        return button

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.setContentsMargins(5 * UNIT, 3 * UNIT, 3 * UNIT, 0)
        top.setSpacing(UNIT)
        top.addWidget(self._title, 1)
        top.addWidget(self.more_button)
        top.addWidget(self.close_button)
        searching = QHBoxLayout()
        searching.setContentsMargins(4 * UNIT, 2 * UNIT, 4 * UNIT, UNIT)
        searching.addWidget(self.search)
        middle = QWidget()
        self._pages = QStackedLayout(middle)
        self._pages.addWidget(self.list)
        self._pages.addWidget(self._empty)
        undo = QHBoxLayout(self._undo_bar)
        undo.setContentsMargins(5 * UNIT, 2 * UNIT, 4 * UNIT, 2 * UNIT)
        undo.addWidget(self.undo_words, 1)
        undo.addWidget(self.undo_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 1, 2 * UNIT)
        column.setSpacing(0)
        column.addLayout(top)
        column.addLayout(searching)
        column.addWidget(middle, 1)
        column.addWidget(self.note)
        column.addWidget(self._undo_bar)
        for label in (self._empty, self.undo_words, self.note):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setWordWrap(True)
        self._empty.setAlignment(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop)
        self._empty.setContentsMargins(6 * UNIT, 8 * UNIT, 6 * UNIT, 0)
        self.note.setContentsMargins(5 * UNIT, UNIT, 5 * UNIT, UNIT)
        self.undo_button.setProperty("quiet", True)
        self._undo_bar.hide()
        self.note.hide()
        self.search.setPlaceholderText(tr(words.SEARCH))
        self.search.setAccessibleName(tr(words.SEARCH))
        self.search.setMaxLength(200)
        self._glass = self.search.addAction(QIcon(), QLineEdit.ActionPosition.LeadingPosition)
        self._clear = self.search.addAction(QIcon(), QLineEdit.ActionPosition.TrailingPosition)
        self._clear.setToolTip(tr(words.CLEAR_SEARCH))
        self._clear.setVisible(False)
        for button in self.search.findChildren(QToolButton):
            button.setAccessibleName(tr(words.CLEAR_SEARCH if button.defaultAction() is self._clear else words.SEARCH))

    def _fill_menu(self) -> None:
        for text, signal in (
            (words.IMPORT, self.import_requested),
            (words.EXPORT_ALL, self.export_all_requested),
            (words.DELETE_ALL, self.delete_all_requested),
        ):
            action = QAction(tr(text), self)
            action.triggered.connect(signal)
            self.menu.addAction(action)

    def _connect(self) -> None:
        for widget in (self.search, self.list, self.more_button, self.close_button, self.undo_button):
            widget.installEventFilter(self)
        self.search.textChanged.connect(self._on_typed)
        self._search_timer.timeout.connect(self._search_now)
        self._undo_timer.timeout.connect(self._on_undo_over)
        self._clear.triggered.connect(self.search.clear)
        self.undo_button.clicked.connect(self.undo_requested)
        self.list.typed.connect(self._type)
        self._model.filled.connect(self._show_page)
        self._model.rowsInserted.connect(self._show_page)
        self._model.rowsRemoved.connect(self._show_page)
        self.close_button.clicked.connect(self.left)
        self._theme.changed.connect(self._restyle)

    @Slot(str)
    def _on_typed(self, text: str) -> None:
        self._clear.setVisible(bool(text))
        if text.strip():
            self._search_timer.start()
        else:
            self._search_now()

    @Slot()
    def _search_now(self) -> None:
        self._search_timer.stop()
        self.search_requested.emit(self.search.text().strip())

    @Slot(str)
    def _type(self, text: str) -> None:
        self.search.setFocus()
        self.search.insert(text)

    @Slot()
    def _on_undo_over(self) -> None:
        self.hide_undo()
        self.undo_over.emit()

    @Slot()
    def _show_page(self) -> None:
        if self._model.searching:
            self._empty.setText(tr(words.FOUND_NOTHING, typed=self.search.text().strip()))
        else:
            self._empty.setText(tr(words.NOTHING_YET) if self._model.loaded else "")
        self._pages.setCurrentIndex(0 if self._model.rowCount() else 1)

    @Slot()
    def _restyle(self) -> None:
        c = self._theme.colors
        self._theme.dress(self._title, Text.TITLE)
        for label in (self._empty, self.note):
            self._theme.dress(label, Text.LABEL, "text_secondary")
        self._theme.dress(self.undo_words, Text.LABEL)
        self.search.setFont(self._theme.font(Text.LABEL))
        self.undo_button.setFont(self._theme.font(Text.STRONG))
        self.more_button.setIcon(glyph_icon(Glyph.MENU, QColor(c.text_secondary)))
        self.close_button.setIcon(glyph_icon(Glyph.CLOSE, QColor(c.text_secondary)))
        self._glass.setIcon(glyph_icon(Glyph.SEARCH, QColor(c.text_secondary)))
        self._clear.setIcon(glyph_icon(Glyph.CLOSE, QColor(c.text_secondary)))
        self.search.setStyleSheet(
            f"QLineEdit {{ background: {c.window}; color: {c.text}; border: 1px solid {c.outline};"
            f" border-radius: {2 * UNIT}px; padding: {int(1.5 * UNIT)}px {UNIT}px; }}"
            f"QLineEdit:focus {{ border: 2px solid {c.accent}; padding: {int(1.5 * UNIT) - 1}px {UNIT - 1}px; }}"
        )
        self.update()
