"""The constraints mean what their docstrings say, and a wrong constraint does not go unnoticed."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from itertools import combinations_with_replacement, product
from typing import Any

import pytest
import z3
from hypothesis import given, settings

from tests import reference
from tests.strategies import instances
from tests.theory.enumeration import enumerated_worst, shapes
from theory.encoding import (
    RANKED,
    EncodingError,
    Job,
    Outcome,
    QueryResult,
    feasible,
    head_of_line,
    numeric_jobs,
    optimum_query,
    policy,
    question,
    rank_order,
    ratio_query,
    ratio_query_up_to,
    schedule,
    unknown_jobs,
    volume_term,
    worst_ratio,
)
from theory.encoding.schedule import value, z3_says
from theory.errors import InputError
from theory.optimum import optimum
from theory.policy import named_policy
from theory.request import Instance
from theory.schedule import cost, is_feasible
from theory.simulator import simulate

UNDECIDED = {Outcome.TIMEOUT, Outcome.UNKNOWN}


def solutions(constraints: list[Any], jobs: list[Job], most: int = 2) -> list[tuple[int, ...]]:
    """Up to `most` different start vectors that satisfy the constraints."""
    found: list[tuple[int, ...]] = []
    constraints = list(constraints)
    while len(found) < most:
        outcome, model, _ = z3_says(constraints, 60)
        if outcome is Outcome.NONE:
            return found
        assert outcome is Outcome.SCHEDULE
        starts = tuple(value(model, job.start) for job in jobs)
        found.append(starts)
        constraints.append(z3.Or([j.start != p for j, p in zip(jobs, starts, strict=True)]))
    return found


# The policy's schedule


@pytest.mark.parametrize("name", RANKED)
@settings(max_examples=25, deadline=None)
@given(instance=instances(5, 12))
def test_policy_schedule_is_the_only_solution(name: str, instance: Instance) -> None:
    ranked = instance.select(named_policy(name).order(instance))
    jobs = numeric_jobs(ranked, "p")
    constraints = head_of_line(jobs, ranked.memory) + rank_order(name, jobs, ranked.memory)
    assert solutions(constraints, jobs) == [simulate(ranked, named_policy(name))]


def test_policy_schedule_of_every_ordered_triple() -> None:
    for chosen in product(shapes(3), repeat=3):
        instance = Instance(3, chosen)
        jobs = numeric_jobs(instance, "p")
        expected = reference.simulate(instance, (0, 1, 2), backfill=False)
        assert solutions(head_of_line(jobs, 3), jobs) == [expected]


@pytest.mark.parametrize(("memory", "count"), [(6, 2), (3, 3)])
def test_first_fit_is_the_step_by_step_rule_for_all_requests_at_once(
    memory: int, count: int
) -> None:
    """Unknown requests: the interval form and the rule written out token by token never differ."""
    jobs = unknown_jobs(count, "p")
    given_jobs = [c for j in jobs for c in (j.prompt >= 0, j.output >= 1, j.peak <= memory)]

    def held(job: Job, step: Any) -> Any:
        runs = z3.And(job.start < step, step <= job.completion)
        return z3.If(runs, job.prompt + step - job.start, 0)

    def fits(started: list[Job], job: Job, step: Any) -> Any:
        return z3.And(
            [
                z3.Implies(
                    k <= job.output,
                    z3.Sum([held(i, step + k) for i in started]) + job.prompt + k <= memory,
                )
                for k in range(1, memory + 1)
            ]
        )

    plain = [jobs[0].start == 0]
    for j in range(1, count):
        now, before, ready = jobs[j], jobs[:j], jobs[j - 1].start
        plain += [now.start >= ready, fits(before, now, now.start)]
        plain += [
            z3.Implies(z3.And(ready <= t, t < now.start), z3.Not(fits(before, now, z3.IntVal(t))))
            for t in range(count * memory)
        ]
    encoded = head_of_line(jobs, memory)
    for one, other in ((plain, encoded), (encoded, plain)):
        assert z3_says([*given_jobs, *one, z3.Not(z3.And(other))], 60)[0] is Outcome.NONE


def test_volume_table_is_the_volume() -> None:
    job = Job(z3.Int("s"), z3.Int("o"), z3.IntVal(0))
    wrong = volume_term(job, 30) * 2 != 2 * job.prompt * job.output + job.output * (job.output + 1)
    for output in range(1, 31):
        assert z3_says([job.output == output, wrong], 10)[0] is Outcome.NONE


def test_rank_order_is_the_policy_order() -> None:
    """Two concrete requests: the constraint holds exactly if the policy may take them so."""
    for name in RANKED:
        for pair in product(shapes(4), repeat=2):
            instance = Instance(4, pair)
            rank = named_policy(name).rank_for(instance)
            allowed = z3.simplify(z3.And(rank_order(name, numeric_jobs(instance, "p"), 4)))
            assert z3.is_true(allowed) == (rank(pair[0]) <= rank(pair[1]))


# Feasible schedules and the optimum


@settings(max_examples=100, deadline=None)
@given(instance=instances(4, 8))
def test_feasible_is_the_audit(instance: Instance) -> None:
    jobs = numeric_jobs(instance, "q")
    constraint = z3.And(feasible(jobs, instance.memory))
    for starts in product(range(3), repeat=len(instance)):
        swap = [(job.start, z3.IntVal(p)) for job, p in zip(jobs, starts, strict=True)]
        agreed = z3.is_true(z3.simplify(z3.substitute(constraint, *swap)))
        assert agreed == is_feasible(instance, starts)


@settings(max_examples=60, deadline=None)
@given(instance=instances(4, 9, latest=4))
def test_optimum_query_is_the_optimum(instance: Instance) -> None:
    best = reference.optimum(instance)
    assert optimum(instance).upper == best
    found = optimum_query(instance, best)
    assert found.outcome is Outcome.SCHEDULE
    assert found.schedule is not None
    assert cost(instance, found.schedule) == best
    assert optimum_query(instance, best - 1).outcome is Outcome.NONE


def test_optimum_query_on_every_small_burst() -> None:
    for n in (1, 2, 3):
        for chosen in combinations_with_replacement(shapes(3), n):
            instance = Instance(3, chosen)
            best = reference.optimum(instance)
            assert optimum_query(instance, best).outcome is Outcome.SCHEDULE
            assert optimum_query(instance, best - 1).outcome is Outcome.NONE


# The worst ratio

CASES = [
    (name, n, memory, alpha)
    for name in ("svf", "sjf")
    for n, memory in [(2, 1), (2, 2), (2, 3), (2, 4), (3, 1), (3, 2), (3, 3), (3, 5), (4, 3)]
    for alpha in (None, Fraction(2, 3), Fraction(1, 2))
    if alpha is None or alpha * memory >= 1
]


def agrees(name: str, n: int, memory: int, alpha: Fraction | None) -> bool:
    """Whether the encoding finds exactly the worst ratio of the enumeration."""
    try:
        found = worst_ratio(name, n, memory, alpha)
    except EncodingError:
        return False
    return found.proved and found.ratio == enumerated_worst(name, n, memory, alpha)


@pytest.mark.parametrize(("name", "n", "memory", "alpha"), CASES)
def test_worst_ratio_is_the_enumerated_one(
    name: str, n: int, memory: int, alpha: Fraction | None
) -> None:
    assert agrees(name, n, memory, alpha)


@pytest.mark.parametrize("alpha", [None, Fraction(1, 2)])
@pytest.mark.parametrize("name", RANKED)
def test_a_range_of_budgets_takes_the_worst(name: str, alpha: Fraction | None) -> None:
    singles = [enumerated_worst(name, 2, memory, alpha) for memory in (1, 2, 3, 4)]
    worst = worst_ratio(name, 2, range(1, 5), alpha)
    assert worst.proved
    assert worst.ratio == max(singles)
    below = max(singles) - Fraction(1, 1000)
    found = ratio_query_up_to(name, 3, range(1, 5), alpha, below)
    assert found.outcome is Outcome.COUNTEREXAMPLE
    assert ratio_query(name, 2, range(1, 5), alpha, max(singles)).outcome is Outcome.NONE


def test_a_counterexample_is_complete_and_ordered() -> None:
    found = ratio_query("svf", 3, 7, None, Fraction(8, 5))
    assert found.outcome is Outcome.COUNTEREXAMPLE
    assert found.instance is not None
    assert found.policy_schedule is not None
    assert found.good_schedule is not None
    assert found.policy_schedule == simulate(found.instance, named_policy("svf"))
    assert is_feasible(found.instance, found.good_schedule)
    assert found.ratio is not None
    assert found.ratio > Fraction(8, 5)
    assert "refuted" in str(found)


def test_up_to_covers_every_size() -> None:
    proved = ratio_query_up_to("svf", 3, range(1, 4), None, Fraction(3, 2))
    assert proved.outcome is Outcome.NONE
    assert proved.sizes == range(1, 4)
    assert "1 to 3 requests, M from 1 to 3" in str(proved)


# Wrong encodings are noticed

Patch = Callable[[pytest.MonkeyPatch], None]


def without_not_before(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(policy, "not_before", lambda *_: [])


def releases_one_step_late(patch: pytest.MonkeyPatch) -> None:
    real = policy.releases
    patch.setattr(policy, "releases", lambda *arguments: [t + 1 for t in real(*arguments)])


def one_token_more_for_the_policy(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(question, "head_of_line", lambda jobs, memory: head_of_line(jobs, memory + 1))


def one_token_less_for_the_policy(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(question, "head_of_line", lambda jobs, memory: head_of_line(jobs, memory - 1))


def one_token_more_for_the_schedule(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(question, "feasible", lambda jobs, memory: feasible(jobs, memory + 1))


def one_token_less_for_the_schedule(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(question, "feasible", lambda jobs, memory: feasible(jobs, memory - 1))


def a_horizon_one_step_short(patch: pytest.MonkeyPatch) -> None:
    def short(jobs: list[Job]) -> list[Any]:
        horizon = z3.Sum([job.output for job in jobs]) - 1
        return [job.completion <= horizon for job in jobs]

    patch.setattr(question, "compact", short)


def volume_without_the_triangle(patch: pytest.MonkeyPatch) -> None:
    def area(job: Job, longest: int) -> Any:
        table = job.prompt * longest
        for output in range(1, longest):
            table = z3.If(job.output == output, job.prompt * output, table)
        return table

    patch.setattr(policy, "volume_term", area)


SABOTAGE = [
    without_not_before,
    releases_one_step_late,
    one_token_more_for_the_policy,
    one_token_less_for_the_policy,
    one_token_more_for_the_schedule,
    one_token_less_for_the_schedule,
    a_horizon_one_step_short,
    volume_without_the_triangle,
]


@pytest.mark.parametrize("sabotage", SABOTAGE)
def test_a_sabotaged_encoding_disagrees_with_the_enumeration(
    sabotage: Patch, monkeypatch: pytest.MonkeyPatch
) -> None:
    sabotage(monkeypatch)
    assert not all(agrees("svf", 2, memory, None) for memory in (2, 3, 4))


def test_a_false_counterexample_raises(monkeypatch: pytest.MonkeyPatch) -> None:
    without_not_before(monkeypatch)
    with pytest.raises(EncodingError, match="not the svf schedule"):
        ratio_query("svf", 2, 4, None, enumerated_worst("svf", 2, 4, None))


def test_a_false_schedule_raises(monkeypatch: pytest.MonkeyPatch) -> None:
    instance = Instance.of(3, (1, 2), (1, 2))
    monkeypatch.setattr(schedule, "feasible", lambda *_: [])
    with pytest.raises(EncodingError, match="not feasible"):
        optimum_query(instance, 4)


# What is not known is not said


@pytest.mark.parametrize("timeout", [1e-9, 1e-3])
def test_no_time_proves_nothing(timeout: float) -> None:
    results: list[QueryResult] = [
        ratio_query("svf", 6, 40, None, Fraction(3), timeout),
        ratio_query_up_to("svf", 6, 40, None, Fraction(3), timeout),
    ]
    for result in results:
        assert result.outcome in UNDECIDED
        assert result.reason
        assert "not decided" in str(result)
    worst = worst_ratio("svf", 6, 40, None, timeout)
    assert not worst.proved
    assert worst.reason
    found = optimum_query(Instance.of(50, *((i, 5 + i) for i in range(20))), 100, timeout)
    assert found.outcome in UNDECIDED
    assert found.reason


def test_a_solver_that_gives_up_proves_nothing() -> None:
    result = ratio_query("svf", 6, 40, None, Fraction(3), 0.5)
    assert result.outcome in UNDECIDED
    assert result.reason


@pytest.mark.parametrize("memory", [30, range(1, 40), None])
def test_a_worst_ratio_that_is_stopped_is_an_interval(memory: int | range | None) -> None:
    found = worst_ratio("svf", 6, memory, Fraction(2, 3), 0.3)
    assert not found.proved
    assert found.reason
    assert 1 <= found.ratio < found.at_most <= 6
    assert str(found) == f"at least {found.ratio}, at most {found.at_most}"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("lru", 2, 4, None, Fraction(1), 1.0), "policy"),
        (("one-bit-svf", 2, 4, None, Fraction(1), 1.0), "policy"),
        (("svf", 0, 4, None, Fraction(1), 1.0), "requests"),
        (("svf", 13, 4, None, Fraction(1), 1.0), "requests"),
        (("svf", True, 4, None, Fraction(1), 1.0), "requests"),
        (("svf", 2, 0, None, Fraction(1), 1.0), "memory"),
        (("svf", 2, 501, None, Fraction(1), 1.0), "memory"),
        (("svf", 2, 4.0, None, Fraction(1), 1.0), "memory"),
        (("svf", 2, range(3, 3), None, Fraction(1), 1.0), "memory"),
        (("svf", 2, range(3), None, Fraction(1), 1.0), "memory"),
        (("svf", 2, range(1, 9, 2), None, Fraction(1), 1.0), "memory"),
        (("svf", 2, 4, Fraction(0), Fraction(1), 1.0), "alpha"),
        (("svf", 2, 4, Fraction(3, 2), Fraction(1), 1.0), "alpha"),
        (("svf", 2, 4, 0.5, Fraction(1), 1.0), "alpha"),
        (("svf", 2, 4, Fraction(1, 5), Fraction(1), 1.0), "alpha"),
        (("svf", 2, 4, None, Fraction(0), 1.0), "bound"),
        (("svf", 2, 4, None, 1.5, 1.0), "bound"),
        (("svf", 2, 4, None, Fraction(1), 0.0), "timeout"),
        (("svf", 2, 4, None, Fraction(1), float("nan")), "timeout"),
        (("svf", 2, 4, None, Fraction(1), float("inf")), "timeout"),
    ],
)
def test_bad_parameters_are_refused(arguments: tuple[Any, ...], message: str) -> None:
    for query in (ratio_query, ratio_query_up_to):
        with pytest.raises(InputError, match=message):
            query(*arguments)


def test_bad_optimum_queries_are_refused() -> None:
    with pytest.raises(InputError, match="at_most"):
        optimum_query(Instance.of(1, (0, 1)), 1.5)  # type: ignore[arg-type]
    with pytest.raises(InputError, match="requests"):
        optimum_query(Instance.of(1, *[(0, 1)] * 65), 10)
