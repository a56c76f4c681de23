"""The first-run guide: when it comes, the way through it, and the download that goes on meanwhile."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from pytestqt.qtbot import QtBot

from companion.engine.errors import ModelLoadError, ModelMissingError
from companion.engine.events import (
    EngineFailed,
)
from companion.engine.messages import Role
from companion.ui import guide_strings as words
from companion.ui.download import DownloadState
from companion.ui.guide.first_run import MODELS, STATE, TALK_KEY, WELCOME
from companion.ui.guide.models import ModelsStep
from companion.ui.window_state import WindowState
from tests.ui.guide_rig import Rig, key, rig

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)
__all__ = ["rig"]

# -- when it comes


def test_it_comes_the_first_time_and_not_again_once_it_was_skipped(rig: Rig) -> None:
    rig.run.begin()
    assert rig.guide.isVisible()
    assert not rig.window.composer.isVisible(), "what is behind it cannot be reached"
    rig.guide.leave.click()
    assert rig.run.guide is None
    assert rig.window.composer.isVisible()
    assert rig.state.get(STATE) == "skipped"
    rig.run.begin()
    assert rig.run.guide is None


def test_it_is_found_again_in_the_menu(rig: Rig) -> None:
    again = next(action for action in rig.window.menu.actions() if action.text() == words.SET_UP_AGAIN)
    assert isinstance(again, QAction)
    again.trigger()
    assert rig.guide.index == WELCOME


def test_missing_models_bring_it_up_at_their_step(qtbot: QtBot, rig: Rig) -> None:
    rig.tell(qtbot, EngineFailed(role=Role.LLM, error=ModelMissingError("model-missing", "Gone.")))
    assert rig.guide.index == MODELS


def test_other_failures_do_not(qtbot: QtBot, rig: Rig) -> None:
    rig.tell(qtbot, EngineFailed(role=Role.LLM, error=ModelLoadError("model-load-failed", "Broken.")))
    assert rig.run.guide is None


def test_it_fills_the_window_as_that_grows(qtbot: QtBot, rig: Rig) -> None:
    rig.run.begin()
    rig.window.resize(900, 700)
    qtbot.waitUntil(lambda: rig.guide.size() == rig.window.size())


# -- the way through


def test_it_can_be_walked_through_with_the_enter_key_alone(qtbot: QtBot, rig: Rig) -> None:
    rig.run.begin()
    for index in range(len(rig.guide.steps)):
        assert rig.guide.index == index
        assert rig.guide.step.isVisible()
        key(qtbot, rig, Qt.Key.Key_Return)
    assert rig.run.guide is None
    assert rig.state.get(STATE) == "finished"


def test_one_can_go_back(qtbot: QtBot, rig: Rig) -> None:
    rig.run.begin()
    assert not rig.guide.back.isVisible()
    key(qtbot, rig, Qt.Key.Key_Return)
    rig.guide.back.click()
    assert rig.guide.index == WELCOME


@pytest.mark.parametrize("index", range(6))
def test_every_step_says_what_its_button_does_and_tab_stays_inside(qtbot: QtBot, rig: Rig, index: int) -> None:
    rig.run.show(index)
    assert rig.guide.next.text() == {WELCOME: words.BEGIN}.get(index, words.SKIP)
    assert rig.guide.step.accessibleName()
    seen = set()
    for _ in range(60):
        key(qtbot, rig, Qt.Key.Key_Tab)
        focused = rig.window.focusWidget()
        assert focused is not None
        assert rig.guide.isAncestorOf(focused)
        assert focused.accessibleName() or getattr(focused, "text", str)(), "it has a name"
        seen.add(focused)
    assert {rig.guide.leave, rig.guide.next} <= seen


def test_the_state_is_kept_in_the_file(rig: Rig, tmp_path: Path) -> None:
    rig.run.begin()
    rig.guide.leave.click()
    rig.state.save()
    assert WindowState(tmp_path / "window.json").get(STATE) == "skipped"


# -- welcome and models


def test_leaving_the_greeting_begins_the_download_it_announced(qtbot: QtBot, rig: Rig) -> None:
    rig.run.begin()
    assert "241 MB" in rig.guide.step.download.text  # type: ignore[attr-defined]
    assert rig.store.asked == []
    key(qtbot, rig, Qt.Key.Key_Return)
    assert rig.store.asked == [("fetch", "starter")]


def test_with_its_models_there_nothing_is_announced_or_fetched(qtbot: QtBot, rig: Rig) -> None:
    rig.store.install("starter")
    rig.run.begin()
    assert rig.guide.step.download.text == ""  # type: ignore[attr-defined]
    key(qtbot, rig, Qt.Key.Key_Return)
    assert rig.store.asked == []


def test_the_download_is_told_on_the_other_steps(rig: Rig) -> None:
    rig.run.show(TALK_KEY)
    rig.store.pretend(DownloadState.RUNNING, 0.25)
    assert rig.guide.download.text == "Downloading models: 25 %"
    rig.store.pretend(DownloadState.FAILED, 0.25)
    assert "Step 5" in rig.guide.download.text
    rig.run.show(MODELS)
    assert rig.guide.download.text == ""


def test_what_was_missing_is_loaded_as_soon_as_it_is_here(rig: Rig) -> None:
    rig.run.begin()
    rig.store.installed.emit("laptop", "en")
    assert rig.loads == 0, "nobody chose that"
    rig.store.installed.emit("starter", "en")
    assert rig.loads == 1


def test_a_set_that_is_chosen_goes_into_the_settings(rig: Rig) -> None:
    rig.store.install("laptop")
    rig.run.show(MODELS)
    step = rig.guide.step
    assert isinstance(step, ModelsStep)
    assert not step.done
    next(card for card in step.panel.cards if card.models.name == "laptop").choose.click()
    assert rig.changes == [("models", {"set": "laptop", "language": "en"})]
    assert step.done


def test_models_that_came_another_way_are_loaded_at_the_next_step(qtbot: QtBot, rig: Rig) -> None:
    rig.run.begin()
    rig.tell(qtbot, EngineFailed(role=Role.LLM, error=ModelMissingError("model-missing", "Gone.")))
    rig.store.install("starter")
    key(qtbot, rig, Qt.Key.Key_Return)
    assert rig.loads == 1
    assert rig.store.asked == []
    key(qtbot, rig, Qt.Key.Key_Return)
    assert rig.loads == 1
