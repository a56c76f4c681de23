"""Round numbers for the axes of the pictures. Pure; any thread."""

import math

_STEPS = (1, 2, 5, 10)


def round_step(span: float, most: int) -> float:
    """Return the smallest of 1, 2, 5 times a power of ten that cuts `span` (over 0) into at most `most` parts."""
    rough = span / most
    power = 10.0 ** math.floor(math.log10(rough))
    return next(step * power for step in _STEPS if step * power >= rough * (1 - 1e-9))


def ticks(low: float, high: float, most: int) -> list[float]:
    """Return the round numbers from `low` to `high`, at most `most` + 1 of them."""
    if not low < high:
        return [low]
    step = round_step(high - low, most)
    first = math.ceil(low / step - 1e-9)
    return [index * step for index in range(first, math.floor(high / step + 1e-9) + 1)]
