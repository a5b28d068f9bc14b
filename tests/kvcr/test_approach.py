"""The second pair of eyes sees a wrong constant, and agrees with the lemmas' own checks."""

import json
from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adversaries.strategies import within
from kvcr import approach
from kvcr.approach import CLAIMS, Approach, Claim, closest, main, over_declared_factor
from lemmas import b4_distorted_own_volume_ratio, b_distorted_ratio, c_restart, t2_mean_busy_ratio
from lemmas.t4_wait import waits_within
from tests.strategies import instances
from theory.declared import by_declared_volume, follow_declared
from theory.request import Instance
from theory.restart import run_with_restart

BY_NAME = {claim.name: claim for claim in CLAIMS}


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim.name)
def test_no_share_exceeds_one(claim: Claim) -> None:
    from adversaries.hunt.budget import Budget

    found, evaluations = closest(claim, Budget(evaluations=150), seed=1)
    assert 0 < found.share <= 1
    assert found.ratio == found.share
    assert evaluations >= 150


@given(instances(5, 12))
@settings(max_examples=40)
def test_a_share_agrees_with_the_lemma(instance: Instance) -> None:
    """A share up to 1 at the true optimum is what ``holds`` says."""
    for name, lemma in (
        ("T2", t2_mean_busy_ratio),
        ("B", b_distorted_ratio),
        ("B4", b4_distorted_own_volume_ratio),
    ):
        found = BY_NAME[name].approach(instance, 5)
        assert (found.share <= 1) == lemma.LEMMA.holds(instance)
    waits = BY_NAME["T4 (waiting)"].approach(instance).share
    order = range(len(instance))
    assert (waits <= 1) == waits_within(instance, order)


@given(instances(5, 12))
@settings(max_examples=20)
def test_restarts_are_scored_as_they_run(instance: Instance) -> None:
    """Final runs count, and what was lost is in their starts."""
    found = BY_NAME["C"].approach(instance, 5)
    runs = run_with_restart(instance, range(len(instance)))
    assert found.policy_cost == runs.cost(instance)
    assert found.admission is None
    assert found.share <= 1 or not c_restart.LEMMA.holds(instance)


@given(st.data())
@settings(max_examples=20)
def test_declared_lengths_are_drawn_and_believed(data: st.DataObject) -> None:
    for name in ("D", "D (waiting)"):
        instance = data.draw(within(BY_NAME[name].limits))
        assert all(r.predicted is not None for r in instance.requests)
        found = BY_NAME[name].approach(instance)
        assert found.policy_schedule == follow_declared(instance, by_declared_volume(instance))
        assert found.good_cost <= found.policy_cost
        assert found.share <= 1


@pytest.mark.parametrize(("beta", "factor"), [("1", "1"), ("3/2", "9/4"), ("8", "64")])
def test_a_small_overstatement_costs_its_square(beta: str, factor: str) -> None:
    assert over_declared_factor(Fraction(beta)) == Fraction(factor)


def test_a_large_overstatement_costs_a_root_of_its_logarithm() -> None:
    root = (over_declared_factor(Fraction(32)) / 32 - 1) / 4
    assert 6 <= root**2 < 6 + Fraction(1, 100)  # 2^6 = 2 * 32


def test_a_wrong_constant_is_refuted(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Half of the wait that T4 allows is not enough."""
    t4 = BY_NAME["T4 (waiting)"]
    wrong = replace(t4, name="wrong", share=lambda finding: 2 * t4.share(finding))
    monkeypatch.setattr(approach, "CLAIMS", (wrong,))
    assert main(["--budget", "3000", "--json"]) == 1
    row = json.loads(capsys.readouterr().out)["claims"][0]
    assert Fraction(row["share"]) > 1
    assert main(["--budget", "3000"]) == 1
    assert "REFUTED" in capsys.readouterr().out


def test_the_table_lists_every_claim(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--budget", "200"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line[:13].strip() for line in lines] == list(BY_NAME)
    assert all("not refuted" in line for line in lines)
    assert issubclass(Approach, approach.Finding)


def test_a_bad_budget_is_bad_usage() -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["--budget", "soon"])
