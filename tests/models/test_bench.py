"""`companion bench`, whole: real models, a few questions in real time, the page and the figures."""

import json
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from companion.report.previous import read_previous

pytestmark = pytest.mark.models


def bench(tmp_path: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "companion", "bench", "--silent", *arguments],
        env={"COMPANION_HOME": str(tmp_path / "home"), "PATH": "", **environment},
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )


def test_a_run_is_measured_listed_and_kept_for_the_next(models_dir: Path, tmp_path: Path) -> None:
    report, figures = tmp_path / "report.html", tmp_path / "figures.json"
    done = bench(tmp_path, "--turns", "2", "--report", str(report), "--json", str(figures))
    assert done.returncode in (0, 1), done.stderr  # 1: too slow here for the promise, which is not asked of a test
    (line,) = done.stderr.splitlines()
    assert line.startswith("Measured without the window"), "there is no display"

    found = json.loads(figures.read_text(encoding="utf-8"))
    assert found["turns"] == 2
    assert found["lost"] == 0
    assert not found["window"], "no display"
    assert {"version", "machine", "sound_device", "stages", "rows", "ready_s", "first_s"} <= found.keys()
    first, second = found["rows"]
    assert "brooklyn bridge" in first["heard"].lower()
    assert first["first_of_session"]
    assert first["reply"]
    assert first["speech_s"] > 0, "heard to its end"
    assert second["stop_s"] is not None, "cut by a press of the key"
    assert 0 <= second["stop_s"] < 5
    assert found["connectivity"]["sockets"]["network"] in (0, None)
    assert found["connectivity"]["forbidden"]
    assert [model["role"] for model in found["models"]].count("llm") == 1
    assert set(found["aspects"]) == {"quality", "latency", "streaming", "humanity", "connectivity"}

    page = report.read_text(encoding="utf-8")
    kept = read_previous(page)
    assert kept is not None
    assert kept.turns == 2
    assert kept.figures["latency.first"] == pytest.approx(found["first_s"], abs=1e-5)
    assert first["question"] in page
    assert second["question"] in page
    for path in (report, figures):
        if sys.platform != "win32":
            assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [line.split()[0] for line in done.stdout.splitlines()[-6:]] == [
        "Quality", "Latency", "Streaming", "Humanity", "Connectivity", "Report:",
    ]  # fmt: skip

    again = bench(tmp_path, "--turns", "1", "--report", str(report), QT_QPA_PLATFORM="offscreen")
    assert again.returncode in (0, 1), again.stderr
    assert "beside the window" in again.stdout
    page = report.read_text(encoding="utf-8")
    assert "Against the report before" in page
    assert "Only one of the two was made beside the window" in page


def test_a_page_of_somebody_else_is_not_overwritten(tmp_path: Path) -> None:
    page = tmp_path / "thesis.html"
    page.write_text("<html>years of work</html>")
    done = bench(tmp_path, "--turns", "1", "--report", str(page))
    assert done.returncode == 2
    assert "is not overwritten. Choose another name." in done.stderr
    assert page.read_text() == "<html>years of work</html>"


def test_more_questions_than_there_are_need_more_recordings(tmp_path: Path) -> None:
    done = bench(tmp_path, "--turns", "99")
    assert done.returncode == 2
    assert "There are 31 different questions." in done.stderr
    assert "--speech" in done.stderr
