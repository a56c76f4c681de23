"""What the doctor says of one part. No state; any thread."""

from dataclasses import dataclass
from enum import Enum


class Health(Enum):
    """How well a part is."""

    OK = "ok"
    NOTE = "note"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that was looked at."""

    part: str
    health: Health
    detail: str
    fix: str = ""
