"""Downloads from Hugging Face: the real download process against a server on this machine that misbehaves."""

import signal
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from companion.fetch import only_download
from tests.unit.model_factory import (
    CONTENT,
    SMALL,
    download,
    finish,
    hub_source,
    install,
    make_catalog,
    manifest_text,
    sha256,
    start_download,
)

pytestmark = pytest.mark.loopback

posix = pytest.mark.skipif(sys.platform == "win32", reason="signals and limits of Unix")
CUT = 300_000


class Hub(ThreadingHTTPServer):
    """Stands in for Hugging Face: serves two files, and does what `plan` says to the next GETs of the large one."""

    daemon_threads = False
    block_on_close = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.files = {"weights.gguf": CONTENT, "config.json": SMALL}
        self.plan: list[str] = []
        self.requests: list[tuple[str, str, str | None]] = []
        """Method, file name, Range header."""
        self.paths: set[str] = set()
        self.tokens: set[str | None] = set()

        self.status = 200
        self.error_code = ""
        self.etag: str | None = None
        self.release = threading.Event()

    @property
    def env(self) -> dict[str, str]:
        return {"HF_ENDPOINT": f"http://127.0.0.1:{self.server_port}"}

    def gets(self, name: str = "weights.gguf") -> list[str | None]:
        return [asked for method, file, asked in self.requests if (method, file) == ("GET", name)]


class _Handler(BaseHTTPRequestHandler):
    server: Hub
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None:
        pass

    def do_HEAD(self) -> None:
        self._answer(body=False)

    def do_GET(self) -> None:
        self._answer(body=True)

    def _answer(self, *, body: bool) -> None:
        hub = self.server
        name = self.path.rsplit("/", 1)[-1]
        hub.requests.append((self.command, name, self.headers.get("Range")))
        hub.paths.add(self.path)
        hub.tokens.add(self.headers.get("Authorization"))
        deed = hub.plan.pop(0) if body and hub.plan and name == "weights.gguf" else ""
        status = 503 if deed == "503" else hub.status
        if status != 200:
            self.send_response(status)
            if hub.error_code:
                self.send_header("X-Error-Code", hub.error_code)
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        data = hub.files[name]
        self._send(data, deed, body=body)

    def _send(self, data: bytes, deed: str, *, body: bool) -> None:
        start = 0
        asked = self.headers.get("Range")
        if asked and deed != "no range":
            start = int(asked.removeprefix("bytes=").rstrip("-"))
        self.send_response(206 if start else 200)
        if start:
            self.send_header("Content-Range", f"bytes {start}-{len(data) - 1}/{len(data)}")
        self.send_header("X-Repo-Commit", "a" * 40)
        self.send_header("ETag", f'"{self.server.etag or sha256(data)}"')
        self.send_header("Content-Length", str(len(data) - start))
        self.end_headers()
        if not body:
            return
        if deed == "wrong bytes":
            data = bytes(len(data))
        if deed in ("cut", "hang"):
            self.wfile.write(data[start : start + CUT])
            self.close_connection = True
            if deed == "hang":
                self.wfile.flush()
                self.server.release.wait(60)
        else:
            self.wfile.write(data[start:])


@pytest.fixture
def hub() -> Iterator[Hub]:
    server = Hub()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield server
    server.release.set()
    server.shutdown()
    thread.join(10)
    server.server_close()


def weights(tmp_path: Path) -> Path:
    return tmp_path / "models" / "brain" / "weights.gguf"


def assert_in_place(tmp_path: Path) -> None:
    catalog = make_catalog(tmp_path / "models")
    assert not catalog.problems(catalog.model("brain"), thorough=True)
    assert not list((tmp_path / "models").rglob("*.part"))


def test_a_model_arrives_whole_and_a_second_run_needs_no_network(tmp_path: Path, hub: Hub) -> None:
    outcome = download(tmp_path, "brain", env=hub.env)
    assert outcome.code == 0
    assert [event["event"] for event in outcome.events if event["event"] != "progress"] == [
        "started",
        "verified",
        "done",
    ]
    assert outcome.named("started")[0]["size"] == len(CONTENT) + len(SMALL)
    assert_in_place(tmp_path)
    hub.requests.clear()
    assert download(tmp_path, "brain", env=hub.env).code == 0
    assert not hub.requests


