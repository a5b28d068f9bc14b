"""Shortest output first, when there is room beside the queue: the crowd could go at once.

Requests (P - o, o) run k at a time and leave free what all the requests (0, o + 1) together
need. But the next thick one is at the head of the line and does not fit, so head-of-line lets
that room lie idle until the last of them has started.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import sympy

from adversaries.families.family import Family, Member, Parameters, copies, counts, require, symbol
from theory.policy import Admission
from theory.request import Instance, Request

_k, _c, _m, _o = (symbol(name) for name in ("k", "c", "m", "output"))


def _roomy_queue(k: int, c: int, m: int, output: int) -> Member:
    """First k c + 1 of (P - output, output), then m of (0, output + 1).

    M = k P + m (output + 1), and P = m (output + 1) + output, so that no further thick one fits
    at any step of the k that run. The good schedule is the policy's, with the crowd at step 0.

    >>> _roomy_queue(k=2, c=1, m=3, output=4).schedule
    (0, 0, 4, 0, 0, 0)
    """
    require(min(k, c, m, output) >= 1, "k, c, m and output must be at least 1")
    room = m * (output + 1)
    peak = room + output
    groups = [(k * c + 1, Request(peak - output, output)), (m, Request(0, output + 1))]
    schedule = [i // k * output for i in range(k * c + 1)] + [0] * m
    parameters = {"k": k, "c": c, "m": m, "output": output}
    return Member(Instance.from_groups(k * peak + room, groups), tuple(schedule), parameters)


def _grid(alpha: Fraction, most: int) -> Iterator[Parameters]:
    k = copies(alpha)
    for c in counts((most - 2) // k, finesse=8):
        for m in counts(most - 1 - k * c, finesse=32):
            for output in (1, 4, 16, 64):
                yield {"k": k, "c": c, "m": m, "output": output}


_thick = _o * _k * _c * (_c + 1) / 2 + (_c + 1) * _o

ROOMY_QUEUE = Family(
    name="roomy-queue",
    policies=("sjf", "fcfs"),
    admissions=(Admission.HEAD_OF_LINE,),
    summary="the room beside a queue of thick requests lies idle while longer outputs wait",
    source="theory.md, section 3, sjf row, without ties",
    parameters=("k", "c", "m", "output"),
    policy_cost=_thick + _m * (_c * _o + _o + 1),
    good_cost=_thick + _m * (_o + 1),
    requests=_k * _c + 1 + _m,
    construct=_roomy_queue,
    supremum=lambda ratio, alpha: sympy.limit(ratio.subs(_m, _k * _c**3), _c, sympy.oo),
    grid=_grid,
    ladder=lambda alpha, size: {
        "k": copies(alpha),
        "c": 4 * size,
        "m": copies(alpha) * 32 * size**2,
        "output": 4,
    },
)
