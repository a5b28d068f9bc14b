"""The recorded frontier: every row is checked, and a sample is found again."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from kvcr.certificates import counterexample, verified
from kvcr.frontier import (
    EXHAUSTION,
    FILE,
    best_row,
    bounded,
    every_budget,
    frontier,
    read_frontier,
    write_frontier,
)
from theory.errors import InputError
from theory.exhaustion import POLICY_NAMES, instances, worst
from theory.policy import LOOK_AHEAD, Admission, named_policy


def test_every_instance_shows_its_ratio_to_the_checker() -> None:
    for row in frontier():
        policy = named_policy(row.policy, row.admission)
        certificate = counterexample(
            row.instance, policy, row.good_schedule, row.alpha, Fraction(0)
        )
        assert certificate["ratio"] == str(row.at_least), row
        assert certificate["policy_schedule"] == list(row.policy_schedule), row
        assert verified(certificate), row


def test_the_frontier_covers_what_it_should() -> None:
    for name in POLICY_NAMES:
        for admission in LOOK_AHEAD:
            for n in (2, 3, 4):
                for memory in range(1, 13):
                    assert bounded(name, admission, n, memory, Fraction(1)) is not None
        for n in (2, 3, 4):
            for alpha in (Fraction(1, 3), Fraction(1, 2), Fraction(3, 5), Fraction(1)):
                assert every_budget(name, n, alpha) is not None
    assert bounded("svf", Admission.BACKFILL, 4, 20, Fraction(1)) is not None
    assert bounded("svf", Admission.BACKFILL, 8, 200, Fraction(1)) is None
    assert every_budget("svf", 9, Fraction(1)) is None


@pytest.mark.parametrize("name", POLICY_NAMES)
def test_exhaustion_finds_the_recorded_ratios_again(name: str) -> None:
    for admission in LOOK_AHEAD:
        for n, memory in ((2, 7), (3, 5), (3, 6), (4, 4)):
            for alpha in (Fraction(1, 2), Fraction(2, 3), Fraction(1)):
                found = worst(name, admission, n, memory, alpha)
                assert bounded(name, admission, n, memory, alpha) == found.at_most


def test_rows_of_both_methods_agree() -> None:
    """No exhausted class has a ratio above what Z3 proved for every budget or for a range."""
    proofs = [row for row in frontier() if row.method != EXHAUSTION]
    for row in frontier():
        if row.method == EXHAUSTION and row.admission is Admission.HEAD_OF_LINE:
            assert row.instances == instances(row.requests, row.instance.memory, row.alpha)
            proved = every_budget(row.policy, row.requests, row.alpha)
            assert proved is None or row.at_least <= proved
    for proof in proofs:
        assert proof.admission is Admission.HEAD_OF_LINE
        if proof.memory is not None:
            cells = (
                bounded(proof.policy, proof.admission, proof.requests, memory, proof.alpha)
                for memory in proof.memory
            )
            assert proof.is_exact
            assert max(cell for cell in cells if cell is not None) == proof.at_least


def test_the_best_row_respects_alpha() -> None:
    for name in POLICY_NAMES:
        for admission in LOOK_AHEAD:
            ratios = []
            for alpha in (Fraction(1, 3), Fraction(1, 2), Fraction(3, 5), Fraction(1)):
                row = best_row(name, admission, alpha)
                assert row is not None
                assert row.instance.alpha <= alpha
                ratios.append(row.at_least)
            assert ratios == sorted(ratios)
    assert best_row("svf", Admission.HEAD_OF_LINE, Fraction(1, 1000)) is None


def test_a_file_is_read_as_it_was_written(tmp_path: Path) -> None:
    sample = frontier()[::100]
    path = tmp_path / "frontier.json"
    write_frontier(sample, path)
    assert read_frontier(path) == sample


@pytest.mark.parametrize(
    ("column", "value", "message"),
    [
        ("policy", "lru", "policy"),
        ("admission", "sideways", "sideways"),
        ("method", "guess", "method"),
        ("at_least", "9", "at_least"),
        ("at_least", "5/4", "at_least"),  # below at_most, but not what the schedules show
        ("at_least", "1/0", "row 0"),
        ("at_most", "1/2", "at_least"),
        ("alpha", "1/99", "outside the class"),
        ("alpha", "2", "outside the class"),
        ("n", 5, "outside the class"),
        ("budgets", [90, 91], "outside the class"),
        ("good_schedule", [0], "starts"),
        ("requests", [[-1, 1]], "prompt"),
        ("seconds", "long", "seconds|float"),
    ],
)
def test_a_damaged_file_is_refused(column: str, value: Any, message: str, tmp_path: Path) -> None:
    path = tmp_path / "frontier.json"
    write_frontier([row for row in frontier() if row.at_least > Fraction(3, 2)][:1], path)
    data = json.loads(path.read_text(encoding="utf-8"))
    data["rows"][0][data["columns"].index(column)] = value
    path.write_text(json.dumps(data), encoding="utf-8")
    with pytest.raises(InputError, match=message) as caught:
        read_frontier(path)
    assert "\n" not in str(caught.value)
    assert str(path) in str(caught.value)


def test_another_format_is_refused(tmp_path: Path) -> None:
    data = json.loads(FILE.read_text(encoding="utf-8"))
    path = tmp_path / "frontier.json"
    for change in ({"format": "x"}, {"columns": ["method"]}, {"rows": [[1]]}, {"extra": 1}):
        path.write_text(json.dumps(data | change), encoding="utf-8")
        with pytest.raises(InputError):
            read_frontier(path)
