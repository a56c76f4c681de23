"""A private sound card and screen: one PulseAudio daemon with null sinks, and one Xvfb.

`VirtualDesktop` gives a program a real microphone, a real loudspeaker (PortAudio, ALSA, PulseAudio) and a real X11
display on a machine that has none, and pulls their cables on demand: devices can be unplugged and plugged back, the
sound daemon can be frozen, killed and started again. Everything is private (own socket, own runtime folder) and ends
with the context. Programs see the devices only through `env`.

What is played into the sink "mic_in" arrives at the program's default microphone; what the program plays can be
recorded at "speaker.monitor". ALSA, and so PortAudio, also lists the devices by name: `MICROPHONE`, `SPEAKER` and, with
`spare_devices`, `SPARE_MICROPHONE` and `SPARE_SPEAKER`.

Debian packages: pulseaudio pulseaudio-utils libasound2-plugins libportaudio2, and xvfb xdotool for the screen.
"""

import os
import shutil
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Literal, Self

from companion.engine.samples import Float32Mono
from tests.e2e.virtual_sound import CARD_RATE_HZ, Player, Recorder

MICROPHONE = "virtual_microphone"
SPEAKER = "virtual_speaker"
SPARE_MICROPHONE = "spare_microphone"
SPARE_SPEAKER = "spare_speaker"

Device = Literal["microphone", "speaker", "spare_microphone", "spare_speaker"]

_NULL_SINK = "module-null-sink rate={rate} channels=1 norewinds=1 sink_name={name}"
_REMAP_SOURCE = "module-remap-source source_name={name} master={name}_in.monitor"
_SINK_OF: dict[Device, str] = {"speaker": "speaker", "spare_speaker": "speaker2"}
_SOURCE_OF: dict[Device, str] = {"microphone": "mic", "spare_microphone": "mic2"}

# The "default" device has no hint of its own; PortAudio's default is the one named "default".
_ALSA_CONFIG = """</usr/share/alsa/alsa.conf>
pcm.!default { type pulse }
ctl.!default { type pulse }
"""
_ALSA_DEVICE = 'pcm.{alsa} {{ type pulse device "{pulse}" hint.show on }}\n'


def sound_card_missing() -> str | None:
    """Return the sentence that says what to install, or None if the virtual card can be made here."""
    missing = [tool for tool in ("pulseaudio", "pactl", "parec", "pacat") if shutil.which(tool) is None]
    return (
        f"no {', '.join(missing)}: apt-get install pulseaudio pulseaudio-utils libasound2-plugins" if missing else None
    )


def wait_until(condition: Callable[[], bool], timeout_s: float, what: str) -> float:
    """Look every 10 ms until `condition` holds and return how long that took.

    For things outside this process, which notify nobody.

    Raises:
        TimeoutError: it did not hold within `timeout_s`.
    """
    begun = time.monotonic()
    pause = threading.Event()
    while not condition():
        if time.monotonic() - begun > timeout_s:
            raise TimeoutError(f"{what}: not within {timeout_s:g} s")
        pause.wait(0.01)
    return time.monotonic() - begun


