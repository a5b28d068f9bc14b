"""The verdicts that users rely on, through the command line, with certificates that verify."""

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from kvcr import bounded, cli, register
from kvcr.decide import Decision, decide, strongest_theorem
from lemmas import chain, l3_blocking
from theory.claims import Cell, Evidence, Interval, Verdict
from theory.policy import named_policy
from theory.request import Instance


def answer(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, dict[str, Any]]:
    code = cli.run([*arguments, "--json"])
    return code, json.loads(capsys.readouterr().out)


@pytest.mark.parametrize(
    ("alpha", "bound", "theorem"),
    [
        ("1/2", "5", "T1"),
        ("1/2", "4", "T2"),
        ("3/5", "5", "T2"),
        ("1/3", "3", "T2"),
        ("1/2", "14/5", "T4"),
        ("7/10", "5", "T4"),
    ],
)
def test_proved(alpha: str, bound: str, theorem: str, capsys: pytest.CaptureFixture[str]) -> None:
    code, data = answer(capsys, "check", "--policy", "svf", "--alpha", alpha, "--bound", bound)
    assert (code, data["verdict"], data["evidence"]) == (0, "PROVED", "smt")
    assert data["rests_on"][0] == theorem
    assert 1 <= Fraction(data["certified"]["lower"]) <= Fraction(data["certified"]["upper"])
    assert Fraction(data["certified"]["upper"]) <= Fraction(bound)
    assert data["trusts"]


