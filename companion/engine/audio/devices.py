"""PortAudio: loading it, listing and choosing devices, looking again, and saying what went wrong.

Any thread may list; one at a time opens, closes and looks again ("sound", see `search`). No call waits longer than
`TIMEOUT_S` for a sound system that hangs.
"""

import contextlib
import ctypes
import errno
import logging
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TypeAlias

from companion.engine.audio.patience import call_patiently
from companion.engine.audio.server import sound_server
from companion.engine.errors import AudioDeviceError

_log = logging.getLogger(__name__)

DeviceKind: TypeAlias = Literal["microphone", "speaker"]

TIMEOUT_S = 5.0
"""Patience with the sound system when loading, listing and opening."""

_CARDS = Path("/proc/asound/cards")
"""The sound cards of this machine, under Linux."""

_PREFERRED_HOST_API = "Windows WASAPI"
"""Where it exists it is preferred to PortAudio's default (MME): tens of milliseconds faster, and whole names."""

_open_streams = 0
"""Streams that exist in PortAudio. Re-initialising it under one would free what is in use. Changed only inside
`call_patiently`, which makes one call at a time."""

_BY_ITSELF = "Companion goes on by itself."
"""Whoever owns the devices keeps looking for a missing one."""

_RESTART = f"Restart it (systemctl --user restart pipewire pipewire-pulse), or log in again; {_BY_ITSELF}"


@dataclass(frozen=True, slots=True, kw_only=True)
class AudioDevice:
    """A device as PortAudio lists it."""

    index: int
    """PortAudio's number; valid until the next `rescan`."""
    name: str
    host_api: str
    input_channels: int
    output_channels: int
    default_rate_hz: int
    default_input: bool
    default_output: bool

    def serves(self, kind: DeviceKind) -> bool:
        """Return whether it can be used as a `kind`."""
        return (self.input_channels if kind == "microphone" else self.output_channels) > 0

    def is_default(self, kind: DeviceKind) -> bool:
        """Return whether the system uses it as a `kind` unless told otherwise."""
        return self.default_input if kind == "microphone" else self.default_output


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceChoice:
    """The device to open, and whether it is the one that was asked for."""

    device: AudioDevice
    fell_back: bool
    """True if the device asked for is not there, and this is the system's default instead."""


def portaudio() -> Any:
    """Return the `sounddevice` module, loading PortAudio the first time. To be called inside `call_patiently`.

    Raises:
        AudioDeviceError: "portaudio-missing".
    """
    try:
        import sounddevice
    except OSError as error:
        raise AudioDeviceError(
            "portaudio-missing",
            "The sound library PortAudio is not installed.",
            hint="Run: sudo apt-get install libportaudio2",
            permanent=True,
        ) from error
    _silence_alsa()
    return sounddevice


def list_devices() -> list[AudioDevice]:
    """Return the devices of the preferred host API, as PortAudio last saw them (see `rescan`).

    Thread: any.

    Raises:
        AudioDeviceError: "portaudio-missing", or "audio-failed" if the sound system does not answer or has failed.
    """

    def listed() -> list[AudioDevice]:
        sd = portaudio()
        try:
            return known_devices()
        except sd.PortAudioError as error:
            raise _failed(error) from error

    try:
        return call_patiently(listed, TIMEOUT_S, "audio-list")
    except TimeoutError as error:
        raise unresponsive() from error


def known_devices() -> list[AudioDevice]:
    """Do what `list_devices` does, inside `call_patiently`.

    Raises:
        AudioDeviceError: "portaudio-missing".
        sounddevice.PortAudioError: the sound system has failed.
    """
    sd = portaudio()
    return _devices(sd.query_devices(), sd.query_hostapis())


def _devices(devices: Sequence[dict[str, Any]], host_apis: Sequence[dict[str, Any]]) -> list[AudioDevice]:
    """Return the devices of one host API: the preferred one if it has any, else the first that has a default."""
    ranked = sorted(
        (api for api in host_apis if api["devices"]),
        key=lambda api: (
            api["name"] != _PREFERRED_HOST_API,
            max(api["default_input_device"], api["default_output_device"]) < 0,
        ),
    )
    if not ranked:
        return []
    api = ranked[0]
    return [
        AudioDevice(
            index=index,
            name=devices[index]["name"],
            host_api=api["name"],
            input_channels=devices[index]["max_input_channels"],
            output_channels=devices[index]["max_output_channels"],
            default_rate_hz=round(devices[index]["default_samplerate"]),
            default_input=index == api["default_input_device"],
            default_output=index == api["default_output_device"],
        )
        for index in api["devices"]
    ]


def choose_device(kind: DeviceKind, name: str | None, devices: Sequence[AudioDevice]) -> DeviceChoice:
    """Return the device called `name`, or the system's default if there is none of that name or `name` is None.

    Args:
        kind: What it is for.
        name: As listed by `list_devices`.
        devices: Choose from these.

    Raises:
        AudioDeviceError: "microphone-missing" or "speaker-missing".
    """
    usable = [device for device in devices if device.serves(kind)]
    if not usable:
        raise missing(kind)
    default = next((device for device in usable if device.is_default(kind)), usable[0])
    chosen = next((device for device in usable if device.name == name), None)
    if chosen is None and name is not None:
        _log.info("The chosen %s is not there; using the default.", kind)
    return DeviceChoice(device=chosen or default, fell_back=chosen is None and name is not None)


