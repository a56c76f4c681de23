"""What every test gets, asked or not: an empty home, no network, no stray log record, no thread left behind.

Fixtures for tests to ask for: `expect_log`, `models_dir` and its parts, `recordings`. Markers: `loopback` lets a test
use 127.0.0.1; `gui` is set on every test that uses Qt.
"""

import faulthandler
import logging
import os
import re
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from time import monotonic

import pytest

from companion.engine.threads import prepare_environment

prepare_environment()  # as the program does: before anything imports NumPy or a native library

import tests.cases  # noqa: E402, F401 - registers its profile
from tests.recordings import Recordings  # noqa: E402

REPOSITORY = Path(__file__).resolve().parent.parent

THREAD_END_S = 3.0
"""How long a thread may take to end after its test."""

READER_BYTES = 2 << 30
"""What a test of a reader may take at most."""

# Threads that libraries start once and keep for the life of the process.
_LIBRARY_THREADS = re.compile(r"tqdm_monitor|pytest_timeout .*")

_NETWORK_EVENTS = frozenset({"socket.connect", "socket.bind", "socket.sendto", "socket.sendmsg"})
_NAME_EVENTS = frozenset({"socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr", "socket.getnameinfo"})
_LOOPBACK = re.compile(r"127\.\d+\.\d+\.\d+|::1|localhost|")

os.environ["QT_QPA_PLATFORM"] = "offscreen"  # read when the first QApplication is made, which outlives its test


# --- network ---------------------------------------------------------------------------------------------------------


class _NetworkGuard:
    """Refuses what leaves this machine, and what stays on it too unless the running test is marked `loopback`."""

    def __init__(self) -> None:
        self.loopback = False

    def __call__(self, event: str, args: tuple[object, ...]) -> None:
        if event in _NETWORK_EVENTS:
            family = getattr(args[0], "family", None)
            address = args[1]
            if not isinstance(address, tuple) or getattr(family, "name", "") == "AF_UNIX":
                return
            host = address[0]
        elif event in _NAME_EVENTS:
            host = args[0]
        else:
            return
        if not (self.loopback and _is_loopback(host)):
            raise PermissionError(f"a test may not use the network ({event} {host}); see the marker `loopback`")


def _is_loopback(host: object) -> bool:
    if isinstance(host, tuple):
        host = host[0]
    if isinstance(host, bytes):
        host = host.decode()
    return host is None or (isinstance(host, str) and _LOOPBACK.fullmatch(host) is not None)


_network = _NetworkGuard()
sys.addaudithook(_network)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    """Open the loopback for a marked test, its fixtures included."""
    _network.loopback = item.get_closest_marker("loopback") is not None
    try:
        return (yield)
    finally:
        _network.loopback = False


# --- collection ------------------------------------------------------------------------------------------------------


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what uses Qt, so that `-m "not gui"` runs where no Qt can."""
    for item in items:
        if isinstance(item, pytest.Function) and {"qtbot", "qapp"} & set(item.fixturenames):
            item.add_marker(pytest.mark.gui)


# --- surroundings ----------------------------------------------------------------------------------------------------


@pytest.fixture(autouse=True)
def _own_home(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Give the test an empty home, and no say of the developer's own settings."""
    home = tmp_path / "home"
    home.mkdir()
    runtime = tmp_path / "run"
    runtime.mkdir(mode=0o700)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("USERPROFILE", str(home))
    for name, folder in {
        "XDG_CONFIG_HOME": ".config",
        "XDG_DATA_HOME": ".local/share",
        "XDG_STATE_HOME": ".local/state",
        "XDG_CACHE_HOME": ".cache",
    }.items():
        monkeypatch.setenv(name, str(home / folder))
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(runtime))
    for name in ("COMPANION_HOME", "COMPANION_MODELS", "HF_ENDPOINT", "HF_HUB_OFFLINE"):
        monkeypatch.delenv(name, raising=False)
    if request.node.get_closest_marker("e2e"):
        monkeypatch.delenv("QT_QPA_PLATFORM")


