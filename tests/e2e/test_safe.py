"""The whole program, window and real turn, where there is no network at all, with every socket it makes written down.

One run serves all tests: what it asked the kernel for, what it left on disk, and what a problem report tells of it.
"""

import re
import shutil
import sqlite3
import stat
import subprocess
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

import pytest

from companion.history.schema import FILE_NAME as HISTORY_FILE
from companion.history.store import HistoryStore
from companion.machine import SocketCount, open_sockets
from companion.settings import PersonaSettings, Settings, save_settings
from tests.e2e.program import Program, audible, speak
from tests.e2e.virtual_desktop import VirtualDesktop, sound_card_missing, wait_until
from tests.e2e.virtual_sound import Recorder
from tests.history.talks import whole
from tests.recordings import Recordings
from tests.unit.test_problem_report import PERSONA, PROMPT, TITLE, assert_nothing_said, read

IMPORTED = ("Where did the walrus bury the periwinkle umbrella?", "Beneath the gazebo, near the rutabagas.")
UNUSUAL = (
    *("walrus", "periwinkle", "umbrella", "gazebo", "rutabagas", "wilhelmina", "whatnots"),
    *("curmudgeonly", "fuerteventura", "gherkins", "bartholomew"),
)


def _namespace_missing() -> str | None:
    """Return why no program can be run here without a network and with its sockets written down."""
    for tool in ("unshare", "strace", "xdotool"):
        if shutil.which(tool) is None:
            return f"no {tool}: apt-get install util-linux strace xdotool"
    tried = subprocess.run([*WITHOUT_NETWORK, *traced(Path("/dev/null")), "true"], capture_output=True, check=False)
    return None if tried.returncode == 0 else "this system allows no network namespaces, or no tracing"


WITHOUT_NETWORK = ("unshare", "--net", "--map-root-user")


def traced(log: Path) -> list[str]:
    """Return what writes every socket that a program makes, connects or binds to `log`, and becomes that program."""
    return ["strace", "-D", "-f", "--seccomp-bpf", "-qq", "-e", "trace=socket,connect,bind,socketpair", "-o", str(log)]


OF_THE_DESKTOP = (".config/pulse/", ".cache/fontconfig/", ".cache/mesa_shader_cache", ".cache/qt")
"""What sound server, fonts and graphics keep for every program."""

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.models,
    pytest.mark.skipif(sound_card_missing() is not None, reason=str(sound_card_missing())),
    pytest.mark.skipif((why := _namespace_missing()) is not None, reason=str(why)),
]


@dataclass(frozen=True, kw_only=True)
class Life:
    """What one run of the program left."""

    home: Path
    runtime: Path
    calls: str
    """What it asked the kernel for, a line each."""
    interfaces: str
    """The network devices it could see."""
    sockets: SocketCount | None
    """Of the kernel, while it answered."""
    heard_after_s: float
    said: tuple[str, ...]
    """Transcript and reply."""
    report: dict[str, str]
    code: int


@pytest.fixture(scope="module")
def life(recordings: Recordings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Life]:
    folder = tmp_path_factory.mktemp("life")
    with VirtualDesktop() as desktop, desktop.listen() as speaker:
        home, runtime = Path(desktop.env["HOME"]), Path(desktop.env["XDG_RUNTIME_DIR"])
        for name in [name for name in desktop.env if name.startswith("XDG_") and name != "XDG_RUNTIME_DIR"]:
            del desktop.env[name]
        config, data = home / ".config" / "companion", home / ".local" / "share" / "companion"
        persona = PersonaSettings(name=PERSONA, system_prompt=PROMPT)
        for path in (config, data):
            path.mkdir(mode=0o700, parents=True)
        save_settings(config / "settings.toml", Settings(personas=(persona,)))
        store = HistoryStore(data / HISTORY_FILE)
        store.insert(whole(TITLE, *IMPORTED))
        store.close()
        log = folder / "calls"
        running = Program(desktop, within=[*WITHOUT_NETWORK, *traced(log)])
        try:
            running.wait_for_line("ready in")
            begun_s = monotonic()
            heard_s = _asked(desktop, speaker, recordings)
            process = Path("/proc") / str(running.process.pid)
            sockets = open_sockets(process)
            interfaces = (process / "net" / "dev").read_text()
            wait_until(lambda: len(_last_turn(data / HISTORY_FILE)) >= 2, 60, "the turn is kept")
            archive = folder / "report.zip"
            made = running.command("report", str(archive))
            assert made.returncode == 0, made.stderr
            said = _last_turn(data / HISTORY_FILE)
            code = running.end()
        finally:
            running.kill()
        yield Life(
            home=home,
            runtime=runtime,
            calls=log.read_text(),
            interfaces=interfaces,
            sockets=sockets,
            heard_after_s=heard_s - begun_s,
            said=said,
            report=read(archive) | {"printed": made.stdout},
            code=code,
        )


