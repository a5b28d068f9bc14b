"""Poisson traffic, sampled: what a policy pays and how long it lets requests wait.

A sample contradicts nothing for certain and proves nothing. Some runs, each from an empty server,
give means with an error at 99 % (Student's t over the runs, which are independent). What is paid
is held against the best lower bound on the optimum of the very same sample, so the ratio is too
large if anything; waits are held against P2's bound (:mod:`lemmas.p_poisson_wait`).

:mod:`adversaries.poisson_tables` prints large tables.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, isqrt, sqrt
from statistics import fmean, stdev
from typing import NamedTuple

import numpy as np

from theory.bounds import lower_bounds
from theory.columns import Steps
from theory.errors import InputError
from theory.poisson import (
    Kind,
    PoissonTraffic,
    geometric_traffic,
    rank_of,
    stated_one_bit_ratio,
    stated_ratio,
)
from theory.policy import Admission
from theory.request import Instance, Request
from theory.schedule import cost
from theory.simulator import follow

RUNS, STUDENT = 20, 2.861
"""Runs of one measurement, and Student's t at 99 %, two-sided, for 19 degrees of freedom."""
SEED = 2026


class Estimate(NamedTuple):
    """A mean over the runs and the half-width of its interval at 99 %."""

    mean: float
    error: float

    @property
    def upper(self) -> float:
        """The interval's upper end."""
        return self.mean + self.error

    def __str__(self) -> str:
        return f"{self.mean:.4g} +- {self.error:.2g}"


def estimate(values: Sequence[float]) -> Estimate:
    """The mean of one value from each of the ``RUNS`` runs. Raises InputError for another number.

    >>> str(estimate([1.0, 2.0] * 10))
    '1.5 +- 0.33'
    """
    if len(values) != RUNS:
        raise InputError(f"an estimate takes {RUNS} values, got {len(values)}")
    return Estimate(fmean(values), STUDENT * stdev(values) / sqrt(RUNS))


def estimate_ratio(above: Sequence[float], below: Sequence[float]) -> Estimate:
    """The ratio of two means, E[above]/E[below], from pairs of values, one pair from each run."""
    ratio, scale = fmean(above) / fmean(below), fmean(below)
    spread = [(a - ratio * b) / scale for a, b in zip(above, below, strict=True)]
    return Estimate(ratio, estimate(spread).error)


class Sample(NamedTuple):
    """What arrived in one run, in order of arrival, and the kind of each, by its place."""

    instance: Instance
    kind: Steps


def draw(traffic: PoissonTraffic, requests: int, generator: np.random.Generator) -> Sample:
    """The traffic of so many steps that ``requests`` arrive on average.

    Rates are rounded to 64-bit floating-point numbers. Raises InputError when nothing arrives.
    """
    steps = ceil(requests / traffic.rate)
    counts = generator.poisson([float(kind.rate) * steps for kind in traffic.kinds])
    if not counts.sum():
        raise InputError("requests: too few, nothing arrived")
    kind = np.repeat(np.arange(len(traffic.kinds)), counts)
    arrival = generator.integers(0, steps, len(kind))
    order = generator.permutation(len(kind))  # within a step, any order
    order = order[np.argsort(arrival[order], kind="stable")]
    kind, arrival = kind[order], arrival[order]
    made = tuple(
        Request(traffic.kinds[k].prompt, traffic.kinds[k].output, a)
        for k, a in zip(kind.tolist(), arrival.tolist(), strict=True)
    )
    return Sample(Instance(traffic.memory, made), kind)


class Wait(NamedTuple):
    """The mean wait of a kind (steps) beside P2's bound, which is None where it says nothing."""

    kind: Kind
    wait: Estimate
    bound: Fraction | None

    @property
    def contradicts(self) -> bool:
        """Whether the whole interval lies above the bound."""
        return self.bound is not None and self.wait.mean - self.wait.error > self.bound


@dataclass(frozen=True)
class Measurement:
    """One policy on one traffic: ``ratio`` of its cost to lower bounds on the optimum, waits."""

    policy: str
    traffic: PoissonTraffic
    requests: int
    seed: int
    ratio: Estimate
    waits: tuple[Wait, ...]


def measure(
    traffic: PoissonTraffic,
    policy: str,
    requests: int,
    seed: int = SEED,
    watch: Sequence[Kind] = (),
) -> Measurement:
    """``RUNS`` runs of about ``requests`` requests, and the mean waits of the kinds to watch.

    The same seed draws the same traffic for every policy. Raises InputError for a policy that
    has no name, for a kind that is not of the traffic, or where one never arrives in a run.
    """
    if not set(watch) <= set(traffic.kinds):
        raise InputError("watch: not a kind of this traffic")
    key = rank_of(policy, traffic)
    ranks = np.array([key(kind.request) for kind in traffic.kinds], np.int64)
    costs, bounds = [], []
    waits: list[list[float]] = [[] for _ in watch]
    for stream in np.random.SeedSequence(seed).spawn(RUNS):
        instance, kind = draw(traffic, requests, np.random.default_rng(stream))
        order = np.argsort(ranks[kind], kind="stable").tolist()
        starts = follow(instance, order, Admission.HEAD_OF_LINE)
        costs.append(float(cost(instance, starts)))
        bounds.append(float(lower_bounds(instance).best))
        waited = np.array(starts) - instance.columns.arrival
        for seen, one in zip(waits, watch, strict=True):
            here = waited[kind == traffic.kinds.index(one)]
            if not len(here):
                raise InputError(f"watch: no ({one.prompt}, {one.output}) arrived in some run")
            seen.append(float(here.mean()))
    found = tuple(
        Wait(one, estimate(seen), traffic.wait_bound(one, key))
        for one, seen in zip(watch, waits, strict=True)
    )
    return Measurement(policy, traffic, requests, seed, estimate_ratio(costs, bounds), found)


@dataclass(frozen=True)
class Cell:
    """A point of the grid: the theorem's parameters, its stated bound, and what was measured."""

    alpha: Fraction
    load: Fraction
    mu: Fraction
    stated: Fraction
    measured: Measurement

    @property
    def is_within(self) -> bool:
        """Whether all of the interval lies below the stated bound.

        An interval above it would contradict nothing: the optimum may exceed its lower bound.
        """
        return self.measured.ratio.upper < self.stated


def grid(
    policy: str,
    alphas: Sequence[Fraction],
    loads: Sequence[Fraction],
    mu: Fraction,
    longest: int,
    prompts: Sequence[int],
    requests: int,
    seed: int = SEED,
) -> list[Cell]:
    """Outputs min(Geo(mu), T) at every alpha and load rho: against 3.4, for one-bit-svf 3.5.

    The budget is the smallest M that makes the largest peak at most alpha M; the stated bound is
    that of the peak over M, which may be a little less than alpha.
    """
    cells = []
    for alpha in alphas:
        memory = ceil((max(prompts) + longest) / alpha)
        for load in loads:
            traffic = geometric_traffic(memory, prompts, mu, longest, load)
            stated = stated_ratio(traffic.alpha, mu, load)
            if policy == "one-bit-svf":
                volume, theta = traffic.mean_volume, isqrt(longest)
                stated = stated_one_bit_ratio(traffic.alpha, mu, load, volume, theta)
            measured = measure(traffic, policy, requests, seed)
            cells.append(Cell(alpha, load, mu, stated, measured))
    return cells
