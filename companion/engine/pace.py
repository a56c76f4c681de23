"""How often the engine thread looks around while it waits, and how long a rest may last. Constants; no state."""

ACTIVE_TICK_S = 0.008
"""While a turn is active: a quarter of a VAD frame, so that a pause or a first sample is noticed at once."""

IDLE_TICK_S = 0.5
"""Between turns: only lost devices need noticing."""

WAKE_AFTER_S = 60.0
"""Rest after which a press wakes the models: in less, nothing is paged out and no GPU slows its clock down."""

LEVEL_EVERY_S = 0.033
"""Between two `InputLevelChanged`."""