@pytest.mark.parametrize(
    ("policy", "admission", "alpha", "bound"),
    [
        ("svf", "head-of-line", "1", "5"),
        ("svf", "head-of-line", "1", "100"),
        ("svf", "head-of-line", "17/20", "5"),
        ("svf", "head-of-line", "1/2", "3/2"),
        ("svf", "backfill", "1/5", "5"),
        ("sjf", "head-of-line", "1/2", "5"),
        ("fcfs", "head-of-line", "1/2", "5"),
        ("ljf", "head-of-line", "1/2", "5"),
    ],
)
def test_refuted(
    policy: str,
    admission: str,
    alpha: str,
    bound: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    file = tmp_path / "counterexample.json"
    code, data = answer(
        capsys, "check", "--policy", policy, "--admission", admission, "--alpha", alpha,
        "--bound", bound, "-o", str(file),
    )  # fmt: skip
    assert (code, data["verdict"]) == (1, "REFUTED")
    assert json.loads(file.read_text(encoding="utf-8")) == data["counterexample"]
    assert Fraction(data["counterexample"]["ratio"]) > Fraction(bound)
    code, verdict = answer(capsys, "verify", str(file))
    assert (code, verdict["valid"]) == (0, True)
    worse = data["counterexample"] | {"claim": {"alpha": alpha, "bound": "100000"}}
    file.write_text(json.dumps(worse), encoding="utf-8")
    assert answer(capsys, "verify", str(file))[0] == 1


def test_unknown_says_what_is_known(capsys: pytest.CaptureFixture[str]) -> None:
    code, data = answer(capsys, "check", "--policy", "svf", "--alpha", "3/4", "--bound", "5")
    assert (code, data["verdict"]) == (3, "UNKNOWN")
    assert Fraction(data["certified"]["lower"]) > 3
    assert Fraction(data["certified"]["upper"]) == Fraction(16, 3)


def test_bounded_proofs_and_time_outs(capsys: pytest.CaptureFixture[str]) -> None:
    small = ["check", "--alpha", "1", "--bound", "3/2", "--requests", "2", "--memory", "3"]
    code, data = answer(capsys, *small)
    assert (code, data["verdict"]) == (0, "PROVED_BOUNDED")
    assert "1 to 2 requests, M from 1 to 3" in data["reason"]
    assert data["certified"]["upper"] is None  # nothing is proved of larger instances
    hard = ["check", "--bound", "2", "--requests", "9", "--memory", "40", "--time-limit", "0.01"]
    code, data = answer(capsys, *hard)
    assert (code, data["verdict"]) == (3, "TIMEOUT")


def test_both_rivals_must_agree(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    both = ["check", "--requests", "3", "--memory", "6", "--method", "both", "--bound"]
    code, data = answer(capsys, *both, "13/8")
    assert (code, data["verdict"]) == (0, "PROVED_BOUNDED")
    assert "exhausted" in data["reason"]
    assert "; proved for bursts" in data["reason"]
    code, data = answer(capsys, *both, "8/5")
    assert (code, data["verdict"], data["counterexample"]["ratio"]) == (1, "REFUTED", "13/8")

    def boast(*_: object) -> Decision:
        nothing = Interval(Fraction(1), None)
        return Decision(Verdict.PROVED_BOUNDED, Evidence.BOUNDED, nothing, reason="a boast")

    monkeypatch.setattr(bounded, "_queried", boast)
    code, data = answer(capsys, *both, "8/5")
    assert (code, data["verdict"]) == (3, "ERROR")
    assert "contradict" in data["reason"]


def test_an_exhaustion_that_was_stopped_proves_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    large = ["check", "--bound", "5/2", "--requests", "4", "--memory", "24"]
    code, data = answer(capsys, *large, "--method", "exhaustion", "--time-limit", "0.001")
    assert (code, data["verdict"], data["evidence"]) == (3, "TIMEOUT", "none")
    assert data["reason"].startswith("stopped")


def test_bounded_proofs_of_backfill_and_of_every_budget(capsys: pytest.CaptureFixture[str]) -> None:
    backfill = ["check", "--admission", "backfill", "--requests", "3", "--memory", "9"]
    assert answer(capsys, *backfill, "--bound", "5/3")[0] == 0
    assert answer(capsys, *backfill, "--bound", "3/2")[0] == 1
    every = ["check", "--policy", "sjf", "--requests", "3", "--bound"]
    code, data = answer(capsys, *every, "3/2")
    assert (code, data["verdict"]) == (0, "PROVED_BOUNDED")
    assert "every M" in data["reason"]
    assert answer(capsys, *every, "7/5")[0] == 1
    assert cli.run([*every, "2", "--admission", "backfill"]) == 2
    assert cli.run(["check", "--memory", "5", "--bound", "2"]) == 2


def test_a_broken_lemma_is_an_error_and_not_a_proof(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sabotage: with one obligation's proof changed, the theorem above it proves nothing."""
    from dataclasses import replace

    first, *rest = l3_blocking.LEMMA.obligations
    wrong = replace(first, proof="2*H_blocked + H_peak")
    monkeypatch.setitem(chain.LEMMAS, "L3", replace(l3_blocking.LEMMA, obligations=(wrong, *rest)))
    chain.failures.cache_clear()
    try:
        decision = decide(Cell("svf", Fraction(1, 2)), Fraction(5), named_policy("svf"))
        strongest = strongest_theorem(Cell("svf", Fraction(1, 3)))
        monkeypatch.setitem(chain.LEMMAS, "T4", replace(chain.LEMMAS["T4"], rests_on=("L3",)))
        chain.failures.cache_clear()
        without = strongest_theorem(Cell("svf", Fraction(1, 3)))
    finally:
        chain.failures.cache_clear()
    assert isinstance(decision, Decision)
    assert decision.verdict is Verdict.ERROR
    assert strongest == ("T4", Fraction(13, 5))  # which does not rest on L3
    assert without is None  # and now nothing is left to bound the ratio from above
    assert decision.verdict.exit_code == 3


def test_ones_own_policy_is_attacked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    text = "def longest_first(request):\n    return -request.output\n"
    (tmp_path / "my_policy.py").write_text(text, encoding="utf-8")
    file = tmp_path / "own.json"
    code, data = answer(
        capsys, "check", "--policy", "my_policy:longest_first", "--alpha", "1/2",
        "--bound", "3", "-o", str(file),
    )  # fmt: skip
    assert (code, data["verdict"]) == (1, "REFUTED")
    code, verdict = answer(capsys, "verify", str(file))
    assert code == 0
    assert "my_policy:longest_first" in verdict["trusts"][0]


def test_ratio_of_the_instance_where_delaying_pays(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from theory.files import instance_to_data

    file = tmp_path / "instance.json"
    instance = Instance.of(12, (0, 9), (1, 5), (4, 8), (2, 6))
    file.write_text(json.dumps(instance_to_data(instance)), encoding="utf-8")
    code, data = answer(capsys, "ratio", str(file), "--policy", "svf")
    assert code == 0
    assert data["optimum"] == {"lower": "47", "upper": "47", "status": "exact", "trusts": "search"}
    assert data["ratio"] == {"lower": "48/47", "upper": "48/47"}
    assert answer(capsys, "ratio", str(file), "--ties", "worst")[0] == 0


def test_certify_on_a_small_trace(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "trace.csv"
    rows = "\n".join(f"{k}.5,{k % 7},{1 + k % 5}" for k in range(60)) + "\n9,4,0\n"
    header = "arrived_at,num_prefill_tokens,num_decode_tokens\n"
    file.write_text(header + rows, encoding="utf-8")
    for arrivals in (["burst"], ["trace", "--steps-per-second", "1/2"]):
        code, data = answer(capsys, "certify", str(file), "--memory", "20", "--arrivals", *arrivals)
        assert code == 0
        assert (data["requests"], data["skipped"]) == (60, 1)
        assert Fraction(data["ratio_upper"]) == Fraction(data["cost"]) / Fraction(
            data["optimum_lower"]
        )
        assert Fraction(data["ratio_upper"]) >= 1


def test_an_unsolved_instance_gives_the_interval_of_the_ratio(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file = tmp_path / "instance.json"
    instance = Instance.of(12, (0, 9), (1, 5), (4, 8), (2, 6))
    from theory.files import instance_to_data

    file.write_text(json.dumps(instance_to_data(instance)), encoding="utf-8")
    _, data = answer(capsys, "ratio", str(file), "--time-limit", "0")
    assert data["optimum"]["status"] == "bounds"
    low, high = (Fraction(data["ratio"][end]) for end in ("lower", "upper"))
    assert low == Fraction(int(data["cost"]), int(data["optimum"]["upper"]))
    assert high == Fraction(int(data["cost"]), int(data["optimum"]["lower"]))
    assert low <= Fraction(48, 47) <= high


def test_the_audit_agrees_with_the_record(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(register, "checked_by", lambda _: None)  # whether Rocq has run here or not
    code, data = answer(capsys, "audit")
    assert data["differing"] == []
    assert code == 0
    verdicts = {entry["id"]: entry["verdict"] for entry in data["claims"]}
    assert verdicts["abstract-5-literal"] == "REFUTED"
    assert verdicts["abstract-5-half"] == "PROVED"
    assert {entry["evidence"] for entry in data["claims"]} == {
        "smt", "witness", "bounded", "literature", "sampled", "none",
    }  # fmt: skip


def test_rocq_is_said_only_where_its_theorem_was_checked(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(register, "checked_by", lambda key: "x.y" if key != "T2" else None)
    _, plain = answer(capsys, "check", "T2")
    assert plain["evidence"] == "smt"
    _, roots = answer(capsys, "check", "B")
    assert roots["evidence"] == "rocq"
    assert any("rational r" in trust for trust in roots["trusts"])
    quoted = next(c.key for c in register.read_register().values() if c.recorded == "UNKNOWN")
    _, unknown = answer(capsys, "check", quoted)
    assert unknown["evidence"] != "rocq"  # a theorem decides nothing that kvcr leaves open


def test_claims_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    code, data = answer(capsys, "claims")
    assert code == 0
    assert len({entry["id"] for entry in data["claims"]}) == len(data["claims"]) >= 25


def test_restart_is_decided_by_its_theorem(capsys: pytest.CaptureFixture[str]) -> None:
    asked = ["check", "--policy", "svf", "--admission", "restart", "--alpha", "1/2"]
    code, data = answer(capsys, *asked, "--bound", "4")
    assert (code, data["verdict"], data["rests_on"][0]) == (0, "PROVED", "C")
    code, data = answer(capsys, *asked, "--bound", "3")
    assert (code, data["verdict"], data["certified"]["upper"]) == (3, "UNKNOWN", "4")


@pytest.mark.parametrize("rule", ["head-of-line", "backfill"])
@pytest.mark.parametrize("alpha", ["1/5", "1"])
def test_arrivals_refute_every_constant_at_every_alpha(
    rule: str, alpha: str, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ["check", "--policy", "fcfs", "--admission", rule, "--traffic", "adversarial"]
    code, data = answer(capsys, *asked, "--alpha", alpha, "--bound", "6")
    assert (code, data["verdict"]) == (1, "REFUTED")
    assert Fraction(data["counterexample"]["ratio"]) > 6


def test_no_refutation_without_the_checker(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("kvcr.decide.verified", lambda _: False)
    code, data = answer(capsys, "check", "--policy", "svf", "--alpha", "1", "--bound", "5")
    assert (code, data["verdict"]) == (3, "UNKNOWN")
    assert "counterexample" not in data
