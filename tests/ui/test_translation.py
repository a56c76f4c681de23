"""The window in another language: everything is translated, whole, with its values, and really shown."""

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QLocale, QTranslator
from PySide6.QtWidgets import QApplication, QDialogButtonBox
from pytestqt.qtbot import QtBot

from companion.engine.errors import AudioDeviceError, CompanionError, ModelMissingError, SettingsError
from companion.ui import strings, translation
from companion.ui.bridge import EngineBridge
from companion.ui.known_sentences import known_sentence, pattern_of
from companion.ui.main_window import MainWindow
from companion.ui.theme import Theme
from scripts import translations as script

TS_FILES = sorted(translation.FOLDER.glob("companion_*.ts"))
FILES = pytest.mark.parametrize("path", TS_FILES, ids=lambda path: path.stem)
SHOWN, MADE = script.collect()
MODULE = Path("companion/ui/some_strings.py")


@pytest.fixture
def french(qapp: QApplication) -> Iterator[None]:
    before = QLocale()
    assert translation.install(qapp, "fr") == "fr"
    yield
    for translator in qapp.findChildren(QTranslator):
        qapp.removeTranslator(translator)
        translator.deleteLater()
    QLocale.setDefault(before)


@FILES
def test_every_sentence_is_translated_with_its_values(path: Path) -> None:
    assert script.faults(SHOWN | MADE, script.read_ts(path)) == [], (
        "python -m scripts.translations says what is missing"
    )


@FILES
def test_nothing_else_is_translated(path: Path) -> None:
    assert script.read_ts(path).keys() - SHOWN - MADE == set()


def test_the_templates_are_those_of_the_source() -> None:
    assert script.TEMPLATES_FILE.read_text(encoding="utf-8") == script.templates_text(MADE)


@FILES
def test_what_is_loaded_was_made_from_what_was_written(path: Path, qapp: QApplication) -> None:
    compiled = QTranslator()
    assert compiled.load(str(path.with_suffix(".qm")))
    written = script.read_ts(path)
    assert {source: compiled.translate(translation.CONTEXT, source) for source in written} == written


def test_french_marks_keep_their_distance() -> None:
    loose = re.compile(r" [?!:;»]|« |[^\s\u00a0\u202f:[]\?|\w'\w")
    french = script.read_ts(translation.FOLDER / "companion_fr.ts")
    assert [text for text in french.values() if loose.search(text)] == []


def test_a_missing_translation_and_a_lost_value_would_be_seen() -> None:
    assert script.faults({"Gone {name}."}, {}) == ["missing: 'Gone {name}.'"]
    assert script.faults({"Gone {name}."}, {"Gone {name}.": "Parti."}) == ["other values: 'Gone {name}.' -> 'Parti.'"]


def test_an_unfinished_translation_counts_as_missing(tmp_path: Path) -> None:
    script.write_ts(tmp_path / "companion_fr.ts", {"One", "Two"}, {"One": "Un"})
    assert script.read_ts(tmp_path / "companion_fr.ts") == {"One": "Un"}


def test_what_is_collected_from_a_module_of_words() -> None:
    text = (
        '"""Doc."""\nA = "One"\n"""About A."""\nB: dict[int, str] = {"key": "Two {x}"}\n'
        'C = ("Three", ("Four",))\n_D = 3'
    )
    assert script.shown_sentences(MODULE, text) == {"One", "Two {x}", "Three", "Four"}
    assert script.shown_sentences(Path("companion/ui/view.py"), text + '\ntr("Five")') == {"Five"}


def test_what_is_collected_from_below_the_window() -> None:
    text = (
        '"""Doc. Of it."""\n_TAIL = "it goes on."\n_log.info("Not this one.")\n'
        'raise XError("code", f"{file.name} of {other.name} is gone.", hint=f"Wait; {_TAIL}")\n'
        'raise ValueError("Nor this one.")\nnote = "This is one."\nhint("no sentence")'
    )
    found = script.made_sentences(Path("companion/engine/x.py"), text)
    assert found == {"{name} of {name2} is gone.", "Wait; it goes on.", "This is one."}


