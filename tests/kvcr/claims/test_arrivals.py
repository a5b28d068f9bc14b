"""Claims with arrivals: decided by lemma, by game, by rush; and never by less."""

from __future__ import annotations

import json
from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest

from adversaries.adaptive import ADAPTIVE
from adversaries.adaptive.eager import Rush
from kvcr.certificates import verified
from kvcr.claims import arrivals
from kvcr.claims.arrivals import decide_adaptive, decide_completion, decide_game
from kvcr.register import read_register
from lemmas import chain, checker
from lemmas.e_delayed import delayed_ratio
from theory.claims import Evidence, Verdict
from theory.policy import POLICIES

OURS = [c for c in read_register().values() if c.kind in ("adaptive", "game", "completion")]


@pytest.mark.parametrize("claim", OURS, ids=lambda claim: claim.key)
def test_the_record_holds_and_says_on_what(claim: Any) -> None:
    decision = claim.decide()
    assert decision.verdict is claim.recorded
    assert decision.reason
    if decision.verdict is Verdict.PROVED:
        assert decision.rests_on
    if decision.verdict is Verdict.REFUTED:
        table = json.loads(json.dumps(decision.counterexample))
        check = checker.check_game if table["kind"] == "game" else checker.check_counterexample
        assert set(check(table)) <= set(decision.trusts)


def test_a_constant_is_refuted_only_by_a_whole_lemma(monkeypatch: pytest.MonkeyPatch) -> None:
    given = {"lemma": "F1", "family": "unit-one-shot", "at": {"length": 4}}
    decision = decide_adaptive(given)
    assert (decision.verdict, decision.evidence) == (Verdict.REFUTED, Evidence.SMT)
    assert decision.certified.lower == Fraction(31, 12)
    broken = replace(chain.support("F1"), problems=("F1: wrong",))
    monkeypatch.setattr(arrivals, "support", lambda _: broken)
    monkeypatch.setattr("kvcr.decide.support", lambda _: broken)
    assert decide_adaptive(given).verdict is Verdict.ERROR
    assert decide_completion(completion("svf", theta="1")).verdict is Verdict.ERROR


def test_nothing_is_decided_that_the_checker_refuses(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: object) -> list[str]:
        raise checker.Invalid("no")

    monkeypatch.setattr(checker, "check_game", refuse)
    monkeypatch.setattr(checker, "check_counterexample", refuse)
    family = {"family": "one-shot", "at": {"length": 4}}
    assert decide_adaptive({"lemma": "F1", **family}).verdict is Verdict.ERROR
    assert decide_game({"bound": "2", **family}).verdict is Verdict.ERROR
    assert decide_completion(completion("svf")).verdict is Verdict.ERROR


def test_a_game_proves_its_own_bound_and_no_more() -> None:
    given = {"family": "unit-one-shot", "at": {"length": 4}}
    bound = ADAPTIVE["unit-one-shot"].guarantee(length=4).ratio
    proved = decide_game(given | {"bound": str(bound)})
    assert (proved.verdict, proved.evidence) == (Verdict.PROVED, Evidence.WITNESS)
    beyond = decide_game(given | {"bound": str(bound + Fraction(1, 1000))})
    assert (beyond.verdict, beyond.certified.lower) == (Verdict.UNKNOWN, bound)


def test_a_search_without_success_decides_nothing() -> None:
    given = {"objective": "flow-time", "memory": 2, "bait": [0, 1], "steps": [1], "prompts": [0]}
    decision = decide_game(given | {"bound": "2"})
    assert (decision.verdict, decision.certified.lower) == (Verdict.UNKNOWN, Fraction(1))


def completion(policy: str, **other: str) -> dict[str, str]:
    given = {"policy": policy, "admission": "head-of-line", "alpha": "1/2", "bound": "6"}
    return given | other


@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize("admission", ["head-of-line", "backfill"])
def test_a_rush_refutes_every_policy_that_starts_what_fits(policy: str, admission: str) -> None:
    for alpha, bound in (("1", "1"), ("1/3", "5/2"), ("2/7", "4")):
        given = completion(policy, admission=admission, alpha=alpha, bound=bound)
        decision = decide_completion(given)
        assert decision.verdict is Verdict.REFUTED
        assert decision.counterexample is not None
        assert verified(decision.counterexample)
        assert decision.certified.lower == Rush.beyond(Fraction(bound), Fraction(alpha)).ratio


def test_a_rush_that_would_be_too_large_is_not_tried() -> None:
    assert decide_completion(completion("svf", bound="1000")).verdict is Verdict.UNKNOWN


@pytest.mark.parametrize("alpha", ["1/1000", "1/3", "1/2", "9/10"])
def test_delay_proves_its_ratio_and_no_more(alpha: str) -> None:
    ratio = delayed_ratio(Fraction(alpha))
    assert ratio is not None
    proved = decide_completion(completion("svf", alpha=alpha, bound=str(ratio), theta="1"))
    assert (proved.verdict, proved.certified.upper) == (Verdict.PROVED, ratio)
    assert proved.rests_on[0] == "E"
    for beyond in (
        completion("svf", alpha=alpha, bound=str(ratio - Fraction(1, 1000)), theta="1"),
        completion("svf", alpha="1", bound="1000", theta="1"),
        completion("sjf", alpha=alpha, bound=str(ratio), theta="1"),
        completion("svf", admission="backfill", alpha=alpha, bound="99", theta="1"),
    ):
        assert decide_completion(beyond).verdict is Verdict.UNKNOWN