def _asked(desktop: VirtualDesktop, speaker: Recorder, recordings: Recordings) -> float:
    """Ask until there is an answer, and return when it was heard: a machine that is very busy may miss a question."""
    question = recordings["google_brooklyn_bridge"]
    for patience_s in (20.0, 20.0, 30.0):
        begun_s = monotonic()
        speak(desktop, question.samples, question.voiced_end_s)
        with suppress(TimeoutError):
            return audible(speaker, begun_s, patience_s)
    raise TimeoutError("no answer to three questions")


def _last_turn(file: Path) -> tuple[str, ...]:
    """Return transcript and reply, as far as they are kept for good."""
    with closing(sqlite3.connect(f"{file.as_uri()}?mode=ro", uri=True)) as connection:
        query = "SELECT text FROM messages WHERE conversation = (SELECT max(id) FROM conversations) "
        rows = connection.execute(f"{query} AND conversation > 1 AND state <> 'in flight' ORDER BY number").fetchall()
    return tuple(text for (text,) in rows)


def test_a_spoken_question_is_answered_aloud_where_there_is_no_network(life: Life) -> None:
    devices = re.findall(r"^\s*(\S+):", life.interfaces, re.MULTILINE)
    assert devices == ["lo"]
    assert life.heard_after_s > 0
    assert len(life.said[0].split()) > 3
    assert life.code == 0


def test_it_asked_the_kernel_for_local_sockets_alone(life: Life) -> None:
    made = re.findall(r"\bsocket\((\w+),", life.calls)
    assert "AF_UNIX" in made, "the trace has written nothing"
    assert set(made) <= {"AF_UNIX", "AF_NETLINK"}
    assert set(re.findall(r"sa_family=(\w+)", life.calls)) <= {"AF_UNIX", "AF_NETLINK"}
    assert life.sockets is not None
    assert (life.sockets.network, life.sockets.loopback) == (0, 0)
    assert life.sockets.local > 0


def test_the_trace_would_show_a_network(tmp_path: Path) -> None:
    log = tmp_path / "calls"
    program = "import socket\ntry: socket.create_connection(('192.0.2.1', 9), 1)\nexcept OSError: pass"
    subprocess.run([*WITHOUT_NETWORK, *traced(log), "python3", "-c", program], check=True, timeout=30)
    wait_until(lambda: "sa_family=AF_INET" in log.read_text(), 10, "the trace is written")


def test_everything_it_wrote_is_for_the_user_alone(life: Life) -> None:
    own = [path for root in (life.home, life.runtime) for path in root.rglob("*") if "companion" in path.parts]
    assert {"settings.toml", HISTORY_FILE, "companion.log", "latency.jsonl"} <= {path.name for path in own}
    modes = {str(path): oct(stat.S_IMODE(path.lstat().st_mode)) for path in own if path.lstat().st_mode & 0o077}
    assert modes == {}


def test_it_leaves_nothing_outside_of_its_own_folders(life: Life) -> None:
    others = {
        str(path.relative_to(life.home))
        for path in life.home.rglob("*")
        if path.is_file() and "companion" not in path.parts
    }
    assert {name for name in others if not name.startswith(OF_THE_DESKTOP)} == set()


def test_what_was_said_lies_in_the_conversations_and_nowhere_else(life: Life) -> None:
    begins = [text.casefold()[:20] for text in life.said]
    holding = {
        path.name
        for path in life.home.rglob("*")
        if path.is_file() and any(part in path.read_bytes().decode("utf-8", "replace").casefold() for part in begins)
    }
    assert holding <= {HISTORY_FILE, f"{HISTORY_FILE}-wal", f"{HISTORY_FILE}-shm"}
    assert holding


def test_a_problem_report_of_a_day_in_use_has_no_word_of_it(life: Life) -> None:
    assert_nothing_said(life.report, (*life.said, *IMPORTED, PROMPT, TITLE, PERSONA), (*UNUSUAL, "brooklyn"))
    assert "Companion is running" in life.report["doctor.txt"]
    assert "turn 1 " in life.report["log/companion.log"]
    assert str(life.home) not in "".join(life.report.values())
