"""How a cancelled job stops llama.cpp within an evaluation. Called by llama.cpp on the `llm` worker thread.

llama.cpp asks before each of the 900 or so nodes of a graph, on the CPU only. A Python function would have to take the
interpreter's lock each time. A function of the C library does not: `strlen` of two bytes that are "" until the job is
cancelled, and not empty from then on.
"""

import ctypes
import sys
from typing import Any

from companion.engine.cancel import CancelToken

ABORTED = 2
"""What `llama_decode` answers then; nothing of that evaluation stays in the KV cache."""

_NEVER = ctypes.create_string_buffer(2)


class Abort:
    """Lets the evaluations of one context be cut short.

    Args:
        c: llama.cpp.
        context: where it evaluates.
    """

    def __init__(self, c: Any, context: Any) -> None:
        self._c, self._context = c, context
        library = ctypes.cdll.msvcrt if sys.platform == "win32" else ctypes.CDLL(None)
        self._strlen = ctypes.cast(library.strlen, c.ggml_abort_callback)
        self._asked: ctypes.Array[ctypes.c_char] = _NEVER

    def ask(self, cancel: CancelToken | None) -> None:
        """Have the evaluations from now on stop when `cancel` is cancelled; None for never."""
        self._asked = cancel.flag if cancel else _NEVER  # kept: C holds no reference
        self._c.llama_set_abort_callback(self._context, self._strlen, ctypes.cast(self._asked, ctypes.c_void_p))
