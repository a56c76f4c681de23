"""The first run as a person has it: an empty home, the guide, keys only, and a first answer aloud."""

import json
import os
import shutil
from pathlib import Path
from time import monotonic

import pytest

from tests.e2e.keyboard import focus, press
from tests.e2e.program import Program, audible, speak
from tests.e2e.virtual_desktop import VirtualDesktop, sound_card_missing, wait_until
from tests.recordings import Recordings

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.models,
    pytest.mark.skipif(sound_card_missing() is not None, reason=str(sound_card_missing())),
    pytest.mark.skipif(shutil.which("xdotool") is None, reason="no xdotool: apt-get install xdotool xvfb"),
]


WINDOW = "^Companion$"


def seen(desktop: VirtualDesktop) -> str:
    """Return what the program remembers of the guide."""
    found = list(Path(desktop.env["XDG_DATA_HOME"]).rglob("window.json"))
    return str(json.loads(found[0].read_text()).get("guide", "")) if found else ""


def test_an_empty_home_is_led_to_a_first_spoken_answer_with_keys_alone(recordings: Recordings) -> None:
    question = recordings["google_brooklyn_bridge"]
    with VirtualDesktop() as desktop, desktop.listen() as speaker:
        running = Program(desktop)
        try:
            running.wait_for_line("ready in")
            focus(desktop, WINDOW)
            press(desktop, "Return")  # the greeting; now the microphone
            begun_s = monotonic()
            press(desktop, "Return")  # the loudspeaker
            press(desktop, "Tab", "Tab", "Tab", "Tab", "space")  # past "Skip", "Back" and the list, to the test
            audible(speaker, begun_s, 10)
            press(desktop, "Escape")
            wait_until(lambda: monotonic() - speaker.silent_from(begun_s) > 0.3, 10, "it is quiet")
            press(desktop, "Return", "Return", "Return")  # "I heard it", the talk key, the models
            released_s = speak(desktop, question.samples, question.voiced_end_s)
            assert audible(speaker, released_s) > released_s - 0.05
            press(desktop, "Return")
            assert running.end() == 0, running.output
            assert seen(desktop) == "finished"
        finally:
            running.kill()


def test_it_is_not_shown_a_second_time() -> None:
    with VirtualDesktop() as desktop:
        for run in range(2):
            running = Program(desktop)
            try:
                running.wait_for_line("ready in")
                assert seen(desktop) == ("" if run == 0 else "finished")
                if run == 0:
                    focus(desktop, WINDOW)
                    press(desktop, *["Return"] * 6)
                assert running.end() == 0, running.output
            finally:
                running.kill()
        assert seen(desktop) == "finished"


def test_without_models_it_waits_for_them_and_loads_them_without_a_new_start(tmp_path: Path, models_dir: Path) -> None:
    """What stands in for the download is a link to the files; downloads have tests of their own."""
    place = tmp_path / "models"
    with VirtualDesktop() as desktop, desktop.listen() as speaker:
        running = Program(desktop, extra={"COMPANION_MODELS": str(place)})
        try:
            running.wait_for_line("companion models pull starter")
            focus(desktop, WINDOW)
            shutil.copytree(models_dir, place, copy_function=os.link)
            press(desktop, "Return")
            running.wait_for_line("ready in")
            begun_s = monotonic()
            press(desktop, "Return", "Tab", "Tab", "Tab", "Tab", "space")
            audible(speaker, begun_s, 10)
            assert running.end() == 0, running.output
        finally:
            running.kill()
