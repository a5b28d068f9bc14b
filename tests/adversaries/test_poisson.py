"""Sampling of Poisson traffic, and the exact refutation of the bound without 2MT/D."""

from __future__ import annotations

import json
from fractions import Fraction
from math import exp, factorial

import numpy as np
import pytest

from adversaries import poisson, poisson_blocked, poisson_tables
from adversaries.poisson_blocked import STEP, THICK, THIN, TRAFFIC
from tests import reference
from theory.errors import InputError
from theory.poisson import Kind, PoissonTraffic, rank_of
from theory.policy import named_policy
from theory.request import Instance
from theory.simulator import simulate


def test_the_waits_of_the_patterns_are_those_of_a_plain_simulation() -> None:
    found = list(poisson_blocked.patterns(2))
    assert len({pattern.thin for pattern in found}) == len(found) == 1 + 20 + 210
    for pattern in found:
        thin = [(THIN.prompt, THIN.output, step) for step in pattern.thin]
        instance = Instance.of(TRAFFIC.memory, *thin, (THICK.prompt, THICK.output, STEP))
        order = [len(thin), *range(len(thin))]
        starts = reference.simulate(instance, order, backfill=False)
        assert pattern.wait == starts[-1] - STEP


def test_their_probabilities_are_poissons() -> None:
    mean = float(THIN.rate) * (STEP + 1)
    nothing_thick = exp(-float(THICK.rate) * (STEP + 1))
    found = list(poisson_blocked.patterns(3))
    for count in range(4):
        together = sum(p.probability for p in found if len(p.thin) == count)
        exactly = nothing_thick * exp(-mean) * mean**count / factorial(count)
        assert float(together) == pytest.approx(exactly)
    assert sum(p.probability for p in found) < 1


def test_the_refutation_adds_up_from_its_json() -> None:
    data = json.loads(json.dumps(poisson_blocked.refutation(2).to_data()))
    rows = [(Fraction(row["probability"]), row["wait"]) for row in data["patterns"]]
    assert sum(p for p, _ in rows) == Fraction(data["covered"])
    assert sum(p * wait for p, wait in rows) == Fraction(data["wait"]) > Fraction(data["bound"])
    thin, thick = data["kinds"]["thin"], data["kinds"]["thick"]
    slack = data["memory"] + 1 - max(kind["prompt"] + kind["output"] for kind in (thin, thick))
    work, rate = thick["output"] * (thick["prompt"] + thick["output"]), Fraction(thick["rate"])
    load = rate * work / slack
    w = rate * work**2 / (2 * slack**2 * (1 - load))
    assert Fraction(data["bound"]) == (1 + w) / (1 - load)


def test_more_patterns_say_more_and_the_true_bound_stands() -> None:
    found = [poisson_blocked.refutation(most) for most in range(4)]
    assert [one.holds for one in found] == [False, True, True, True]
    assert [one.wait for one in found] == sorted(one.wait for one in found)
    bound = TRAFFIC.wait_bound(THICK, rank_of("svf", TRAFFIC))
    assert bound is not None
    assert found[-1].wait < poisson_blocked.in_the_long_run() < bound


def test_the_long_run_agrees_with_what_is_sampled() -> None:
    thin, thick = poisson.measure(TRAFFIC, "svf", 2000, seed=1, watch=TRAFFIC.kinds).waits
    assert thin.wait.upper < thin.bound  # type: ignore[operator]
    assert not thin.contradicts
    assert not thick.contradicts
    assert abs(thick.wait.mean - float(poisson_blocked.in_the_long_run())) < thick.wait.error + 0.5
    false = thick._replace(bound=poisson_blocked.refutation().bound)
    assert false.contradicts


def test_what_is_drawn_has_the_rates_asked_for() -> None:
    traffic = PoissonTraffic(20, (Kind(1, 3, Fraction(3, 10)), Kind(6, 5, Fraction(1, 10))))
    instance, kind = poisson.draw(traffic, 40_000, np.random.default_rng(1))
    assert list(instance.columns.arrival) == sorted(instance.columns.arrival)
    assert instance.last_arrival < 100_000
    assert np.bincount(kind) == pytest.approx([30_000, 10_000], rel=0.03)
    outputs = np.array([traffic.kinds[k].output for k in kind])
    assert (outputs == instance.columns.output).all()
    batches = np.bincount(np.bincount(instance.columns.arrival, minlength=100_000))[:4]
    expected = [100_000 * exp(-0.4) * 0.4**k / factorial(k) for k in range(4)]
    assert batches == pytest.approx(expected, rel=0.1)


