"""What the program is made of: licences it may be made of, and nothing that runs what a file says."""

import ast
import importlib.metadata
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from scripts.audit import judged
from tests.unit.test_repository import ROOT, canonical, locked

COMPATIBLE = frozenset(
    {
        *("MIT", "MIT-0", "0BSD", "BSD-2-Clause", "BSD-3-Clause", "ISC", "Zlib", "CC0-1.0", "PSF-2.0"),
        *("Apache-2.0", "MPL-2.0", "LGPL-2.1-or-later", "LGPL-3.0-only", "GPL-3.0-only", "GPL-3.0-or-later"),
    }
)
"""Licences whose work may be part of one under GPL-3.0-or-later. Source: the FSF's list of licences, by SPDX name."""

SPDX = re.compile(r"\b[A-Z0-9][A-Za-z0-9]*(?:-[A-Za-z0-9.]+)*-(?:\d[\d.]*|Clause|only|or-later|0)\b|\b0BSD\b|\bMIT\b")

RUNS_WHAT_A_FILE_SAYS = frozenset(
    {"pickle", "cPickle", "_pickle", "dill", "cloudpickle", "joblib", "shelve", "marshal", "torch", "yaml"}
)


def credited() -> dict[str, str]:
    text = (ROOT / "THIRD_PARTY.md").read_text(encoding="utf-8")
    section = text.partition("## Python packages")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| ([a-z0-9][a-z0-9-]*) \| (\S.*) \|$", section, re.MULTILINE)
    return {canonical(name): licence for name, licence in rows}


def compatible(licence: str) -> bool:
    """Whether one of the ways a work may be used fits, and everything that it carries does."""
    own, _, carried = licence.partition(";")
    ways = [set(way.strip().split(" AND ")) for way in own.split(" OR ")]
    return any(way <= COMPATIBLE for way in ways) and set(SPDX.findall(carried)) <= COMPATIBLE


@pytest.mark.parametrize(("name", "licence"), sorted(credited().items()))
def test_every_package_may_be_part_of_a_work_under_the_gpl(name: str, licence: str) -> None:
    assert compatible(licence), f"{name} is under {licence}"


@pytest.mark.parametrize(
    ("licence", "fits"),
    [
        ("MIT", True),
        ("GPL-2.0-only", False),
        ("LGPL-3.0-only OR GPL-2.0-only", True),
        ("MIT AND GPL-2.0-only", False),
        ("MIT; carries x, LGPL-2.1-or-later", True),
        ("MIT; carries x, SSPL-1.0", False),
        ("Proprietary", False),
    ],
)
def test_the_rule_tells_licences_apart(licence: str, fits: bool) -> None:
    assert compatible(licence) is fits


def test_every_installed_package_that_the_program_needs_has_its_row() -> None:
    """What pip was told to install could differ from what the packages here say they need."""
    markers = pytest.importorskip("packaging.requirements")
    wanted = {re.split(r"[^\w.-]", line)[0] for line in _declared()}
    seen: set[str] = set()
    while wanted:
        name = canonical(wanted.pop())
        if name in seen:
            continue
        try:
            needs = importlib.metadata.requires(name) or []
        except importlib.metadata.PackageNotFoundError:
            continue  # of another system
        seen.add(name)
        for need in map(markers.Requirement, needs):
            if need.marker is None or need.marker.evaluate({"extra": ""}):
                wanted.add(need.name)
    assert len(seen) > 20
    assert seen <= credited().keys()
    assert seen <= locked("run.txt").keys()


def _declared() -> list[str]:
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    return re.findall(r'^    "([^"]+)",', text.partition("dependencies = [")[2].partition("\n]")[0], re.MULTILINE)


@pytest.mark.parametrize("path", sorted((ROOT / "companion").rglob("*.py")), ids=lambda path: path.stem)
def test_no_module_of_ours_runs_what_a_file_says(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            assert not {alias.name.partition(".")[0] for alias in node.names} & RUNS_WHAT_A_FILE_SAYS
        elif isinstance(node, ast.ImportFrom):
            assert (node.module or "").partition(".")[0] not in RUNS_WHAT_A_FILE_SAYS
        elif isinstance(node, ast.Call):
            assert not (isinstance(node.func, ast.Name) and node.func.id in ("eval", "exec", "__import__"))
            assert "allow_pickle" not in {keyword.arg for keyword in node.keywords}
            assert not any(keyword.arg == "shell" for keyword in node.keywords)


WATCHED = """
import sys
found = []
sys.addaudithook(lambda event, args: found.append(event) if event == "pickle.find_class" else None)
from companion.cli import main
code = main(["ask", {question!r}])
print("AFTER", code, len(found), "torch" in sys.modules)
"""


@pytest.mark.models
def test_no_library_unpickles_anything_in_a_turn() -> None:
    question = str(ROOT / "companion/resources/questions/google_brooklyn_bridge.flac")
    done = subprocess.run(
        [sys.executable, "-c", WATCHED.format(question=question)],
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert done.stdout.splitlines()[-1] == "AFTER 0 0 False"


@pytest.mark.parametrize(
    ("packages", "code", "said"),
    [
        ([{"name": "a", "version": "1", "vulns": []}], 0, "No known vulnerability in 1"),
        ([{"name": "a", "skip_reason": "?"}], 0, "Skipped"),
        ([{"name": "a", "version": "1", "vulns": []}, {"name": "b", "skip_reason": "?"}], 0, "Not looked up: b"),
        ([{"name": "a", "version": "1", "vulns": [{"id": "CVE-1", "fix_versions": ["2"]}]}], 1, "CVE-1, mended in 2"),
    ],
)
def test_an_audit_that_saw_nothing_is_no_clean_bill(packages: list[dict[str, object]], code: int, said: str) -> None:
    found, lines = judged({"dependencies": packages})
    assert found == code
    assert said in lines[0]
