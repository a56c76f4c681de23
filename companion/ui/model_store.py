"""The models on this machine as the window sees them: what there is, what is here, and the work on it. GUI thread.

Whatever takes long or needs the network runs in a child process: downloads, checking, deleting. There is one store in
the program, so that no two parts of the window start work on the same files.
"""

import sys
from collections.abc import Callable
from enum import Enum
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QObject, Signal, Slot

from companion.catalog import Catalog, ModelSet
from companion.fetch import download_command, part_path
from companion.hardware import Hardware, this_machine
from companion.manifest import Model
from companion.ui.child_process import ChildProcess
from companion.ui.download import Download


class Work(Enum):
    """What else is done with models."""

    VERIFY = "verify"
    REMOVE = "remove"
    DISCARD = "discard"


def models_command(*arguments: str) -> list[str]:
    """Return the command line of `companion models`."""
    return [sys.executable, "-P", "-m", "companion", "models", *arguments]


class ModelStore(QObject):
    """Sets of models and their state.

    Signals:
        changed: something is installed, removed, under way or ended.
        worked(Work, bool): work ended, and whether all was well.
        installed(str, str): a set, by name and language, has just been fetched and verified.

    Attributes:
        download: The one download.
        work: What else is being done now.

    Args:
        catalog: What there is; by default the program's.
        hardware: What it runs on; by default this machine.
        download_line: Makes the command line of a download; `models_line` likewise of `companion models`.
    """

    changed = Signal()
    worked = Signal(object, bool)
    installed = Signal(str, str)

    def __init__(
        self,
        parent: QObject | None = None,
        *,
        catalog: Catalog | None = None,
        hardware: Hardware | None = None,
        download_line: Callable[..., list[str]] = download_command,
        models_line: Callable[..., list[str]] = models_command,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("models")
        self._catalog = catalog or Catalog.load()
        self._models_line = models_line
        self._child: ChildProcess | None = None
        self._fetching: ModelSet | None = None
        self._report: list[str] = []
        self._discard_next: ModelSet | None = None
        self._hardware = hardware
        self.work: Work | None = None
        self.work_on: ModelSet | None = None
        self.download = Download(self, command=download_line)
        self.download.changed.connect(self._on_download)
        self.download.arrived.connect(self._on_arrived)

    @classmethod
    def of_program(cls) -> "ModelStore":
        """Return the program's one store, made when it is first asked for."""
        application = QCoreApplication.instance()
        assert application is not None
        found = application.findChild(cls, "models")
        return found if isinstance(found, cls) else cls(application)

    # -- what there is

    @property
    def hardware(self) -> Hardware:
        """What the models run on; asked for when it is first wanted, since a driver may take its time."""
        if self._hardware is None:
            self._hardware = this_machine()
        return self._hardware

    @property
    def sets(self) -> tuple[ModelSet, ...]:
        """Every set in every language."""
        return self._catalog.sets

    def find(self, name: str, language: str) -> ModelSet | None:
        """Return a set, or None if there is none."""
        return next((each for each in self.sets if (each.name, each.language) == (name, language)), None)

    def missing(self, models: ModelSet) -> list[Model]:
        """Return the models of a set that are not here."""
        return [model for model in models.models if not self._catalog.is_installed(model)]

    def is_installed(self, models: ModelSet) -> bool:
        """Return whether all of a set is here; whether it is sound is found out before it is used."""
        return not self.missing(models)

    def to_fetch(self, models: ModelSet) -> int:
        """Return the bytes of a set that are not here, those of a half-finished download included."""
        return sum(model.size for model in self.missing(models))

    def begun(self, models: ModelSet) -> int:
        """Return the bytes of a set that an unfinished download has brought."""
        done = 0
        for model in self.missing(models):
            for file in model.files:
                place = self._catalog.path(model, file)
                done += max((_size(path) for path in (place, part_path(place))), default=0)
        return done

    def removable(self, models: ModelSet, chosen: ModelSet | None) -> list[Model]:
        """Return the installed models of a set that neither the chosen set nor another installed one needs."""
        needed = {model.id for model in chosen.models} if chosen else set()
        for each in self.sets:
            if each != models and self.is_installed(each):
                needed |= {model.id for model in each.models}
        return [model for model in models.models if model.id not in needed and self._catalog.is_installed(model)]

    @property
    def fetching(self) -> ModelSet | None:
        """The set that the download is about."""
        return self._fetching

    @property
    def report(self) -> str:
        """What the last work said."""
        return "\n".join(self._report)

    # -- work

    def fetch(self, models: ModelSet) -> None:
        """Download what is missing of a set, going on where an earlier download ended."""
        if not self.download.busy:
            self._fetching = models
            self.download.start(models.target, self.to_fetch(models), self.begun(models))

    def discard(self) -> None:
        """Give a download up: end it and delete what it brought."""
        if self._fetching is None:
            return
        self._discard_next = self._fetching
        if self.download.busy:
            self.download.pause()
        else:
            self._on_download()

    def verify(self, models: ModelSet) -> None:
        """Hash every file of a set again."""
        self._begin(Work.VERIFY, models, "verify", *(model.id for model in models.models))

    def remove(self, models: ModelSet, chosen: ModelSet | None) -> None:
        """Delete what `removable` names."""
        names = [model.id for model in self.removable(models, chosen)]
        if names:
            self._begin(Work.REMOVE, models, "remove", "--force", *names)

    def close(self) -> None:
        """End all work at once; a download goes on in the next run of the program."""
        self.download.close()
        child, self._child = self._child, None
        if child is not None:
            child.leave()

    def _begin(self, work: Work, models: ModelSet, *arguments: str) -> None:
        if self._child is not None:
            return
        self.work, self.work_on, self._report = work, models, []
        self._child = ChildProcess(self._models_line(*arguments), self)
        self._child.line.connect(self._report.append)
        self._child.ended.connect(self._on_ended)
        self.changed.emit()

    @Slot(int)
    def _on_ended(self, code: int) -> None:
        work, self._child = self.work, None
        self.work = None
        self.changed.emit()
        self.worked.emit(work, code == 0)

    @Slot()
    def _on_download(self) -> None:
        if self._discard_next is not None and not self.download.busy:
            models, self._discard_next, self._fetching = self._discard_next, None, None
            self.download.forget()
            self._begin(Work.DISCARD, models, "remove", "--unfinished", *(model.id for model in models.models))
        self.changed.emit()

    @Slot()
    def _on_arrived(self) -> None:
        if self._fetching is not None:
            self.installed.emit(self._fetching.name, self._fetching.language)


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0
