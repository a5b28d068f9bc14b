"""CMA-ES goes to the edge of the limits, and not beyond."""

import sys
from fractions import Fraction

import pytest

from adversaries.families import FAMILIES
from adversaries.hunt.evolve import evolve, member_at, outside
from adversaries.hunt.limits import Limits
from adversaries.hunt.score import score
from adversaries.hunt.search import Search
from theory.errors import InputError
from theory.policy import named_policy

SVF = named_policy("svf")


def searched(limits: Limits, most: int = 600) -> Search:
    search = Search(lambda instance: score(instance, SVF), limits)
    evolve(search, SVF, most, seed=1)
    return search


def test_large_limits_give_large_ratios() -> None:
    small, large = (
        searched(Limits(max_requests=n, max_memory=m)) for n, m in ((8, 60), (20, 1000))
    )
    assert small.worst is not None
    assert large.worst is not None
    assert large.worst.ratio > small.worst.ratio > 1
    for search in (small, large):
        assert all(search.limits.hold(finding.instance) for finding in search.front)


def test_it_goes_the_same_way_again() -> None:
    limits = Limits(Fraction(1, 2), max_requests=40, max_memory=2000)
    assert list(searched(limits).front) == list(searched(limits).front)


def test_parameters_are_rounded_and_may_lie_outside() -> None:
    family = FAMILIES["thin-blocks-thick"]
    member = member_at(family, [0.7, 1.8])  # e^0.7 = 2.01, e^1.8 = 6.05
    assert member is not None
    assert member.parameters == {"m": 2, "length": 6}
    assert member_at(family, [0.7, 0.1]) is None  # no length of 1
    assert outside(member, Limits(max_requests=3, max_memory=22)) == 0
    assert outside(member, Limits(max_requests=2, max_memory=22)) > 0
    assert outside(member, Limits(Fraction(1, 2), max_requests=3)) > 0


def test_a_search_that_is_late_stops() -> None:
    search = Search(lambda instance: score(instance, SVF), Limits(), deadline=0.0)
    evolve(search, SVF, 600, seed=1)
    assert search.evaluations == 0


def test_cma_may_be_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "cma", None)
    with pytest.raises(InputError, match="needs the package cma"):
        searched(Limits())
