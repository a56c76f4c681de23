"""The network guard, in processes of its own: an audit hook cannot be taken out again."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from companion import offline


def run(code: str) -> str:
    """Run `code` in a process that forbade itself the network, and return what it printed."""
    program = f"import os, socket\nfrom companion import offline\noffline.forbid_network()\n{code}"
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", program], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


ATTEMPTS = {
    "TCP": "socket.create_connection(('127.0.0.1', 9), timeout=1)",
    "TCP, IPv6": "socket.socket(socket.AF_INET6).connect(('::1', 9))",
    "UDP": "socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'x', ('127.0.0.1', 9))",
    "UDP, as a message": "socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendmsg([b'x'], [], 0, ('127.0.0.1', 9))",
    "a server": "socket.create_server(('127.0.0.1', 0))",
    "a name": "socket.getaddrinfo('localhost', 80)",
    "an old-style name": "socket.gethostbyname('localhost')",
    "an address": "socket.gethostbyaddr('127.0.0.1')",
    "a web page": "import urllib.request; urllib.request.urlopen('http://127.0.0.1:9/')",
}


@pytest.mark.parametrize("attempt", ATTEMPTS.values(), ids=ATTEMPTS)
def test_every_way_to_the_network_is_refused_and_counted(attempt: str) -> None:
    printed = run(f"""
try:
    {attempt}
except OSError as error:
    print(error)
print(offline.refused_attempts())
os._exit(0)  # sockets left open by the attempt are beside the point
""")
    message, count = printed.splitlines()
    assert "Companion works offline" in message
    assert count == "1"


def test_unix_sockets_stay_open() -> None:
    printed = run("""
import tempfile
with tempfile.TemporaryDirectory() as folder:
    with socket.socket(socket.AF_UNIX) as server, socket.socket(socket.AF_UNIX) as client:
        server.bind(folder + '/s')
        server.listen()
        client.connect(folder + '/s')
        accepted, _ = server.accept()
        with accepted:
            client.sendmsg([b'hello'])
            print(accepted.recv(5).decode(), offline.refused_attempts())
""")
    assert printed == "hello 0"


def test_the_libraries_that_know_a_network_load_without_it() -> None:
    assert run("import faster_whisper, huggingface_hub, piper\nprint(offline.refused_attempts())") == "0"


@pytest.mark.models
def test_the_runtime_of_the_models_reports_to_nobody(vad_file: Path) -> None:
    """ONNX Runtime leaves an identifier for its reports in the cache folder when it makes its first session."""
    program = f"""
from companion.engine.threads import prepare_environment
prepare_environment()
from pathlib import Path
from companion.engine.stt.vad import SileroDetector
SileroDetector(Path({str(vad_file)!r})).load()
"""
    environment = {**os.environ, "ORT_DISABLE_TELEMETRY": "0"}
    subprocess.run([sys.executable, "-c", program], check=True, timeout=60, env=environment)
    assert [str(path) for path in Path.home().rglob("*") if path.is_file()] == []


def test_the_hub_library_is_told_to_stay_offline() -> None:
    assert run("from huggingface_hub import constants\nprint(constants.HF_HUB_OFFLINE)") == "True"


def test_the_hook_is_installed_once() -> None:
    printed = run("""
offline.forbid_network()
try:
    socket.gethostbyname('localhost')
except OSError:
    print(offline.refused_attempts())
""")
    assert printed == "1"


def test_the_download_process_gets_back_what_we_switched_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HF_HUB_OFFLINE", raising=False)
    monkeypatch.setenv("DO_NOT_TRACK", "yes")

    offline.forbid_network()

    assert offline.without_offline_switches({"HF_HUB_OFFLINE": "1", "DO_NOT_TRACK": "yes", "HOME": "/h"}) == {
        "DO_NOT_TRACK": "yes",
        "HOME": "/h",
    }


def test_what_the_user_switched_off_stays_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")

    offline.forbid_network()

    assert offline.without_offline_switches({"HF_HUB_OFFLINE": "1"}) == {"HF_HUB_OFFLINE": "1"}


def test_a_test_cannot_reach_the_network_either() -> None:
    with pytest.raises(PermissionError, match="a test may not use the network"):
        socket.create_connection(("127.0.0.1", 9), timeout=1)


@pytest.mark.loopback
def test_a_marked_test_may_use_the_loopback_but_no_more() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()[:2]):
        pass
    with socket.socket() as outward, pytest.raises(PermissionError, match="a test may not use the network"):
        outward.connect(("192.0.2.1", 80))
