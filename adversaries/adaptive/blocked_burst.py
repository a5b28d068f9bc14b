"""Completion time: a burst that the bait blocks entirely, for a ratio of 2 in the limit.

For completion times the start of the bait counts too: by L - 1 a policy that only waits has
doubled the bait's completion, and before that a burst blocked for the bait's L steps doubles its
own. It is the classical bound for one machine, where a job started too early delays a crowd of
short ones; here the crowd is served at one blow, because it fits in the memory together.
"""

from __future__ import annotations

import sympy

from adversaries.adaptive.family import AdaptiveFamily, Setting
from adversaries.adaptive.objective import Objective
from adversaries.families.family import require, symbol
from theory.request import Request

_L, _K = symbol("length"), symbol("count")


def _setting(length: int, count: int) -> Setting:
    require(length >= 2 and count >= 2, "length and count must be at least 2")
    memory = count * (length - 1)
    return Setting(
        memory,
        Request(memory - length, length),
        lambda start: (Request(length - 2, 1, start + 1),) * count,
    )


BLOCKED_BURST = AdaptiveFamily(
    name="blocked-burst",
    summary="K requests that together fill the memory are kept out by the bait's last L steps",
    source="lemma F3: the one-machine bound of 2 for completion times, carried over to memory",
    objective=Objective.COMPLETION,
    parameters=("length", "count"),
    guaranteed=sympy.cancel((_K * (2 * _L - 1) + 2 * _L - 2) / (_L * (_K + 2))),
    limit=sympy.Integer(2),
    limit_text="tends to 2 as K and L grow",
    construct=_setting,
)
"""M = K (L - 1): the bait (M - L, L), then K of (L - 2, 1), started before L - 1 or never."""