@pytest.mark.parametrize("policy", ["svf", "fcfs", "one-bit-svf"])
def test_the_same_seed_measures_the_same_and_no_bound_is_contradicted(policy: str) -> None:
    traffic = PoissonTraffic(20, (Kind(1, 3, Fraction(3, 10)), Kind(6, 5, Fraction(1, 20))))
    first, again, other = (
        poisson.measure(traffic, policy, 200, seed, traffic.kinds) for seed in (1, 1, 2)
    )
    assert first == again
    assert first.ratio != other.ratio
    assert first.ratio.upper >= 1
    for wait in first.waits:
        assert wait.bound is not None
        assert wait.wait.upper < wait.bound


def test_an_interval_covers_the_mean_about_as_often_as_it_says() -> None:
    generator = np.random.default_rng(5)
    misses = 0
    for _ in range(500):
        found = poisson.estimate(list(generator.exponential(size=poisson.RUNS) ** 0.5))
        misses += abs(found.mean - 0.886227) > found.error
    assert misses <= 15  # 5 are expected


def test_a_ratio_of_means_is_no_mean_of_ratios() -> None:
    above, below = [1.0, 9.0] * 10, [1.0, 3.0] * 10
    found = poisson.estimate_ratio(above, below)
    assert found.mean == 2.5
    assert poisson.estimate_ratio(below, below) == (1.0, 0.0)


def test_cells_of_the_grid_have_the_parameters_asked_for() -> None:
    half = Fraction(1, 2)
    (cell,) = poisson.grid("one-bit-svf", [half], [half], Fraction(1, 50), 22, (0,), 100)
    assert cell.measured.traffic.alpha == half
    assert cell.measured.traffic.stated_load == half
    assert cell.stated < 0
    assert not cell.is_within
    (cell,) = poisson.grid("svf", [half], [half], Fraction(1, 50), 22, (0,), 100)
    assert cell.is_within


def test_what_is_refused() -> None:
    traffic = PoissonTraffic(20, (Kind(1, 3, Fraction(3, 10)), Kind(6, 5, Fraction(1, 10**6))))
    with pytest.raises(InputError, match="policy: unknown name"):
        poisson.measure(traffic, "nobody", 100)
    with pytest.raises(InputError, match="not a kind"):
        poisson.measure(traffic, "svf", 100, watch=TRAFFIC.kinds)
    with pytest.raises(InputError, match=r"no \(6, 5\) arrived"):
        poisson.measure(traffic, "svf", 100, watch=traffic.kinds)
    with pytest.raises(InputError, match="nothing arrived"):
        poisson.draw(traffic, 0, np.random.default_rng(0))
    with pytest.raises(InputError, match="takes 20 values"):
        poisson.estimate([1.0])


def test_the_tables(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(poisson_tables, "SHAPES", poisson_tables.SHAPES[1:2])
    monkeypatch.setattr(poisson_tables, "ALPHAS", (Fraction(1, 2),))
    assert poisson_tables.main(["--requests", "60", "--json"]) == 0
    data = json.loads(capsys.readouterr().out)
    assert [row["load"] for row in data["grid"]] == ["3/10", "3/5", "9/10", "49/50"]
    thick = data["waits"][1]
    assert thick["without_run_off"] < thick["wait"] < thick["bound"]
    assert poisson_tables.main(["--requests", "60"]) == 0
    assert "times too large or more" in capsys.readouterr().out


def test_waits_are_not_monotone_in_what_arrives() -> None:
    """Harris' inequality needs that: one more request, and another waits less."""
    few = Instance.of(2, (0, 2, 0), (0, 1, 1))
    more = Instance.of(2, (0, 2, 0), (0, 1, 1), (1, 1, 0))
    svf = named_policy("svf")
    assert simulate(few, svf)[1] == 2
    assert simulate(more, svf)[1] == 1
