"""One burst of small requests, the step after the bait has started: sqrt(M) without end.

While the bait (M - L, L) runs, its growth closes what little it left, and most of the burst
waits for its end. A bait held back for L - 1 steps or more costs the good schedule nothing: it
runs the bait at once and is done when the burst comes.
"""

from __future__ import annotations

from typing import Any

import sympy

from adversaries.adaptive.family import AdaptiveFamily, Setting
from adversaries.adaptive.objective import Objective
from adversaries.families.family import require, symbol
from theory.request import Request

_L = symbol("length")


def _setting(length: int, prompt: int) -> Setting:
    memory = length * length
    count = memory // (prompt + 1)
    return Setting(
        memory,
        Request(memory - length, length),
        lambda start: (Request(prompt, 1, start + 1),) * count,
    )


def _pairs(length: int) -> Setting:
    require(length >= 2 and length % 2 == 0, "length must be even, at least 2")
    return _setting(length, prompt=1)


def _units(length: int) -> Setting:
    require(length >= 2, "length must be at least 2")
    return _setting(length, prompt=0)


def _guaranteed(late: Any, burst: Any) -> Any:
    """The ratio at the policy's best start, L - 2; ``late`` is the least flow of the burst.

    The good schedule serves the burst at once, ``burst`` in all, then the bait.
    """
    return sympy.cancel((2 * _L - 2 + late) / (2 * _L + burst))


_i = sympy.Symbol("i", integer=True)
_h = _L / 2 - 1
# In the step in which L - 1 - j of the burst's L steps have passed, j tokens are free.
_saved_pairs = sympy.summation(_i * (2 * _i + 1), (_i, 0, _h)) + sympy.summation(
    _i * (2 * _i + 2), (_i, 0, _h - 1)
)
_saved_units = sympy.summation(_i * (_i + 1), (_i, 0, _L - 2))

ONE_SHOT = AdaptiveFamily(
    name="one-shot",
    summary="half as many pairs of tokens as there is memory arrive once the bait has started",
    source="theory.md, section 4, 'Adversarial, flow time'",
    objective=Objective.FLOW,
    parameters=("length",),
    guaranteed=_guaranteed(_L**3 / 2 - _saved_pairs, _L**2 / 2),
    limit=2 * _L / 3,
    limit_text="grows like (2/3) sqrt(M)",
    construct=_pairs,
)
"""M = L^2, L even: the bait (M - L, L), then M/2 of (1, 1)."""

UNIT_ONE_SHOT = AdaptiveFamily(
    name="unit-one-shot",
    summary="as many single tokens as there is memory arrive once the bait has started",
    source="lemma F1: theory.md, section 4, with requests (0, 1) for (1, 1)",
    objective=Objective.FLOW,
    parameters=("length",),
    guaranteed=_guaranteed(_L**3 - _saved_units, _L**2),
    limit=2 * _L / 3,
    limit_text="grows like (2/3) sqrt(M)",
    construct=_units,
)
"""M = L^2: the bait (M - L, L), then M of (0, 1). Never below the one-shot of pairs."""