@pytest.fixture(autouse=True)
def _process_left_as_it_was(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Keep code under test that prepares a whole process from preparing this one for good."""
    import companion.log
    import companion.offline

    monkeypatch.setattr(companion.offline, "_guard", companion.offline._Guard())
    monkeypatch.setattr(sys, "addaudithook", lambda hook: None)
    monkeypatch.setattr(faulthandler, "enable", lambda *args, **kwargs: None)
    monkeypatch.setattr(faulthandler, "disable", lambda: None)
    environment = dict(os.environ)
    yield
    companion.log.tear_down_logging()
    os.environ.clear()
    os.environ.update(environment)


# --- threads ---------------------------------------------------------------------------------------------------------


@pytest.fixture(autouse=True)
def _no_leaked_threads() -> Iterator[None]:
    """Fail a test that leaves a thread running."""
    before = set(threading.enumerate())
    yield
    deadline_s = monotonic() + THREAD_END_S
    leaked = []
    for thread in set(threading.enumerate()) - before:
        # A dummy stands for a native thread that called Python once (PortAudio, Qt); it has no end to wait for.
        if isinstance(thread, threading._DummyThread) or _LIBRARY_THREADS.fullmatch(thread.name):
            continue
        thread.join(max(0.0, deadline_s - monotonic()))
        if thread.is_alive():
            leaked.append(thread.name)
    if leaked:
        pytest.fail(f"threads left running: {', '.join(sorted(leaked))}", pytrace=False)


# --- memory ----------------------------------------------------------------------------------------------------------


@pytest.fixture(autouse=True)
def _bounded_memory(request: pytest.FixtureRequest) -> Iterator[None]:
    """Let a reader that never ends fail its test, and not fill the machine."""
    if sys.platform != "linux" or not request.node.get_closest_marker("reader"):
        yield
        return
    import resource

    used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    before = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (used + READER_BYTES, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, before)


# --- logs ------------------------------------------------------------------------------------------------------------

ExpectLog = Callable[[str], None]


class _LogWatch(logging.Handler):
    """Collects what was logged at WARNING or above, and knows what the test expects of it."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.lines: list[str] = []
        self.expected: list[re.Pattern[str]] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(f"{record.name} {record.levelname}: {record.getMessage()}")

    def problems(self) -> list[str]:
        """Return a line for each record nobody expected and each expectation nothing met."""
        found = [
            f"unexpected log record: {line}"
            for line in self.lines
            if not any(pattern.search(line) for pattern in self.expected)
        ]
        for pattern in self.expected:
            if not any(pattern.search(line) for line in self.lines):
                found.append(f"expected log record did not come: {pattern.pattern}")
        return found


@pytest.fixture(autouse=True)
def _log_watch() -> Iterator[_LogWatch]:
    """Fail a test that logs a warning or an error it did not expect."""
    watch = _LogWatch()
    logging.getLogger().addHandler(watch)
    yield watch
    logging.getLogger().removeHandler(watch)
    if problems := watch.problems():
        pytest.fail("\n".join(problems), pytrace=False)


@pytest.fixture
def expect_log(_log_watch: _LogWatch) -> ExpectLog:
    """Return a function that announces a log record by a regular expression over `logger LEVEL: message`.

    An announced record must come; it may come more than once.
    """
    return lambda pattern: _log_watch.expected.append(re.compile(pattern))


# --- models and recordings -------------------------------------------------------------------------------------------


def _model(path: Path) -> Path:
    if not path.exists():
        pytest.fail(f"{path.relative_to(REPOSITORY)} is missing: run scripts/download_models.py starter", pytrace=False)
    return path


@pytest.fixture(scope="session")
def models_dir() -> Path:
    """Return the folder of the starter models."""
    return _model(REPOSITORY / "models")


@pytest.fixture(scope="session")
def whisper_dir(models_dir: Path) -> Path:
    """Return the folder of the starter's Whisper model."""
    return _model(models_dir / "whisper-tiny.en")


@pytest.fixture(scope="session")
def llm_file(models_dir: Path) -> Path:
    """Return the starter's language model."""
    return _model(models_dir / "smollm2-135m-instruct" / "SmolLM2-135M-Instruct.Q4_1.gguf")


@pytest.fixture(scope="session")
def voice_file(models_dir: Path) -> Path:
    """Return the starter's voice."""
    return _model(models_dir / "piper-en_US-joe-medium" / "en_US-joe-medium.onnx")


@pytest.fixture(scope="session")
def vad_file(models_dir: Path) -> Path:
    """Return the voice detection model."""
    return _model(models_dir / "silero-vad-v6" / "silero_vad_v6.onnx")


@pytest.fixture(scope="session")
def recordings() -> Recordings:
    """Return the recordings of people and noises, by name."""
    return Recordings()