def test_nothing_but_the_pinned_files_is_asked_for(tmp_path: Path, hub: Hub) -> None:
    assert download(tmp_path, "brain", env={**hub.env, "HF_TOKEN": "hf_secret"}).code == 0
    place = f"/someone/model/resolve/{'a' * 40}/deep/er"
    assert hub.paths == {f"{place}/weights.gguf", f"{place}/config.json"}
    assert hub.tokens == {"Bearer hf_secret"}


def test_a_cut_connection_goes_on_where_it_stopped(tmp_path: Path, hub: Hub) -> None:
    hub.plan = ["cut"]
    assert download(tmp_path, "brain", env=hub.env).code == 0
    assert hub.gets() == [None, f"bytes={CUT}-"]
    assert_in_place(tmp_path)


def test_a_later_run_goes_on_where_an_earlier_one_gave_up(tmp_path: Path, hub: Hub) -> None:
    hub.plan = ["cut"]
    first = download(tmp_path, "brain", "--retries", "0", env=hub.env)
    assert first.code == 1
    assert first.last["code"] == "download-no-network"
    assert not weights(tmp_path).exists()
    assert weights(tmp_path).with_name("weights.gguf.part").stat().st_size == CUT
    assert download(tmp_path, "brain", env=hub.env).code == 0
    assert hub.gets() == [None, f"bytes={CUT}-"]
    assert_in_place(tmp_path)


def test_a_server_without_ranges_starts_over(tmp_path: Path, hub: Hub) -> None:
    hub.plan = ["cut", "no range"]
    assert download(tmp_path, "brain", env=hub.env).code == 0
    assert_in_place(tmp_path)


def test_a_part_that_is_too_long_or_foreign_is_dropped(tmp_path: Path, hub: Hub) -> None:
    part = weights(tmp_path).with_name("weights.gguf.part")
    part.parent.mkdir(parents=True)
    part.write_bytes(bytes(1000))  # of another version: its hash will not fit
    assert download(tmp_path, "brain", env=hub.env).code == 0
    assert hub.gets() == ["bytes=1000-", None]
    assert_in_place(tmp_path)


def test_wrong_bytes_are_fetched_once_more(tmp_path: Path, hub: Hub) -> None:
    hub.plan = ["wrong bytes"]
    assert download(tmp_path, "brain", env=hub.env).code == 0
    assert_in_place(tmp_path)


def test_bytes_that_stay_wrong_never_come_into_place(tmp_path: Path, hub: Hub) -> None:
    hub.plan = ["wrong bytes", "wrong bytes"]
    outcome = download(tmp_path, "brain", env=hub.env)
    assert (outcome.code, outcome.last["code"]) == (1, "download-corrupt")
    assert outcome.last["hint"]
    assert len(hub.gets()) == 2
    assert not list(weights(tmp_path).parent.iterdir())


def test_a_changed_file_is_refused_before_it_is_fetched(tmp_path: Path, hub: Hub) -> None:
    hub.etag = "b" * 64
    outcome = download(tmp_path, "brain", env=hub.env)
    assert (outcome.code, outcome.last["code"]) == (1, "download-changed")
    assert not hub.gets()


def test_a_git_etag_says_nothing_about_the_contents(tmp_path: Path, hub: Hub) -> None:
    hub.etag = "c" * 40
    assert download(tmp_path, "brain", env=hub.env).code == 0


def test_a_server_error_passes(tmp_path: Path, hub: Hub) -> None:
    hub.plan = ["503"]
    assert download(tmp_path, "brain", env=hub.env).code == 0
    assert hub.gets() == [None, None]


