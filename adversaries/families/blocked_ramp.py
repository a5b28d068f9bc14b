"""One long request that cannot start, and tiny ones behind it: area, one bit, longest first.

k promptless requests (0, P) together reach the budget k P in their last step, so a further one
waits for all of P although almost no memory is held yet. A head-of-line policy that ranks
(0, P) before (1, q) lets every tiny request wait as long. With P = z^2 and q = z + 1 the two
lengths lie on one side of the threshold sqrt P: one bit cannot tell them apart, the smaller prompt
goes first, and the ratio is of order sqrt P.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import sympy

from adversaries.families.family import (
    MAX_MEMORY,
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

_k, _m, _z = (symbol(name) for name in ("k", "m", "z"))


def _blocked_ramp(k: int, m: int, z: int) -> Member:
    """First k + 1 of (0, z^2), then m of (1, z + 1), M = k z^2.

    >>> _blocked_ramp(k=2, m=3, z=6).schedule
    (0, 0, 36, 0, 0, 0)
    """
    require(min(k, m, z) >= 1, "k, m and z must be at least 1")
    require(k * (z + 1) + m * (z + 2) <= k * z * z, "m is too large for z")
    groups = [(k + 1, Request(0, z * z)), (m, Request(1, z + 1))]
    schedule = (0,) * k + (z * z,) + (0,) * m
    return Member(Instance.from_groups(k * z * z, groups), schedule, {"k": k, "m": m, "z": z})


def _grid(alpha: Fraction, most: int) -> Iterator[Parameters]:
    k = copies(alpha)
    for m in counts(most - k - 1):
        least = -(-m // k) + 3  # then m (z + 2) + k (z + 1) <= k (z^2 - 5)
        for z in counts(16 * least + 4000, least=least):
            if k * z * z <= MAX_MEMORY:
                yield {"k": k, "m": m, "z": z}


BLOCKED_RAMP = Family(
    name="blocked-ramp",
    policies=("one-bit-svf", "area", "fcfs", "ljf"),
    admissions=(Admission.HEAD_OF_LINE,),
    summary="a promptless long request that must wait holds up tiny ones that would fit",
    source="theory.md, section 3: fcfs row, and Omega(sqrt T) for one bit",
    parameters=("k", "m", "z"),
    policy_cost=(_k + 2) * _z**2 + _m * (_z**2 + _z + 1),
    good_cost=(_k + 2) * _z**2 + _m * (_z + 1),
    requests=_k + 1 + _m,
    construct=_blocked_ramp,
    supremum=lambda ratio, alpha: sympy.limit(
        ratio.subs({_k: copies(alpha), _m: copies(alpha) * (_z - 3)}), _z, sympy.oo
    ),
    grid=_grid,
    ladder=lambda alpha, size: {
        "k": copies(alpha),
        "m": 4 * size * copies(alpha),
        "z": 4 * size + 3,
    },
)
