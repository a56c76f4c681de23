"""A window on a fake engine."""

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from companion.engine.events import EngineReady, EngineState, EngineStateChanged
from companion.ui.bridge import EngineBridge
from companion.ui.conversation_model import ConversationModel
from companion.ui.conversation_view import ConversationView
from companion.ui.main_window import MainWindow
from companion.ui.theme import Scheme, Theme
from tests.fakes.engine import FakeEngine


@pytest.fixture(autouse=True)
def _no_windows_left(qapp: QApplication) -> Iterator[None]:
    """Delete what a test leaves: every later change of style would dress all of it again."""
    yield
    for widget in QApplication.topLevelWidgets():
        widget.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture
def theme(qapp: QApplication) -> Iterator[Theme]:
    theme = Theme(qapp, scheme=Scheme.LIGHT, reduce_motion=True)
    yield theme
    qapp.styleHints().colorSchemeChanged.disconnect(theme._refresh)
    qapp.styleHints().accessibility().contrastPreferenceChanged.disconnect(theme._refresh)
    theme.deleteLater()


@pytest.fixture
def bridge(qapp: QApplication) -> EngineBridge:
    return EngineBridge()


@pytest.fixture
def engine(bridge: EngineBridge) -> Iterator[FakeEngine]:
    engine = FakeEngine(bridge.receive)
    bridge.attach(engine)
    yield engine
    assert engine.close(2)


@pytest.fixture
def window(qtbot: QtBot, theme: Theme, bridge: EngineBridge, engine: FakeEngine) -> MainWindow:
    window = MainWindow(bridge, theme)
    qtbot.addWidget(window)
    window.show()
    qtbot.waitExposed(window)
    return window


@pytest.fixture
def enter(qtbot: QtBot, window: MainWindow, engine: FakeEngine) -> Callable[[EngineState], None]:
    """Bring the window into a state, as the engine would."""

    def enter(state: EngineState) -> None:
        engine.emit(EngineReady(seconds=1), EngineStateChanged(old=window.state, new=state, at_s=0))
        qtbot.waitUntil(lambda: window.state is state)

    return enter


@pytest.fixture
def view(qtbot: QtBot, theme: Theme) -> ConversationView:
    model = ConversationModel()
    view = ConversationView(model, theme)
    model.setParent(view)
    qtbot.addWidget(view)
    view.resize(480, 500)
    view.show()
    qtbot.waitExposed(view)
    return view
