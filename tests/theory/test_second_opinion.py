"""cvc5 is asked where it is installed, believed in nothing but contradiction."""

from __future__ import annotations

import shutil
import time
from fractions import Fraction
from pathlib import Path

import pytest
import z3

from theory.encoding import EncodingError, Outcome, ratio_query, ratio_query_up_to, worst_ratio
from theory.encoding.second_opinion import (
    CONFIRMED,
    NOT_INSTALLED,
    UNDECIDED,
    second_opinion,
    smt_lib,
)

needs_cvc5 = pytest.mark.skipif(shutil.which("cvc5") is None, reason="cvc5 is not installed")
X = z3.Int("x")
NEVER = [X > 1, X < 2]


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A place on the PATH for a program that says it is cvc5."""
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    return tmp_path / "cvc5"


def pretend(program: Path, script: str) -> None:
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)


def soon(seconds: float = 30) -> float:
    return time.monotonic() + seconds


def test_without_cvc5_it_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert second_opinion(NEVER, "QF_LIA", soon()) == NOT_INSTALLED
    proved = ratio_query("svf", 2, 3, None, Fraction(5, 4), second=True)
    assert proved.outcome is Outcome.NONE
    assert str(proved).endswith("(cvc5 not installed)")


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("echo unsat", CONFIRMED),
        ("echo unknown", UNDECIDED),
        ("echo 'error unsat'", UNDECIDED),
        ("exit 1", UNDECIDED),
    ],
)
def test_only_unsat_confirms(program: Path, script: str, said: str) -> None:
    pretend(program, script)
    assert second_opinion(NEVER, "QF_LIA", soon()) == said
    assert second_opinion(NEVER, "QF_LIA", soon(-1)) == UNDECIDED


def test_a_slow_solver_is_stopped(program: Path) -> None:
    pretend(program, "exec sleep 60")
    begin = time.monotonic()
    assert second_opinion(NEVER, "QF_LIA", soon(0.2)) == UNDECIDED
    assert time.monotonic() - begin < 30


def test_a_disagreement_is_an_error(program: Path) -> None:
    pretend(program, "echo sat")
    with pytest.raises(EncodingError, match="cvc5 finds one"):
        ratio_query("svf", 2, 3, None, Fraction(5, 4), second=True)
    with pytest.raises(EncodingError, match="cvc5 finds one"):
        worst_ratio("sjf", 3, None, None, second=True)


@needs_cvc5
def test_cvc5_confirms_bounded_and_unbounded_proofs() -> None:
    assert second_opinion(NEVER, "QF_LIA", soon()) == CONFIRMED
    with pytest.raises(EncodingError):
        second_opinion([X > 1], "QF_LIA", soon())
    bounded = ratio_query_up_to("svf", 2, range(1, 5), None, Fraction(3, 2), second=True)
    assert str(bounded).endswith("ratio at most 3/2 (also cvc5)")
    unbounded = ratio_query("svf", 3, None, Fraction(1, 2), Fraction(3, 2), second=True)
    assert unbounded.second == CONFIRMED
    assert worst_ratio("sjf", 3, None, None, second=True).second == CONFIRMED


def test_the_script_is_complete() -> None:
    script = smt_lib(NEVER, "QF_LIA")
    assert script.startswith("(set-logic QF_LIA)")
    assert "(declare-fun x () Int)" in script
    assert script.rstrip().endswith("(check-sat)")
