"""Collects the sentences of the window and brings the translations up to date.

    python -m scripts.translations           # after a change of words: update, compile, list what is missing
    python -m scripts.translations --check   # change nothing; exit 1 if something is missing or out of date

What is collected: the constants in the modules of words (`*strings.py`, `*_words.py`), literals given to `tr`, and the
sentences that are made below the window with values in them (ADR 0101): those become engine_sentences.json, too.
Translations are written by hand in the .ts files, as Qt Linguist does; `pyside6-lrelease` makes the .qm from them.
Qt's own `lupdate` reads only literals inside calls, not constants, nor f-strings.
"""

import argparse
import ast
import json
import re
import subprocess
import sys
import tomllib
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "companion"
FOLDER = SOURCE / "resources" / "translations"
TEMPLATES_FILE = FOLDER / "engine_sentences.json"
CONTEXT = "companion"

WORD_MODULES = ("*strings.py", "*_words.py")
COMMAND_LINE = (
    "__main__.py",
    "ask.py",
    "bench*.py",
    "cli*.py",
    "doctor*.py",
    "headless.py",
    "log.py",
    "machine.py",
    "recording.py",
    "problem_report.py",
    "report/*.py",
    "speaker_tap.py",
)
"""What only a terminal or a report shows, which speak English."""

NOT_SHOWN = frozenset(
    {"ValueError", "TypeError", "RuntimeError", "KeyError", "TemplateError", "ArgumentParser", "add_argument", "tr"}
)
"""Calls whose words are not made to be shown: programming errors, the command line; or are collected already."""

_SENTENCE = re.compile(r"(?=.*[a-z]{2})(Run: .+|[A-Z“\"{].*\s.*[.!?:”])", re.DOTALL)
_NO_SENTENCE = re.compile(r"(SELECT|INSERT|UPDATE|DELETE|CREATE|PRAGMA|Comment=).*|[a-z0-9]+(-[a-z0-9]+)+", re.DOTALL)
"""Queries, lines of other programs' files, and the names of files."""
_NAME = re.compile(r"\{(\w+)\}")
_LETTERS = re.compile(r"[^\W\d_]{2}")
_NOT_WORDS = frozenset({"DEFAULT_PROMPTS", "DEFAULT_SYSTEM_PROMPT", "_TASK", "_WARM_LONG", "_CODE_NOTICE"})
"""Constants that are not shown: what the language model is told, what the voice says."""


def is_module_of_words(path: Path) -> bool:
    """Whether all constants of a module are shown."""
    return any(path.match(pattern) for pattern in WORD_MODULES) and not any(path.match(p) for p in COMMAND_LINE)


def shown_sentences(path: Path, text: str) -> set[str]:
    """Return what a module gives to `tr`: its constants if it is one of words, and literals inside the call."""
    tree = ast.parse(text)
    found = {
        node.args[0].value
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and getattr(node.func, "id", getattr(node.func, "attr", "")) == "tr"
        and node.args
        and isinstance(node.args[0], ast.Constant)
        and isinstance(node.args[0].value, str)
    }
    if is_module_of_words(path):
        for statement in tree.body:
            if isinstance(statement, ast.Assign | ast.AnnAssign) and statement.value is not None:
                found |= {words for words in _constants(statement.value) if is_words(words)}
    return found


def is_words(text: str) -> bool:
    """Whether a text is something to read."""
    return bool(_LETTERS.search(_NAME.sub("", text))) and not _NO_SENTENCE.fullmatch(text)


