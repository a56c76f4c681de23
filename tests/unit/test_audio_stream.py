"""Device choice, error words, the heartbeat and the patience with a sound system, without any of them."""

import errno
import queue
import sys
import threading
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from companion.engine.audio import devices
from companion.engine.audio.devices import AudioDevice, choose_device, explain
from companion.engine.audio.microphone import ChannelPicker, PortAudioMicrophone
from companion.engine.audio.patience import call_patiently, portaudio_stuck
from companion.engine.audio.speaker import PortAudioSpeaker
from companion.engine.audio.stream import DeviceStream, Heartbeat
from companion.engine.errors import AudioDeviceError


def device(index: int, name: str, **more: Any) -> AudioDevice:
    fields: dict[str, Any] = {
        "host_api": "ALSA",
        "input_channels": 2,
        "output_channels": 2,
        "default_rate_hz": 48_000,
        "default_input": False,
        "default_output": False,
    }
    return AudioDevice(index=index, name=name, **{**fields, **more})


class TestChoice:
    HEADSET = device(0, "headset")
    PLAYBACK_ONLY = device(1, "monitor", input_channels=0)
    DEFAULT = device(2, "default", default_input=True, default_output=True)
    ALL = (HEADSET, PLAYBACK_ONLY, DEFAULT)

    def test_by_name(self) -> None:
        choice = choose_device("microphone", "headset", self.ALL)
        assert (choice.device, choice.fell_back) == (self.HEADSET, False)

    def test_the_default(self) -> None:
        choice = choose_device("speaker", None, self.ALL)
        assert (choice.device, choice.fell_back) == (self.DEFAULT, False)

    @pytest.mark.parametrize("name", ["gone", "monitor"])
    def test_a_name_that_is_gone_or_cannot_hear_falls_back(self, name: str) -> None:
        choice = choose_device("microphone", name, self.ALL)
        assert (choice.device, choice.fell_back) == (self.DEFAULT, True)

    def test_without_a_default_the_first(self) -> None:
        assert choose_device("speaker", None, self.ALL[:2]).device == self.HEADSET

    def test_none_at_all(self) -> None:
        with pytest.raises(AudioDeviceError) as caught:
            choose_device("microphone", None, [self.PLAYBACK_ONLY])
        assert caught.value.code == "microphone-missing"
        assert caught.value.message == "No microphone was found."
        assert caught.value.hint == "Plug one in; Companion goes on by itself."


class TestHostApi:
    DEVICES = tuple(
        {
            "name": name,
            "max_input_channels": 1,
            "max_output_channels": 1,
            "default_samplerate": 44_100.0,
        }
        for name in ("first", "second", "third")
    )

    @staticmethod
    def api(name: str, *indices: int, default: int = -1) -> dict[str, Any]:
        return {
            "name": name,
            "devices": list(indices),
            "default_input_device": default,
            "default_output_device": default,
        }

    def test_wasapi_before_portaudios_default(self) -> None:
        apis = [self.api("MME", 0, default=0), self.api("Windows WASAPI", 1, 2, default=2)]
        found = devices._devices(self.DEVICES, apis)
        assert [(d.name, d.default_input) for d in found] == [("second", False), ("third", True)]

    def test_an_empty_api_is_passed_over(self) -> None:
        found = devices._devices(self.DEVICES, [self.api("JACK"), self.api("OSS", 0), self.api("ALSA", 1, default=1)])
        assert [d.name for d in found] == ["second"]

    def test_nothing(self) -> None:
        assert devices._devices((), [self.api("ALSA")]) == []


@pytest.mark.parametrize(
    ("args", "code"),
    [
        (("Device unavailable", -9985), "speaker-busy"),
        (("Unanticipated host error", -9999, (0, -errno.EBUSY, "busy")), "speaker-busy"),
        (("Invalid device", -9996), "speaker-missing"),
        (("Unanticipated host error", -9999, (0, -errno.ENODEV, "No such device")), "speaker-missing"),
        (("Unanticipated host error", -9999, (0, -errno.EIO, "Input/output error")), "speaker-failed"),
        (("odd",), "speaker-failed"),
        ((), "speaker-failed"),
    ],
)
def test_portaudios_errors_become_ours(args: tuple[Any, ...], code: str) -> None:
    error = explain("speaker", RuntimeError(*args))
    assert error.code == code
    assert error.message.endswith(".")
    assert error.hint.endswith(".")