def error_sites() -> Iterator[tuple[str, ast.Call]]:
    """Yield (module, call) of every error with a code that can reach the window."""
    for path in sorted(script.SOURCE.rglob("*.py")):
        if any(path.match(pattern) for pattern in script.COMMAND_LINE):
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            name = getattr(node.func, "id", "") if isinstance(node, ast.Call) else ""
            if isinstance(node, ast.Call) and name.endswith("Error") and len(node.args) == 2:
                yield str(path.relative_to(script.ROOT)), node


@pytest.mark.parametrize(("module", "call"), list(error_sites()), ids=lambda value: getattr(value, "lineno", value))
def test_every_error_has_its_sentence(module: str, call: ast.Call) -> None:
    code = ast.unparse(call.args[0])
    for written in [call.args[1], *(word.value for word in call.keywords if word.arg == "hint")]:
        if isinstance(written, ast.Constant) and written.value:
            assert written.value in MADE, f"{module}: {code}"
        elif isinstance(written, ast.JoinedStr):
            parts = [part.value for part in written.values if isinstance(part, ast.Constant)]
            assert any(all(str(part) in template for part in parts) for template in MADE), f"{module}: {code}"


# --- shown -----------------------------------------------------------------------------------------------------------


def test_the_window_speaks_french(french: None, qtbot: QtBot, theme: Theme, bridge: EngineBridge) -> None:
    window = MainWindow(bridge, theme)
    qtbot.addWidget(window)
    assert window.status.state.text() == "Préparation…"
    assert window.composer.field.placeholderText() == "Ou écrivez un message"
    assert strings.latency_words(1.44) == "1,4\u00a0s" or strings.latency_words(1.44) == "1,4 s"
    assert strings.listed(["un", "deux", "trois"]) == "un, deux et trois"


def test_so_do_qts_own_buttons(french: None, qtbot: QtBot) -> None:
    box = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
    qtbot.addWidget(box)
    assert box.buttons()[0].text() == "Annuler"


@pytest.mark.parametrize(
    ("error", "message", "hint"),
    [
        (
            ModelMissingError("m", "The voice's file joe.onnx is not there.", hint="Run: companion doctor"),
            "Le fichier joe.onnx de la voix n\u2019est pas là.",
            "Lancez\u00a0: ",
        ),
        (
            AudioDeviceError("microphone-lost", "The microphone was disconnected."),
            "Le micro a été débranché.",
            "Vérifiez qu\u2019il est branché, puis réessayez.",
        ),
        (
            SettingsError("s", "A.", hint="turn.x must be between 1 and 2.\nAnd 3 more: run “companion doctor”."),
            "A.",
            "turn.x doit être between 1 and 2.\nEt 3 de plus\u00a0: lancez «\u00a0",
        ),
        (
            CompanionError("c", ""),
            "Une erreur s\u2019est produite.",
            "Réessayez\u00a0; si cela persiste, lancez «\u00a0",
        ),
    ],
)
def test_errors_are_told_in_french_with_their_values(
    french: None, error: CompanionError, message: str, hint: str
) -> None:
    told, what_next = strings.error_sentences(error)
    assert told == message
    assert what_next.startswith(hint)


def test_a_sentence_nobody_knows_stays_as_it_is(french: None) -> None:
    assert known_sentence("Whatever {this} is.") == "Whatever {this} is."
    assert known_sentence("") == ""


def test_values_are_taken_out_whole() -> None:
    found = pattern_of("{path} cannot be (written): {error}.").fullmatch("a b.toml cannot be (written): no. room.")
    assert found is not None
    assert found.groupdict() == {"path": "a b.toml", "error": "no. room"}
    assert pattern_of("{a} and {a}").fullmatch("x and y") is None


@pytest.mark.parametrize(
    ("wanted", "preferred", "expected"),
    [
        ("", ["fr-CA", "en"], "fr"),
        ("", ["de-DE", "fr"], "fr"),
        ("", ["ja"], "en"),
        ("", [], "en"),
        ("en", ["fr"], "en"),
        ("fr", ["en"], "fr"),
        ("de", ["fr"], "en"),
    ],
)
def test_which_language_is_spoken(wanted: str, preferred: list[str], expected: str) -> None:
    assert translation.chosen_language(wanted, preferred) == expected


def test_every_template_finds_itself() -> None:
    for template in json.loads(script.TEMPLATES_FILE.read_text(encoding="utf-8")):
        assert pattern_of(template).fullmatch(re.sub(r"\{\w+\}", "x", template))