@pytest.mark.parametrize(
    ("status", "error_code", "code", "tries"),
    [
        (401, "GatedRepo", "download-refused", 1),
        (403, "", "download-refused", 1),
        (404, "EntryNotFound", "download-not-found", 1),
        (404, "", "download-not-found", 1),
        (500, "", "download-server", 2),
        (418, "", "download-server", 1),
    ],
)
def test_a_refusal_is_a_sentence_that_says_what_to_do(
    tmp_path: Path, hub: Hub, status: int, error_code: str, code: str, tries: int
) -> None:
    hub.status, hub.error_code = status, error_code
    outcome = download(tmp_path, "brain", "--retries", "1", env=hub.env)
    assert (outcome.code, outcome.last["code"]) == (1, code)
    assert "The brain" in str(outcome.last["message"])
    assert outcome.last["hint"]
    assert len(hub.requests) == tries


def test_the_next_source_is_tried(tmp_path: Path, hub: Hub) -> None:
    broken = (
        '[[model.source]]\nkind = "installed"\npackage = "no_such_package"\n'
        'members = { "weights.gguf" = "a", "config.json" = "b" }\n'
    )
    outcome = download(tmp_path, "brain", text=manifest_text(source=broken + hub_source()), env=hub.env)
    assert outcome.code == 0
    assert [event["code"] for event in outcome.named("warning")] == ["package-missing"]
    assert_in_place(tmp_path)


def test_only_what_is_missing_is_fetched(tmp_path: Path, hub: Hub) -> None:
    catalog = make_catalog(tmp_path / "models")
    install(catalog)
    weights(tmp_path).write_bytes(CONTENT[:100])
    assert download(tmp_path, "small", env=hub.env).code == 0
    assert hub.gets("config.json") == []
    assert hub.gets() == [None]
    assert_in_place(tmp_path)


def test_no_network_is_a_sentence(tmp_path: Path, hub: Hub) -> None:
    hub.server_close()
    outcome = download(tmp_path, "brain", "--retries", "1", env=hub.env)
    assert (outcome.code, outcome.last["code"]) == (1, "download-no-network")
    assert "127.0.0.1" in str(outcome.last["message"])


def test_the_users_own_offline_switch_is_obeyed_and_named(tmp_path: Path, hub: Hub) -> None:
    outcome = download(tmp_path, "brain", env={**hub.env, "HF_HUB_OFFLINE": "1"})
    assert (outcome.code, outcome.last["code"]) == (1, "download-offline")
    assert "HF_HUB_OFFLINE" in str(outcome.last["hint"])
    assert not hub.requests


@posix
def test_a_full_disk_stops_with_a_sentence_and_nothing_half_written(tmp_path: Path, hub: Hub) -> None:
    outcome = download(tmp_path, "brain", env=hub.env, file_limit=200_000)
    assert (outcome.code, outcome.last["code"]) == (3, "disk-full")
    assert not weights(tmp_path).exists()
    assert len(hub.gets()) == 1
    assert download(tmp_path, "brain", env=hub.env).code == 0
    assert hub.gets()[1] == "bytes=200000-"


@posix
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_a_stopped_download_says_so_and_goes_on_later(tmp_path: Path, hub: Hub, how: signal.Signals) -> None:
    hub.plan = ["hang"]
    process = start_download(tmp_path, "brain", env=hub.env)
    assert process.stdout
    for line in process.stdout:
        if '"progress"' in line:
            break
    process.send_signal(how)
    outcome = finish(process)
    hub.release.set()
    assert (outcome.code, outcome.last["code"]) == (130, "download-stopped")
    assert not weights(tmp_path).exists()
    assert download(tmp_path, "brain", env=hub.env).code == 0
    assert hub.gets()[1] is not None
    assert_in_place(tmp_path)


@posix
def test_a_reader_that_goes_away_ends_the_download(tmp_path: Path, hub: Hub) -> None:
    hub.plan = ["cut"] * 100
    process = start_download(tmp_path, "brain", env=hub.env)
    assert process.stdout
    process.stdout.close()
    assert process.wait(timeout=60) == 130
    assert not weights(tmp_path).exists()


def test_a_second_download_at_the_same_time_is_refused(tmp_path: Path, hub: Hub) -> None:
    with only_download(tmp_path / "models"):
        outcome = download(tmp_path, "brain", env=hub.env)
    assert (outcome.code, outcome.last["code"]) == (4, "download-busy")
    assert not hub.requests
    assert download(tmp_path, "brain", env=hub.env).code == 0
