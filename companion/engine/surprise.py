"""What nobody foresaw: logged without anybody's words, and shown as an error of ours. Thread: any."""

import logging
import traceback

from companion.engine.errors import CompanionError

_log = logging.getLogger(__name__)


def log_surprise(where: str, error: Exception) -> None:
    """Log the type and the place of an exception: its text may quote the user's words."""
    place = " > ".join(f"{frame.name}:{frame.lineno}" for frame in traceback.extract_tb(error.__traceback__))
    _log.error("%s: %s at %s", where, type(error).__name__, place)


def surprise(error: Exception) -> CompanionError:
    """Return what the user is told of an exception that nobody foresaw."""
    return CompanionError(
        "engine-surprise",
        f"Something unexpected happened ({type(error).__name__}).",
        hint="Try again; if it happens again, restart Companion.",
    )
