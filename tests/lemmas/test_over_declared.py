"""Theorem D and the corollary on predictions: true where they can be tried, and not far off."""

from fractions import Fraction
from itertools import combinations_with_replacement

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adversaries.over_declared import loss, over_declared
from kvcr.approach import over_declared_factor
from lemmas import b_predicted_ratio, d_over_declared
from lemmas.b_distorted_ratio import distorted_ratio, root_above
from lemmas.d_over_declared import factor, over_declared_ratio, step_above
from tests.strategies import instances
from theory.declared import by_declared_volume
from theory.errors import InputError
from theory.request import Instance, Request
from theory.schedule import is_feasible

BETAS = [Fraction(k, 4) for k in range(4, 50)] + [Fraction(2**k + 1) for k in range(4, 12)]


def declared(memory: int, *triples: tuple[int, int, int]) -> Instance:
    return Instance(memory, tuple(Request(s, o, 0, (1, u)) for s, o, u in triples))


@pytest.mark.parametrize("memory", [1, 2, 3])
def test_holds_on_all_tiny_declarations(memory: int) -> None:
    triples = [
        (s, o, u) for s in range(memory) for u in range(1, memory - s + 1) for o in range(1, u + 1)
    ]
    for count in (1, 2, 3):
        for chosen in combinations_with_replacement(triples, count):
            assert d_over_declared.LEMMA.holds(declared(memory, *chosen))


@st.composite
def predicted(draw: st.DrawFn) -> Instance:
    """A burst with an interval for each output."""
    instance = draw(instances(4, 10))
    found = []
    for r in instance.requests:
        low, high = (
            draw(st.integers(1, r.output)),
            draw(st.integers(r.output, instance.memory - r.prompt)),
        )
        found.append(Request(r.prompt, r.output, 0, (low, high)))
    return Instance(instance.memory, tuple(found))


@settings(max_examples=25)
@given(predicted())
def test_holds_on_random_predictions(instance: Instance) -> None:
    assert d_over_declared.LEMMA.holds(instance)
    assert b_predicted_ratio.LEMMA.holds(instance)


@st.composite
def overstated(draw: st.DrawFn) -> tuple[list[tuple[int, int, int]], int]:
    """Many (prompt, output, declared), and the factor by which they overstate at most."""
    beta = draw(st.sampled_from((2, 8, 64, 1000)))
    size = st.integers(0, 3000)
    shapes = draw(st.lists(st.tuples(size, st.integers(1, 3000)), min_size=1, max_size=30))
    one = draw(st.integers(1, 3000))  # declared by many, as far as it is no lie
    return [
        (
            s,
            o,
            min(max(o, one), beta * o) if draw(st.booleans()) else draw(st.integers(o, beta * o)),
        )
        for s, o in shapes
    ], beta


@given(overstated(), st.integers(1, 12))
def test_what_comes_before_is_bounded_by_either_factor(
    drawn: tuple[list[tuple[int, int, int]], int], classes: int
) -> None:
    """Half the sum of Y_{j-1} is at most beta^2 X, and beta (1 + 2 z g) X with any classes."""
    triples, beta = drawn
    instance = declared(10**9, *triples)
    before = total = 0
    for i in by_declared_volume(instance):
        s, o, u = triples[i]
        total += before
        before += o * (s + u)
    volumes = sorted(request.volume for request in instance.requests)
    x = sum((len(volumes) - k - Fraction(1, 2)) * v for k, v in enumerate(volumes))
    z, g = step_above(Fraction(2 * beta), classes), root_above(Fraction(classes))
    assert total <= 2 * beta**2 * x
    assert total <= 2 * beta * (1 + 2 * z * g) * x
    assert total <= 2 * factor(Fraction(beta)) * x


@pytest.mark.parametrize("beta", BETAS)
def test_the_factor_is_no_worse_than_the_stated_one(beta: Fraction) -> None:
    """That is beta (1 + 4 sqrt(1 + log2 beta)) for a power of 2, and rounded up between them."""
    assert beta <= factor(beta) <= over_declared_factor(beta)
    assert factor(beta) <= beta**2
    for count in range(1, 12):
        z = step_above(2 * beta, count)
        assert z**count >= 2 * beta > (z - Fraction(1, 1000)) ** count


def test_without_overstatement_it_is_the_theorem_on_sorted_orders() -> None:
    for alpha in (Fraction(k, 20) for k in range(21)):
        exact = over_declared_ratio(alpha, Fraction(1))
        assert exact == distorted_ratio(alpha, Fraction(1))


def test_the_loss_outgrows_the_overstatement() -> None:
    """Its quotient by beta grows with beta, and stays below what D proves."""
    shares = []
    for beta, requests in ((4, 400), (16, 800), (64, 1600)):
        member = over_declared(beta, requests)
        assert is_feasible(member.instance, member.schedule)
        ratio = loss(member)
        proved = over_declared_ratio(Fraction(1, 2), Fraction(beta))
        assert proved is not None
        assert beta < ratio <= proved
        shares.append(ratio / beta)
    assert shares == sorted(shares)
    assert shares[-1] > Fraction(3, 2)


@pytest.mark.parametrize("changes", [{"beta": 1}, {"requests": 0}, {"rarity": 0}, {"copies": 0}])
def test_the_family_refuses_what_is_outside_it(changes: dict[str, int]) -> None:
    with pytest.raises(InputError, match=f"{next(iter(changes))} must be at least"):
        over_declared(**({"beta": 4, "requests": 10} | changes))
