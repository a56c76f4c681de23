"""The window's words in the user's language. GUI thread, before the first window is made.

Sentences are written in English where they belong (the modules of words), with `{names}` for what changes, and are
shown through `tr`. Qt finds the translation by the English sentence. `scripts/translations.py` collects them.
"""

from functools import cache
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QLibraryInfo, QLocale, QTranslator

CONTEXT = "companion"
"""The one context of all translations: a sentence means the same wherever it stands."""

FOLDER = Path(__file__).parents[1] / "resources" / "translations"
"""Where the translations lie: companion_LANGUAGE.ts, and companion_LANGUAGE.qm made from it."""

SOURCE_LANGUAGE = "en"


def tr(text: str, /, **values: object) -> str:
    """Return `text` in the window's language, with each `{name}` replaced by `values[name]`. Thread: any."""
    translated = QCoreApplication.translate(CONTEXT, text)
    return translated.format(**values) if values else translated


@cache
def languages() -> tuple[str, ...]:
    """Return the codes of the languages the window speaks, English first."""
    found = (path.stem.removeprefix("companion_") for path in FOLDER.glob("companion_*.qm"))
    return (SOURCE_LANGUAGE, *sorted(found))


def chosen_language(wanted: str, preferred: list[str]) -> str:
    """Return which of `languages()` to speak.

    Args:
        wanted: A code, or "" for the first of `preferred` that there is.
        preferred: The desktop's languages, best first, as in `QLocale.uiLanguages`: "fr-FR", "fr", "en".
    """
    asked = [wanted] if wanted else preferred
    codes = (name.replace("_", "-").split("-")[0] for name in asked)
    return next((code for code in codes if code in languages()), SOURCE_LANGUAGE)


def install(application: QCoreApplication, language: str = "") -> str:
    """Let the window and Qt's own dialogs speak a language, and write numbers and dates as it does.

    Words are looked up when a widget is made, so another language needs a new start.

    Args:
        application: Whose translations these are.
        language: A code such as "fr", or "" for the desktop's; English where there is no translation.

    Returns:
        The code of the language in use.
    """
    system = QLocale.system()
    code = chosen_language(language, system.uiLanguages())
    locale = system if system.name().split("_")[0] == code else QLocale(code)
    QLocale.setDefault(locale)
    for stem, folder in (
        (f"qtbase_{code}", QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)),
        (f"companion_{code}", str(FOLDER)),
    ):
        translator = QTranslator(application)
        if translator.load(stem, folder):
            application.installTranslator(translator)
    return code
