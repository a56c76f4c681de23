"""A store of models that starts no process: it notes what it was asked for, and puts files of the right sizes there."""

from pathlib import Path

from companion.catalog import Catalog
from companion.hardware import Hardware
from companion.ui.download import DownloadState, Progress
from companion.ui.model_store import ModelStore

HARDWARE = Hardware(memory_bytes=8 << 30)


class FakeModelStore(ModelStore):
    """The real catalogue in a folder of the test's own.

    Attributes:
        asked: what was asked for, in order: ("fetch" | "verify" | "remove", name of the set).
    """

    def __init__(self, models_dir: Path) -> None:
        super().__init__(catalog=Catalog.load(models_dir=models_dir), hardware=HARDWARE)
        self.asked: list[tuple[str, str]] = []

    def fetch(self, models: object) -> None:
        self.asked.append(("fetch", getattr(models, "name", "")))

    def verify(self, models: object) -> None:
        self.asked.append(("verify", getattr(models, "name", "")))

    def remove(self, models: object, chosen: object) -> None:
        self.asked.append(("remove", getattr(models, "name", "")))

    def pretend(self, state: DownloadState, share: float) -> None:
        """Be at a point of a download of the starter."""
        self._fetching = self.find("starter", "en")
        self.download.state = state
        self.download.progress = Progress(done=round(share * 100), size=100)
        self.download.changed.emit()

    def install(self, name: str, language: str = "en") -> None:
        """Put files of the right sizes in place; they take no room."""
        models = self.find(name, language)
        assert models is not None
        for model in models.models:
            for file in model.files:
                path = models.models_dir / model.id / file.name
                path.parent.mkdir(parents=True, exist_ok=True)
                with path.open("wb") as stream:
                    stream.truncate(file.size)
        self.changed.emit()
