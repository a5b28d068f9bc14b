"""Every lemma in the chain: proved, checkable by others, and true where it can be tried."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from functools import cache
from itertools import combinations_with_replacement
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lemmas import chain, checker, exact
from lemmas.exact import optimal_cost
from lemmas.lemma import Lemma, Schema
from lemmas.obligation import Obligation, Outcome, Twin, evaluate
from lemmas.t3_shape_ratio import shape_ratio
from tests import reference
from tests.strategies import instances
from theory.errors import InputError
from theory.optimum import Optimum, optimum
from theory.request import Instance

LEMMAS = list(chain.LEMMAS.values())
THEOREMS = [lemma for lemma in LEMMAS if lemma.ratio is not None]
each_lemma = pytest.mark.parametrize("lemma", LEMMAS, ids=lambda lemma: lemma.key)
each_theorem = pytest.mark.parametrize("lemma", THEOREMS, ids=lambda lemma: lemma.key)

ALPHAS = [Fraction(k, 60) for k in range(60)]
TINY = [
    Instance.of(memory, *chosen)
    for memory in (1, 2, 3, 4)
    for count in (1, 2, 3)
    for chosen in combinations_with_replacement(
        [(s, o) for o in range(1, memory + 1) for s in range(memory + 1 - o)], count
    )
]


@each_lemma
def test_everything_is_discharged(lemma: Lemma) -> None:
    assert chain.failures(lemma.key) == ()


@pytest.mark.parametrize(
    "obligation",
    [pytest.param(o, id=f"{lemma.key}: {o.name}") for lemma in LEMMAS for o in lemma.obligations],
)
def test_each_obligation_is_discharged_and_its_sabotage_refuted(obligation: Obligation) -> None:
    assert obligation.discharge() is Outcome.DISCHARGED
    assert obligation.find_witness() is not None
    assert obligation.refute_twin() is not None


@each_lemma
def test_a_twin_that_is_no_weaker_is_a_failure(lemma: Lemma) -> None:
    first, *rest = lemma.obligations
    tame = replace(first, twin=Twin("nothing is changed"))
    assert replace(lemma, obligations=(tame, *rest)).failures() == [
        f"{first.name}: the sabotaged twin is not refuted"
    ]


def test_failures_name_what_is_wrong() -> None:
    lemma = chain.LEMMAS["L2"]
    first, _ = lemma.obligations
    broken = replace(
        lemma,
        obligations=(
            replace(first, goal="c - a - 2*o"),
            replace(first, proof="H_start"),
            replace(first, given={**first.given, "H_never": "-1 - o**2"}),
        ),
        holds=lambda _: False,
        overclaim=replace(lemma.overclaim, holds=lambda _: True),
    )
    assert broken.failures() == [
        f"{first.name}: refuted",
        f"{first.name}: unknown",
        f"{first.name}: hypotheses without a witness",
        f"{first.name}: the sabotaged twin is not refuted",
        "L2: fails on its own example",
        "L2: the overclaim is not refuted",
    ]


@each_lemma
def test_the_parts_are_named(lemma: Lemma) -> None:
    assert chain.LEMMAS[lemma.key] is lemma
    assert lemma.obligations
    assert lemma.schemas
    assert all(isinstance(schema, Schema) for schema in lemma.schemas)
    assert all(lemma.schemas.values())
    assert all(name.startswith("H_") for name in lemma.hypotheses)
    names = [obligation.name for obligation in lemma.obligations]
    assert len(set(names)) == len(names)
    for obligation in lemma.obligations:
        assert set(obligation.twin.drop) <= {*obligation.given, *obligation.equal}


@each_lemma
def test_the_example_holds_and_the_overclaim_fails_on_its_instance(lemma: Lemma) -> None:
    assert len(lemma.example) > 1
    assert lemma.holds(lemma.example)
    assert lemma.holds(lemma.overclaim.breaks_on)
    assert not lemma.overclaim.holds(lemma.overclaim.breaks_on)


@each_lemma
def test_holds_on_all_tiny_bursts(lemma: Lemma) -> None:
    assert [instance for instance in TINY if not lemma.holds(instance)] == []


def test_the_optimum_they_are_held_against_is_the_optimum() -> None:
    for instance in TINY:
        assert optimal_cost(instance) == optimum(instance).upper == reference.optimum(instance)


def test_an_optimum_that_is_not_settled_decides_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    unsettled = Optimum(1, 99, (0,), "cp-sat")
    confirmed_by_the_bounds = Optimum(9, 9, (0,), "bounds")
    for answer in (unsettled, confirmed_by_the_bounds):
        monkeypatch.setattr(exact, "optimum", lambda *_, answer=answer, **__: answer)
        with pytest.raises(InputError, match="not settled"):
            exact.optimal_cost.__wrapped__(Instance.of(1, (0, 1)))


@each_lemma
@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_holds_on_random_bursts(lemma: Lemma, data: st.DataObject) -> None:
    assert lemma.holds(data.draw(instances(4, 9)))


# --- certificates -----------------------------------------------------------------------------


@cache
def _certificate(key: str) -> str:
    return json.dumps(chain.LEMMAS[key].certificate())


def _verdict(table: dict[str, Any], folder: Path) -> int:
    path = folder / "lemma.json"
    path.write_text(json.dumps(table), encoding="utf-8")
    return checker.main([str(path)])


def _other_multiplier(obligation: dict[str, Any]) -> None:
    obligation["proof"] = f"2*({obligation['proof']}) + 1"


def _other_constant(obligation: dict[str, Any]) -> None:
    obligation["goal"] += " - 1"


def _negative_multiplier(obligation: dict[str, Any]) -> None:
    obligation["given"] = {**obligation["given"], "H_more": "0"}
    obligation["proof"] += " - H_more"


def _no_witness(obligation: dict[str, Any]) -> None:
    obligation["given"] = {**obligation["given"], "H_never": "0 - 1"}


def _tame_twin(obligation: dict[str, Any]) -> None:
    obligation["twin"]["goal"] = "0"


@each_lemma
def test_the_independent_checker_agrees(lemma: Lemma, tmp_path: Path) -> None:
    table = json.loads(_certificate(lemma.key))
    assert len(table["obligations"]) == len(lemma.obligations)
    assert _verdict(table, tmp_path) == 0


@each_lemma
@pytest.mark.parametrize(
    "damage",
    [_other_multiplier, _other_constant, _negative_multiplier, _no_witness, _tame_twin],
)
def test_the_independent_checker_finds_the_damage(
    lemma: Lemma, damage: Callable[[dict[str, Any]], None], tmp_path: Path
) -> None:
    table = json.loads(_certificate(lemma.key))
    for k in range(len(lemma.obligations)):
        damaged = copy.deepcopy(table)
        damage(damaged["obligations"][k])
        assert _verdict(damaged, tmp_path) == 1, lemma.obligations[k].name


# --- the chain --------------------------------------------------------------------------------


def test_every_lemma_comes_after_what_it_rests_on() -> None:
    seen: set[str] = set()
    for key, lemma in chain.LEMMAS.items():
        assert set(lemma.rests_on) <= seen
        seen.add(key)


def test_foundations_and_support_collect_the_whole_chain() -> None:
    assert [lemma.key for lemma in chain.foundations("T1")] == ["L1", "L2", "L3"]
    assert [lemma.key for lemma in chain.foundations("T2")] == ["L2", "L3", "L4"]
    support = chain.support("T2")
    assert support.problems == ()
    assert support.theorem is chain.LEMMAS["T2"]
    parts = [*support.chain, support.theorem]
    assert support.obligations == sum(len(part.obligations) for part in parts)
    assert Schema.TILING in support.schemas
    assert len(set(support.schemas)) == len(support.schemas)


# --- ratios -----------------------------------------------------------------------------------


def _ratio(key: str, alpha: Fraction) -> Fraction:
    ratio = chain.LEMMAS[key].ratio
    assert ratio is not None
    value = ratio(alpha)
    assert value is not None
    return value


@each_theorem
def test_ratios_are_exact_monotone_and_above_one(lemma: Lemma) -> None:
    values = [_ratio(lemma.key, alpha) for alpha in ALPHAS]
    assert all(type(value) is Fraction for value in values)
    assert values == sorted(values)
    assert values[0] >= 1


def test_ratios_at_the_points_that_are_quoted() -> None:
    assert _ratio("T1", Fraction(1, 2)) == 5
    assert _ratio("T1", Fraction(0)) == 3
    assert [_ratio("T2", Fraction(*pair)) for pair in ((0, 1), (1, 3), (1, 2), (3, 5))] == [
        Fraction(7, 3),
        3,
        4,
        5,
    ]


def test_t2_is_never_worse_than_t1_and_neither_says_anything_at_one() -> None:
    assert all(_ratio("T2", alpha) <= _ratio("T1", alpha) for alpha in ALPHAS)
    for key in ("T1", "T2"):
        ratio = chain.LEMMAS[key].ratio
        assert ratio is not None
        assert ratio(Fraction(1)) is None
    assert not {"T1", "T2"} & set(chain.ratios(Fraction(1)))


def test_ratios_lists_the_theorems_that_say_something() -> None:
    found = chain.ratios(Fraction(1, 3))
    assert found["T1"] == 4
    assert found["T2"] == 3
    assert "T3" not in found  # it needs a shape, which alpha does not give


@pytest.mark.parametrize("alpha", [Fraction(0), Fraction(1, 4), Fraction(1, 2), Fraction(9, 10)])
def test_the_ratios_are_those_of_the_obligations(alpha: Fraction) -> None:
    """Where cost is ratio times OPT, the tightest alpha form holds with equality."""
    sigma = Fraction(2)
    shape = {"u": Fraction(5, 6), "kappa": Fraction(7, 15)}
    for key, value in (
        ("T1", _ratio("T1", alpha)),
        ("T2", _ratio("T2", alpha)),
        ("T3", shape_ratio(alpha, sigma)),
    ):
        point = {"M": Fraction(1), "alpha": alpha, "OPT": Fraction(1), "svf": value, **shape}
        forms = [o.goal for o in chain.LEMMAS[key].obligations if o.name.startswith("alpha form")]
        assert forms
        assert max(evaluate(goal, point) for goal in forms) == 0


def test_the_shape_ratio_lies_between_t2_and_three_halves() -> None:
    zero, one = Fraction(0), Fraction(1)
    assert shape_ratio(zero, one) == Fraction(47, 27)
    assert 0 < shape_ratio(zero, Fraction(10**6)) - Fraction(3, 2) < Fraction(1, 10**5)
    for alpha in ALPHAS:
        assert shape_ratio(alpha, zero) == _ratio("T2", alpha)
        values = [shape_ratio(alpha, Fraction(k, 4)) for k in range(40)]
        assert values == sorted(values, reverse=True)


@pytest.mark.parametrize(("alpha", "sigma"), [(1, 0), (2, 0), (0, -1), (-1, 0)])
def test_the_shape_ratio_refuses_what_it_does_not_cover(alpha: int, sigma: int) -> None:
    with pytest.raises(ValueError, match="shape ratio"):
        shape_ratio(Fraction(alpha), Fraction(sigma))
