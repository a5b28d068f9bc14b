"""T4: the waiting bound, tiles, chains and every object of the proof on random instances."""

from __future__ import annotations

from fractions import Fraction
from functools import partial
from itertools import pairwise
from random import Random

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from lemmas import t4_chain, t4_own_volume_ratio, t4_tile, t4_wait
from lemmas.lemma import Lemma
from lemmas.obligation import Obligation, Outcome
from lemmas.t4_runs import Line, Run, four_u
from tests.strategies import instances
from theory.policy import POLICIES, Admission
from theory.request import Instance
from theory.simulator import follow

MODULES = (t4_tile, t4_chain, t4_wait, t4_own_volume_ratio)
LEMMAS = [module.LEMMA for module in MODULES]
OBLIGATIONS = [(lemma, obligation) for lemma in LEMMAS for obligation in lemma.obligations]

fractions = st.fractions(0, 1, max_denominator=12)


@pytest.mark.parametrize("lemma", LEMMAS, ids=lambda lemma: lemma.key)
def test_every_obligation_is_discharged(lemma: Lemma) -> None:
    assert lemma.failures() == []


@pytest.mark.parametrize(
    ("lemma", "obligation"), OBLIGATIONS, ids=[f"{a.key}: {b.name}" for a, b in OBLIGATIONS]
)
def test_a_sabotaged_obligation_is_not_discharged(lemma: Lemma, obligation: Obligation) -> None:
    assert lemma.obligations.count(obligation) == 1
    twin = obligation.sabotaged()
    assert twin.discharge(1_000) is not Outcome.DISCHARGED


def test_what_rests_on_what() -> None:
    assert {lemma.key: lemma.rests_on for lemma in LEMMAS} == {
        "T4-tile": (),
        "T4-chain": ("T4-tile",),
        "T4-wait": ("T4-tile", "T4-chain"),
        "T4": ("L2", "L4", "T4-wait"),
    }


@pytest.mark.parametrize(
    ("alpha", "ratio"),
    [
        (Fraction(1, 3), Fraction(13, 5)),
        (Fraction(1, 2), Fraction(25, 9)),
        (Fraction(3, 5), Fraction(10, 3)),
        (Fraction(11, 15), Fraction(5)),
    ],
)
def test_ratio(alpha: Fraction, ratio: Fraction) -> None:
    prove = t4_own_volume_ratio.LEMMA.ratio
    assert prove is not None
    assert prove(alpha) == ratio
    assert prove(Fraction(1)) is None


@given(st.fractions(Fraction(1, 50), Fraction(49, 50), max_denominator=50), st.integers(1, 400))
def test_the_alpha_form_covers_every_budget(alpha: Fraction, memory: int) -> None:
    peak = int(alpha * memory)
    assume(peak >= 1)
    gamma = Fraction(4 * memory, four_u(memory, peak))
    proved = t4_own_volume_ratio.ratio(alpha)
    assert proved is not None
    assert max(1 + 2 * gamma / 3, gamma) <= proved


@settings(max_examples=200, deadline=None)
@given(instances(most_requests=14, most_memory=30), st.randoms(use_true_random=False))
def test_waiting_bound_in_every_order(instance: Instance, random: Random) -> None:
    """Named orders and a random one: the bound does not need volume order."""
    shuffled = list(range(len(instance)))
    random.shuffle(shuffled)
    rate = four_u(instance.memory, instance.peak)
    for order in [*(policy.order(instance) for policy in POLICIES.values()), shuffled]:
        starts = follow(instance, order, Admission.HEAD_OF_LINE)
        before = 0
        for index in order:
            volume = instance.requests[index].volume
            assert starts[index] * rate <= 4 * before + 2 * volume
            before += volume


def _claims(line: Line, run: Run, phi: dict[int, int], chain: tuple[int, ...]) -> int:
    return line.claims(run, chain, phi)


