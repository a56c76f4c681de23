"""Where Companion keeps its files. No state, no network; any thread.

| Folder  | Default                                             | Moved by            |
| ------- | --------------------------------------------------- | ------------------- |
| config  | the platform's config folder                        | `COMPANION_HOME`    |
| data    | the platform's data folder                          | `COMPANION_HOME`    |
| log     | the platform's log folder                           | `COMPANION_HOME`    |
| runtime | the platform's runtime folder (control socket)      | `COMPANION_HOME`    |
| models  | `models/` of a source checkout, else below data     | `COMPANION_MODELS`  |

The first four hold what the user said, or a way to steer the program, so they are created for the user alone
(mode 0700 where the system knows modes).
"""

import errno
import hashlib
import os
import stat
import sys
import tempfile
import warnings
from pathlib import Path

import companion
from companion.engine.errors import CompanionError

APP_NAME = "companion"
HOME_VARIABLE = "COMPANION_HOME"
MODELS_VARIABLE = "COMPANION_MODELS"

_LONGEST_RUNTIME_PATH = 80
"""Bytes; a Unix socket's whole path must fit in 104 bytes on macOS, 108 on Linux."""


def package_dir() -> Path:
    """Return the folder of the `companion` package."""
    return Path(companion.__file__).resolve().parent


def checkout_root() -> Path | None:
    """Return the source checkout the program runs from, or None if it is installed."""
    root = package_dir().parent
    if (root / "pyproject.toml").is_file() and (root / "models" / "manifest.toml").is_file():
        return root
    return None


def manifest_file() -> Path:
    """Return the model manifest: the checkout's, or the copy packaged with the program."""
    root = checkout_root()
    return root / "models" / "manifest.toml" if root else package_dir() / "manifest.toml"


def models_dir() -> Path:
    """Return the folder with one subfolder per model; it may not exist yet."""
    override = _from_environment(MODELS_VARIABLE)
    if override:
        return override
    root = checkout_root()
    return root / "models" if root else data_dir() / "models"


def config_dir() -> Path:
    """Return the folder of the settings, created for the user alone if missing."""
    return _private_dir("config")


def data_dir() -> Path:
    """Return the folder of the conversations, created for the user alone if missing."""
    return _private_dir("data")


def log_dir() -> Path:
    """Return the folder of the log files, created for the user alone if missing."""
    return _private_dir("log")


def runtime_dir() -> Path:
    """Return the folder of the control socket, created for the user alone if missing.

    Its path is always short enough for a Unix socket.

    Raises:
        CompanionError: the folder belongs to someone else (code "folder-not-private").
    """
    path = _located("run")
    if len(os.fsencode(path)) > _LONGEST_RUNTIME_PATH:
        digest = hashlib.sha256(os.fsencode(path)).hexdigest()[:12]
        path = Path(tempfile.gettempdir()) / f"{APP_NAME}-{digest}"
    return _make_private(path)


def _private_dir(kind: str) -> Path:
    return _make_private(_located(kind))


def _located(kind: str) -> Path:
    home = _from_environment(HOME_VARIABLE)
    if home:
        return home / kind
    # Imported here: a checkout that only downloads its models needs nothing but the standard library.
    from platformdirs import PlatformDirs

    places = PlatformDirs(APP_NAME, appauthor=False, roaming=False)
    if kind == "run":
        with warnings.catch_warnings():
            # Without a login session there is no XDG_RUNTIME_DIR; the folder it falls back to is made private below.
            warnings.simplefilter("ignore")
            return places.user_runtime_path / APP_NAME
    return {"config": places.user_config_path, "data": places.user_data_path, "log": places.user_log_path}[kind]


def _from_environment(variable: str) -> Path | None:
    value = os.environ.get(variable, "").strip()
    return Path(value).expanduser().absolute() if value else None


def _make_private(path: Path) -> Path:
    try:
        for above in reversed(path.parents):
            if not above.exists():
                above.mkdir(mode=0o700, exist_ok=True)  # `parents=True` would open those on the way to everybody
        path.mkdir(mode=0o700, exist_ok=True)
        if sys.platform != "win32":
            found = path.stat()
            if found.st_uid != os.getuid():
                raise PermissionError(errno.EPERM, "it belongs to another user")
            if stat.S_IMODE(found.st_mode) != 0o700:
                path.chmod(0o700)
    except OSError as error:
        raise CompanionError(
            "folder-not-private",
            f"The folder {path} cannot be used: {error.strerror or error}.",
            hint=f"Make it a folder of yours, or set {HOME_VARIABLE} to another one.",
            permanent=True,
        ) from error
    return path
