"""The window's words in the user's language. GUI thread.

Sentences are written in English where they belong (the modules of words), with `{names}` for what changes, and are
shown through `tr`. Qt finds the translation by the English sentence.
"""

from PySide6.QtCore import QCoreApplication

CONTEXT = "companion"
"""The one context of all translations: a sentence means the same wherever it stands."""


def tr(text: str, **values: object) -> str:
    """Return `text` in the window's language, with each `{name}` replaced by `values[name]`."""
    translated = QCoreApplication.translate(CONTEXT, text)
    return translated.format(**values) if values else translated
