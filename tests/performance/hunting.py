"""The hunt against plain random generation, untargeted Hypothesis, and CMA-ES."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from fractions import Fraction
from functools import partial
from random import Random
from statistics import median
from typing import Any

import cma
import hypothesis
from hypothesis import HealthCheck, Phase

from adversaries.hunt.limits import Limits
from adversaries.hunt.moves import neighbour
from adversaries.hunt.score import score
from adversaries.hunt.search import EnoughError, Search
from adversaries.hunt.track import MOST_DRAWS
from adversaries.strategies import within
from tests.performance.measure import Row
from theory.policy import named_policy
from theory.request import Instance, Request

LIMITS = Limits(max_requests=8, max_memory=60)
SVF = named_policy("svf")
TARGET = Fraction(2)
CAP = 40_000
"""Evaluations after which a method gives up: its median is then a lower bound."""
DRAWN = 4000
"""The same for Hypothesis, which is slow."""


def _search() -> Search:
    """Ends at the first ratio of 2 or more."""
    return Search(lambda instance: score(instance, SVF), LIMITS, TARGET - Fraction(1, 10**9))


def hunted(seed: int) -> Search:
    """A run of the hunt as it ships, without the families."""
    search = _search()
    search.draw(MOST_DRAWS, seed)
    search.climb(CAP, seed)
    return search


def random_instances(seed: int) -> Search:
    """A run of plain random generation: every number uniform in its range."""
    random, search = Random(seed), _search()
    try:
        while search.evaluations < CAP:
            search.evaluate(_uniform(random))
    except EnoughError:
        pass
    return search


def _uniform(random: Random) -> Instance:
    memory = random.randint(1, LIMITS.max_memory)
    requests = []
    for _ in range(random.randint(1, LIMITS.max_requests)):
        output = random.randint(1, memory)
        requests.append(Request(random.randint(0, memory - output), output))
    return Instance(memory, tuple(requests))


def untargeted(seed: int) -> Search:
    """A run of Hypothesis on the same strategies, steered by nothing."""
    search = _search()

    @hypothesis.seed(seed)
    @hypothesis.settings(
        max_examples=DRAWN,
        database=None,
        deadline=None,
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )
    @hypothesis.given(within(LIMITS))
    def draw(instance: Instance) -> None:
        search.evaluate(instance)

    with suppress(EnoughError, hypothesis.errors.Flaky):
        draw()
    return search


def evolved(seed: int) -> Search:
    """A run of CMA-ES on the same numbers: memory, and prompt and output of 8 requests."""
    search, restart = _search(), 0
    size = 1 + 2 * LIMITS.max_requests
    try:
        while search.evaluations < CAP:
            restart += 1
            options = {"seed": 1 + 1000 * seed + restart, "verbose": -9, "bounds": [0, 1]}
            start = [Random(f"{seed}/{restart}/{i}").random() for i in range(size)]
            strategy = cma.CMAEvolutionStrategy(start, 0.3, options)
            while not strategy.stop() and search.evaluations < CAP:
                tried = strategy.ask()
                losses = [-float(search.evaluate(_decoded(point)).ratio) for point in tried]
                strategy.tell(tried, losses)
    except EnoughError:
        pass
    return search


def _decoded(point: Any) -> Instance:
    """From [0, 1]: memory, then each output within it, then each prompt within the rest."""
    memory = 1 + round(float(point[0]) * (LIMITS.max_memory - 1))
    requests = []
    for a, b in zip(point[1::2], point[2::2], strict=True):
        output = 1 + round(float(a) * (memory - 1))
        requests.append(Request(round(float(b) * (memory - output)), output))
    return Instance(memory, tuple(requests))


def to_ratio_two(seeds: range = range(10)) -> list[Row]:
    """Median evaluations until svf (head-of-line, alpha <= 1) costs twice the optimum."""
    methods: dict[str, Callable[[int], Search]] = {
        "hunt": hunted,
        "random": random_instances,
        "Hypothesis, untargeted": untargeted,
        "CMA-ES": evolved,
    }
    runs = {name: [method(seed) for seed in seeds] for name, method in methods.items()}
    counts = {name: [search.evaluations for search in found] for name, found in runs.items()}
    ours = median(counts["hunt"])
    return [
        {
            "evaluations to ratio 2": name,
            "median": median(counts[name]),
            "times ours": median(counts[name]) / ours,
            "most": max(counts[name]),
            "gave up": sum(not search.is_over for search in found),
        }
        for name, found in runs.items()
    ]


def rate(requests: int = 8, seconds: float = 3.0) -> list[Row]:
    """Evaluations per second of processor time: a move, a policy run, a bound on the optimum."""
    rows = []
    for admission in ("head-of-line", "backfill"):
        policy = named_policy("svf", admission)
        random = Random(1)
        here = Instance(60, tuple(Request(k, 60 - 7 * k) for k in range(requests)))
        move = partial(neighbour, random, limits=LIMITS)
        score(here, policy)
        done, begin = 0, time.process_time()
        while time.process_time() - begin < seconds:
            there = move(here)
            if len(there) == requests:
                here = there
            score(here, policy)
            done += 1
        spent = time.process_time() - begin
        rows.append({"n = 8": f"svf, {admission}", "evaluations/s/core": done / spent})
    return rows
