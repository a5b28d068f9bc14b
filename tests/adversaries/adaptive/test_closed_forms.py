"""The closed forms of the families are those that lemmas F1 and F2 prove for every size."""

from __future__ import annotations

from fractions import Fraction

import pytest
import sympy

from adversaries.adaptive import ONE_SHOT, STREAM, UNIT_ONE_SHOT, UNIT_STREAM, Objective, Position
from adversaries.adaptive.family import AdaptiveFamily
from lemmas.obligation import parse
from lemmas.one_shot import CROWD, crowd_flow, crowd_late, promise
from lemmas.stream import QUEUE, stream_flow, stream_late, stream_limit, stream_promise

L, M, N = (
    sympy.Symbol(name, integer=True, positive=True) for name in ("length", "memory", "steps")
)


def late_of(goal: str, times: int, flow: str, **values: sympy.Expr) -> sympy.Expr:
    """What an obligation's goal, ``times * flow`` minus a polynomial, leaves for the flow time."""
    rest = -parse(goal).subs(sympy.Symbol(flow), 0) / times
    return rest.subs({sympy.Symbol(name): value for name, value in values.items()})


def test_the_one_shot_is_the_promise_of_f1() -> None:
    late = late_of(CROWD[-1].goal, 3, "flow", L=L, M=L**2)
    assert sympy.cancel(UNIT_ONE_SHOT.guaranteed - (2 * L - 2 + late) / (2 * L + L**2)) == 0


def test_the_stream_is_the_promise_of_f2() -> None:
    late = late_of(QUEUE[-1].goal, 6, "flow", M=M, N=N, T=M / 2 + 1)
    promised = (2 * M - 2 + late) / (2 * M - 1 + N * (M + 1))
    assert sympy.cancel(UNIT_STREAM.guaranteed - promised) == 0
    assert sympy.cancel(sympy.limit(promised, N, sympy.oo) - UNIT_STREAM.limit) == 0


@pytest.mark.parametrize("scale", [2, 4, 6, 10])
def test_the_functions_are_the_closed_forms(scale: int) -> None:
    one_shot = UNIT_ONE_SHOT.guarantee(length=scale).ratio
    assert promise(scale**2, scale) == one_shot
    if scale > 2:
        stream = UNIT_STREAM.guarantee(memory=scale, steps=3 * scale).ratio
        assert stream_promise(scale, 3 * scale) == stream < stream_limit(scale)
    assert crowd_flow(scale**2, scale) == crowd_late(scale**2, scale)
    assert stream_flow(scale, 3 * scale) == stream_late(scale, 3 * scale)
    assert stream_flow(scale + 1, 3 * scale) >= stream_late(scale + 1, 3 * scale)


@pytest.mark.parametrize("family", [UNIT_ONE_SHOT, UNIT_STREAM], ids=lambda family: family.name)
def test_the_flow_behind_the_bait_is_the_least_of_any_policy(family: AdaptiveFamily) -> None:
    """Two programs: step by step in the lemma, and the game's bound on every continuation."""
    for scale in (4, 6, 8):
        one_shot = family is UNIT_ONE_SHOT
        setting = family.setting(
            **({"length": scale} if one_shot else {"memory": scale, "steps": 2 * scale})
        )
        for start in (0, 3):
            position = Position(setting.memory).release([setting.bait])
            for _ in range(start):
                position = position.start([])
            paid = position.start([0]).release(setting.trap(start)).least_cost(Objective.FLOW)
            behind = crowd_flow(scale**2, scale) if one_shot else stream_flow(scale, 2 * scale)
            assert paid == start + setting.bait.output + behind


def test_single_tokens_never_force_less_than_pairs() -> None:
    """For every even length the difference is a quotient of polynomials without a negative sign."""
    half, more = sympy.symbols("half more", nonnegative=True)
    difference = sympy.together(
        (UNIT_ONE_SHOT.guaranteed - ONE_SHOT.guaranteed).subs(L, 2 + 2 * half)
    )
    for part in sympy.fraction(sympy.cancel(difference)):
        assert all(c >= 0 for c in sympy.Poly(part, half).coeffs())
    difference = UNIT_STREAM.limit - STREAM.limit
    for part in sympy.fraction(sympy.cancel(difference.subs(M, 4 + more))):
        assert all(c >= 0 for c in sympy.Poly(part, more).coeffs())


def test_what_is_quoted() -> None:
    assert [round(float(promise(m * m, m)), 2) for m in (4, 8, 16)] == [2.58, 5.17, 10.44]
    assert promise(16, 4) == Fraction(31, 12)
    assert [stream_limit(m) for m in (2, 4, 6)] == [
        Fraction(4, 3),
        Fraction(13, 5),
        Fraction(26, 7),
    ]
