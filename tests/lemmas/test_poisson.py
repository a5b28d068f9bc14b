"""P1 held against a plain simulation, step by step; the hypotheses of 3.4 and 3.5 before Z3."""

from __future__ import annotations

from fractions import Fraction
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lemmas import p_pathwise_wait, p_poisson_wait
from lemmas.p_hypotheses import (
    GEOMETRIC,
    PEAKS,
    THEOREMS,
    consistency,
    hypotheses,
    offending_length,
)
from tests import reference
from tests.strategies import instances
from theory.errors import InputError
from theory.poisson import run_off
from theory.request import Instance

ARRIVALS = instances(6, 10, latest=9)


@given(ARRIVALS, st.randoms(use_true_random=False))
def test_what_runs_and_waits_stays_below_the_backlog(instance: Instance, random: Random) -> None:
    """R_t <= C + W_t at every step, and it falls by D while one from above waits: any order."""
    requests, memory = instance.requests, instance.memory
    order = list(range(len(requests)))
    random.shuffle(order)
    starts = reference.simulate(instance, order, backfill=False)
    slack, longest = memory + 1 - instance.peak, max(r.output for r in requests)
    most = sum(memory * (2 - Fraction(1, k)) for k in range(1, longest + 1))
    for count in range(1, len(order) + 1):
        above = set(order[:count])
        backlog, before, waited = 0, 0, False
        for t in range(instance.last_arrival + instance.total_output):
            arriving = sum(requests[i].output * requests[i].peak
                           for i in above if requests[i].arrival == t)  # fmt: skip
            backlog = max(backlog - slack, 0) + arriving
            worth = sum(
                r.peak * (p + r.output - t)
                for r, p in zip(requests, starts, strict=True)
                if p <= t < p + r.output
            )
            waiting = [i for i in above if requests[i].arrival <= t < starts[i]]
            worth += sum(requests[i].output * requests[i].peak for i in waiting)
            assert worth <= most + backlog
            if waited and waiting:
                assert worth <= before - slack + arriving
            before, waited = worth, bool(waiting)


@given(ARRIVALS)
def test_the_lemmas_hold_with_arrivals(instance: Instance) -> None:
    assert p_pathwise_wait.LEMMA.holds(instance)
    assert p_poisson_wait.LEMMA.holds(instance)


@given(st.lists(st.tuples(st.integers(0, 20), st.integers(1, 30)), max_size=6),
       st.integers(1, 9), st.integers(0, 25))  # fmt: skip
def test_the_backlog_is_that_of_every_single_step(
    arrivals: list[tuple[int, int]], slack: int, step: int
) -> None:
    left = 0
    for t in range(step + 1):
        left = max(left - slack, 0) + sum(work for now, work in arrivals if now == t)
    assert p_pathwise_wait.backlog(sorted(arrivals), slack, step) == left


@pytest.mark.parametrize(("memory", "longest"), [(6, 3), (12, 4), (60, 6)])
def test_the_most_that_can_run_is_attained(memory: int, longest: int) -> None:
    """M/k requests with k steps to go or more, and no prompt, for every k."""
    tails = [memory // k for k in range(1, longest + 1)] + [0]
    outputs = [k for k in range(1, longest + 1) for _ in range(tails[k - 1] - tails[k])]
    instance = Instance.of(memory, *[(0, o) for o in outputs])
    assert set(reference.simulate(instance, range(len(outputs)), backfill=False)) == {0}
    assert sum(o * o for o in outputs) == run_off(memory, longest)


def test_the_run_off_of_very_long_outputs_is_not_too_small() -> None:
    exactly = sum(7 * (2 - Fraction(1, k)) for k in range(1, 1003))
    assert exactly < run_off(7, 1002) < exactly + Fraction(7, 500)
    assert run_off(7, 10**9) < 7 * 2 * 10**9


@pytest.mark.parametrize("theorem", THEOREMS)
def test_geometric_outputs_and_bounded_peaks_clash(theorem: str) -> None:
    facts = hypotheses(theorem)
    assert consistency(facts).answer == "unsat"
    assert set(consistency(facts).clash) == {GEOMETRIC, PEAKS}
    for name in (GEOMETRIC, PEAKS):
        rest = {other: fact for other, fact in facts.items() if other != name}
        assert consistency(rest).answer == "sat"


@pytest.mark.parametrize("theorem", THEOREMS)
@pytest.mark.parametrize("longest", [1, 22, 10**6])
def test_cut_outputs_do_not(theorem: str, longest: int) -> None:
    assert consistency(hypotheses(theorem, longest)).answer == "sat"


def test_other_theorems_are_refused() -> None:
    with pytest.raises(InputError, match=r"3\.6"):
        hypotheses("3.6")


@given(st.fractions(0, 40), st.integers(0, 50), st.fractions(Fraction(1, 9), Fraction(8, 9)))
def test_the_offending_length_is_the_first(limit: Fraction, prompt: int, mu: Fraction) -> None:
    length, probability = offending_length(limit, prompt, mu)
    assert prompt + length > limit
    assert length == 1 or prompt + length - 1 <= limit
    assert probability == 1 - sum(mu * (1 - mu) ** (k - 1) for k in range(1, length))
