"""What lets the user see for themselves: the connections, and the problem report. GUI thread.

Owns both windows, which are made when they are first asked for, and brings them into the menu, the header's mark and
the privacy page.
"""

from pathlib import Path

from PySide6.QtCore import QEvent, QObject, Slot
from PySide6.QtGui import QAction

from companion.ui import trust_strings as words
from companion.ui.main_window import MainWindow
from companion.ui.proof import ProofWindow
from companion.ui.report_window import ReportWindow
from companion.ui.settings_window import SettingsWindow
from companion.ui.theme import Theme
from companion.ui.translation import tr


class TrustPart(QObject):
    """Brings both windows into a main window.

    Args:
        window: Where they go.
        theme: The look.
        folder: Where a report lies until it is saved.
    """

    def __init__(self, window: MainWindow, theme: Theme, *, folder: Path) -> None:
        super().__init__(window)
        self._window = window
        self._theme = theme
        self._folder = folder
        self._proof: ProofWindow | None = None
        self._report: ReportWindow | None = None
        for text, deed in ((words.PROOF_OPEN, self.show_proof), (words.REPORT_OPEN, self.show_report)):
            action = QAction(tr(text), window)
            action.triggered.connect(deed)
            window.addAction(action)
            window.menu.addAction(action)
        window.status.offline.clicked.connect(self.show_proof)
        window.installEventFilter(self)

    def serve(self, opened: SettingsWindow) -> None:
        """Answer the privacy page."""
        opened.privacy.proof_requested.connect(self.show_proof)
        opened.privacy.report_requested.connect(self.show_report)

    @Slot()
    def show_proof(self) -> None:
        """Show every connection of this program."""
        if self._proof is None:
            self._proof = ProofWindow(self._theme, self._window)
        self._proof.come_forward()

    @Slot()
    def show_report(self) -> None:
        """Make a problem report, and show it."""
        if self._report is None:
            self._report = ReportWindow(self._theme, self._folder, self._window)
        self._report.come_forward()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """Close with the main window."""
        if event.type() == QEvent.Type.Close:
            for window in (self._proof, self._report):
                if window is not None:
                    window.close()
        return False
