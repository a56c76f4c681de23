"""When a stage is said to hang, and when not."""

from dataclasses import dataclass, field

from companion.engine.errors import CompanionError, ModelBrokenError
from companion.engine.messages import Role
from companion.engine.watchdog import LIMIT_S, LOOK_S, Watchdog


@dataclass
class Stage:
    role: Role = Role.LLM
    busy: bool = True
    life: int = 0
    broken: CompanionError | None = None


@dataclass
class Watch:
    """A watchdog that looks every tenth of a second."""

    stages: tuple[Stage, ...]
    dog: Watchdog = field(default_factory=Watchdog)
    now_s: float = 100.0

    def after(self, seconds: float, *, lively: bool = False) -> Role | None:
        for _ in range(round(seconds * 10)):
            self.now_s += 0.1
            for stage in self.stages:
                stage.life += lively
            if found := self.dog.look(self.stages, self.now_s):
                return found[0]
        return None


def test_a_stage_hangs_when_it_has_work_and_shows_no_life() -> None:
    watch = Watch((Stage(),))
    assert watch.after(LIMIT_S - 1) is None
    assert watch.after(2) is Role.LLM


def test_a_broken_stage_is_exchanged_at_once_and_says_why() -> None:
    error = ModelBrokenError("llm-broken", "It broke off.")
    watch = Watch((Stage(), Stage(Role.TTS, busy=False, broken=error)))
    assert watch.dog.look(watch.stages, watch.now_s) == (Role.TTS, error)


def test_a_slow_stage_does_not_hang() -> None:
    assert Watch((Stage(),)).after(5 * LIMIT_S, lively=True) is None
    watch = Watch((Stage(),))
    for _ in range(5):
        assert watch.after(0.9 * LIMIT_S) is None
        watch.stages[0].life += 1


def test_a_stage_without_work_does_not_hang() -> None:
    assert Watch((Stage(busy=False),)).after(2 * LIMIT_S) is None


def test_work_that_begins_after_a_pause_has_its_whole_time() -> None:
    watch = Watch((Stage(),))
    watch.after(LIMIT_S - 1)
    watch.stages[0].busy = False
    watch.after(0.1)
    watch.stages[0].busy = True
    assert watch.after(LIMIT_S - 1) is None


def test_time_in_which_nobody_could_look_does_not_count() -> None:
    watch = Watch((Stage(),))
    watch.after(1)
    for _ in range(int(LIMIT_S / LOOK_S / 2)):
        watch.now_s += 3600  # the machine slept
        assert watch.after(0.1) is None


def test_the_stage_that_hangs_is_named_among_others_and_once() -> None:
    lively = Stage(role=Role.STT)
    watch = Watch((lively, Stage(role=Role.TTS)))
    found = None
    for _ in range(int(LIMIT_S) + 2):
        lively.life += 1
        found = found or watch.after(1)
    assert found is Role.TTS
    assert watch.after(LIMIT_S / 2) is None
