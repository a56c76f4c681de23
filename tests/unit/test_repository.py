"""Rules that hold for the repository as a whole."""

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MODULES = sorted(path for folder in ("companion", "scripts", "tests") for path in (ROOT / folder).rglob("*.py"))
LONGEST_MODULE = 400
ARGUED = {
    "tests/contract/test_audio.py": "one suite for both devices, run on every implementation",
}

# Built up here so that this file does not break its own rules.
SLEEPS = re.compile(r"\btime\.sleep\(|\bqtbot\.wait\(")
REGISTRIES = re.compile(r"pypi\.org|pythonhosted\.org|npmjs\.|deb\.debian\.org|/simp[l]e/")
MACHINE_PATHS = re.compile(r"(?<![\w.~}-])/(?:work|root|home/[a-z]+|Users/[a-z]+)/")


def text_files() -> Iterator[Path]:
    """Yield every file of ours that a person might write a path or an address into."""
    kinds = {".py", ".md", ".toml", ".txt", ".in", ".sh", ".tsv", ""}
    yield from (path for path in ROOT.iterdir() if path.is_file() and path.suffix in kinds)
    yield ROOT / ".ci" / "run"
    for folder in ("companion", "docs", "requirements", "scripts", "tests"):
        yield from (path for path in (ROOT / folder).rglob("*") if path.is_file() and path.suffix in kinds - {""})
    yield from (path for path in (ROOT / "models").iterdir() if path.is_file() and path.suffix in kinds)


def offences(pattern: re.Pattern[str], paths: Iterator[Path] | list[Path]) -> list[str]:
    return [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()}"
        for path in paths
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if pattern.search(line)
    ]


def test_no_test_waits_on_the_clock() -> None:
    assert offences(SLEEPS, [path for path in MODULES if ROOT / "tests" in path.parents]) == []


def test_no_file_names_a_package_registry() -> None:
    assert offences(REGISTRIES, [path for path in text_files() if path.name != "LICENSE"]) == []


def test_no_file_names_a_folder_of_one_machine() -> None:
    assert offences(MACHINE_PATHS, text_files()) == []


@pytest.mark.parametrize(
    ("pattern", "line"),
    [
        (SLEEPS, "    time." + "sleep(1)"),
        (SLEEPS, "qtbot." + "wait(10)"),
        (REGISTRIES, "--index-url https://py" + "pi.org/simple"),
        (MACHINE_PATHS, "open('/ro" + "ot/notes')"),
        (MACHINE_PATHS, "cd /ho" + "me/me/companion"),
    ],
)
def test_the_rules_would_see_an_offence(pattern: re.Pattern[str], line: str) -> None:
    assert pattern.search(line)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_module_says_what_it_is_and_stays_readable(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    if text.strip():
        assert ast.get_docstring(ast.parse(text)), "a module begins with a docstring: what it owns, on which thread"
    if str(path.relative_to(ROOT)) not in ARGUED:
        assert len(text.splitlines()) <= LONGEST_MODULE


# --- dependencies ----------------------------------------------------------------------------------------------------


def canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def locked(file: str) -> dict[str, str]:
    """Return name and version of every package in a lock file; those for web browsers left out."""
    text = (ROOT / "requirements" / file).read_text(encoding="utf-8")
    pinned = re.findall(r"^([a-z0-9][a-z0-9._-]*)==(\S+)(.*)$", text, re.MULTILINE)
    return {canonical(name): version for name, version, rest in pinned if "== 'emscripten'" not in rest}


def test_every_package_of_the_product_is_credited_with_its_licence() -> None:
    text = (ROOT / "THIRD_PARTY.md").read_text(encoding="utf-8")
    section = text.partition("## Python packages")[2].partition("\n## ")[0]
    credited = {
        canonical(name): licence
        for name, licence in re.findall(r"^\| ([a-z0-9][a-z0-9-]*) \| (\S.*) \|$", section, re.MULTILINE)
    }

    assert credited.keys() == locked("run.txt").keys()


def test_the_lock_files_cover_what_pyproject_declares() -> None:
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    run = {canonical(re.split(r"[^\w.-]", line)[0]) for line in declared["project"]["dependencies"]}
    dev = {canonical(re.split(r"[^\w.-]", line)[0]) for line in declared["dependency-groups"]["dev"]}

    assert run <= locked("run.txt").keys()
    assert run | dev <= locked("dev.txt").keys()
    assert locked("run.txt").items() <= locked("dev.txt").items()


@pytest.mark.parametrize("file", sorted((ROOT / "requirements").glob("*.txt")), ids=lambda path: path.name)
def test_every_pin_has_a_hash_and_no_index_is_named(file: Path) -> None:
    entries = re.split(r"(?<!\\)\n", file.read_text(encoding="utf-8").strip())

    assert [entry for entry in entries if "==" not in entry or "--hash=sha256:" not in entry] == []


# --- recordings ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("folder", ["tests/speech", "companion/resources/questions"])
def test_every_recording_is_in_its_manifest_and_credited(folder: str) -> None:
    header, *lines = (ROOT / folder / "manifest.tsv").read_text(encoding="utf-8").splitlines()
    files = {line.split("\t")[0] for line in lines}
    credits = (ROOT / "THIRD_PARTY.md").read_text(encoding="utf-8").partition("## Recordings")[2]

    assert header.startswith("file\t")
    assert files == {path.name for path in (ROOT / folder).glob("*.flac")}
    for name in files:
        stem = name.removesuffix(".flac")
        assert f"`{stem}`" in credits or f"`{stem.split('_')[0]}_*`" in credits, f"{name} is not in THIRD_PARTY.md"
