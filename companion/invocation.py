"""How this program is called from a shell here: sentences name commands that work when they are copied.

From a checkout, `companion` lies in a virtual environment that is on nobody's path. Messages are written with the plain
name; who shows them spells it out. Pure but for looking at the file system; any thread.
"""

import os
import re
import shlex
import shutil
import sys
from pathlib import Path

_TYPED = ("ask", "bench", "desktop", "doctor", "models", "report")
_BOUND = ("press", "release", "toggle")
"""For the shortcuts of a desktop, which knows no current folder."""
_MENTION = re.compile(rf"(?<![\w/.-])companion(?= ({'|'.join(_TYPED + _BOUND)})\b)")


def command(*, anywhere: bool = False) -> str:
    """Return what to type for `companion` in the current folder, or in any, quoted for a shell."""
    script = Path(sys.executable).with_name("companion.exe" if sys.platform == "win32" else "companion")
    if not script.is_file():
        return f"{_typed(Path(sys.executable), anywhere=anywhere)} -m companion"
    found = shutil.which("companion")
    return "companion" if found and _same(Path(found), script) else _typed(script, anywhere=anywhere)


def spelled_out(text: str) -> str:
    """Return `text` with every command of this program, such as `companion doctor`, as it is typed here."""
    return _MENTION.sub(lambda found: command(anywhere=found[1] in _BOUND), text)


def _same(first: Path, second: Path) -> bool:
    try:
        return first.samefile(second)
    except OSError:
        return False


def _typed(path: Path, *, anywhere: bool) -> str:
    """Return a program's path, as short as it can be typed in the current folder unless it is for `anywhere`."""
    try:
        inside = not anywhere and path.is_relative_to(Path.cwd())
        text = str(path.relative_to(Path.cwd())) if inside else str(path)
    except OSError:  # the current folder is gone
        text = str(path)
    if os.sep not in text:
        text = f".{os.sep}{text}"
    return f'"{text}"' if sys.platform == "win32" and " " in text else shlex.quote(text)
