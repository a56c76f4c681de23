"""The conversation on the screen when it is very long: how fast it opens and scrolls, and what it takes. Thread: main.

Drawn by Qt's own painter into memory (the offscreen platform), so that no screen's rate and no GPU is measured.
"""

import gc
import os
from collections.abc import Callable
from pathlib import Path
from random import Random
from time import perf_counter

from companion.engine.messages import ChatMessage
from tests.bench.figures import Recorder

MESSAGES = 10_000
OPENINGS = 7
STEPS = 400
STEP_PIXELS = 120
"""Of a mouse wheel's notch."""
TEXT = (
    "the light comes from every side because air scatters blue far more than red and in the evening it has crossed "
    "much more of it so what is left looks warm to anyone who stands by the water and waits for a while"
)
WORDS = TEXT.split()


def measure_window(recorder: Recorder, say: Callable[[str], None], *, messages: int = MESSAGES) -> None:
    """Open a conversation of so many messages, several times, and scroll through it.

    Records `window.open` (from the messages to the painted end of them), `window.scroll` (one notch of the wheel, and
    what comes into sight painted), `window.jump` (to any place), `window.grow` (a reply of twelve more words at the
    end), in milliseconds, and `window.memory`, what the process grew by, in MB.
    """
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    from PySide6.QtWidgets import QApplication

    from companion.engine.events import ReplyToken, TranscriptFinal
    from companion.ui.conversation_model import ConversationModel
    from companion.ui.conversation_view import ConversationView
    from companion.ui.theme import Scheme, Theme

    application = QApplication.instance() or QApplication([])
    assert isinstance(application, QApplication)
    model = ConversationModel()
    view = ConversationView(model, Theme(application, scheme=Scheme.LIGHT, reduce_motion=True))
    view.set_ready(ready=True, quiet=True)
    view.resize(720, 900)
    view.show()
    application.processEvents()
    said = conversation(messages)

    def timed(name: str, change: Callable[[], object]) -> None:
        begun_s = perf_counter()
        change()
        application.processEvents()
        recorder.add(f"window.{name}", (perf_counter() - begun_s) * 1000)

    gc.collect()
    before = resident_mb()
    for _ in range(OPENINGS):
        model.clear()
        application.processEvents()
        timed("open", lambda: model.show_messages(said))
    bar, random = view.verticalScrollBar(), Random(1)
    view.hold()
    for _ in range(STEPS):
        timed("scroll", lambda: bar.setValue(bar.value() - STEP_PIXELS))
    for _ in range(STEPS):
        timed("jump", lambda: bar.setValue(random.randrange(bar.maximum())))
    view.jump_to_latest()
    model.apply(TranscriptFinal(turn_id=1, text="Go on.", language="", at_s=0))
    for _ in range(20):
        model.apply(ReplyToken(turn_id=1, text=f"{' '.join(random.choices(WORDS, k=12))} ", at_s=0))
        timed("grow", model._notify)
    gc.collect()
    recorder.add("window.memory", resident_mb() - before, unit="MB")
    view.close()
    say(f"  {messages} messages, {bar.maximum()} pixels")


def conversation(messages: int) -> list[ChatMessage]:
    """Return a conversation of 4 to 40 words a message, the same every time."""
    random = Random(0)
    return [
        ChatMessage(
            role="assistant" if number % 2 else "user", text=" ".join(random.choices(WORDS, k=random.randint(4, 40)))
        )
        for number in range(messages)
    ]


def resident_mb() -> float:
    """Return the memory of this process that is in RAM, in MB; 0 where the system does not tell."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    except OSError:
        return 0.0
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6
