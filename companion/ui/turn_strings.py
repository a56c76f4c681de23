"""The sentences about how a turn went and how fast the answers came. Any thread; no state.

English sources with {names}, shown through `tr`. Times count from the moment the key came up.
"""

LATENCY_AT = "Heard {latency} after you let go ({grade})"
PIECES = "{count} · {together}"
DRAFTS_DROPPED = "{count}, {dropped} dropped"
NAMED = "{name}: {value}"
NO_PIECES = "none"
SUMMED_UP = "{count} pieces, {together} in all, {range}"
SUMMED_UP_DROPPED = "{count} pieces, {together} in all, {range}, {dropped} dropped"
NEXT_PIECE = "{pieces}; {piece}"
PIECE = "{length}, {range}"
PIECE_DROPPED = "{length}, {range}, dropped"
BEFORE = "from {begin} to {end} before you let go"
AFTER = "from {begin} to {end} after you let go"
ACROSS = "from {begin} before to {end} after you let go"
YES, NO = "yes", "no"
OF = "{count} of {all}"

STAGES = {
    "transcript": ("Words known: {latency} before you let go", "Words known: {latency} after you let go"),
    "token": (
        "First word of the answer: {latency} before you let go",
        "First word of the answer: {latency} after you let go",
    ),
    "clause": ("First clause: {latency} before you let go", "First clause: {latency} after you let go"),
    "sound": ("Its sound ready: {latency} before you let go", "Its sound ready: {latency} after you let go"),
    "heard": ("Heard: {latency} before you let go", "Heard: {latency} after you let go"),
}
"""When a stage of the turn was done: (before, after) the key came up."""
AHEAD = "Prepared while you were still speaking"
TOKENS_A_SECOND = "{count} tokens a second"
STUTTERED_ONCE, STUTTERED = "The sound stuttered once", "The sound stuttered {count} times"

UNDER_PROMISE, UNDER_FAIR, SLOWER = "under {count} ms", "under {count}", "slower"
TURN_SAID = "Turn {number} of {all}: {latency}, {grade} · {when}"
TURN_SAID_FIRST = "Turn {number} of {all}: {latency}, {grade}, first after a start · {when}"
CHART_SAID = "Turns: {count}. Half of them took {p50} or less, 95 % took {p95} or less; {share} under {promise}."