def rescan() -> bool:
    """Look for devices again: PortAudio lists them once, when it is initialised.

    Thread: engine. Close the microphone and the speaker first, and open them again afterwards: re-initialising frees
    every stream, and with one still open that would crash.

    Returns:
        False if nothing was done because a stream is still open, or still closing in a sound system that hangs.

    Raises:
        AudioDeviceError: "portaudio-missing", or "audio-failed" if the sound system does not answer or has failed. It
            may be called again then.
    """

    def again() -> bool:
        loaded_before = "sounddevice" in sys.modules
        sd = portaudio()
        if _open_streams:
            return False
        if loaded_before:
            # sounddevice has no public name for it: https://github.com/spatialaudio/python-sounddevice/issues/125
            try:
                if sd._initialized:  # else an earlier attempt got no further
                    sd._terminate()
                sd._initialize()
            except sd.PortAudioError as error:
                raise _failed(error) from error
        return True

    try:
        return call_patiently(again, TIMEOUT_S, "audio-rescan")
    except TimeoutError as error:
        raise unresponsive() from error


def plugged_in() -> str | None:
    """Return something that changes when a sound card comes or goes, without asking PortAudio; None if nothing does.

    Thread: any.
    """
    try:
        return _CARDS.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None


def note_open_streams(change: int) -> None:
    """Count a stream that was opened (+1) or closed (-1); called inside `call_patiently`."""
    global _open_streams
    _open_streams += change


def missing(kind: DeviceKind) -> AudioDeviceError:
    """Return the error for a device that is not there, or for the sound system that should have it."""
    if sound_server() == "gone":
        return AudioDeviceError("audio-gone", "The sound system is not running.", hint=_RESTART)
    if _held(kind):
        return busy(kind)
    name = kind if kind == "microphone" else "loudspeaker"
    return AudioDeviceError(f"{kind}-missing", f"No {name} was found.", hint=f"Plug one in; {_BY_ITSELF}")


def busy(kind: DeviceKind) -> AudioDeviceError:
    """Return the error for a device that another program holds."""
    name = kind if kind == "microphone" else "loudspeaker"
    return AudioDeviceError(
        f"{kind}-busy",
        f"Another program is using the {name}.",
        hint=f"Close it, or choose another device in the settings; {_BY_ITSELF}",
    )


def _held(kind: DeviceKind) -> bool:
    """Return whether ALSA's default device is there but held: PortAudio does not list one that it cannot open."""
    if sys.platform != "linux" or "sounddevice" not in sys.modules:
        return False
    pcm = ctypes.c_void_p()
    try:
        alsa = ctypes.CDLL("libasound.so.2")
    except OSError:
        return False
    # snd_pcm_open(3): playback is 0, capture 1; the mode is SND_PCM_NONBLOCK.
    status: int = alsa.snd_pcm_open(ctypes.byref(pcm), b"default", int(kind == "microphone"), 1)
    if status == 0:
        alsa.snd_pcm_close(pcm)
    return status == -errno.EBUSY


def unresponsive() -> AudioDeviceError:
    """Return the error for a sound system that does not answer."""
    return AudioDeviceError("audio-failed", "The sound system does not answer.", hint=_RESTART)


def _failed(error: Exception) -> AudioDeviceError:
    reason = _reason(error)
    return AudioDeviceError("audio-failed", f"The sound system has failed ({reason}).", hint=_RESTART)


def explain(kind: DeviceKind, error: Exception, *, default: bool = False) -> AudioDeviceError:
    """Return our error for one that PortAudio raised while opening a device, or the system's `default`."""
    if isinstance(error, AudioDeviceError):
        return error
    if sound_server() == "gone":
        return missing(kind)
    code = error.args[1] if len(error.args) > 1 else None
    host = error.args[2] if len(error.args) > 2 else None
    host_error = -host[1] if isinstance(host, tuple) and len(host) > 1 else None
    name = kind if kind == "microphone" else "loudspeaker"
    # -9985 paDeviceUnavailable, -9996 paInvalidDevice (portaudio.h); the host's own number is an errno under ALSA.
    if code == -9985 or host_error == errno.EBUSY:
        return busy(kind)
    if code == -9996 or host_error in (errno.ENODEV, errno.ENOENT):
        return missing(kind)
    if host_error == errno.EIO and default and sound_server() == "here":  # the server has no device to offer
        return missing(kind)
    reason = _reason(error)
    return AudioDeviceError(
        f"{kind}-failed",
        f"The {name} could not be opened ({reason}).",
        hint=f"Unplug it and plug it in again; {_BY_ITSELF}",
    )


def _reason(error: Exception) -> str:
    return str(error.args[0]) if error.args else type(error).__name__


def _silence_alsa() -> None:
    """Keep libasound from writing to stderr whenever a device goes or runs late: we report that ourselves."""
    global _alsa_silenced
    if _alsa_silenced or sys.platform != "linux":
        return
    _alsa_silenced = True
    with contextlib.suppress(OSError, AttributeError):
        # The handler may be called from PortAudio's threads at any time, also while Python shuts down, so it must not
        # be Python: getpid() ignores the arguments and has no effect.
        ctypes.CDLL("libasound.so.2").snd_lib_error_set_handler(ctypes.CDLL(None).getpid)


_alsa_silenced = False
