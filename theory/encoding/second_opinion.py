"""The same constraints put to cvc5, where it is installed: two solvers err less than one."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import z3

from theory.encoding.schedule import EncodingError, Term

CONFIRMED = "also cvc5"
"""cvc5 finds no solution either."""
NOT_INSTALLED = "cvc5 not installed"
UNDECIDED = "cvc5 did not decide in time"


def smt_lib(constraints: Sequence[Term], logic: str) -> str:
    """The constraints as an SMT-LIB 2 script that asks whether they have a solution.

    >>> x = z3.Int("x")
    >>> print(smt_lib([x > 1], "QF_LIA").splitlines()[-1])
    (check-sat)
    """
    solver = z3.Solver()
    solver.add(*constraints)
    return f"(set-logic {logic})\n{solver.to_smt2()}"


def second_opinion(constraints: Sequence[Term], logic: str, deadline: float) -> str:
    """What cvc5 says of constraints that Z3 found to have no solution.

    One of CONFIRMED, NOT_INSTALLED (no ``cvc5`` on the PATH) and UNDECIDED (not by ``deadline``,
    in seconds of the monotonic clock, or it failed). Raises EncodingError if it finds a
    solution: one of the two solvers is wrong.
    """
    program = shutil.which("cvc5")
    if program is None:
        return NOT_INSTALLED
    left = deadline - time.monotonic()
    if left <= 0:
        return UNDECIDED
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder) / "query.smt2"
        script.write_text(smt_lib(constraints, logic), encoding="utf-8")
        try:
            done = subprocess.run(
                [program, "--lang=smt2", str(script)],
                capture_output=True,
                text=True,
                timeout=left,
                check=False,
            )
        except (subprocess.TimeoutExpired, OSError):
            return UNDECIDED
    answer = done.stdout.strip()
    if answer == "sat":
        raise EncodingError("Z3 finds no solution, cvc5 finds one")
    return CONFIRMED if answer == "unsat" else UNDECIDED
