"""The process that names the sound devices."""

import io
import json
import threading

from companion.device_watch import describe, watch
from companion.engine.audio.devices import AudioDevice
from companion.engine.errors import AudioDeviceError


def device(name: str, inputs: int = 1, outputs: int = 0) -> AudioDevice:
    return AudioDevice(
        index=0,
        name=name,
        host_api="ALSA",
        input_channels=inputs,
        output_channels=outputs,
        default_rate_hz=48_000,
        default_input=False,
        default_output=False,
    )


class Turns:
    """Ends the watch after some looks."""

    def __init__(self, looks: int) -> None:
        self.left = looks

    def wait(self, seconds: float) -> bool:
        self.left -= 1
        return self.left == 0


def run(*seen: list[AudioDevice] | AudioDeviceError) -> list[dict[str, list[str]]]:
    stream, looks = io.StringIO(), iter(seen)

    def look() -> list[AudioDevice]:
        found = next(looks)
        if isinstance(found, AudioDeviceError):
            raise found
        return found

    over: threading.Event = Turns(len(seen))  # type: ignore[assignment]
    watch(stream, look, over)
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_a_line_comes_at_once_and_then_for_each_change_only() -> None:
    desk, headset = device("Desk"), device("Headset", 1, 2)
    lines = run([desk], [desk], [desk, headset], [desk])
    assert [line["microphones"] for line in lines] == [["Desk"], ["Desk", "Headset"], ["Desk"]]
    assert lines[1]["speakers"] == ["Headset"]


def test_a_sound_system_that_does_not_answer_has_no_devices() -> None:
    gone = AudioDeviceError("audio-failed", "It hangs.")
    assert [line["microphones"] for line in run([device("Desk")], gone)] == [["Desk"], []]


def test_alsa_plugins_are_no_devices_and_names_come_once() -> None:
    found = [device("default"), device("surround51"), device("Desk"), device("Desk"), device("USB: Default (hw:1,0)")]
    assert json.loads(describe(found))["microphones"] == ["Desk", "USB: Default (hw:1,0)"]
