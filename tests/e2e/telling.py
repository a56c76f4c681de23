"""The real program, which says ten times a second on its output which banners and words its window shows."""

import json
import sys
from collections.abc import Mapping

from tests.e2e.program import Program
from tests.e2e.virtual_desktop import VirtualDesktop

_TELLING = """
import json, sys
from companion.engine.threads import prepare_environment
prepare_environment()
from companion import app
from PySide6.QtCore import QTimer

start = app.Program.start
def telling(program, **options):
    start(program, **options)
    def tell():
        window = program._window
        words = [message.text for message in window.conversation.messages()]
        print("shown", json.dumps([list(window.banners.banners), words]), flush=True)
    program._teller = QTimer(program, interval=100)
    program._teller.timeout.connect(tell)
    program._teller.start()
app.Program.start = telling
sys.exit(app.run())
"""


def telling_program(desktop: VirtualDesktop, extra: Mapping[str, str]) -> Program:
    """Start it, with variables besides the desktop's."""
    return Program(desktop, extra=extra, within=(sys.executable, "-c", _TELLING))


def parsed(line: str) -> tuple[list[str], list[str]]:
    """Return the codes of the banners, and the messages, that a line of the output tells of."""
    banners, words = json.loads(line.partition(" ")[2])
    return banners, words


def shown(running: Program) -> tuple[list[str], list[str]]:
    """Return the codes of the banners, and the messages, as the window shows them next."""
    return parsed(running.wait_for_line("^shown "))
