"""Connectivity: what it needs besides this machine (nothing), and how soon it is there. Pure."""

from companion.report.aspects import Aspect
from companion.report.figures import Figure, Goal, share
from companion.report.run import Run

READY_S = 3.0
"""Start of the process to ready, with the starter models."""


def connectivity(run: Run) -> Aspect:
    """Judge what it connects to."""
    found = run.connectivity
    sockets = found.sockets
    return Aspect(
        title="Connectivity",
        meaning=_meaning(run),
        headline="connectivity.ready",
        replaced="a web server, a WebSocket and a hosted model",
        figures=(
            Figure(
                key="connectivity.network",
                name="network sockets",
                value=sockets.network,
                unit="count",
                means=f"Most at any of {sockets.looks} looks, as the system lists them for this process.",
                goal=Goal(at_most=0),
                essential=True,
            ),
            Figure(
                key="connectivity.loopback",
                name="sockets to this machine through its network",
                value=sockets.loopback,
                unit="count",
                means="A local server would be one.",
                goal=Goal(at_most=0),
                essential=True,
            ),
            Figure(
                key="connectivity.local",
                name="Unix sockets",
                value=sockets.local,
                unit="count",
                means="To the sound server or the display; they lead nowhere else.",
                better="",
            ),
            Figure(
                key="connectivity.attempts",
                name="attempts to reach a network",
                value=found.refused_attempts,
                unit="count",
                means="Made by a library of this process, and refused.",
                goal=Goal(at_most=0),
            ),
            Figure(
                key="connectivity.offline",
                name="turns answered with the network forbidden",
                value=share(turn.answered for turn in run.turns) if found.forbidden else 0.0,
                unit="share",
                means="Nobody was asked: every network access of the process is refused before a model is loaded.",
                goal=Goal(at_least=1.0),
                better="more",
            ),
            Figure(
                key="connectivity.ready",
                name="start to ready",
                value=found.ready_s,
                unit="s",
                means="From the start of the process until every model is loaded and warm.",
                goal=Goal(under=READY_S),
            ),
        ),
    )


def _meaning(run: Run) -> str:
    sockets = run.connectivity.sockets
    ready = f"and it is ready {run.connectivity.ready_s:.1f} s after its start"
    open_ones = (sockets.network or 0) + (sockets.loopback or 0)
    if open_ones:
        return f"{open_ones} sockets to a network were open, which should not be, {ready}."
    if not run.connectivity.forbidden:
        return f"The network was not forbidden to this process, {ready}."
    return f"Nothing said to it can leave this machine, no outage or rate limit can stop it, {ready}."