class TestHeartbeat:
    def setup_method(self) -> None:
        self.now_s = 10.0
        self.heart = Heartbeat(lambda: self.now_s)

    def test_lives_while_it_beats(self) -> None:
        for _ in range(100):
            self.now_s += 0.4
            self.heart.beat()
            assert self.heart.alive(active=True)

    @pytest.mark.parametrize("callbacks_s", [[], [0.0], [0.0, 0.003], [0.0, 0.6, 0.99]])
    def test_a_slow_start_is_forgiven_for_a_while(self, callbacks_s: list[float]) -> None:
        opened_s = self.now_s
        for after_s in callbacks_s:
            self.now_s = opened_s + after_s
            self.heart.beat()
        self.now_s = opened_s + 2.9
        assert self.heart.alive(active=True)
        self.now_s += 0.2
        assert self.heart.alive(active=True), "the first look only raises suspicion"
        self.now_s += 0.11
        assert not self.heart.alive(active=True)

    def test_the_time_that_opening_took_is_not_counted(self) -> None:
        self.now_s += 4.5
        self.heart.start()
        assert self.heart.alive(active=True)
        self.now_s += 0.6
        assert self.heart.alive(active=True)

    def test_two_looks_that_find_it_silent_and_it_is_lost_for_good(self) -> None:
        self.now_s += 1.01  # awake
        self.heart.beat()
        self.now_s += 0.6
        assert self.heart.alive(active=True)
        self.now_s += 0.05
        assert self.heart.alive(active=True), "too soon after the first look"
        self.now_s += 0.06
        assert not self.heart.alive(active=True)
        self.heart.beat()
        assert not self.heart.alive(active=True)

    def test_a_late_callback_clears_the_suspicion(self) -> None:
        self.now_s += 1.01
        self.heart.beat()
        self.now_s += 5
        assert self.heart.alive(active=True)
        self.heart.beat()
        self.now_s += 0.2
        assert self.heart.alive(active=True)
        self.now_s += 0.4
        assert self.heart.alive(active=True), "a new silence is a new suspicion"

    def test_a_finished_stream_is_lost_at_once(self) -> None:
        self.heart.beat()
        assert not self.heart.alive(active=False)


