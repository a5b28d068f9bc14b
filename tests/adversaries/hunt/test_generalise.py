"""Families are found again from one small member, and confirmed where they were not fitted."""

from fractions import Fraction

import pytest
import sympy

from adversaries.families import FAMILIES
from adversaries.hunt.budget import Budget
from adversaries.hunt.generalise import CHECKED, FITTED, Fit, generalise
from adversaries.hunt.hunt import hunt
from adversaries.hunt.limits import Limits
from adversaries.hunt.score import score
from theory.claims import Cell
from theory.errors import InputError
from theory.policy import LOOK_AHEAD, Admission, Policy, named_policy
from theory.request import Instance

SVF = named_policy("svf")


def fitted(instance: Instance, policy: Policy = SVF) -> Fit:
    fit = generalise(score(instance, policy), policy)
    assert fit is not None
    return fit


def confirmed(fit: Fit, policy: Policy, sizes: tuple[int, ...] = (8, 10, 11)) -> None:
    """At sizes that neither the fit nor its check has seen."""
    assert not set(sizes) & {*FITTED, *CHECKED}
    for t in sizes:
        assert score(fit.build(t), policy).ratio == fit.ratio(t)


@pytest.mark.parametrize("admission", LOOK_AHEAD)
def test_thin_blocks_thick(admission: Admission) -> None:
    policy = named_policy("svf", admission)
    fit = fitted(Instance.of(22, (0, 6), (21, 1), (21, 1)), policy)
    assert fit.limit >= 3
    confirmed(fit, policy)
    member = FAMILIES["thin-blocks-thick"].build(m=2, length=6)
    assert fit.build(1).requests == member.instance.requests


def test_identical_ramps() -> None:
    fit = fitted(Instance.of(6, (0, 3), (0, 3), (0, 3), (0, 3)))
    t = next(iter(fit.policy_cost.free_symbols))
    family = FAMILIES["identical-ramps"]
    assert fit.limit == sympy.Rational(3, 2)
    assert [count.subs(t, 5) for count, _, _ in fit.groups] == [20]
    assert fit.ratio(12) == family.ratio(m=2, c=24)
    confirmed(fit, SVF)


def test_what_a_hunt_has_found() -> None:
    limits = Limits(max_requests=4, max_memory=30)
    found = hunt(Cell("svf", Fraction(1)), Budget(evaluations=1500), limits=limits, seed=1)
    fits = [generalise(finding, SVF) for finding in found.front if len(finding.instance) > 1]
    known = [fit for fit in fits if fit is not None]
    assert known
    confirmed(max(known, key=lambda fit: fit.limit), SVF)


def test_peaks_stay_within_alpha() -> None:
    half = Fraction(1, 2)
    instance = Instance.of(44, (0, 6), (0, 6), (0, 6), (21, 1), (21, 1), (21, 1), (21, 1))
    fit = generalise(score(instance, SVF), SVF, half)
    assert fit is None or all(fit.build(t).alpha <= half for t in (1, 4, 9))


def test_what_fits_no_family_is_left_alone() -> None:
    many = Instance.of(45, (0, 9), (35, 2), (28, 2), (44, 1), (3, 3))
    assert generalise(score(many, SVF), SVF) is None
    late = Instance.of(9, (0, 3, 0), (0, 3, 1))
    assert generalise(score(late, SVF), SVF) is None
    alone = Instance.of(9, (0, 3))  # the optimum at every size
    assert generalise(score(alone, SVF), SVF) is None


def test_too_large_a_member_is_refused() -> None:
    fit = fitted(Instance.of(6, (0, 3), (0, 3), (0, 3), (0, 3)))
    with pytest.raises(InputError, match="no member at 1000"):
        fit.build(1000)
