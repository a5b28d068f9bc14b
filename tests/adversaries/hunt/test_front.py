"""The front keeps exactly what nothing else covers, in whatever order it comes."""

from hypothesis import given
from hypothesis import strategies as st

from adversaries.hunt.front import Front
from adversaries.hunt.score import Finding
from theory.policy import Admission
from theory.request import Instance


def finding(requests: int, output: int, cost: int) -> Finding:
    """So many requests of one output; the policy's schedule starts ``cost`` steps late."""
    instance = Instance.of(99, *[(0, output)] * requests)
    good = (0,) * requests
    return Finding(instance, "svf", Admission.HEAD_OF_LINE, (cost, *good[1:]), good)


findings = st.builds(finding, st.integers(1, 4), st.integers(1, 4), st.integers(0, 6))


def covers(one: Finding, other: Finding) -> bool:
    return (
        len(one.instance) <= len(other.instance)
        and one.tokens <= other.tokens
        and one.ratio >= other.ratio
    )


@given(st.lists(findings, max_size=12))
def test_all_is_covered_and_nothing_is_covered_twice(found: list[Finding]) -> None:
    front = list(Front(found))
    assert all(any(covers(member, each) for member in front) for each in found)
    assert not any(a is not b and covers(a, b) for a in front for b in front)
    assert all(any(member is each for each in found) for member in front)


@given(st.lists(findings, min_size=1, max_size=12))
def test_the_best_has_the_largest_ratio(found: list[Finding]) -> None:
    best = Front(found).best
    assert best is not None
    assert best.ratio == max(each.ratio for each in found)


def test_nothing_has_no_best() -> None:
    assert Front().best is None
    assert len(Front()) == 0


def test_adding_says_whether_it_stays() -> None:
    front = Front([finding(2, 3, 5)])
    assert not front.add(finding(2, 3, 5))
    assert not front.add(finding(3, 3, 5))
    assert front.add(finding(1, 1, 0))
    assert front.add(finding(2, 3, 6))
    assert len(front) == 2