@settings(max_examples=200, deadline=None)
@given(instances(most_requests=12, most_memory=24), st.randoms(use_true_random=False))
def test_the_objects_of_the_proof(instance: Instance, random: Random) -> None:
    """Runs, tiles, charges: each run pays, and the two accounts balance, witnesses at random."""
    order = list(range(len(instance)))
    random.shuffle(order)
    line = Line.of(instance, order)
    rate = four_u(instance.memory, instance.peak)
    phi: dict[int, int] = {}
    claimed: dict[tuple[int, int], int] = {}  # (place, step) -> tokens
    for run in line.runs(random.choice):
        assert run.head not in phi
        assert run.fee <= instance.peak
        assert line.load(run.head, run.end) + run.fee >= instance.memory + 1
        chain = max(run.chains, key=partial(_claims, line, run, phi))
        assert line.claims(run, chain, phi) + run.fee * run.output >= rate * run.length
        for left, right in pairwise(chain):
            for place in line.claimed(run, right):
                for step in range(run.begin + left + 1, run.begin + right + 1):
                    assert (place, step) not in claimed
                    claimed[place, step] = line.held(place, step)
                    assert claimed[place, step] > 0
        phi[run.head] = run.fee
    for head, fee in phi.items():  # own volume
        request = line.requests[head]
        mine = [tokens for (place, _), tokens in claimed.items() if place == head]
        assert 2 * (request.volume - sum(mine)) + fee * len(mine) >= fee * request.output


@settings(max_examples=200, deadline=None)
@given(fractions, st.integers(0, 9), fractions, fractions)
def test_tile_inequality(prompt: Fraction, scale: int, left: Fraction, gap: Fraction) -> None:
    """(3/4) s'g + g (x + x')/2 >= (s' + x) g min(3/4, 1 - g/(2x)), on exact rationals."""
    assume(gap > 0)
    age, x = prompt * scale, left * 3 + gap
    worth = Fraction(3, 4) * age * gap + gap * (x + left * 3) / 2
    assert worth >= (age + x) * gap * min(Fraction(3, 4), 1 - gap / (2 * x))


def _tiles(chain: list[Fraction], delta: Fraction, share: Fraction) -> Fraction:
    """What a chain brings with o = D = 1: load 1 at every joint, 1 + delta at the end."""
    total = Fraction(0)
    for left, right in pairwise(chain):
        gap = right - left
        young = 1 - gap / (2 * right)
        if right < chain[-1]:
            total += gap * min(Fraction(3, 4), young)
        else:
            total += (1 + delta) * gap * (share * Fraction(3, 4) + (1 - share) * young)
    return total


def _surplus(
    chain: list[Fraction], delta: Fraction, share: Fraction, rate: Fraction = Fraction(1, 4)
) -> Fraction:
    end = chain[-1]
    target = Fraction(1, 2) + Fraction(3, 4) * (end - 1) + rate * delta
    return max(_tiles(c, delta, share) for c in (chain, [*chain[:-2], end])) - target


@settings(max_examples=300, deadline=None)
@given(
    st.lists(st.fractions(Fraction(1, 20), 1, max_denominator=20), min_size=2, max_size=6),
    st.fractions(0, 8, max_denominator=10),
    fractions,
)
def test_chain_lemma(gaps: list[Fraction], delta: Fraction, share: Fraction) -> None:
    """The better of the chains with and without the last joint, on exact rationals."""
    chain = [Fraction(0)]
    for gap in gaps:
        chain.append(chain[-1] + gap)
    if chain[-2] <= 1:
        chain = [Fraction(0), *chain[-2:]]
    assume(chain[-1] - chain[-3] > 1)
    assert _surplus(chain, delta, share) >= 0


def test_the_chain_lemma_needs_both_chains_and_its_constant() -> None:
    chain = [Fraction(0), Fraction(1), Fraction(101, 100)]
    target = Fraction(1, 2) + Fraction(3, 400) + Fraction(1, 4)
    assert _tiles(chain, Fraction(1), Fraction(0)) < target
    assert _surplus(chain, Fraction(1), Fraction(0)) >= 0
    assert _surplus(chain, Fraction(1), Fraction(0), rate=Fraction(3, 4)) < 0


@pytest.mark.parametrize("lemma", LEMMAS, ids=lambda lemma: lemma.key)
def test_overclaims_fail(lemma: Lemma) -> None:
    assert lemma.holds(lemma.overclaim.breaks_on)
    assert not lemma.overclaim.holds(lemma.overclaim.breaks_on)


@settings(max_examples=40, deadline=None)
@given(instances(most_requests=5, most_memory=10))
def test_the_ratio_against_the_optimum(instance: Instance) -> None:
    assert t4_own_volume_ratio.LEMMA.holds(instance)
