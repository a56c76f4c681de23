"""Words for people."""

import pytest

from companion.engine.errors import AudioDeviceError, CompanionError, GenerationError, ModelMissingError
from companion.engine.events import EngineState
from companion.engine.messages import Placement, Role
from companion.engine.metrics import TurnMetrics
from companion.invocation import command, spelled_out
from companion.ui import strings
from companion.ui.talk_face import Face
from companion.ui.turn_details import turn_details


def test_every_state_role_and_face_has_words() -> None:
    assert set(strings.STATE_WORDS) == set(EngineState)
    assert set(strings.ROLE_WORDS) == set(Role)
    assert set(strings.TALK_STATES) == {face.value for face in Face}


@pytest.mark.parametrize(
    ("error", "message", "hint"),
    [
        (AudioDeviceError("c", "Gone.", hint="Plug in."), "Gone.", "Plug in."),
        (AudioDeviceError("c", ""), *strings._FALLBACKS[AudioDeviceError]),
        (GenerationError("c", "No memory."), "No memory.", strings._FALLBACKS[GenerationError][1]),
        (CompanionError("c", ""), "Something went wrong.", "Try again; if it stays, run “companion doctor”."),
    ],
)
def test_errors_always_say_what_and_what_next(error: CompanionError, message: str, hint: str) -> None:
    assert strings.error_sentences(error) == (message, spelled_out(hint))


def test_a_command_is_named_as_it_is_typed_here() -> None:
    _, hint = strings.error_sentences(ModelMissingError("model-missing", "Gone.", hint="Run: companion models verify"))
    assert hint == f"Run: {command()} models verify"


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ([], "Loading…"),
        ([Role.TTS], "Loading the voice…"),
        ([Role.STT, Role.LLM, Role.TTS], "Loading speech recognition, the language model and the voice…"),
    ],
)
def test_loading_names_the_parts(parts: list[Role], expected: str) -> None:
    assert strings.loading_words(parts) == expected


@pytest.mark.parametrize(
    ("placement", "expected"),
    [
        (Placement(device="cpu"), "m · CPU"),
        (Placement(device="RTX 4090", layers=33, layers_on_gpu=33), "m · RTX 4090"),
        (Placement(device="RTX 3060", layers=33, layers_on_gpu=20), "m · RTX 3060, 20 of 33 layers"),
    ],
)
def test_where_the_model_runs(placement: Placement, expected: str) -> None:
    assert strings.placement_words("m.gguf", placement) == expected


@pytest.mark.parametrize(
    ("latency_s", "expected"),
    [(0.1416, "142 ms"), (0.0, "0 ms"), (0.999, "999 ms"), (0.9996, "1.0 s"), (1.44, "1.4 s")],
)
def test_latency(latency_s: float, expected: str) -> None:
    assert strings.latency_words(latency_s) == expected


def test_the_hint_names_the_key_if_there_is_one() -> None:
    assert "Ctrl+Space" in strings.talk_hint("Ctrl+Space")
    assert "None" not in strings.talk_hint(None)


def test_the_story_of_a_turn_tells_what_was_done_early() -> None:
    metrics = TurnMetrics(turn_id=1, transcript_s=-0.06, release_latency_s=0.142, draft_used=True, underruns=2)
    assert turn_details(metrics).splitlines() == [
        "Words known: 60 ms before you let go",
        "Heard: 142 ms after you let go",
        "Prepared while you were still speaking",
        "The sound stuttered 2 times",
    ]
