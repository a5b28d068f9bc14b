"""The verdicts on Poisson traffic, and what would change them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from kvcr.claims import poisson
from kvcr.claims.poisson import decide_poisson
from kvcr.register import read_register
from lemmas.chain import support
from lemmas.p_hypotheses import GEOMETRIC, PEAKS, Consistency
from theory.claims import Evidence, Verdict

CLAIMS = {key: claim for key, claim in read_register().items() if claim.kind == "poisson"}


def given(key: str, **changes: Any) -> dict[str, Any]:
    return {**CLAIMS[key].given, **changes}


@pytest.mark.parametrize("key", CLAIMS)
def test_each_has_the_verdict_on_record(key: str) -> None:
    decision = CLAIMS[key].decide()
    assert decision.verdict is CLAIMS[key].recorded
    assert decision.certified.upper is None
    assert decision.counterexample is None


@pytest.mark.parametrize("key", ["thm-3.4", "thm-3.5"])
def test_the_clash_is_named_with_a_length_and_its_probability(key: str) -> None:
    decision = decide_poisson(given(key))
    assert decision.verdict is Verdict.VACUOUS
    assert set(decision.rests_on) == {GEOMETRIC, PEAKS}
    assert "an output of 5 or more exceeds alpha M, with probability 1/16" in decision.reason
    assert "one of 9 or more, probability 1/256, can never be served" in decision.reason
    assert "alpha = 1/2, rho = 1/2" in decision.reason


@pytest.mark.parametrize("answer", ["sat", "unknown"])
def test_without_a_clash_nothing_is_called_vacuous(
    answer: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(poisson, "consistency", lambda _: Consistency(answer))
    decision = decide_poisson(given("thm-3.4"))
    assert (decision.verdict, decision.evidence) == (Verdict.UNKNOWN, Evidence.NONE)
    assert answer in decision.reason


def test_a_ratio_below_one_refutes_and_one_above_decides_nothing() -> None:
    refuted = decide_poisson(given("thm-3.5-truncated"))
    assert refuted.evidence is Evidence.WITNESS
    assert "E[v] = 191.79 is below eps = 1129.32" in refuted.reason
    longer = decide_poisson(given("thm-3.5-truncated", longest=400))
    assert (longer.verdict, longer.evidence) == (Verdict.UNKNOWN, Evidence.NONE)


def test_too_few_patterns_refute_nothing() -> None:
    decision = decide_poisson(given("poisson-wait-no-run-off", thin=0))
    assert (decision.verdict, decision.evidence) == (Verdict.UNKNOWN, Evidence.NONE)
    assert decide_poisson(given("poisson-wait-no-run-off")).evidence is Evidence.WITNESS


@pytest.mark.parametrize("key", ["thm-3.4-truncated", "thm-3.5-truncated-eps"])
def test_a_sample_never_proves(key: str) -> None:
    decision = decide_poisson(given(key, seed=7, requests=100))
    assert (decision.verdict, decision.evidence) == (Verdict.UNKNOWN, Evidence.SAMPLED)
    assert "not contradicted at this confidence (seed 7, 99 %" in decision.reason


def test_a_sample_above_the_bound_is_no_evidence() -> None:
    changes = {"mu": "1/50", "longest": 22, "prompts": [0], "requests": 100}
    decision = decide_poisson(given("thm-3.5-truncated-eps", **changes))
    assert (decision.verdict, decision.evidence) == (Verdict.UNKNOWN, Evidence.NONE)
    assert "leaves it open" in decision.reason


def test_p2_proves_3_4_only_where_it_gives_less(monkeypatch: pytest.MonkeyPatch) -> None:
    decision = decide_poisson(given("thm-3.4-truncated-22"))
    assert decision.rests_on == ("P2", "P1")
    assert any("averaged over Poisson arrivals" in schema for schema in decision.trusts)
    idle = decide_poisson(given("thm-3.4-truncated-22", loads=["1/100"]))
    assert (idle.verdict, idle.evidence) == (Verdict.UNKNOWN, Evidence.NONE)
    broken = replace(support("P2"), problems=("P2: broken",))
    monkeypatch.setattr("kvcr.decide.support", lambda _: broken)
    assert decide_poisson(given("thm-3.4-truncated-22")).verdict is Verdict.ERROR
