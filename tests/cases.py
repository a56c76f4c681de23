"""How many cases a property test draws: `--hypothesis-profile=long` has thirty times as many."""

from hypothesis import settings

LONG = "long"
_USUAL = 100
_TIMES = 30

settings.register_profile(LONG, max_examples=_USUAL * _TIMES)


def cases(usual: int) -> int:
    """Return `max_examples` for a test that usually draws `usual` cases."""
    return usual * settings().max_examples // _USUAL
