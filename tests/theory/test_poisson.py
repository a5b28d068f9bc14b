"""The numbers of Poisson traffic, held against plain sums and a plain queue."""

from __future__ import annotations

from fractions import Fraction
from math import exp, isqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from theory.errors import InputError
from theory.poisson import (
    Kind,
    PoissonTraffic,
    by_nothing,
    exp_below,
    geometric_traffic,
    rank_of,
    stated_error,
    stated_one_bit_ratio,
    stated_ratio,
    truncated_geometric,
)
from theory.request import Request

HALF = Fraction(1, 2)


@st.composite
def traffics(draw: st.DrawFn) -> PoissonTraffic:
    """Some kinds within a budget of at most 20."""
    memory = draw(st.integers(2, 20))
    kinds = []
    for _ in range(draw(st.integers(1, 4))):
        output = draw(st.integers(1, memory))
        prompt = draw(st.integers(0, memory - output))
        kinds.append(Kind(prompt, output, draw(st.fractions(Fraction(1, 99), 1))))
    return PoissonTraffic(memory, tuple(kinds))


@given(traffics())
def test_bounds_are_those_of_the_formulas(traffic: PoissonTraffic) -> None:
    key = rank_of("svf", traffic)
    slack = traffic.memory + 1 - max(k.prompt + k.output for k in traffic.kinds)
    for kind in traffic.kinds:
        upto = [k for k in traffic.kinds if k.request.volume <= kind.request.volume]
        works = [(k.rate, k.output * (k.prompt + k.output)) for k in upto]
        rho = sum((rate * y for rate, y in works), Fraction(0)) / slack
        assert traffic.load(key, key(kind.request)) == rho
        if rho >= 1:
            assert traffic.wait_bound(kind, key) is None
            assert traffic.wait_bound_without_run_off(kind, key) is None
            continue
        w = sum((rate * y**2 for rate, y in works), Fraction(0)) / (2 * slack**2 * (1 - rho))
        longest = max(k.output for k in traffic.kinds)
        c = sum(traffic.memory * (2 - Fraction(1, k)) for k in range(1, longest + 1))
        assert traffic.wait_bound(kind, key) == (c / slack + rho + w) / (1 - rho)
        assert traffic.wait_bound_without_run_off(kind, key) == (1 + w) / (1 - rho)


@given(traffics())
def test_the_papers_load_bounds_ours_and_then_there_is_a_ratio(traffic: PoissonTraffic) -> None:
    if traffic.alpha == 1:
        with pytest.raises(InputError, match="alpha = 1"):
            _ = traffic.stated_load
        return
    assert traffic.load() < traffic.stated_load
    ratio = traffic.ratio_bound(rank_of("sjf", traffic))
    assert (ratio is None) == (traffic.load() >= 1)
    if ratio is not None:
        key = rank_of("sjf", traffic)
        waits = [kind.rate * (traffic.wait_bound(kind, key) or 0) for kind in traffic.kinds]
        outputs = [kind.rate * kind.output for kind in traffic.kinds]
        assert ratio == 1 + sum(waits) / sum(outputs)


def test_fcfs_ranks_by_nothing_and_the_one_bit_rank_sees_one_bit() -> None:
    traffic = geometric_traffic(100, (0, 9), Fraction(1, 9), 22, HALF)
    fcfs, one_bit = rank_of("fcfs", traffic), rank_of("one-bit-svf", traffic)
    assert {fcfs(k.request) for k in traffic.kinds} == {by_nothing(Request(0, 1))}
    assert len({one_bit(k.request) for k in traffic.kinds}) == 4
    assert one_bit(Request(0, isqrt(22))) < one_bit(Request(0, isqrt(22) + 1))


def test_a_mean_queue_stays_below_kingmans_bound_at_every_step() -> None:
    """The backlog's exact distribution, from an empty server, step by step."""
    traffic = PoissonTraffic(20, (Kind(1, 3, Fraction(9, 20)), Kind(6, 5, Fraction(3, 50))))
    slack, size = traffic.slack, 3000
    arriving = np.zeros(size)
    arriving[0] = exp(-float(traffic.rate))
    for n in range(1, size):  # Panjer's recursion for a compound Poisson sum
        terms = (float(k.rate) * k.work / n * arriving[n - k.work] for k in traffic.kinds
                 if k.work <= n)  # fmt: skip
        arriving[n] = sum(terms)
    bound = traffic.queue(by_nothing, 0)
    assert bound is not None
    left, means = np.zeros(size), []
    left[0] = 1.0
    for _ in range(400):
        total = np.convolve(left, arriving)[:size]
        left = np.append(total[slack:], np.zeros(slack))
        left[0] += total[:slack].sum()
        means.append(float(left @ np.arange(size)) / slack)
    assert means == sorted(means)
    assert 0.8 * float(bound) < means[-1] < float(bound)


@given(st.fractions(Fraction(1, 50), Fraction(49, 50)), st.integers(1, 30))
def test_a_cut_geometric_length_is_a_distribution(mu: Fraction, longest: int) -> None:
    mass = truncated_geometric(mu, longest)
    assert len(mass) == longest
    assert sum(mass) == 1
    for k in range(longest):
        assert sum(mass[k:]) == (1 - mu) ** k


@given(st.fractions(0, 3))
def test_exp_below_is_below_and_close(x: Fraction) -> None:
    longer = [exp_below(x, terms) for terms in (2, 8, 16, 40)]
    assert longer == sorted(longer)
    assert float(longer[-1]) == pytest.approx(exp(-float(x)))
    assert longer[-1] - longer[2] < Fraction(1, 10**5)


def test_theorem_3_5_divides_by_a_negative_number_when_outputs_are_cut() -> None:
    mu, longest = Fraction(1, 50), 22
    traffic = geometric_traffic(44, (0,), mu, longest, HALF)
    mass = enumerate(truncated_geometric(mu, longest), start=1)
    plain = sum((p * k * (k + 1) / 2 for k, p in mass), Fraction(0))
    assert traffic.mean_volume == plain
    for theta in range(1, longest + 1):
        assert plain < stated_error(theta, mu)
        assert stated_one_bit_ratio(HALF, mu, HALF, plain, theta) < 1


@given(st.fractions(Fraction(1, 50), Fraction(49, 50)), st.integers(1, 30))
def test_without_the_cut_e_v_exceeds_eps(mu: Fraction, theta: int) -> None:
    assert stated_error(theta, mu) < 1 / mu**2 / 2  # E[v] = 1/mu^2 at s = 0, and more otherwise


def test_what_is_refused() -> None:
    for refused in (
        lambda: Kind(0, 1, Fraction(0)),
        lambda: Kind(-1, 1, HALF),
        lambda: PoissonTraffic(5, ()),
        lambda: PoissonTraffic(5, (Kind(5, 1, HALF),)),
        lambda: truncated_geometric(Fraction(1), 3),
        lambda: truncated_geometric(HALF, 0),
        lambda: stated_ratio(Fraction(1), HALF, HALF),
        lambda: stated_one_bit_ratio(HALF, HALF, HALF, stated_error(2, HALF), 2),
        lambda: exp_below(Fraction(-1)),
        lambda: exp_below(HALF, 3),
    ):
        with pytest.raises(InputError):
            refused()
