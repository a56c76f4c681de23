"""The log file: set up once, on the main thread, before the engine starts; written from every thread.

`companion.log` rotates at 1 MB and keeps three older files. `crash.log` receives the stacks of all threads when native
code crashes the program with the window, `crash-command.log` those of any other command. All are for the user's eyes
only (mode 0600 where the system knows modes).

Words the user or the model said never reach a log. Our own modules do not log them; libraries that do are held at a
level where they cannot (`_QUIET`), whatever `verbose` says and whatever level they give their own loggers.
"""

import contextlib
import faulthandler
import io
import logging
import logging.handlers
import os
import sys
from pathlib import Path
from typing import TextIO

from companion.engine.errors import CompanionError

LOG_FILE = "companion.log"
CRASH_FILE = "crash.log"
COMMAND_CRASH_FILE = "crash-command.log"
FILE_BYTES = 1 << 20
KEPT_FILES = 3

_FORMAT = "%(asctime)s.%(msecs)03d %(levelname)-7s %(threadName)s %(name)s: %(message)s"
_NOTHING = logging.CRITICAL + 1

_QUIET = {
    "piper": _NOTHING,  # DEBUG has the text and its phonemes; some languages warn with the sentence itself
    "faster_whisper": logging.ERROR,  # DEBUG has the transcript
    "llama_cpp": logging.ERROR,
    "llama-cpp-python": logging.ERROR,
    "huggingface_hub": logging.ERROR,
}
"""Libraries that log, at some level, what was said: the lowest level they may use."""


class _PrivateRotatingFile(logging.handlers.RotatingFileHandler):
    """A rotating log file that nobody else can read, also one left by an earlier version with a wider mode."""

    def _open(self) -> io.TextIOWrapper:
        return _open_private(Path(self.baseFilename))


def _says_nothing_private(record: logging.LogRecord) -> bool:
    return record.levelno >= _QUIET.get(record.name.partition(".")[0], logging.NOTSET)


class _State:
    """What `set_up_logging` installed, to be replaced when it is called again."""

    def __init__(self) -> None:
        self.handlers: list[logging.Handler] = []
        self.file: _PrivateRotatingFile | None = None
        self.crash_file: TextIO | None = None


_state = _State()


def set_up_logging(log_dir: Path, verbose: bool = False, crash_file_name: str = COMMAND_CRASH_FILE) -> Path:
    """Send all log records to a file in `log_dir`, created if missing, and return the file's path.

    Calling it again replaces what it set up before.

    Thread: main.

    Args:
        log_dir: folder of the log files.
        verbose: also our DEBUG records, and everything on stderr too.
        crash_file_name: receives the stacks if native code crashes.

    Raises:
        CompanionError: the folder or the file cannot be written (code "log-unwritable").
    """
    path = log_dir / LOG_FILE
    try:
        log_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        file_handler = _PrivateRotatingFile(path, maxBytes=FILE_BYTES, backupCount=KEPT_FILES, encoding="utf-8")
        crash_file = _open_private(log_dir / crash_file_name)
    except OSError as error:
        raise CompanionError(
            "log-unwritable",
            f"The log {path} cannot be written: {error.strerror or error}.",
            hint="Make the folder yours, or free some space on its disk.",
            permanent=True,
        ) from error

    tear_down_logging()
    handlers: list[logging.Handler] = [file_handler]
    if verbose:
        handlers.append(logging.StreamHandler(sys.stderr))
    root = logging.getLogger()
    for handler in handlers:
        handler.setFormatter(logging.Formatter(_FORMAT, datefmt="%Y-%m-%d %H:%M:%S"))
        handler.addFilter(_says_nothing_private)
        root.addHandler(handler)
    root.setLevel(logging.WARNING)
    logging.getLogger("companion").setLevel(logging.DEBUG if verbose else logging.INFO)
    for name, level in _QUIET.items():
        logging.getLogger(name).setLevel(level)  # spares them the work; the filter is what decides
    logging.captureWarnings(True)
    faulthandler.enable(crash_file)
    _state.handlers, _state.file, _state.crash_file = handlers, file_handler, crash_file
    return path


def tear_down_logging() -> None:
    """Undo `set_up_logging` and close its files. Thread: main. Idempotent."""
    for handler in _state.handlers:
        logging.getLogger().removeHandler(handler)
        handler.close()
    if _state.crash_file is not None:
        faulthandler.disable()
        _state.crash_file.close()
    logging.captureWarnings(False)
    logging.getLogger("companion").setLevel(logging.NOTSET)
    _state.handlers, _state.file, _state.crash_file = [], None, None


def take_crash() -> bool:
    """Return whether the last run left the stacks of a crash; they are put aside, and so are told of once.

    The newest `KEPT_FILES` of them are kept: crash-1.log, crash-2.log, ...

    Thread: main, after `set_up_logging` and before anything that could crash is begun.
    """
    if _state.crash_file is None or not os.fstat(_state.crash_file.fileno()).st_size:
        return False
    path = Path(_state.crash_file.name)
    try:
        for number in range(KEPT_FILES, 1, -1):
            newer = path.with_stem(f"{path.stem}-{number - 1}")
            if newer.exists():
                newer.replace(path.with_stem(f"{path.stem}-{number}"))
        # Copied and emptied: Windows renames no file that is open, and this one stays so for the next crash.
        with _open_private(path.with_stem(f"{path.stem}-1")) as aside:
            aside.truncate(0)
            aside.write(path.read_text(encoding="utf-8", errors="replace"))
    except OSError as error:
        logging.getLogger(__name__).warning("the stacks of the last crash are not kept: %s", error)
    forget_crash()
    return True


def forget_crash() -> None:
    """Empty the crash log. Thread: main.

    Also at an orderly end: on Windows faulthandler writes down what native code meets and handles by itself.
    """
    if _state.crash_file is not None:
        with contextlib.suppress(OSError):
            os.ftruncate(_state.crash_file.fileno(), 0)


def log_stacks() -> None:
    """Write where every thread is to the log: the program ends although one hangs. Thread: any."""
    if _state.file is not None and _state.file.stream is not None:
        with contextlib.suppress(OSError, ValueError):
            faulthandler.dump_traceback(_state.file.stream)


def _open_private(path: Path) -> io.TextIOWrapper:
    return open(path, "a", encoding="utf-8", opener=_private)


def _private(path: str, flags: int) -> int:
    descriptor = os.open(path, flags, 0o600)
    if sys.platform != "win32":
        os.fchmod(descriptor, 0o600)
    return descriptor
