"""The catalogue of models in the window."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from companion.engine.commands import Speak, StopSpeaking
from companion.engine.errors import DownloadError, ModelLoadError
from companion.engine.events import SpeechEnded
from companion.ui import models_strings as words
from companion.ui.bridge import EngineBridge
from companion.ui.download import DownloadState, Progress
from companion.ui.model_card import ModelCard
from companion.ui.model_store import Work
from companion.ui.models_panel import ModelsPanel
from companion.ui.theme import Theme
from tests.fakes.engine import FakeEngine
from tests.fakes.model_store import FakeModelStore

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)


@pytest.fixture
def store(tmp_path: Path) -> FakeModelStore:
    return FakeModelStore(tmp_path)


@pytest.fixture
def panel(qtbot: QtBot, theme: Theme, bridge: EngineBridge, engine: FakeEngine, store: FakeModelStore) -> ModelsPanel:
    panel = ModelsPanel(theme, bridge, "starter", "en", store=store)
    qtbot.addWidget(panel)
    panel.resize(480, 900)
    panel.show()
    qtbot.waitExposed(panel)
    return panel


def card(panel: ModelsPanel, name: str, language: str = "en") -> ModelCard:
    return next(each for each in panel.cards if (each.models.name, each.models.language) == (name, language))


def said(shown: ModelCard) -> str:
    return "\n".join(label.text() for label in shown.findChildren(QLabel) if not label.isHidden())


def test_sets_say_size_memory_languages_and_what_to_expect(panel: ModelsPanel) -> None:
    text = said(card(panel, "starter"))
    assert "241 MB on disk" in text
    assert "Starter, English" in text
    assert words.SIMPLE_AT_ONCE in text
    assert "8 GB" in text
    assert words.BEST_SLOW in said(card(panel, "rtx4090"))
    assert "Too large" in card(panel, "rtx4090").room.text


def test_sets_in_the_users_language_come_first_and_the_best_for_the_machine_is_marked(
    qtbot: QtBot, theme: Theme, bridge: EngineBridge, store: FakeModelStore
) -> None:
    panel = ModelsPanel(theme, bridge, "laptop", "fr", store=store)
    qtbot.addWidget(panel)
    assert [each.models.language for each in panel.cards][:2] == ["fr", "fr"]
    marked = [each for each in panel.cards if words.RECOMMENDED in each.badge.text]
    assert [(each.models.name, each.models.language) for each in marked] == [("laptop", "fr")]


def test_every_model_of_a_set_is_named_with_its_licence(panel: ModelsPanel) -> None:
    shown = card(panel, "laptop")
    assert not shown.details.isVisible()
    shown.more.click()
    assert shown.details.isVisible()
    assert "Llama 3.2 Community License" in said(shown)
    assert "CC0-1.0" in said(shown)


def test_a_missing_set_is_fetched_with_the_keyboard(qtbot: QtBot, panel: ModelsPanel, store: FakeModelStore) -> None:
    shown = card(panel, "starter")
    assert shown.get.text() == "Download 241 MB"
    shown.get.setFocus()
    QTest.keyClick(shown.get, Qt.Key.Key_Space)
    assert store.asked == [("fetch", "starter")]
    assert not shown.choose.isVisible()


def test_progress_speed_and_time_are_told_and_a_pause_is_offered(panel: ModelsPanel, store: FakeModelStore) -> None:
    shown = card(panel, "starter")
    store._fetching = shown.models
    store.download.state = DownloadState.RUNNING
    store.download.progress = Progress(done=40_000_000, size=240_000_000, bytes_per_s=2_000_000)
    store.download.changed.emit()
    assert shown.progress.text() == "40 MB of 240 MB · 2 MB/s · about 2 minutes left"
    assert shown.bar.isVisible()
    assert shown.pause.text() == words.PAUSE
    assert not shown.get.isVisible()
    store.download.state = DownloadState.PAUSED
    store.download.changed.emit()
    assert shown.pause.text() == words.GO_ON
    assert "Paused at 40 MB" in shown.progress.text()
    shown.pause.click()
    assert store.asked == [("fetch", "starter")]


def test_a_failed_download_says_what_to_do(panel: ModelsPanel, store: FakeModelStore) -> None:
    shown = card(panel, "starter")
    store._fetching = shown.models
    store.download.state = DownloadState.FAILED
    store.download.error = DownloadError("disk-full", "The disk is full.", hint="Make room and try again.")
    store.download.changed.emit()
    assert shown.problem.text == "The disk is full. Make room and try again."
    assert shown.pause.text() == words.TRY_AGAIN


def test_what_an_earlier_run_left_is_offered_to_go_on_with(panel: ModelsPanel, store: FakeModelStore) -> None:
    shown = card(panel, "starter")
    part = shown.models.llm_file.with_name(shown.models.llm_file.name + ".part")
    part.parent.mkdir(parents=True)
    part.write_bytes(bytes(1_000_000))
    store.changed.emit()
    assert shown.get.text() == words.GO_ON
    assert "1 MB of 241 MB" in shown.progress.text()


def test_an_installed_set_can_be_chosen_and_the_one_in_use_is_marked(
    qtbot: QtBot, panel: ModelsPanel, store: FakeModelStore
) -> None:
    store.install("starter")
    store.install("laptop")
    assert words.IN_USE in card(panel, "starter").badge.text
    laptop = card(panel, "laptop")
    assert words.INSTALLED in laptop.badge.text
    with qtbot.waitSignal(panel.chosen) as told:
        laptop.choose.click()
    assert told.args == ["laptop", "en"]
    assert words.IN_USE in laptop.badge.text


def test_only_what_nobody_else_needs_is_removed_and_only_when_asked_twice(
    panel: ModelsPanel, store: FakeModelStore
) -> None:
    store.install("starter")
    store.install("laptop")
    starter, laptop = card(panel, "starter"), card(panel, "laptop")
    assert not starter.remove.isEnabled(), "it is in use"
    laptop.more.click()
    assert laptop.remove.text() == "Remove (2.5 GB)", "without the voice that the starter has too"
    laptop.remove.click()
    assert store.asked == []
    assert laptop.remove.text() == words.REMOVE_SURE
    laptop.remove.click()
    assert store.asked == [("remove", "laptop")]


def test_files_are_checked_and_the_outcome_is_said(panel: ModelsPanel, store: FakeModelStore) -> None:
    store.install("starter")
    shown = card(panel, "starter")
    shown.more.click()
    shown.verify.click()
    assert store.asked == [("verify", "starter")]
    store.work, store.work_on = Work.VERIFY, shown.models
    store.changed.emit()
    assert shown.outcome.text == words.VERIFYING
    store.work = None
    store.worked.emit(Work.VERIFY, False)
    assert shown.outcome.text == words.NOT_VERIFIED


def test_a_voice_is_heard_before_it_is_chosen(
    qtbot: QtBot, panel: ModelsPanel, store: FakeModelStore, engine: FakeEngine
) -> None:
    store.install("laptop", "fr")
    shown = card(panel, "laptop", "fr")
    shown.voice.click()
    (spoken,) = engine.posted(Speak)
    assert isinstance(spoken, Speak)
    assert spoken.text == words.VOICE_SAMPLES["fr"]
    assert spoken.voice_file == shown.models.tts_file
    assert shown.voice.text() == words.STOP
    engine.emit(SpeechEnded(id=spoken.id))
    qtbot.waitUntil(lambda: shown.voice.text() == words.HEAR)


def test_a_voice_can_be_stopped_and_falls_silent_with_its_button(
    panel: ModelsPanel, store: FakeModelStore, engine: FakeEngine
) -> None:
    store.install("starter")
    shown = card(panel, "starter")
    shown.voice.click()
    shown.voice.click()
    assert len(engine.posted(StopSpeaking)) == 1
    assert shown.voice.text() == words.HEAR
    shown.voice.click()
    panel.hide()
    assert len(engine.posted(StopSpeaking)) == 2


def test_a_voice_that_cannot_be_heard_says_why(
    qtbot: QtBot, panel: ModelsPanel, store: FakeModelStore, engine: FakeEngine
) -> None:
    store.install("starter")
    shown = card(panel, "starter")
    shown.voice.click()
    (spoken,) = engine.posted(Speak)
    assert isinstance(spoken, Speak)
    engine.emit(SpeechEnded(id=spoken.id, error=ModelLoadError("voice-broken", "It is broken.", hint="Get it again.")))
    qtbot.waitUntil(lambda: shown.outcome.text == "It is broken. Get it again.")


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        (3, words.SECONDS_LEFT),
        (60, words.MINUTE_LEFT),
        (150, "about 2 minutes left"),
        (7199, "about 2 hours left"),
        (20_000, "about 6 hours left"),
    ],
)
def test_times_are_said_as_people_do(seconds: float, expected: str) -> None:
    assert words.time_left(seconds) == expected