class TestPatience:
    def test_returns_and_raises_like_the_call(self) -> None:
        assert call_patiently(lambda: 7, 5, "test") == 7
        with pytest.raises(ZeroDivisionError):
            call_patiently(lambda: 1 // 0, 5, "test")
        assert not portaudio_stuck()

    def test_gives_up_and_cleans_up_what_comes_too_late(self) -> None:
        hangs = threading.Event()
        late: queue.SimpleQueue[str] = queue.SimpleQueue()

        def slow() -> str:
            assert hangs.wait(10)
            return "stream"

        with pytest.raises(TimeoutError):
            call_patiently(slow, 0.01, "test", too_late=late.put)
        assert portaudio_stuck()
        ran: queue.SimpleQueue[str] = queue.SimpleQueue()
        with pytest.raises(TimeoutError):
            call_patiently(lambda: ran.put("opened"), 0.01, "test", too_late=lambda _: None)
        with pytest.raises(TimeoutError):
            call_patiently(lambda: ran.put("closed"), 0.01, "test")
        hangs.set()
        assert late.get(timeout=5) == "stream"
        assert ran.get(timeout=5) == "closed"
        assert ran.empty(), "an opening that nobody waits for any more is left out"


class TestChannelPicker:
    @staticmethod
    def frames(*levels: float) -> np.ndarray:
        noise = np.random.default_rng(0).standard_normal((800, len(levels)))
        return (noise * levels).astype(np.float32)

    def test_one_channel_is_itself(self) -> None:
        frames = self.frames(0.1)
        np.testing.assert_array_equal(ChannelPicker(1).pick(frames), frames[:, 0])

    def test_the_first_unless_another_is_far_louder(self) -> None:
        picker = ChannelPicker(2)
        frames = self.frames(0.05, 0.2)
        np.testing.assert_array_equal(picker.pick(frames), frames[:, 0])

    def test_a_dead_first_channel_is_passed_over(self) -> None:
        picker = ChannelPicker(2)
        frames = self.frames(0.0, 0.01)
        np.testing.assert_array_equal(picker.pick(frames), frames[:, 1])
        quiet = self.frames(0.0, 0.0)
        np.testing.assert_array_equal(picker.pick(quiet), quiet[:, 1])
        assert len(picker.pick(frames[:0])) == 0

    def test_opposite_signs_do_not_cancel(self) -> None:
        frames = self.frames(0.1)
        pair = np.concatenate((frames, -frames), axis=1)
        assert np.abs(ChannelPicker(2).pick(pair)).max() > 0.1


def test_a_missing_library_names_the_command_that_installs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    import builtins

    real_import = builtins.__import__

    def without_portaudio(name: str, *args: Any, **kwargs: Any) -> Any:
        if name == "sounddevice":
            raise OSError("PortAudio library not found")
        return real_import(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", without_portaudio)
    with pytest.raises(AudioDeviceError) as caught:
        devices.list_devices()
    assert caught.value.code == "portaudio-missing"
    assert "apt-get install libportaudio2" in caught.value.hint


class PortAudioError(Exception):
    """Stands for `sounddevice.PortAudioError`."""


class BrokenPortAudio:
    """The parts of `sounddevice` that are asked here; `broken` names those that fail."""

    PortAudioError = PortAudioError
    _initialized = 1

    def __init__(self, *broken: str) -> None:
        self.broken = set(broken)
        self.called: list[str] = []

    def _do(self, name: str) -> None:
        self.called.append(name)
        if name in self.broken:
            raise PortAudioError("PortAudio not initialized", -10000)

    def query_devices(self) -> list[dict[str, Any]]:
        self._do("query_devices")
        return []

    def query_hostapis(self) -> list[dict[str, Any]]:
        return []

    def _initialize(self) -> None:
        self._do("initialize")
        self._initialized += 1

    def _terminate(self) -> None:
        self._do("terminate")
        self._initialized -= 1


class TestPortAudioFails:
    """None of its own exceptions leaves the adapter."""

    @pytest.fixture
    def broken(self, monkeypatch: pytest.MonkeyPatch) -> BrokenPortAudio:
        sound = BrokenPortAudio()
        monkeypatch.setitem(sys.modules, "sounddevice", sound)
        monkeypatch.setattr(devices, "_open_streams", 0)
        return sound

    def test_while_listing(self, broken: BrokenPortAudio) -> None:
        broken.broken = {"query_devices"}
        with pytest.raises(AudioDeviceError, match="PortAudio not initialized") as caught:
            devices.list_devices()
        assert caught.value.code == "audio-failed"

    @pytest.mark.parametrize("opened", [PortAudioMicrophone().open, lambda: PortAudioSpeaker().open(22_050)])
    def test_while_listing_to_open(self, broken: BrokenPortAudio, opened: Callable[[], None]) -> None:
        broken.broken = {"query_devices"}
        with pytest.raises(AudioDeviceError, match="PortAudio not initialized") as caught:
            opened()
        assert caught.value.code in ("microphone-failed", "speaker-failed")

    @pytest.mark.parametrize("step", ["initialize", "terminate"])
    def test_while_looking_again_which_may_be_tried_once_more(self, broken: BrokenPortAudio, step: str) -> None:
        broken.broken = {step}
        with pytest.raises(AudioDeviceError) as caught:
            devices.rescan()
        assert caught.value.code == "audio-failed"
        broken.broken.clear()
        assert devices.rescan()
        assert broken._initialized == 1
        assert broken.called[-1] == "initialize"

    def test_while_asked_whether_a_stream_is_alive(self, broken: BrokenPortAudio) -> None:
        class Stream:
            latency = 0.0

            @property
            def active(self) -> bool:
                raise PortAudioError("Invalid stream pointer", -9988)

        stream = DeviceStream.__new__(DeviceStream)
        stream._closed, stream._heart, stream._stream = False, Heartbeat(), Stream()
        assert not stream.alive
