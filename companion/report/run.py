"""What a run of the benchmark measured, as plain values. Pure; any thread."""

from dataclasses import dataclass

from companion.engine.metrics import TurnMetrics


@dataclass(frozen=True, slots=True, kw_only=True)
class SpokenTurn:
    """One question and its answer."""

    number: int
    """1 for the first of the run."""
    question: str
    """What was said, by its known transcript."""
    heard: str = ""
    """What was made of it; empty if nothing."""
    reply: str = ""
    written: bool = False
    """Whether the reply was written to its end."""
    refused: str = ""
    """Why there was no answer, as a sentence; empty if there was one."""
    metrics: TurnMetrics | None = None
    writing_s: float | None = None
    """From the first sound to the end of writing; negative if the reply was complete before it sounded."""
    speech_s: float | None = None
    """From the first audible sample of the reply to its last; None if it was not heard to its end."""
    pauses_s: tuple[float, ...] = ()
    """Silences inside the reply at the sound device."""
    stop_s: float | None = None
    """Key pressed in mid-reply to the last sample handed to the sound device; None if it was not interrupted."""

    @property
    def latency_s(self) -> float | None:
        """Key release to first audible sample."""
        return self.metrics.release_latency_s if self.metrics else None

    @property
    def answered(self) -> bool:
        """Whether the user heard an answer."""
        return self.latency_s is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Gpu:
    """An NVIDIA card during the run."""

    name: str
    memory_total_bytes: int
    memory_before_bytes: int
    """In use before the models were loaded."""
    memory_peak_bytes: int
    use_mean: float | None
    """Share of the time in which something ran on it while replies were made, 0 to 1; None if it does not tell."""
    use_peak: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """What it ran on. None is what the system does not tell."""

    processor: str
    cores: int
    """Physical ones this process may use."""
    logical: int
    memory_bytes: int | None
    system: str
    python: str
    gpu: Gpu | None
    peak_memory_bytes: int | None
    """Most memory this process held at any time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sockets:
    """The most sockets that were seen open at any look, by where they lead. None is what the system does not tell."""

    network: int | None
    """To or from other machines, or open to them."""
    loopback: int | None
    """To this machine through its network: a server would be one."""
    local: int | None
    """Unix sockets: the sound server, the display."""
    looks: int
    """How often was looked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Connectivity:
    """How the process stood to the network."""

    sockets: Sockets
    forbidden: bool
    """Whether every network access of the process was refused before a model was loaded."""
    refused_attempts: int
    ready_s: float
    """Start of the process to ready, less what only the benchmark does.

    Only the engine's part of it where the system does not tell when the process began.
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelUsed:
    """A model of the run."""

    role: str
    file: str
    device: str
    note: str = ""
    """Layers and threads."""
    memory_bytes: int = 0
    load_s: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """Everything that was measured, in seconds and bytes."""

    made: str
    """Date and time in UTC, ISO 8601."""
    version: str
    release_after_s: float
    """Key released so long after the voice."""
    sound_device: str
    """Empty if there was none: replies were played to nobody at the pace of the clock."""
    window: bool = False
    """Whether the window showed the turns meanwhile, as in daily use."""
    engine_ready_s: float
    turns: tuple[SpokenTurn, ...]
    machine: Machine
    connectivity: Connectivity
    models: tuple[ModelUsed, ...] = ()

    @property
    def answered(self) -> tuple[SpokenTurn, ...]:
        """The turns that were answered, in their order."""
        return tuple(turn for turn in self.turns if turn.answered)

    @property
    def metrics(self) -> tuple[TurnMetrics, ...]:
        """The figures of the turns that were answered."""
        return tuple(turn.metrics for turn in self.answered if turn.metrics)
