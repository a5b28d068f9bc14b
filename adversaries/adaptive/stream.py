"""A stream of small requests that fills the memory exactly, step after step: order M.

Behind a bait that was started at b, a backlog builds up; from its end on, each step brings as
much work as can be done in it, so the backlog stays for the whole stream. The good schedule
serves the stream as it comes and keeps only the bait waiting.
"""

from __future__ import annotations

from typing import Any

import sympy

from adversaries.adaptive.family import AdaptiveFamily, Setting
from adversaries.adaptive.objective import Objective
from adversaries.families.family import require, symbol
from theory.request import Request

_M, _N = symbol("memory"), symbol("steps")


def _setting(memory: int, steps: int, bait: Request, prompt: int) -> Setting:
    require(memory % 2 == 0 and memory >= 4, "memory must be even, at least 4")
    require(steps >= memory, "steps must be at least memory")
    count = memory // (prompt + 1)

    def trap(start: int) -> tuple[Request, ...]:
        bursts = ((Request(prompt, 1, start + i),) * count for i in range(1, steps + 1))
        return tuple(request for burst in bursts for request in burst)

    return Setting(memory, bait, trap)


def _pairs(memory: int, steps: int) -> Setting:
    return _setting(memory, steps, Request(1, memory - 1), prompt=1)


def _units(memory: int, steps: int) -> Setting:
    return _setting(memory, steps, Request(0, memory), prompt=0)


def _guaranteed(output: Any, count: Any, served: Any, early: Any, tail: Any) -> Any:
    """The ratio at the policy's best start, two steps before the bait's output has passed.

    ``served`` of the stream can run beside the bait; ``early`` is that service, weighted by the
    steps from it to the end of the bait; the backlog outlives the stream by ``tail`` steps.
    """
    backlog = output * count - served
    growing = count * output * (output - 1) / 2 - early
    dying = tail * backlog - count * tail * (tail + 1) / 2
    late = growing + (_N - output + 1) * backlog + dying
    return sympy.cancel((2 * output - 2 + late) / (2 * output - 1 + _N + _N * count))


_i = sympy.Symbol("i", integer=True)
_last = _M / 2 - 2

STREAM = AdaptiveFamily(
    name="stream",
    summary="M/2 pairs of tokens arrive at each of N steps once the bait has started",
    source="theory.md, section 4, 'Adversarial, flow time'",
    objective=Objective.FLOW,
    parameters=("memory", "steps"),
    guaranteed=_guaranteed(
        output=_M - 1,
        count=_M / 2,
        served=sympy.summation(2 * _i, (_i, 0, _last)),
        early=sympy.summation(2 * _i * _i + (2 * _i + 1) * _i, (_i, 0, _last)),
        tail=_M / 2 + 1,
    ),
    limit=(_M + 2) / 2 - 6 / (_M + 2),
    limit_text="tends to (M+2)/2 - 6/(M+2) as N grows",
    construct=_pairs,
)
"""M even: the bait (1, M - 1), then M/2 of (1, 1) at each of N >= M steps."""

UNIT_STREAM = AdaptiveFamily(
    name="unit-stream",
    summary="M single tokens arrive at each of N steps once the bait has started",
    source="lemma F2: theory.md, section 4, with (0, M) and (0, 1)",
    objective=Objective.FLOW,
    parameters=("memory", "steps"),
    guaranteed=_guaranteed(
        output=_M,
        count=_M,
        served=sympy.summation(_i, (_i, 0, _M - 2)),
        early=sympy.summation(_i * _i, (_i, 0, _M - 2)),
        tail=_M / 2 + 1,
    ),
    limit=(_M + 2) / 2 - 2 / (_M + 1),
    limit_text="tends to (M+2)/2 - 2/(M+1) as N grows",
    construct=_units,
)
"""M even: the bait (0, M), then M of (0, 1) at each of N >= M steps: above the stream of pairs."""
