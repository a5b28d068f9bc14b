"""The rush: bad for whatever starts what fits, and harmless to who waits."""

from __future__ import annotations

from fractions import Fraction

import pytest
import sympy

from adversaries.adaptive import Objective, Position
from adversaries.adaptive.eager import Rush
from adversaries.adaptive.objective import total
from tests import reference
from tests.adversaries.adaptive.support import NAMED
from theory.delayed import delayed_policy
from theory.errors import InputError
from theory.policy import Policy, named_policy
from theory.schedule import require_feasible
from theory.simulator import simulate


@pytest.mark.parametrize("policy", NAMED, ids=lambda policy: f"{policy.name} {policy.admission}")
def test_every_policy_that_starts_what_fits_pays_its_ratio(policy: Policy) -> None:
    for rush in (Rush(2), Rush(5), Rush(5, 3), Rush(9, 2)):
        instance, good = rush.instance, rush.good
        require_feasible(instance, good)
        assert instance.alpha == Fraction(1, rush.baits)
        paid, best = (
            total(instance, starts, Objective.COMPLETION)
            for starts in (simulate(instance, policy), good)
        )
        assert Fraction(paid, best) == rush.ratio


def test_its_good_schedule_is_the_best_on_the_smallest() -> None:
    for rush in (Rush(2), Rush(2, 2)):
        assert total(rush.instance, rush.good, Objective.FLOW) == reference.optimum(rush.instance)


def test_no_continuation_pays_less_once_the_baits_have_started() -> None:
    for rush in (Rush(4), Rush(4, 2), Rush(6, 3)):
        baits, crowd = rush.instance.requests[: rush.baits], rush.instance.requests[rush.baits :]
        position = Position(rush.instance.memory).release(baits)
        position = position.start(range(rush.baits)).release(crowd)
        assert position.ratio(rush.good, Objective.COMPLETION) == rush.ratio


def test_the_ratio_exceeds_a_third_of_the_length() -> None:
    n, more = sympy.symbols("n more", positive=True)
    ratio = (n**3 + n**2 + n - n * (n - 1) * (n - 2) / 3) / (2 * n**2 + n + 2)
    assert [ratio.subs(n, k) for k in (2, 7, 20)] == [Rush(k).ratio for k in (2, 7, 20)]
    above, _ = sympy.fraction(sympy.cancel((ratio - n / 3).subs(n, 1 + more)))
    assert all(c > 0 for c in sympy.Poly(above, more).coeffs())


def test_who_waits_is_not_rushed() -> None:
    rush = Rush(24, 2)
    starts = delayed_policy(rush.instance, named_policy("svf"))
    waiting = total(rush.instance, starts, Objective.COMPLETION)
    assert waiting < Fraction(21, 20) * total(rush.instance, rush.good, Objective.COMPLETION)
    assert rush.ratio > 8


def test_beyond_is_the_smallest() -> None:
    rush = Rush.beyond(Fraction(3), Fraction(2, 5))
    assert (rush.baits, rush.instance.alpha) == (3, Fraction(1, 3))
    assert Rush(rush.length - 1).ratio <= 3 < rush.ratio
    for wrong in ((1, 1), (2, 0)):
        with pytest.raises(InputError):
            Rush(*wrong)
