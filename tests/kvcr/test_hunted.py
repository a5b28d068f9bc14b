"""The file of our own hunts: every line holds, every cell is there, damage is refused."""

from fractions import Fraction
from pathlib import Path

import pytest

from kvcr import hunted, hunted_search
from kvcr.hunting import certificate
from theory.claims import Traffic
from theory.errors import InputError
from theory.policy import POLICIES, Admission


@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize("rule", Admission)
def test_every_cell_has_a_finding_that_the_checker_accepts(policy: str, rule: Admission) -> None:
    for bursts in (True, False):
        worst = [hunted.best_hunted(policy, rule, alpha, bursts) for alpha in hunted_search.ALPHAS]
        ratios = [found.ratio for found in worst if found is not None]
        assert len(ratios) == len(hunted_search.ALPHAS)
        assert ratios == sorted(ratios)
        assert ratios[-1] > 1
        largest = worst[-1]
        assert largest is not None
        assert largest.instance.is_burst or not bursts
        assert certificate(largest, Fraction(1)) is not None


def test_a_line_that_does_not_hold_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    line = hunted.FILE.read_bytes().splitlines()[0]
    damaged = tmp_path / "hunted.jsonl"
    damaged.write_bytes(line.replace(b'"ratio":"', b'"ratio":"1', 1) + b"\n")
    monkeypatch.setattr(hunted, "FILE", damaged)
    hunted.hunted.cache_clear()
    hunted._lines.cache_clear()
    try:
        with pytest.raises(InputError, match="hash"):
            hunted.hunted("svf", Admission.HEAD_OF_LINE)
    finally:
        hunted.hunted.cache_clear()
        hunted._lines.cache_clear()


def test_the_search_writes_what_it_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    output = tmp_path / "found.jsonl"
    cell = next(c for c in hunted_search.cells() if c.policy == "ljf" and c.alpha == 1)
    assert cell.traffic is Traffic.BURST
    monkeypatch.setattr(hunted_search, "cells", lambda: [cell])
    assert hunted_search.main(["--evaluations", "200", "--output", str(output)]) == 0
    assert b'"policy":"ljf"' in output.read_bytes()
