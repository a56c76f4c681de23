"""What is told of a turn that has ended: its figures, and one line in the log.

Thread: engine.
"""

import logging

from companion.engine.effects import FinishTurn
from companion.engine.metrics import TurnMetrics
from companion.engine.playback import Playback
from companion.engine.slowness import slow_reason
from companion.engine.surprise import logged
from companion.engine.trace import TurnTrace

_log = logging.getLogger(__name__)


def account(trace: TurnTrace, finish: FinishTurn, now_s: float, playback: Playback) -> TurnMetrics:
    """Return what the turn cost, and log it. Whatever goes wrong here costs the figures, not the end of the turn."""
    metrics = TurnMetrics(turn_id=finish.turn_id)
    with logged("measuring a turn"):
        metrics = trace.finish(now_s, finish.stats, playback.figures)
        slow = slow_reason(metrics)
        outcome = " ".join(filter(None, [finish.outcome, finish.reason, slow.cause.value if slow else ""]))
        _log.info("turn %d %s: %s", finish.turn_id, outcome, metrics.summary())
    return metrics
