"""The list in the sidebar: what keys, clicks and the context menu do to a conversation. GUI thread."""

import sys
from collections.abc import Iterator

from PySide6.QtCore import QEvent, QPoint, QRect, Qt, Signal, Slot
from PySide6.QtGui import QAction, QContextMenuEvent, QKeyEvent, QKeySequence, QMouseEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QListView, QMenu, QWidget

from companion.history.records import Hit, Summary
from companion.ui import history_strings as words
from companion.ui.history_delegate import HistoryDelegate
from companion.ui.history_groups import Heading
from companion.ui.history_model import ITEM_ROLE, HistoryModel, summary_of
from companion.ui.theme import Theme
from companion.ui.translation import tr

_OPENING = {Qt.Key.Key_Return, Qt.Key.Key_Enter}
_DELETING = {Qt.Key.Key_Delete, *([Qt.Key.Key_Backspace] if sys.platform == "darwin" else [])}


class HistoryList(QListView):
    """Shows a `HistoryModel`.

    Signals:
        chosen(Summary | Hit): open it.
        pin_requested(int, bool): keep it at the top, or no longer.
        export_requested(Summary): write it into a file.
        delete_requested(int): delete it.
        typed(str): letters meant for the search field.
    """

    chosen = Signal(object)
    pin_requested = Signal(object, bool)
    export_requested = Signal(object)
    delete_requested = Signal(object)
    typed = Signal(str)

    def __init__(self, model: HistoryModel, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._history = model
        self._delegate = HistoryDelegate(model, theme, self)
        self.setModel(model)
        self.setItemDelegate(self._delegate)
        self.setAccessibleName(tr(words.CONVERSATIONS))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setMouseTracking(True)
        self.setEditTriggers(QAbstractItemView.EditTrigger.EditKeyPressed)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTabKeyNavigation(False)
        self.viewport().setAutoFillBackground(False)
        self.setStyleSheet("QListView { background: transparent; }")
        theme.changed.connect(self.doItemsLayout)

    def item(self) -> Summary | Hit | None:
        """Return what the keyboard is at."""
        found = self.currentIndex().data(ITEM_ROLE) if self.currentIndex().isValid() else None
        return None if isinstance(found, Heading) else found

    def choose_first(self) -> None:
        """Bring the keyboard to the first conversation."""
        for row in range(self._history.rowCount()):
            index = self._history.index(row)
            if index.flags() & Qt.ItemFlag.ItemIsEnabled:
                self.setCurrentIndex(index)
                return

    def keyboardSearch(self, search: str) -> None:  # noqa: N802
        """Letters go to the search field."""
        if search.strip():
            self.typed.emit(search)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Open, delete, or walk through the list."""
        item = self.item()
        editing = self.state() == QAbstractItemView.State.EditingState
        if item is None or editing:
            super().keyPressEvent(event)
        elif event.key() in _OPENING:
            if not event.isAutoRepeat():
                self.chosen.emit(item)
        elif event.key() in _DELETING:
            if not event.isAutoRepeat():
                self.delete_requested.emit(summary_of(item).id)
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Choose a row; its dots open the menu."""
        super().mousePressEvent(event)
        index = self.indexAt(event.position().toPoint())
        if event.button() == Qt.MouseButton.LeftButton and self._on_dots(event.position().toPoint()):
            self._open_menu(self.viewport().mapToGlobal(self._delegate.menu_rect(self.visualRect(index)).bottomLeft()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Open what was clicked."""
        super().mouseReleaseEvent(event)
        point = event.position().toPoint()
        item = self.item()
        if (
            event.button() == Qt.MouseButton.LeftButton
            and item is not None
            and self.indexAt(point) == self.currentIndex()
            and not self._on_dots(point)
        ):
            self.chosen.emit(item)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:  # noqa: N802
        """Offer what can be done with a conversation."""
        if event.reason() == QContextMenuEvent.Reason.Mouse:
            self.setCurrentIndex(self.indexAt(event.pos()))
            self._open_menu(event.globalPos())
        elif self.item() is not None:
            row: QRect = self.visualRect(self.currentIndex())
            self._open_menu(self.viewport().mapToGlobal(row.bottomLeft()))

    def leaveEvent(self, event: QEvent) -> None:  # noqa: N802
        """Take the dots away."""
        super().leaveEvent(event)
        self.viewport().update()

    @Slot()
    def rename_current(self) -> None:
        """Let the title be changed in its place."""
        if self.item() is not None:
            self.edit(self.currentIndex())

    def _on_dots(self, point: QPoint) -> bool:
        index = self.indexAt(point)
        enabled = index.isValid() and bool(index.flags() & Qt.ItemFlag.ItemIsEnabled)
        return enabled and self._delegate.menu_rect(self.visualRect(index)).contains(point)

    def _open_menu(self, at: QPoint) -> None:
        item = self.item()
        if item is None:
            return
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for action in self.actions_for(item, menu):
            menu.addAction(action)
        menu.popup(at)

    def actions_for(self, item: Summary | Hit, menu: QMenu) -> Iterator[QAction]:
        """Yield what can be done with a conversation."""
        summary = summary_of(item)
        opening = QAction(tr(words.OPEN), menu)
        opening.triggered.connect(lambda: self.chosen.emit(item))
        yield opening
        renaming = QAction(tr(words.RENAME), menu)
        renaming.setShortcut(QKeySequence(Qt.Key.Key_F2))
        renaming.triggered.connect(self.rename_current)
        yield renaming
        pinning = QAction(tr(words.UNPIN if summary.pinned else words.PIN), menu)
        pinning.triggered.connect(lambda: self.pin_requested.emit(summary.id, not summary.pinned))
        yield pinning
        exporting = QAction(tr(words.EXPORT), menu)
        exporting.triggered.connect(lambda: self.export_requested.emit(summary))
        yield exporting
        deleting = QAction(tr(words.DELETE), menu)
        deleting.setShortcut(QKeySequence(Qt.Key.Key_Delete))
        deleting.triggered.connect(lambda: self.delete_requested.emit(summary.id))
        yield deleting