def _constants(node: ast.expr) -> Iterator[str]:
    """Yield the strings of a value; the keys of dictionaries are no words."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.Dict):
        for value in node.values:
            yield from _constants(value)
    elif isinstance(node, ast.Tuple | ast.List | ast.Set):
        for value in node.elts:
            yield from _constants(value)


class _Sentences(ast.NodeVisitor):
    """Collects the templates of sentences made in a module that is none of words."""

    def __init__(self, tree: ast.Module) -> None:
        self.found: set[str] = set()
        self._certain: set[int] = set()
        """What an error or a hint is made of is shown, whether it looks like a sentence or not."""
        self._values = {
            target.id: statement.value.value
            for statement in tree.body
            if isinstance(statement, ast.Assign | ast.AnnAssign)
            and isinstance(statement.value, ast.Constant)
            and isinstance(statement.value.value, str)
            for target in (statement.targets if isinstance(statement, ast.Assign) else [statement.target])
            if isinstance(target, ast.Name)
        }

    def visit_Expr(self, node: ast.Expr) -> None:
        """Docstrings are no sentences of the program."""
        if not isinstance(node.value, ast.Constant):
            self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> None:
        """Neither is what goes to the log, nor the words of a programming error."""
        name = getattr(node.func, "id", getattr(node.func, "attr", ""))
        owner = getattr(getattr(node.func, "value", None), "id", "")
        if name in NOT_SHOWN or owner in ("_log", "_logger"):
            return
        certain, self._certain = (
            self._certain,
            self._certain | {id(word.value) for word in node.keywords if word.arg == "hint"},
        )
        if name.endswith("Error"):
            self._certain |= {id(argument) for argument in node.args[1:2]}
        self.generic_visit(node)
        self._certain = certain

    def visit_Assign(self, node: ast.Assign) -> None:
        """Nor what is for others than people."""
        if getattr(node.targets[0], "id", "") not in _NOT_WORDS:
            self.generic_visit(node)

    def visit_Constant(self, node: ast.Constant) -> None:
        """A sentence without values."""
        if isinstance(node.value, str):
            self._keep(node, node.value)

    def visit_JoinedStr(self, node: ast.JoinedStr) -> None:
        """A sentence with values: each gets the name it has in the source."""
        taken: dict[str, str] = {}
        self._keep(node, "".join(self._part(part, taken) for part in node.values))

    def _part(self, part: ast.expr, taken: dict[str, str]) -> str:
        if isinstance(part, ast.Constant):
            return str(part.value)
        assert isinstance(part, ast.FormattedValue)
        code = ast.unparse(part.value)
        if code in self._values:
            return self._values[code]
        if code not in taken:
            words = re.findall(r"[A-Za-z]\w*", re.sub(r"'[^']*'|__", " ", code)) or ["value"]
            name, number = words[-1].lower(), 2
            while name in taken.values():
                name, number = f"{words[-1].lower()}{number}", number + 1
            taken[code] = name
        return f"{{{taken[code]}}}"

    def _keep(self, node: ast.expr, template: str) -> None:
        is_sentence = id(node) in self._certain or _SENTENCE.fullmatch(template)
        if is_sentence and is_words(template):
            self.found.add(template)


def made_sentences(path: Path, text: str) -> set[str]:
    """Return the templates of the sentences that a module makes, with {names}; nothing for those of words."""
    if is_module_of_words(path) or any(path.match(pattern) for pattern in COMMAND_LINE):
        return set()
    tree = ast.parse(text)
    visitor = _Sentences(tree)
    visitor.visit(tree)
    return visitor.found


def collect() -> tuple[set[str], set[str]]:
    """Return (what is given to `tr`, what is made below the window) of the whole program."""
    shown, made = set[str](), set[str]()
    for path in sorted(SOURCE.rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        shown |= shown_sentences(path, text)
        made |= made_sentences(path, text)
    manifest = tomllib.loads((ROOT / "models" / "manifest.toml").read_text(encoding="utf-8"))
    return shown | {entry["title"] for entry in manifest["set"]}, made


def read_ts(path: Path) -> dict[str, str]:
    """Return the finished translations of a file."""
    found = {}
    for message in ET.parse(path).iter("message"):
        translation = message.find("translation")
        if translation is not None and translation.text and not translation.get("type"):
            found[message.findtext("source", "")] = translation.text
    return found


def write_ts(path: Path, sources: set[str], done: dict[str, str]) -> None:
    """Write a file with every source, in the order of the alphabet so that branches merge."""
    language = path.stem.removeprefix("companion_")
    root = ET.Element("TS", version="2.1", language=language, sourcelanguage="en")
    context = ET.SubElement(root, "context")
    ET.SubElement(context, "name").text = CONTEXT
    for source in sorted(sources):
        message = ET.SubElement(context, "message")
        ET.SubElement(message, "source").text = source
        translation = ET.SubElement(message, "translation")
        translation.text = done.get(source, "")
        if not translation.text:
            translation.set("type", "unfinished")
    ET.indent(root, "    ")
    text = ET.tostring(root, encoding="unicode", short_empty_elements=False)
    path.write_text(f'<?xml version="1.0" encoding="utf-8"?>\n<!DOCTYPE TS>\n{text}\n', encoding="utf-8")


def templates_text(made: set[str]) -> str:
    """Return what belongs in `TEMPLATES_FILE`."""
    return json.dumps(sorted(made), ensure_ascii=False, indent=1) + "\n"


def names(text: str) -> list[str]:
    """Return the {names} of a sentence, sorted."""
    return sorted(_NAME.findall(text))


def faults(sources: set[str], done: dict[str, str]) -> list[str]:
    """Return a line for each source without a translation, and for each whose values differ."""
    missing = [f"missing: {source!r}" for source in sorted(sources) if source not in done]
    other = [f"other values: {s!r} -> {done[s]!r}" for s in sorted(sources & done.keys()) if names(s) != names(done[s])]
    return missing + other


def main() -> int:
    """Update, compile and list; or only check."""
    parser = argparse.ArgumentParser(description="Bring the translations up to date.")
    parser.add_argument("--check", action="store_true", help="change nothing; exit 1 if something is out of date")
    options = parser.parse_args()
    shown, made = collect()
    sources = shown | made
    problems = []
    if options.check:
        if TEMPLATES_FILE.read_text(encoding="utf-8") != templates_text(made):
            problems.append(f"out of date: {TEMPLATES_FILE.name}")
    else:
        TEMPLATES_FILE.write_text(templates_text(made), encoding="utf-8")
    for path in sorted(FOLDER.glob("companion_*.ts")):
        done = read_ts(path)
        if not options.check:
            for gone in sorted(done.keys() - sources):
                print(f"{path.name}: no longer used: {gone!r} -> {done[gone]!r}")
            write_ts(path, sources, done)
            release = Path(sys.executable).with_name("pyside6-lrelease")
            subprocess.run([str(release), "-silent", str(path), "-qm", str(path.with_suffix(".qm"))], check=True)
        problems += [f"{path.name}: {fault}" for fault in faults(sources, done)]
    print("\n".join(problems) or f"All {len(sources)} sentences are translated.")
    return 1 if problems else 0


if __name__ == "__main__":
    raise SystemExit(main())
