"""Sounds that are not what they should be: noises by arithmetic, and ways to spoil a recording of a person.

Any thread; the same samples every time.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from companion.engine.samples import EAR_RATE_HZ, Float32Mono

VOWEL_A_HZ = (730, 1090, 2440)
"""The first three formants of an open "a", man (Peterson and Barney 1952)."""


def frames(seconds: float) -> int:
    """Return how many frames of the ear that is."""
    return round(seconds * EAR_RATE_HZ)


def at_peak(sound: npt.NDArray[np.floating], dbfs: float) -> Float32Mono:
    """Return `sound` scaled to a peak of `dbfs`."""
    return np.asarray(sound * (10 ** (dbfs / 20) / np.abs(sound).max()), np.float32)


def driven(sound: Float32Mono, db: float) -> Float32Mono:
    """Return `sound` amplified by `db` and clipped, as a microphone's gain set too high does."""
    return np.asarray(np.clip(sound * 10 ** (db / 20), -1.0, 1.0), np.float32)


def mixed(loud: Float32Mono, other: Float32Mono, ratio_db: float) -> Float32Mono:
    """Return `loud` with `other` beneath, `ratio_db` weaker in mean power, repeated or cut to the same length."""
    beneath = np.resize(other, loud.size)
    gain = np.sqrt(np.square(loud).mean() / np.square(beneath).mean()) * 10 ** (-ratio_db / 20)
    both = loud + gain * beneath
    return np.asarray(both / max(1.0, np.abs(both).max()), np.float32)


def with_offset(sound: Float32Mono, offset: float) -> Float32Mono:
    """Return `sound` on a constant `offset`, as a cheap sound card gives it."""
    return np.asarray(np.clip(sound + offset, -1.0, 1.0), np.float32)


def coloured_noise(seconds: float, dbfs: float, *, exponent: float = 0.0) -> Float32Mono:
    """Return noise whose power falls with the frequency to the power of `exponent`: 0 white, 1 pink, 2 brown."""
    white = np.random.default_rng(3).normal(size=frames(seconds))
    spectrum = np.fft.rfft(white)
    hertz = np.maximum(np.fft.rfftfreq(white.size, 1 / EAR_RATE_HZ), 20.0)
    return at_peak(np.fft.irfft(spectrum / hertz ** (exponent / 2), white.size), dbfs)


def tone(hertz: float, seconds: float, harmonics: Sequence[float] = (1.0,)) -> npt.NDArray[np.float64]:
    """Return a tone with these amplitudes of its harmonics."""
    phase = 2 * np.pi * hertz * np.arange(frames(seconds)) / EAR_RATE_HZ
    parts = [gain * np.sin(number * phase) for number, gain in enumerate(harmonics, 1)]
    return np.asarray(np.sum(parts, axis=0))


def hum(seconds: float, dbfs: float) -> Float32Mono:
    """Return the hum of the mains with its harmonics."""
    return at_peak(tone(50, seconds, (1, 0.5, 0.6, 0.2, 0.3, 0.1, 0.2)), dbfs)


def music(seconds: float, dbfs: float) -> Float32Mono:
    """Return plucked chords with a tune above them, two a second."""
    chords = ((262, 330, 392), (220, 262, 330), (175, 220, 262), (196, 247, 294))
    tune = (523, 659, 784, 659, 587, 523, 440, 494)
    rows = []
    for beat in range(int(np.ceil(seconds * 2))):
        notes = (*chords[beat // 4 % len(chords)], tune[beat % len(tune)])
        decay = np.exp(-3 * np.arange(frames(0.5)) / frames(0.5))
        rows.append(decay * np.sum([tone(note, 0.5, (1, 0.5, 0.25, 0.12)) for note in notes], axis=0))
    return at_peak(np.concatenate(rows)[: frames(seconds)], dbfs)


def laughter(seconds: float, dbfs: float) -> Float32Mono:
    """Return a laugh: five "ha" a second, pulses through the formants of an "a", each falling in pitch."""
    syllables = []
    for number in range(int(seconds * 5)):
        size = frames(0.2)
        pitch_hz = np.linspace(240, 190, size) * (1 - 0.03 * (number % 6))
        pulses = np.diff(np.floor(np.cumsum(pitch_hz) / EAR_RATE_HZ), prepend=0.0)
        breath = np.random.default_rng(number).normal(0, 0.03, size)
        envelope = np.sin(np.pi * np.minimum(1, np.arange(size) / frames(0.13))) ** 2
        syllables.append(envelope * (_resonated(pulses, VOWEL_A_HZ) + breath))
    return at_peak(np.concatenate(syllables), dbfs)


def _resonated(source: npt.NDArray[np.float64], formants_hz: Sequence[int]) -> npt.NDArray[np.float64]:
    hertz = np.fft.rfftfreq(source.size, 1 / EAR_RATE_HZ)
    gain = np.sum([1 / (1 + ((hertz - formant) / 60) ** 2) for formant in formants_hz], axis=0)
    return np.asarray(np.fft.irfft(np.fft.rfft(source) * gain, source.size))


def clicks(seconds: float, dbfs: float) -> Float32Mono:
    """Return mouse clicks: pairs of 2 ms bursts."""
    sound = np.zeros(frames(seconds))
    burst = np.random.default_rng(5).normal(size=frames(0.002))
    for start_s in np.arange(0.3, seconds - 0.2, 0.7):
        for offset_s in (0.0, 0.09):
            first = frames(start_s + offset_s)
            sound[first : first + burst.size] = burst
    return at_peak(sound, dbfs)


def breathing(seconds: float, dbfs: float) -> Float32Mono:
    """Return breath into the microphone: low noise that comes and goes every 1.5 s."""
    noise = coloured_noise(seconds, 0.0, exponent=1.5)
    return at_peak(noise * np.sin(np.pi * np.arange(noise.size) / frames(1.5)) ** 4, dbfs)


def beeps(seconds: float, dbfs: float) -> Float32Mono:
    """Return an alarm: two tones, a beep every half second."""
    pair = np.concatenate((tone(950, 0.15), np.zeros(frames(0.1)), tone(1400, 0.15), np.zeros(frames(0.1))))
    return at_peak(np.resize(pair, frames(seconds)), dbfs)
