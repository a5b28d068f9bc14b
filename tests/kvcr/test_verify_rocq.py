"""`kvcr verify --with rocq`: what becomes a theorem, what is refused, and what is not covered."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from kvcr import cli
from lemmas import rocq_run

needs_rocq = pytest.mark.skipif(
    not (rocq_run.available() and rocq_run.compiled()), reason="Rocq has not compiled this here"
)


@pytest.fixture
def certificate(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    """Thin blocks thick: the counterexample to "SVF is 5-competitive"."""
    return written(tmp_path, capsys, "--alpha", "1", "--bound", "5")


def written(folder: Path, capsys: pytest.CaptureFixture[str], *claim: str) -> Path:
    file = folder / "counterexample.json"
    assert cli.run(["check", *claim, "-o", str(file)]) == 1
    capsys.readouterr()
    return file


def verified(file: Path, capsys: pytest.CaptureFixture[str]) -> tuple[int, dict[str, Any]]:
    code = cli.run(["verify", str(file), "--with", "rocq", "--json"])
    return code, json.loads(capsys.readouterr().out)


@needs_rocq
@pytest.mark.parametrize(
    ("claim", "theorem"),
    [
        (("--alpha", "1", "--bound", "5"), "~ competitive svf (1%:R / 1%:R) (5%:R / 1%:R)"),
        (("--alpha", "1/2", "--bound", "3/2"), "~ competitive svf (1%:R / 2%:R) (3%:R / 2%:R)"),
        (
            ("--admission", "backfill", "--alpha", "1/5", "--bound", "5"),
            "~ backfill_competitive svf (1%:R / 5%:R) (5%:R / 1%:R)",
        ),
    ],
)
def test_counterexamples_become_theorems(
    claim: tuple[str, ...], theorem: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, data = verified(written(tmp_path, capsys, *claim), capsys)
    assert (code, data["valid"], data["kind"]) == (0, True, "counterexample")
    assert data["trusts"] == [f"Rocq's kernel, and the definitions in lemmas/rocq, for {theorem}"]


@needs_rocq
def test_a_proof_that_rocq_refuses_is_invalid(
    certificate: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "kvcr.commands.certificates.checker.check", lambda _: ("counterexample", [])
    )
    table = json.loads(certificate.read_text(encoding="utf-8"))
    table["good_schedule"] = [0] * len(table["good_schedule"])  # too much at once
    certificate.write_text(json.dumps(table), encoding="utf-8")
    code, data = verified(certificate, capsys)
    assert (code, data["valid"], data["reason"]) == (1, False, "Rocq refuses the proof")


def test_what_the_checker_refuses_never_reaches_rocq(
    certificate: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table = json.loads(certificate.read_text(encoding="utf-8"))
    table["claim"]["bound"] = "1000"
    certificate.write_text(json.dumps(table), encoding="utf-8")
    code, data = verified(certificate, capsys)
    assert (code, data["valid"]) == (1, False)
    assert data["reason"] != "Rocq refuses the proof"


def test_a_policy_that_rocq_does_not_know(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    claim = ("--policy", "ljf", "--alpha", "1/2", "--bound", "5")
    code, data = verified(written(tmp_path, capsys, *claim), capsys)
    assert (code, data["valid"]) == (3, None)
    assert data["reason"].startswith("policy: Rocq knows svf")


def test_without_rocq_it_says_how_to_get_it(
    certificate: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "which", lambda _name: None)
    assert cli.run(["verify", str(certificate), "--with", "rocq"]) == 3
    said = capsys.readouterr().out
    assert said.startswith(f"{certificate}: undecided: coqc is missing")
    assert "apt-get install" in said


def test_only_counterexamples(
    certificate: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kvcr.commands.certificates.checker.check", lambda _: ("lemma", []))
    code, data = verified(certificate, capsys)
    assert (code, data["reason"]) == (3, "Rocq checks counterexamples, not a lemma")
