"""What nobody foresaw: logged without anybody's words, and shown as an error of ours. Thread: any."""

import logging
import traceback
from collections.abc import Iterator
from contextlib import contextmanager

from companion.engine.errors import CompanionError

_log = logging.getLogger(__name__)


def log_surprise(where: str, error: Exception) -> None:
    """Log the type and the place of an exception: its text may quote the user's words."""
    place = " > ".join(f"{frame.name}:{frame.lineno}" for frame in traceback.extract_tb(error.__traceback__))
    _log.error("%s: %s at %s", where, type(error).__name__, place)


@contextmanager
def logged(where: str) -> Iterator[None]:
    """Go on behind the block whatever it raises, which is logged: what follows must be done all the same."""
    try:
        yield
    except Exception as error:  # noqa: BLE001 - that is the point
        log_surprise(where, error)


def surprise(error: Exception) -> CompanionError:
    """Return what the user is told of an exception that nobody foresaw."""
    return CompanionError(
        "engine-surprise",
        f"Something unexpected happened ({type(error).__name__}).",
        hint="Try again; if it happens again, restart Companion.",
    )
