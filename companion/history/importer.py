"""Reads a file of conversations, in a process of its own: a line of JSON for each one it finds.

    python -m companion.history.importer FILE

Parsing a hundred megabytes of JSON at once takes seconds and gigabytes; here they are nobody else's, and whatever a
file does to the parser ends with this process. The last line is `{"skipped": N}` or `{"error": CODE}`.
"""

import json
import lzma
import re
import struct
import sys
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TextIO

from companion.history.chatgpt import conversation_of_chatgpt
from companion.history.exchange import FORMAT, VERSION, MalformedError, conversation_of, value_of
from companion.history.records import Conversation

LARGEST_BYTES = 256 << 20
"""Of JSON: several years of ChatGPT."""
MOST_CONVERSATIONS = 100_000
_PART = re.compile(r"(?:.*/)?conversations(?:-\d+)?\.json")
"""What ChatGPT calls the conversations inside its archive: one file, or numbered ones."""

_BAD_ARCHIVE = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    EOFError,  # it ends too soon
    ValueError,  # a name that is no text, a place that no file has
    OverflowError,
    NotImplementedError,  # an unknown compression
    RuntimeError,  # an encrypted member
)
"""What `zipfile` says of an archive that is none."""

UNREADABLE, TOO_LARGE, UNKNOWN, NEWER = "import-unreadable", "import-too-large", "import-unknown", "import-newer"


class RefusedError(Exception):
    """The file as a whole is not one that can be imported; its argument is the code."""


def read(path: Path) -> Iterator[tuple[Conversation | None, int]]:
    """Yield each conversation of a file with the number of its parts left out; None for one that makes no sense.

    Raises:
        RefusedError: the file cannot be read, is too large, or has no conversations of a kind that is known.
    """
    try:
        found = 0
        for document in _documents(path):
            for one in _conversations(document):
                found += 1
                if found > MOST_CONVERSATIONS:
                    raise RefusedError(TOO_LARGE)
                yield one
    except OSError as error:
        raise RefusedError(UNREADABLE) from error
    except MemoryError:
        raise RefusedError(TOO_LARGE) from None


def _documents(path: Path) -> Iterator[Any]:
    """Yield the JSON documents of a file: the file itself, or those inside an archive that have conversations."""
    if not zipfile.is_zipfile(path):
        with path.open("rb") as file:
            yield _parse(file.read(LARGEST_BYTES + 1))
        return
    try:
        with zipfile.ZipFile(path) as archive:
            names = sorted(filter(_PART.fullmatch, archive.namelist()))
            if not names:
                raise RefusedError(UNKNOWN)
            for name in names:
                with archive.open(name) as member:  # the size it claims is not to be trusted
                    content = member.read(LARGEST_BYTES + 1)
                yield _parse(content)
    except _BAD_ARCHIVE as error:
        raise RefusedError(UNREADABLE) from error


def _parse(content: bytes) -> Any:
    if len(content) > LARGEST_BYTES:
        raise RefusedError(TOO_LARGE)
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        raise RefusedError(UNKNOWN) from None


def _conversations(document: Any) -> Iterator[tuple[Conversation | None, int]]:
    listed, parse = _kind(document)
    for value in listed:
        try:
            yield parse(value)
        except (MalformedError, RecursionError):
            yield None, 1


def _kind(document: Any) -> tuple[list[Any], Callable[[object], tuple[Conversation, int]]]:
    if isinstance(document, dict) and document.get("format") == FORMAT:
        version = document.get("version")
        if type(version) is not int or version > VERSION:
            raise RefusedError(NEWER)
        if isinstance(document.get("conversations"), list):
            return document["conversations"], conversation_of
    if isinstance(document, dict) and "mapping" in document:
        return [document], conversation_of_chatgpt
    if isinstance(document, list) and any(isinstance(one, dict) and "mapping" in one for one in document):
        return document, conversation_of_chatgpt
    raise RefusedError(UNKNOWN)


def main(path: Path, out: TextIO) -> None:
    """Write a line for each conversation, then how many parts were left out or why nothing was read."""
    skipped = 0
    end: dict[str, object]
    try:
        for conversation, left_out in read(path):
            skipped += left_out
            if conversation is not None:
                out.write(json.dumps(value_of(conversation)) + "\n")
        end = {"skipped": skipped}
    except RefusedError as refused:
        end = {"skipped": skipped, "error": refused.args[0]}
    out.write(json.dumps(end) + "\n")
    out.flush()


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.stdout)
