"""Claims about declared, predicted and unknown lengths: between a theorem and an instance."""

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from kvcr.claims.predictions import decide_declared, decide_predicted, decide_restart
from kvcr.decide import Decision
from lemmas import checker
from lemmas.chain import Support
from lemmas.d_over_declared import LEMMA
from theory.claims import Evidence, Verdict
from theory.errors import InputError

DECLARED = {"declared_up_to": "1/2", "overstatement": "16", "requests": 100}
PREDICTED = {"peaks_up_to": "1/2", "eta": 3}
RESTART = {"peaks_up_to": "1/2", "policy": "svf", "requests": 30}
DECIDERS = {"declared": decide_declared, "predicted": decide_predicted, "restart": decide_restart}


@pytest.fixture(autouse=True)
def discharged(monkeypatch: pytest.MonkeyPatch) -> None:
    """The lemmas' own tests discharge them."""
    monkeypatch.setattr("kvcr.decide.support", lambda _: Support(LEMMA, (), ()))


@pytest.mark.parametrize(
    ("kind", "given", "low", "between", "high"),
    [
        ("declared", DECLARED, "16", "100", "1000"),
        ("predicted", PREDICTED, "3", "5", "8"),
        ("restart", RESTART, "3/2", "3", "4"),
        ("restart", RESTART | {"policy": "fcfs", "peak": 8}, "5", "9", "24"),
    ],
)
def test_a_bound_is_refuted_open_or_proved(
    kind: str, given: dict[str, Any], low: str, between: str, high: str, tmp_path: Path
) -> None:
    refuted, unknown, proved = (
        DECIDERS[kind](given | {"bound": bound}) for bound in (low, between, high)
    )
    assert (refuted.verdict, refuted.evidence) == (Verdict.REFUTED, Evidence.WITNESS)
    assert (unknown.verdict, unknown.evidence) == (Verdict.UNKNOWN, Evidence.NONE)
    assert (proved.verdict, proved.evidence) == (Verdict.PROVED, Evidence.SMT)
    assert refuted.certified == unknown.certified == proved.certified
    upper = proved.certified.upper
    assert upper is not None
    assert Fraction(low) < proved.certified.lower <= Fraction(between) < upper <= Fraction(high)
    file = tmp_path / "counterexample.json"
    file.write_text(json.dumps(refuted.counterexample), encoding="utf-8")
    assert checker.main([str(file)]) == 0


def test_nothing_is_tried_without_room_to_overstate() -> None:
    given = {"declared_up_to": "1/2", "overstatement": "3/2"}
    proved = decide_declared(given | {"bound": "9"})
    assert proved.verdict is Verdict.PROVED
    assert proved.certified.lower == 1
    assert decide_declared(given | {"bound": "1"}).verdict is Verdict.UNKNOWN


def test_without_slack_nothing_is_proved() -> None:
    decision = decide_declared(DECLARED | {"declared_up_to": "1", "bound": "1000"})
    assert (decision.verdict, decision.certified.upper) == (Verdict.UNKNOWN, None)
    assert "proves nothing" in decision.reason


def failing(monkeypatch: pytest.MonkeyPatch, name: str, value: Any) -> Decision:
    monkeypatch.setattr(name, lambda *_: value)
    return decide_declared(DECLARED | {"bound": "16"})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("kvcr.claims.predictions.verified", False),
        (
            "kvcr.claims.predictions.over_declared_ratio",
            Fraction(2),
        ),  # below what an instance shows
        ("kvcr.decide.support", Support(LEMMA, (), ("D: it fails",))),
    ],
)
def test_a_contradiction_is_an_error(
    name: str, value: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    decision = failing(monkeypatch, name, value)
    assert (decision.verdict, decision.evidence) == (Verdict.ERROR, Evidence.NONE)
    assert decision.counterexample is None


def test_restart_needs_the_peak_that_a_distortion_depends_on() -> None:
    with pytest.raises(InputError, match="peak: the distortion of sjf depends on it"):
        decide_restart({"policy": "sjf", "peaks_up_to": "1/2", "bound": "4"})
