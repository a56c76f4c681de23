"""The kept conversations as a Qt list: grouped, read page by page as they come into sight; or what a search found.

GUI thread. It reads nothing itself: it asks (`wanted`, `renamed`) and is told.
"""

from bisect import bisect_left
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from PySide6.QtCore import QAbstractListModel, QLocale, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from companion.history.records import Hit, Summary
from companion.history.store import PAGE
from companion.ui import history_strings as words
from companion.ui.history_groups import Heading, grouped
from companion.ui.translation import tr

ITEM_ROLE = int(Qt.ItemDataRole.UserRole)
"""The `Heading`, `Summary` or `Hit` itself."""

_NO_PARENT = QModelIndex()
_Index = QModelIndex | QPersistentModelIndex


class HistoryModel(QAbstractListModel):
    """Headings and conversations, or the conversations that a search found.

    Signals:
        wanted(Summary | None): the page of conversations behind this one is needed; None for the first page.
        renamed(int, str): the user gave this conversation another title.
        filled: what is shown was read anew.

    Args:
        now: Local time.
    """

    wanted = Signal(object)
    renamed = Signal(object, str)
    filled = Signal()

    def __init__(self, parent: QObject | None = None, *, now: Callable[[], datetime] = datetime.now) -> None:
        super().__init__(parent)
        self._now = now
        self._summaries: list[Summary] = []
        self._hits: Sequence[Hit] | None = None
        self._items: list[Heading | Summary | Hit] = []
        self._more = True
        self._waiting = False
        self._current: int | None = None

    @property
    def searching(self) -> bool:
        """Whether it shows what a search found."""
        return self._hits is not None

    @property
    def current(self) -> int | None:
        """The conversation that is on the screen."""
        return self._current

    @property
    def loaded(self) -> bool:
        """Whether the first page has come."""
        return bool(self._summaries) or not self._more

    def rowCount(self, parent: _Index = _NO_PARENT) -> int:  # noqa: N802
        """Return the number of rows, headings included."""
        return 0 if parent.isValid() else len(self._items)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return a row's words, its accessible text, or the item itself."""
        if not index.isValid() or index.row() >= len(self._items):
            return None
        item = self._items[index.row()]
        if role == ITEM_ROLE:
            return item
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.EditRole):
            return item.text if isinstance(item, Heading) else title_of(summary_of(item))
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return self._accessible(item)
        return None

    def flags(self, index: _Index) -> Qt.ItemFlag:
        """Conversations can be chosen and renamed; headings are passed over."""
        if not index.isValid() or isinstance(self._items[index.row()], Heading):
            return Qt.ItemFlag.NoItemFlags
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsEditable

    def setData(self, index: _Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:  # noqa: N802
        """Ask for another title; it is shown when it is on the disk."""
        item = self._items[index.row()]
        title = " ".join(str(value).split())
        if role != Qt.ItemDataRole.EditRole or isinstance(item, Heading) or not title:
            return False
        if title != summary_of(item).title:
            self.renamed.emit(summary_of(item).id, title)
        return True

    def canFetchMore(self, parent: _Index) -> bool:  # noqa: N802
        """Return whether there may be older conversations."""
        return not parent.isValid() and self._hits is None and self._more and not self._waiting

    def fetchMore(self, parent: _Index) -> None:  # noqa: N802
        """Ask for the next page."""
        if self.canFetchMore(parent):
            self._waiting = True
            self.wanted.emit(self._summaries[-1] if self._summaries else None)

    # -- being told

    def reload(self) -> None:
        """Begin anew, e.g. after many changes at once; what is shown stays until the first page is there."""
        self._waiting = True
        self.wanted.emit(None)

    def add_page(self, after: Summary | None, page: Sequence[Summary] | None) -> None:
        """Take the page behind `after`; None if it could not be read."""
        self._waiting = False
        if page is None:
            self._more = False
        elif after is None:
            self._summaries, self._more = list(page), len(page) == PAGE
        elif self._summaries and self._summaries[-1] == after:
            self._summaries += page
            self._more = len(page) == PAGE
        self._show_list()
        self.filled.emit()

    def put(self, summary: Summary) -> None:
        """A conversation is new or has changed."""
        self._take_out(summary.id)
        at = bisect_left(self._summaries, _order(summary), key=_order)
        if at < len(self._summaries) or not self._more:
            self._summaries.insert(at, summary)
        if self._hits is not None:
            self._hits = [_renewed(hit, summary) for hit in self._hits]
            self._show(list(self._hits))
        else:
            self._show_list()

    def remove(self, conversation: int) -> None:
        """A conversation is gone."""
        self._take_out(conversation)
        if self._hits is not None:
            self._hits = [hit for hit in self._hits if hit.summary.id != conversation]
            self._show(list(self._hits))
        else:
            self._show_list()

    def show_hits(self, hits: Sequence[Hit] | None) -> None:
        """Show what a search found; None for the list again."""
        self._hits = hits
        if hits is None:
            self._show_list()
        else:
            self._show(list(hits))
        self.filled.emit()

    def set_current(self, conversation: int | None) -> None:
        """This conversation is on the screen."""
        before, self._current = self._current, conversation
        for changed in {before, conversation} - {None}:
            index = self.index_of(changed)
            if index.isValid():
                self.dataChanged.emit(index, index)

    def index_of(self, conversation: int | None) -> QModelIndex:
        """Return where a conversation is; invalid if it is not shown."""
        for row, item in enumerate(self._items):
            if not isinstance(item, Heading) and summary_of(item).id == conversation:
                return self.index(row)
        return QModelIndex()

    def date_words(self, summary: Summary) -> str:
        """Return when something was last said: the time if that was today or yesterday, the date otherwise."""
        then = datetime.fromtimestamp(summary.updated_ms / 1000)
        locale = QLocale()
        if 0 <= (self._now().date() - then.date()).days <= 1:
            return locale.toString(then.time(), QLocale.FormatType.ShortFormat)  # type: ignore[call-overload, no-any-return]
        return locale.toString(then.date(), "d MMM" if then.year == self._now().year else "d MMM yyyy")  # type: ignore[call-overload, no-any-return]

    # -- inside

    def _accessible(self, item: Heading | Summary | Hit) -> str:
        if isinstance(item, Heading):
            return item.text
        summary = summary_of(item)
        shown = {"title": title_of(summary), "date": self.date_words(summary)}
        if isinstance(item, Hit) and item.snippet:
            return tr(words.ACCESSIBLE_HIT, snippet=item.snippet, **shown)
        return tr(words.ACCESSIBLE_CURRENT if summary.id == self._current else words.ACCESSIBLE_ROW, **shown)

    def _take_out(self, conversation: int) -> None:
        self._summaries = [summary for summary in self._summaries if summary.id != conversation]

    def _show_list(self) -> None:
        if self._hits is None:
            month_name = QLocale().standaloneMonthName
            self._show([*grouped(self._summaries, self._now(), month_name)])

    def _show(self, items: list[Heading | Summary | Hit]) -> None:
        """Show other items, telling the views only of those that changed."""
        old = self._items
        first = 0
        while first < min(len(old), len(items)) and old[first] == items[first]:
            first += 1
        same = 0
        while same < min(len(old), len(items)) - first and old[-1 - same] == items[-1 - same]:
            same += 1
        if first < len(old) - same:
            self.beginRemoveRows(_NO_PARENT, first, len(old) - same - 1)
            del self._items[first : len(old) - same]
            self.endRemoveRows()
        if first < len(items) - same:
            self.beginInsertRows(_NO_PARENT, first, len(items) - same - 1)
            self._items[first:first] = items[first : len(items) - same]
            self.endInsertRows()


def summary_of(item: Summary | Hit) -> Summary:
    """Return the conversation of a row."""
    return item.summary if isinstance(item, Hit) else item


def title_of(summary: Summary) -> str:
    """Return what a conversation is called in the window."""
    return summary.title or tr(words.UNTITLED)


def _order(summary: Summary) -> tuple[bool, int, int]:
    return not summary.pinned, -summary.listed_ms, -summary.id


def _renewed(hit: Hit, summary: Summary) -> Hit:
    if hit.summary.id != summary.id:
        return hit
    return Hit(summary=summary, number=hit.number, snippet=hit.snippet, marks=hit.marks)
