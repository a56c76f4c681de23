"""Downloads as the window sees them: the real download process, a server on this machine, pauses and trouble."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from companion import paths
from companion.catalog import ModelSet
from companion.hardware import Hardware
from companion.ui.bridge import EngineBridge
from companion.ui.download import Download, DownloadState
from companion.ui.model_store import ModelStore, Work
from tests.unit.model_factory import _DRIVER, CONTENT, SMALL, make_catalog, manifest_text
from tests.unit.test_downloads_hub import CUT, Hub, hub

__all__ = ["hub"]
pytestmark = pytest.mark.loopback

LONG_MS = 60_000
_MODELS = """
import sys
from pathlib import Path
from companion import paths
paths.manifest_file = lambda: Path(sys.argv[1])
from companion.cli import main
sys.exit(main(["models", *sys.argv[2:]]))
"""


@pytest.fixture
def store(tmp_path: Path, hub: Hub, monkeypatch: pytest.MonkeyPatch, bridge: EngineBridge) -> Iterator[ModelStore]:
    """A store whose processes see a manifest and a server of their own."""
    for name, value in {
        **hub.env,
        "COMPANION_MODELS": str(tmp_path / "models"),
        "HF_HOME": str(tmp_path / "hf"),
        "NO_PROXY": "127.0.0.1",
        "PYTHONPATH": str(paths.package_dir().parent),
    }.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("HF_HUB_OFFLINE", raising=False)
    manifest = tmp_path / "manifest.toml"
    manifest.write_text(manifest_text(), encoding="utf-8")
    hub.files["only.bin"] = b"gate"  # of four models three have a file of this name; one is enough here
    store = ModelStore(
        catalog=make_catalog(tmp_path / "models"),
        hardware=Hardware(memory_bytes=8 << 30),
        download_line=lambda *arguments: [sys.executable, "-c", _DRIVER, str(manifest), "0", *arguments],
        models_line=lambda *arguments: [sys.executable, "-c", _MODELS, str(manifest), *arguments],
    )
    yield store
    child = store.download._child
    store.close()
    del child


def small(store: ModelStore) -> ModelSet:
    found = store.find("small", "en")
    assert found is not None
    return found


def fetch_brain(store: ModelStore) -> Download:
    """Begin to fetch the one large model."""
    store._fetching = small(store)
    download = store.download
    download.start(("brain",), len(CONTENT) + len(SMALL))
    return download


def wait_for(qtbot: QtBot, download: Download, state: DownloadState) -> None:
    qtbot.waitUntil(lambda: download.state is state, timeout=LONG_MS)


def test_a_download_tells_its_progress_and_arrives(qtbot: QtBot, store: ModelStore) -> None:
    with qtbot.waitSignal(store.installed, timeout=LONG_MS) as told:
        download = fetch_brain(store)
        assert (download.state, download.busy) == (DownloadState.RUNNING, True)
    assert told.args == ["small", "en"]
    assert (download.state, download.busy) == (DownloadState.DONE, False)
    assert download.progress.share == 1


def test_a_pause_in_the_middle_keeps_what_came_and_going_on_fetches_only_the_rest(
    qtbot: QtBot, store: ModelStore, hub: Hub, tmp_path: Path
) -> None:
    hub.plan = ["hang"]
    download = fetch_brain(store)
    part = tmp_path / "models" / "brain" / "weights.gguf.part"
    qtbot.waitUntil(lambda: part.exists() and part.stat().st_size == CUT, timeout=LONG_MS)
    qtbot.waitUntil(lambda: download.progress.done > 0, timeout=LONG_MS)
    download.pause()
    assert download.state is DownloadState.PAUSING
    wait_for(qtbot, download, DownloadState.PAUSED)
    assert part.stat().st_size == CUT
    assert 0 < download.progress.share < 1
    download.resume()
    wait_for(qtbot, download, DownloadState.DONE)
    assert hub.gets() == [None, f"bytes={CUT}-"]


def test_what_a_crash_left_is_seen_and_gone_on_with(qtbot: QtBot, store: ModelStore, hub: Hub, tmp_path: Path) -> None:
    part = tmp_path / "models" / "brain" / "weights.gguf.part"
    part.parent.mkdir(parents=True)
    part.write_bytes(CONTENT[:CUT])
    assert store.begun(small(store)) == CUT
    download = fetch_brain(store)
    wait_for(qtbot, download, DownloadState.DONE)
    assert hub.gets() == [f"bytes={CUT}-"]


def test_giving_up_deletes_what_came(qtbot: QtBot, store: ModelStore, hub: Hub, tmp_path: Path) -> None:
    hub.plan = ["hang"]
    download = fetch_brain(store)
    part = tmp_path / "models" / "brain" / "weights.gguf.part"
    qtbot.waitUntil(lambda: part.exists() and part.stat().st_size == CUT, timeout=LONG_MS)
    with qtbot.waitSignal(store.worked, timeout=LONG_MS) as told:
        store.discard()
    assert told.args == [Work.DISCARD, True]
    assert not part.exists()
    assert download.state is DownloadState.NONE
    assert store.fetching is None


@pytest.mark.parametrize(
    ("deed", "code"),
    [(["wrong bytes"] * 2, "download-corrupt"), (["cut"] * 8, "download-no-network")],
)
def test_trouble_ends_in_a_sentence_that_says_what_to_do(
    qtbot: QtBot, store: ModelStore, hub: Hub, deed: list[str], code: str
) -> None:
    hub.plan = deed
    store._fetching = small(store)
    store.download.start(("brain", "--retries", "0"), len(CONTENT))
    wait_for(qtbot, store.download, DownloadState.FAILED)
    error = store.download.error
    assert error is not None
    assert error.code == code
    assert error.message
    assert error.hint
    hub.plan = []
    store.download.resume()
    wait_for(qtbot, store.download, DownloadState.DONE)


def test_a_process_that_dies_is_a_failure_that_can_be_gone_on_with(qtbot: QtBot, store: ModelStore, hub: Hub) -> None:
    hub.plan = ["hang"]
    download = fetch_brain(store)
    qtbot.waitUntil(lambda: bool(hub.gets()), timeout=LONG_MS)
    assert download._child is not None
    download._child.kill()
    wait_for(qtbot, download, DownloadState.FAILED)
    assert download.error is not None
    assert download.error.code == "download-ended"
    download.resume()
    wait_for(qtbot, download, DownloadState.DONE)


def test_closing_ends_the_process_and_keeps_what_came(
    qtbot: QtBot, store: ModelStore, hub: Hub, tmp_path: Path
) -> None:
    hub.plan = ["hang"]
    download = fetch_brain(store)
    part = tmp_path / "models" / "brain" / "weights.gguf.part"
    qtbot.waitUntil(lambda: part.exists() and part.stat().st_size == CUT, timeout=LONG_MS)
    child = download._child
    assert child is not None
    store.close()
    with qtbot.waitSignal(child.destroyed, timeout=LONG_MS):
        pass
    assert part.stat().st_size == CUT


def test_a_second_start_while_one_runs_does_nothing(qtbot: QtBot, store: ModelStore, hub: Hub) -> None:
    download = fetch_brain(store)
    child = download._child
    store.fetch(small(store))
    assert download._child is child
    wait_for(qtbot, download, DownloadState.DONE)


def put_in_place(store: ModelStore) -> None:
    models = small(store)
    for model in models.models:
        for file in model.files:
            path = models.models_dir / model.id / file.name
            path.parent.mkdir(parents=True, exist_ok=True)
            data = {"weights.gguf": CONTENT, "config.json": SMALL}.get(file.name, model.id.encode())
            path.write_bytes(data)


def test_files_are_checked_again_and_a_damaged_one_is_found(qtbot: QtBot, store: ModelStore, tmp_path: Path) -> None:
    put_in_place(store)
    models = small(store)
    for data, well in ((CONTENT, True), (CONTENT[:-1] + b"!", False)):
        models.llm_file.write_bytes(data)
        with qtbot.waitSignal(store.worked, timeout=LONG_MS) as told:
            store.verify(models)
            assert store.work is Work.VERIFY
        assert told.args == [Work.VERIFY, well]
        assert store.work is None


def test_models_are_removed_but_for_those_in_use(qtbot: QtBot, store: ModelStore) -> None:
    put_in_place(store)
    models = small(store)
    assert store.removable(models, models) == []
    assert store.removable(models, None) == list(models.models)
    with qtbot.waitSignal(store.worked, timeout=LONG_MS) as told:
        store.remove(models, None)
    assert told.args == [Work.REMOVE, True]
    assert not models.llm_file.exists()
    assert not store.is_installed(models)


def test_there_is_one_store_in_the_program(qtbot: QtBot) -> None:
    first = ModelStore.of_program()
    assert ModelStore.of_program() is first
    first.setParent(None)
