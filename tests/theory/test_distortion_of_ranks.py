"""The distortion of ranks: closed forms, all requests, Z3 and sympy say the same."""

from fractions import Fraction

import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st

from theory.distortion import (
    FORMS,
    distortion_of,
    is_exact,
    measured,
    pair_above,
    predicted_distortion,
    requests_up_to,
    worst_pair,
)
from theory.errors import InputError
from theory.policy import named_policy
from theory.request import Instance, Request

SIZES = [(peak, longest) for peak in range(1, 10) for longest in range(1, peak + 1)]
each_rank = pytest.mark.parametrize("policy", FORMS)


@each_rank
def test_the_closed_form_is_that_of_all_requests(policy: str) -> None:
    rank = FORMS[policy].rank
    for peak, longest in [*SIZES, (24, 24), (40, 7)]:
        requests = requests_up_to(peak, longest)
        found = measured(lambda r: rank(r.prompt, r.output), requests)
        assert found == distortion_of(policy, peak, longest)


@each_rank
def test_the_pair_has_it_and_is_there(policy: str) -> None:
    rank = FORMS[policy].rank
    for peak, longest in SIZES:
        first, second = worst_pair(policy, peak, longest)
        assert {first, second} <= set(requests_up_to(peak, longest))
        assert rank(first.prompt, first.output) <= rank(second.prompt, second.output)
        assert Fraction(first.volume, second.volume) == distortion_of(policy, peak, longest)


@each_rank
@pytest.mark.parametrize(("peak", "longest"), [(1, 1), (4, 4), (7, 3)])
def test_z3_decides_the_same(policy: str, peak: int, longest: int) -> None:
    assert is_exact(policy, peak, longest)
    value = distortion_of(policy, peak, longest)
    pair = pair_above(policy, peak, longest, value - Fraction(1, 10**6))
    assert pair is not None
    assert Fraction(pair[0].volume, pair[1].volume) == value


@each_rank
def test_the_formulas_are_those_of_the_policies(policy: str) -> None:
    instance = Instance(9, tuple(requests_up_to(9, 9)))
    rank = FORMS[policy].rank
    keys = [rank(r.prompt, r.output) for r in instance.requests]
    expected = tuple(sorted(range(len(keys)), key=keys.__getitem__))
    assert named_policy(policy).order(instance) == expected


def test_the_table_of_the_literature() -> None:
    """theory.md writes P for T as well."""
    peak = sympy.Symbol("P", positive=True)
    for policy, expected in (
        ("fcfs", peak * (peak + 1) / 2),
        ("ljf", peak * (peak + 1) / 2),
        ("area", peak * (peak + 1) / 2),
        ("sjf", peak),
        ("peak", (peak + 1) / 2),
        ("svf", 1),
    ):
        assert sympy.simplify(FORMS[policy].distortion(peak, peak) - expected) == 0


def test_without_a_bound_on_prompts() -> None:
    peak, longest = sympy.symbols("P T", positive=True)
    limits = {
        name: sympy.limit(form.distortion(peak, longest), peak, sympy.oo)
        for name, form in FORMS.items()
    }
    assert limits["peak"] == longest
    assert sympy.expand(limits["area"] - longest * (longest + 1) / 2) == 0
    assert [name for name, value in limits.items() if value == sympy.oo] == ["sjf", "fcfs", "ljf"]


@given(st.integers(1, 60), st.integers(1, 60), st.integers(0, 5), st.integers(0, 5))
def test_more_requests_do_not_lower_it(peak: int, longest: int, more: int, longer: int) -> None:
    longest = min(longest, peak)
    for policy in FORMS:
        wider = distortion_of(policy, peak + more + longer, longest + longer)
        assert distortion_of(policy, peak, longest) <= wider


@given(
    st.lists(st.tuples(st.integers(0, 9), st.integers(1, 9)), min_size=2, max_size=9),
    st.sampled_from([Fraction(1), Fraction(3, 2), Fraction(4)]),
    st.randoms(use_true_random=False),
)
def test_predictions_within_eta(shapes: list[tuple[int, int]], eta: Fraction, random) -> None:  # type: ignore[no-untyped-def]
    requests = [Request(*shape) for shape in shapes]
    guess = {
        id(r): r.volume * Fraction(random.randint(0, 100), 100) * (eta - 1 / eta) + r.volume / eta
        for r in requests
    }
    assert all(r.volume / eta <= guess[id(r)] <= eta * r.volume for r in requests)
    assert measured(lambda r: guess[id(r)], requests) <= predicted_distortion(eta)


def test_what_is_not_covered_is_refused() -> None:
    for policy, peak, longest in (("sjf", 3, 4), ("sjf", 3, 0), ("nothing", 3, 3)):
        with pytest.raises(InputError):
            distortion_of(policy, peak, longest)
        with pytest.raises(InputError):
            pair_above(policy, peak, longest, Fraction(1))
    with pytest.raises(InputError, match="eta"):
        predicted_distortion(Fraction(1, 2))
