"""Three families on their own: exact agreement, strictness, growth, bounds, sabotage."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise

import pytest
import sympy
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from adversaries.families.blocked_ramp import BLOCKED_RAMP
from adversaries.families.family import Family, Member
from adversaries.families.roomy_queue import ROOMY_QUEUE
from adversaries.families.tie_free import TIE_FREE_REPETITION, _parameters
from tests import reference
from theory.errors import InputError
from theory.policy import Admission, named_policy
from theory.schedule import cost, require_feasible
from theory.simulator import simulate

FAMILIES = (TIE_FREE_REPETITION, BLOCKED_RAMP, ROOMY_QUEUE)
ALPHAS = tuple(Fraction(*p) for p in ((1, 1), (9, 10), (17, 20), (3, 4), (1, 2), (2, 5), (1, 5)))


def wrong(family: Family, member: Member, plain: bool = False) -> Iterator[str]:
    bad, good = family.costs(**member.parameters)
    require_feasible(member.instance, member.schedule)
    if cost(member.instance, member.schedule) != good:
        yield "good"
    for name in family.policies:
        for admission in family.admissions:
            policy = named_policy(name, admission)
            if plain:
                order = policy.order(member.instance)
                starts = reference.simulate(member.instance, order, admission is Admission.BACKFILL)
            else:
                starts = simulate(member.instance, policy)
            if cost(member.instance, starts) != bad:
                yield f"{name} {admission.value}"


def draw(family: Family, data: st.DataObject) -> Member:
    if family is TIE_FREE_REPETITION:
        alpha = data.draw(st.sampled_from(ALPHAS))
        k, c = data.draw(st.integers(1, 6)), data.draw(st.integers(1, 4))
        found = _parameters(alpha, k, c, data.draw(st.integers(2, 6)))
        assume(found is not None and found["length"] <= 60)
        assert found is not None
        return family.build(**found)
    try:
        return family.build(**{n: data.draw(st.integers(1, 9)) for n in family.parameters})
    except InputError:
        assume(False)
        raise


@pytest.mark.parametrize("family", FAMILIES, ids=lambda f: f.name)
@settings(max_examples=40, deadline=None)
@given(st.data())
def test_closed_forms(family: Family, data: st.DataObject) -> None:
    member = draw(family, data)
    assert list(wrong(family, member)) == []
    assert len(member.instance) == family.size(**member.parameters)
    if len(member.instance) * member.instance.total_output < 4000:
        assert list(wrong(family, member, plain=True)) == []


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_tie_free_means_tie_free(data: st.DataObject) -> None:
    instance = draw(TIE_FREE_REPETITION, data).instance
    volumes = [request.volume for _, request in instance.groups()]
    assert all(a < b for a, b in pairwise(volumes))


@pytest.mark.parametrize("alpha", ALPHAS, ids=str)
@pytest.mark.parametrize("family", FAMILIES, ids=lambda f: f.name)
def test_growth(family: Family, alpha: Fraction) -> None:
    limit = family.limit(alpha)
    ratios = []
    for size in (1, 2, 3, 4):
        parameters = family.ladder(alpha, size)
        assert parameters is not None
        if size == 1 or family.size(**parameters) <= 2500:
            member = family.at(alpha, size)
            assert member is not None
            assert member.instance.peak <= alpha * member.instance.memory
            assert list(wrong(family, member)) == []
        ratios.append(family.ratio(**parameters))
    assert ratios == sorted(ratios) and ratios[-1] < limit
    far = family.ladder(alpha, 300)
    assert far is not None
    if limit == sympy.oo:
        assert family.ratio(**far) > 25
    else:
        exact = Fraction(int(limit.p), int(limit.q))
        assert Fraction(95, 100) * exact < family.ratio(**far) < exact


def test_limits() -> None:
    for alpha, limit in ((ALPHAS[1], 10), (ALPHAS[3], 4), (ALPHAS[4], 2), (ALPHAS[0], sympy.oo)):
        assert TIE_FREE_REPETITION.limit(alpha) == limit


def test_one_bit_loses_the_square_root_of_the_length() -> None:
    """With m = k (z - 3) the ratio over z = sqrt T tends to k / (2 k + 2): order sqrt T."""
    k, m, z = (sympy.Symbol(n, integer=True, positive=True) for n in "kmz")
    ratio = (BLOCKED_RAMP.policy_cost / BLOCKED_RAMP.good_cost).subs(m, k * (z - 3))
    assert sympy.simplify(sympy.limit(ratio / z, z, sympy.oo) - k / (2 * k + 2)) == 0


REQUIRED = [
    (TIE_FREE_REPETITION, Fraction(17, 20), Fraction(5), 320),
    (TIE_FREE_REPETITION, Fraction(1, 2), Fraction(19, 10), 4000),
    (TIE_FREE_REPETITION, Fraction(3, 4), Fraction(37, 10), 3400),
    (BLOCKED_RAMP, Fraction(1, 2), Fraction(5), 26),
    (BLOCKED_RAMP, Fraction(1, 5), Fraction(5), 45),
    (BLOCKED_RAMP, Fraction(1, 10), Fraction(5), 76),
    (ROOMY_QUEUE, Fraction(1), Fraction(5), 70),
    (ROOMY_QUEUE, Fraction(1, 2), Fraction(5), 125),
    (ROOMY_QUEUE, Fraction(1, 5), Fraction(5), 290),
]


@pytest.mark.parametrize(("family", "alpha", "bound", "most"), REQUIRED)
def test_exceed(family: Family, alpha: Fraction, bound: Fraction, most: int) -> None:
    member = family.exceed(alpha, bound, most)
    assert member is not None
    assert len(member.instance) <= most and member.instance.peak <= alpha * member.instance.memory
    assert list(wrong(family, member)) == []
    assert family.ratio(**member.parameters) > bound
    print(
        family.name,
        alpha,
        bound,
        len(member.instance),
        member.instance.memory,
        float(family.ratio(**member.parameters)),
        member.parameters,
    )


@pytest.mark.parametrize("family", FAMILIES, ids=lambda f: f.name)
def test_sabotage_is_caught(family: Family) -> None:
    member = family.at(Fraction(3, 4), 1)
    assert member is not None
    several = [f"{p} {a.value}" for p in family.policies for a in family.admissions]
    bent = replace(family, policy_cost=family.policy_cost + 1)
    assert list(wrong(bent, member)) == several
    bent = replace(family, good_cost=family.good_cost - 1)
    assert list(wrong(bent, member)) == ["good"]