class VirtualDesktop:
    """Context manager: the private sound card and screen, and the environment that points programs at them.

    Args:
        display: Also start an X server; `env["DISPLAY"]` names it.
        screen: Its size and depth.
        echo_gain_db: Adds the loudspeaker's sound to the microphone at this gain, as an open loudspeaker does.
        echo_delay_ms: Delay of that echo.
        spare_devices: A second microphone and a second loudspeaker.
    """

    MIC_SINK = "mic_in"
    SPEAKER_MONITOR = "speaker.monitor"

    def __init__(
        self,
        *,
        display: bool = True,
        screen: str = "1280x800x24",
        echo_gain_db: float | None = None,
        echo_delay_ms: int = 40,
        spare_devices: bool = False,
    ) -> None:
        self._display = display
        self._screen = screen
        self._echo_gain_db = echo_gain_db
        self._echo_delay_ms = echo_delay_ms
        self._spare = spare_devices
        self._pulse: subprocess.Popen[bytes] | None = None
        self._xvfb: subprocess.Popen[bytes] | None = None
        self._modules: dict[str, str] = {}
        self.env: dict[str, str] = {}

    def __enter__(self) -> Self:
        self._dir = Path(tempfile.mkdtemp(prefix="virtual-desktop-"))
        home = self._dir / "home"
        home.mkdir()
        self.env = dict(
            os.environ,
            HOME=str(home),
            XDG_RUNTIME_DIR=str(self._dir),
            PULSE_SERVER=f"unix:{self._dir}/pulse.sock",
            ALSA_CONFIG_PATH=str(self._write_alsa_config()),
        )
        try:
            self.start_sound()
            if self._display:
                self._start_display()
        except BaseException:
            self._stop()
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self._stop()

    # -- the sound daemon

    def start_sound(self) -> None:
        """Start the sound daemon with every device plugged in."""
        socket = self._dir / "pulse.sock"
        socket.unlink(missing_ok=True)
        self._pulse = subprocess.Popen(
            [
                *("pulseaudio", "-n", "--daemonize=no", "--exit-idle-time=-1", "--use-pid-file=no"),
                *("-L", f"module-native-protocol-unix socket={socket} auth-anonymous=1"),
            ],
            env=self.env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        wait_until(self._answers, 10, "the sound daemon answers")
        self._modules.clear()
        devices: list[Device] = ["speaker", "microphone"]
        for device in [*devices, *(["spare_speaker", "spare_microphone"] if self._spare else [])]:
            self.plug(device)  # type: ignore[arg-type]  # mypy widens the literals of the spare pair to str
        if self._echo_gain_db is not None:
            self._add_echo(self._echo_gain_db)

    def kill_sound(self) -> None:
        """Kill the sound daemon, as a crash would; `start_sound` brings it back."""
        assert self._pulse is not None
        self._pulse.kill()
        self._pulse.wait(5)
        self._pulse = None

    def freeze_sound(self, frozen: bool) -> None:
        """Stop or continue the daemon's process: it keeps its connections and serves none of them."""
        assert self._pulse is not None
        self._pulse.send_signal(signal.SIGSTOP if frozen else signal.SIGCONT)

    def plug(self, device: Device) -> None:
        """Plug a device in. A microphone or loudspeaker that is not a spare becomes the default, as desktops do."""
        if device in _SINK_OF:
            self._load(_SINK_OF[device], _NULL_SINK)
            if device == "speaker":
                self.pactl("set-default-sink", _SINK_OF[device])
        else:
            source = _SOURCE_OF[device]
            if f"{source}_in" not in self._modules:
                self._load(f"{source}_in", _NULL_SINK)
            self._load(source, _REMAP_SOURCE)
            if device == "microphone":
                self.pactl("set-default-source", source)

    def unplug(self, device: Device) -> None:
        """Pull a device's cable; its streams end."""
        name = _SINK_OF.get(device) or _SOURCE_OF[device]
        self.pactl("unload-module", self._modules.pop(name))

    def pactl(self, *args: str) -> str:
        """Run `pactl` against the private daemon and return what it printed."""
        done = subprocess.run(["pactl", *args], env=self.env, check=True, capture_output=True, text=True, timeout=10)
        return done.stdout.strip()

    # -- sound in and out

    def say(self, samples: Float32Mono, rate_hz: int = CARD_RATE_HZ, *, sink: str = MIC_SINK) -> Player:
        """Start playing `samples` into the microphone, in real time."""
        return Player(self.env, samples, rate_hz, sink)

    def listen(self, source: str = SPEAKER_MONITOR) -> Recorder:
        """Start recording what sounds at `source`."""
        return Recorder(self.env, source)

    # -- the screen

    def xdotool(self, *args: str) -> str:
        """Run `xdotool` on the private screen and return what it printed."""
        done = subprocess.run(["xdotool", *args], env=self.env, check=True, capture_output=True, text=True, timeout=10)
        return done.stdout.strip()

    def _start_display(self) -> None:
        read, write = os.pipe()
        self._xvfb = subprocess.Popen(
            ["Xvfb", "-displayfd", str(write), "-screen", "0", self._screen, "-nolisten", "tcp"],
            env=self.env,
            pass_fds=(write,),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(write)
        with os.fdopen(read) as pipe:
            number = pipe.readline().strip()
        if not number:
            raise RuntimeError(f"Xvfb ended with {self._xvfb.wait(5)}")
        self.env["DISPLAY"] = f":{number}"
        self.env["QT_QPA_PLATFORM"] = "xcb"

    # -- inside

    def _write_alsa_config(self) -> Path:
        named = {MICROPHONE: "mic", SPEAKER: "speaker"}
        if self._spare:
            named |= {SPARE_MICROPHONE: "mic2", SPARE_SPEAKER: "speaker2"}
        path = self._dir / "alsa.conf"
        path.write_text(_ALSA_CONFIG + "".join(_ALSA_DEVICE.format(alsa=a, pulse=p) for a, p in named.items()))
        return path

    def _load(self, name: str, module: str) -> None:
        self._modules[name] = self.pactl("load-module", *module.format(name=name, rate=CARD_RATE_HZ).split())

    def _add_echo(self, gain_db: float) -> None:
        latency = f"latency_msec={self._echo_delay_ms}"
        self.pactl("load-module", "module-loopback", "source=speaker.monitor", "sink=mic_in", latency, "adjust_time=0")
        index = self.pactl("list", "short", "sink-inputs").split()[0]
        self.pactl("set-sink-input-volume", index, f"{gain_db}dB")

    def _answers(self) -> bool:
        assert self._pulse is not None
        if (status := self._pulse.poll()) is not None:
            raise RuntimeError(f"pulseaudio ended with {status}")
        return subprocess.run(["pactl", "info"], env=self.env, capture_output=True, check=False).returncode == 0

    def _stop(self) -> None:
        for process in (self._xvfb, self._pulse):
            if process is not None:
                process.send_signal(signal.SIGCONT)
                process.terminate()
                try:
                    process.wait(5)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait(5)
        self._xvfb = self._pulse = None
        shutil.rmtree(self._dir, ignore_errors=True)
