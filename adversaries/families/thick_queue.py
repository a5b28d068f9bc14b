"""Short outputs of enormous prompt before long ones of none: shortest job first.

The output length says nothing about the memory a request takes. Filling the memory step after
step with requests (P - 1, 1) keeps a crowd of (0, 2) waiting that would all fit at once.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import sympy

from adversaries.families.family import (
    Family,
    Member,
    Parameters,
    copies,
    counts,
    require,
    symbol,
)
from theory.policy import Admission
from theory.request import Instance, Request

_k, _c, _m = (symbol(name) for name in ("k", "c", "m"))


def _thick_queue(k: int, c: int, m: int) -> Member:
    """First k c of (P - 1, 1), then m of (0, 2); M = k P holds all the small ones at once.

    >>> _thick_queue(k=2, c=1, m=3).schedule
    (2, 2, 0, 0, 0)
    """
    require(min(k, c, m) >= 1, "k, c and m must be at least 1")
    peak = -(-2 * m // k) + 1
    groups = [(k * c, Request(peak - 1, 1)), (m, Request(0, 2))]
    schedule = [2 + i // k for i in range(k * c)] + [0] * m
    parameters = {"k": k, "c": c, "m": m}
    return Member(Instance.from_groups(k * peak, groups), tuple(schedule), parameters)


def _grid(alpha: Fraction, most: int) -> Iterator[Parameters]:
    k = copies(alpha)
    for c in counts(most // k, finesse=8):
        for m in counts(most - k * c, finesse=8):
            yield {"k": k, "c": c, "m": m}


THICK_QUEUE = Family(
    name="thick-queue",
    policies=("sjf", "fcfs"),
    admissions=(Admission.HEAD_OF_LINE, Admission.BACKFILL),
    summary="outputs of 1 fill the memory step after step; a crowd of outputs of 2 waits",
    source="theory.md, section 3, sjf row, without ties",
    parameters=("k", "c", "m"),
    policy_cost=_k * _c * (_c + 1) / 2 + _m * (_c + 2),
    good_cost=_k * _c * (_c + 1) / 2 + 2 * _k * _c + 2 * _m,
    requests=_k * _c + _m,
    construct=_thick_queue,
    supremum=lambda ratio, alpha: sympy.limit(ratio.subs(_m, _k * _c**3), _c, sympy.oo),
    grid=_grid,
    ladder=lambda alpha, size: {
        "k": copies(alpha),
        "c": 4 * size,
        "m": copies(alpha) * 32 * size**2,
    },
)
