"""A second, closer look at an utterance in which no voice was heard: whispering, or a microphone turned far down.

Pure, but for the detector, whose state is used up. Runs on the engine thread.
"""

import numpy as np

from companion.engine.samples import EAR_RATE_HZ, VAD_FRAME, Float32Mono
from companion.engine.stt.base import VoiceDetector
from companion.engine.stt.voice import VoiceActivity

FAINT = 0.2
"""Probability from which a frame is taken for a faint voice. Whispering gives 0.2 to 0.6, rain and typing less."""

LEAST_S = 0.2
"""Faint voice of less than this is none: a ticking clock gives 0.1 s."""

LONGEST_S = 20.0
"""How much of the utterance's end is looked at: 3 ms a second, on a thread that others wait for."""

LEVEL, LEVEL_SHARE = 0.1, 99.5
"""The sound is amplified until this percentage of its samples is below this amplitude; single clicks may be louder."""

MOST_GAIN = 1000.0
"""60 dB. What is still too quiet then is the converter's own noise."""

_LEAD_FRAMES = 8
"""The detector is surest of itself in its first frames, whatever they hold: give it some silence first."""

_NOTHING: Float32Mono = np.zeros(0, np.float32)


def faint_voice(detector: VoiceDetector, samples: Float32Mono) -> Float32Mono:
    """Return the part of `samples` that may hold a faint voice, amplified; empty if there is none.

    Whether it holds words is for the transcriber to say, which doubts what the detector doubts.

    Args:
        detector: loaded; it is reset.
        samples: at `EAR_RATE_HZ`; not modified.
    """
    louder = _amplified(samples[-int(LONGEST_S * EAR_RATE_HZ) :])
    detector.reset()
    for _ in range(_LEAD_FRAMES):
        detector.process(np.zeros(VAD_FRAME, np.float32))
    voice = VoiceActivity(LEAST_S, FAINT)
    for start in range(0, louder.size - VAD_FRAME + 1, VAD_FRAME):
        voice.update(detector.process(louder[start : start + VAD_FRAME]))
    span = voice.speech_span() if voice.voiced_s >= LEAST_S else None
    return louder[slice(*span)].copy() if span else _NOTHING


def _amplified(samples: Float32Mono) -> Float32Mono:
    if samples.size < LEAST_S * EAR_RATE_HZ:
        return _NOTHING
    centred = samples - samples.mean()
    level = float(np.percentile(np.abs(centred), LEVEL_SHARE))
    if level <= LEVEL / MOST_GAIN:
        return _NOTHING
    return np.asarray(np.clip(centred * (LEVEL / level), -1.0, 1.0), np.float32)
