"""What every window of the pictures stands on: a bridge, a fake engine, an empty folder. GUI thread."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialog, QWidget

from companion.engine.events import Event
from companion.ui.bridge import EngineBridge
from companion.ui.preferences import Preferences
from companion.ui.theme import Theme
from tests.fakes.engine import FakeEngine


@dataclass
class Stage:
    """What a window stands on.

    Args:
        theme: The look.
        folder: An empty folder for what windows keep.
    """

    theme: Theme
    folder: Path
    bridge: EngineBridge = field(default_factory=EngineBridge)
    preferences: Preferences | None = None
    kept: QWidget | None = None
    """What a window belongs to and would go with."""
    closing: list[Callable[[], object]] = field(default_factory=list)
    """What is to be ended behind the picture."""

    def __post_init__(self) -> None:
        self.engine = FakeEngine(self.bridge.receive)
        self.bridge.attach(self.engine)

    def close(self) -> None:
        """End what was begun."""
        for end in self.closing:
            end()
        for widget in (*self.kept.findChildren(QDialog), self.kept) if self.kept is not None else ():
            widget.close()
        if self.preferences is not None:
            self.preferences.close()
        self.engine.close(2)

    def tell(self, *events: Event) -> None:
        """Send events as the engine would, and let them arrive."""
        self.engine.emit(*events)
        QTest.qWait(0)
