"""`companion doctor`: what works on this machine, what does not, and the exact fix. Thread: main."""

import argparse
import os
import platform
import queue
import socket
import sys
import threading
from collections.abc import Callable, Iterator

from companion import control, doctor_desktop, doctor_files
from companion.catalog import Catalog
from companion.compose import chosen_set, prepare_process
from companion.engine.audio import devices
from companion.engine.audio.microphone import PortAudioMicrophone
from companion.engine.audio.speaker import PortAudioSpeaker
from companion.engine.errors import CompanionError
from companion.engine.llm.gpu import gpu_status
from companion.engine.llm.native import gpu_offload_built_in
from companion.engine.samples import SILENCE_DBFS, peak_dbfs
from companion.finding import Finding, Health
from companion.invocation import spelled_out
from companion.keys import KeyCombination, parse
from companion.offline import NetworkForbiddenError
from companion.settings import LoadedSettings, Settings

LISTEN_S = 0.6
"""How long the microphone is listened to."""

X11_S = 3.0
"""How long an X server is waited for."""


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Describe the command's arguments."""
    parser = commands.add_parser("doctor", help="check devices, GPU, models, hotkey and that it is offline")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Print the findings; returns 1 if something is broken."""
    loaded = prepare_process()
    broken = 0
    for finding in findings(loaded):
        broken += finding.health is Health.BROKEN
        print("\n".join(_lines(finding)), flush=True)
    return 1 if broken else 0


def report_lines(loaded: LoadedSettings) -> Iterator[str]:
    """Look at every part in turn and yield what is printed of it, line by line."""
    for finding in findings(loaded):
        yield from _lines(finding)


def _lines(finding: Finding) -> Iterator[str]:
    yield f"{finding.health.value:<7}{finding.part:<12}{spelled_out(finding.detail)}"
    if finding.fix:
        yield f"{'':<19}-> {spelled_out(finding.fix)}"


def findings(loaded: LoadedSettings) -> Iterator[Finding]:
    """Look at every part in turn. A check that fails in an unforeseen way is itself a finding."""
    settings = loaded.settings
    checks: tuple[tuple[str, Callable[[], Iterator[Finding]]], ...] = (
        ("machine", _machine),
        ("folders", doctor_files.folders),
        ("settings", lambda: doctor_files.settings(loaded)),
        ("history", lambda: doctor_files.history(loaded)),
        ("models", lambda: _models(settings)),
        ("gpu", _gpu),
        ("sound", doctor_desktop.sound_server),
        ("microphone", lambda: _microphone(settings)),
        ("speaker", lambda: _speaker(settings)),
        ("screen", doctor_desktop.screen),
        ("hotkey", lambda: _hotkey(settings)),
        ("running", doctor_desktop.running),
        ("offline", _offline),
    )
    for part, check in checks:
        try:
            yield from check()
        except CompanionError as error:
            yield Finding(part=part, health=Health.BROKEN, detail=error.message, fix=error.hint)
        except Exception as error:  # noqa: BLE001 - the other checks still tell something
            yield Finding(part=part, health=Health.BROKEN, detail=f"the check failed ({type(error).__name__}: {error})")


def _machine() -> Iterator[Finding]:
    cores = os.cpu_count() or 1
    detail = f"{platform.system()} {platform.release()}, Python {platform.python_version()}, {cores} cores"
    yield Finding(part="machine", health=Health.OK, detail=detail)


def _models(settings: Settings) -> Iterator[Finding]:
    catalog = Catalog.load()
    chosen = chosen_set(catalog, settings)
    for model in chosen.models:
        problems = catalog.problems(model)
        if problems:
            fix = f"Run: companion models pull {' '.join(chosen.target)}"
            yield Finding(part="models", health=Health.BROKEN, detail=problems[0].sentence, fix=fix)
        else:
            detail = f"{model.role}: {model.title} ({model.size / 2**20:.0f} MiB, verified)"
            yield Finding(part="models", health=Health.OK, detail=detail)
    if voice := settings.chosen_persona.voice:
        yield _voice(catalog, voice)


def _voice(catalog: Catalog, voice: str) -> Finding:
    """Look at the voice of the persona's own. Without it the set's voice speaks, so that nothing is broken."""
    try:
        model = catalog.model(voice)
    except CompanionError as error:
        detail = f"persona's voice: {error.message.rstrip('.')}; the voice of the models speaks"
        return Finding(part="models", health=Health.NOTE, detail=detail, fix="Choose another voice for the persona.")
    if problems := catalog.problems(model):
        detail = f"persona's voice: {problems[0].sentence.rstrip('.')}; the voice of the models speaks"
        return Finding(part="models", health=Health.NOTE, detail=detail, fix=f"Run: companion models pull {voice}")
    detail = f"persona's voice: {model.title} ({model.size / 2**20:.0f} MiB, verified)"
    return Finding(part="models", health=Health.OK, detail=detail)


def _gpu() -> Iterator[Finding]:
    status = gpu_status()
    if status is None:
        yield Finding(part="gpu", health=Health.NOTE, detail="no NVIDIA card; everything runs on the processor")
        return
    used, total = status.memory_used_bytes / 2**30, status.memory_total_bytes / 2**30
    detail = f"{status.name}, {used:.1f} of {total:.1f} GiB in use"
    if gpu_offload_built_in():
        yield Finding(part="gpu", health=Health.OK, detail=f"{detail}; llama.cpp offloads all layers")
    else:
        detail += "; llama.cpp was built for the processor only"
        yield Finding(part="gpu", health=Health.BROKEN, detail=detail, fix="Run: make gpu")


def _microphone(settings: Settings) -> Iterator[Finding]:
    microphone = PortAudioMicrophone(settings.audio.microphone)
    microphone.open()
    try:
        microphone.begin(0.0)
        threading.Event().wait(LISTEN_S)
        samples, name = microphone.read(), microphone.name  # a closed one has no name
    finally:
        microphone.close()
    level = peak_dbfs(samples)
    if not len(samples):
        fix = "Plug it in again, or choose another microphone in the settings."
        yield Finding(part="microphone", health=Health.BROKEN, detail=f"{name}: no sound arrives", fix=fix)
    elif level <= SILENCE_DBFS:
        fix = "Check that it is not muted in the system's sound settings."
        detail = f"{name}: digital silence"
        yield Finding(part="microphone", health=Health.NOTE, detail=detail, fix=fix)
    else:
        yield Finding(part="microphone", health=Health.OK, detail=f"{name}: {level:.0f} dBFS")
    names = ", ".join(device.name for device in devices.list_devices() if device.serves("microphone"))
    yield Finding(part="microphone", health=Health.OK, detail=f"found: {names}")


def _speaker(settings: Settings) -> Iterator[Finding]:
    speaker = PortAudioSpeaker(settings.audio.speaker)
    speaker.open(22_050)
    detail = f"{speaker.name}: open, output latency {speaker.latency_s * 1000:.0f} ms"
    speaker.close()
    yield Finding(part="speaker", health=Health.OK, detail=detail)


def _hotkey(settings: Settings) -> Iterator[Finding]:
    keys = parse(settings.hotkey.keys)
    if sys.platform in ("win32", "darwin"):
        yield Finding(part="hotkey", health=Health.OK, detail=f"{keys.qt_text}, everywhere")
    elif os.environ.get("WAYLAND_DISPLAY"):
        yield doctor_desktop.portal(keys.qt_text)
    elif os.environ.get("DISPLAY"):
        yield _x11_hotkey(keys)
    else:
        detail = "no display: neither window nor hotkey"
        yield Finding(part="hotkey", health=Health.NOTE, detail=detail, fix="Start it from a desktop.")


def _x11_hotkey(keys: KeyCombination) -> Finding:
    """Try what the window's hotkey does at its start, in a thread that a server without an answer may keep."""
    from companion.ui.x11_keyboard import try_hotkey

    display = os.environ["DISPLAY"]
    answers: queue.SimpleQueue[CompanionError | bool] = queue.SimpleQueue()

    def ask() -> None:
        try:
            answers.put(try_hotkey(keys))
        except CompanionError as error:
            answers.put(error)

    threading.Thread(target=ask, name="doctor-x11", daemon=True).start()
    try:
        answer = answers.get(timeout=X11_S)
    except queue.Empty:
        detail = f"the X server {display} does not answer: neither window nor hotkey"
        return Finding(part="hotkey", health=Health.BROKEN, detail=detail, fix="Log out and in again.")
    if isinstance(answer, CompanionError) and answer.code == "hotkey-no-display":
        detail = f"DISPLAY is {display}, where no X server is: neither window nor hotkey"
        return Finding(part="hotkey", health=Health.BROKEN, detail=detail, fix="Start it from a desktop.")
    if isinstance(answer, CompanionError):
        return Finding(part="hotkey", health=Health.BROKEN, detail=answer.message, fix=answer.hint)
    if not answer and not control.is_running():
        fix = "If that disturbs, choose another hotkey in the settings."
        detail = f"{keys.qt_text} works, but another program uses it too"
        return Finding(part="hotkey", health=Health.NOTE, detail=detail, fix=fix)
    return Finding(part="hotkey", health=Health.OK, detail=f"{keys.qt_text}, everywhere (X11)")


def _offline() -> Iterator[Finding]:
    try:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            probe.connect(("192.0.2.1", 9))  # TEST-NET-1, RFC 5737: belongs to nobody
    except NetworkForbiddenError:
        yield Finding(part="offline", health=Health.OK, detail="every network access of this process is refused")
    except OSError:
        yield Finding(part="offline", health=Health.OK, detail="there is no network")
    else:
        detail = "this process could reach the network"
        yield Finding(part="offline", health=Health.BROKEN, detail=detail, fix="Report this as a bug, please.")
