"""How bad an instance the hunt finds from nothing, in a minute on two cores."""

import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import pytest

from adversaries.hunt.budget import Budget
from adversaries.hunt.hunt import HuntResult, hunt
from adversaries.hunt.limits import Limits
from adversaries.hunt.score import score
from adversaries.hunt.search import Search
from adversaries.hunt.smallest import smallest
from kvcr.hunting import certificate, resolver
from tests.quality.slow import slow
from theory.claims import Cell
from theory.policy import Admission, named_policy

HEAD, BACKFILL = Admission.HEAD_OF_LINE, Admission.BACKFILL
HALF = Fraction(1, 2)

TARGETS = [
    (Cell("svf", Fraction(1)), Fraction(5, 2)),
    (Cell("svf", HALF), Fraction(7, 5)),
    (Cell("svf", Fraction(1), BACKFILL), Fraction(47, 10)),
    (Cell("svf", HALF, BACKFILL), Fraction(17, 10)),
    (Cell("sjf", HALF), Fraction(2)),
]
"""The known worst ratios, in parts from five hill climbs."""


def reached(cell: Cell, budget: Budget, workers: int = 1) -> HuntResult:
    """A hunt without an archive and without the families."""
    return hunt(
        cell,
        budget,
        limits=Limits.of(cell, max_requests=12, max_memory=100),
        seed=1,
        workers=workers,
        families=False,
        resolve=resolver(),
    )


@slow
@pytest.mark.parametrize(("cell", "target"), TARGETS, ids=str)
def test_a_minute_reaches_what_is_known(cell: Cell, target: Fraction) -> None:
    found = reached(cell, Budget(seconds=60), workers=2)
    assert found.best is not None
    print(f"\n{cell}: {float(found.best.ratio):.4f}, {found.evaluations} evaluations")
    assert found.best.ratio >= target
    assert certificate(found.best, cell.alpha) is not None


@pytest.mark.parametrize(
    ("cell", "target"),
    [
        (Cell("svf", Fraction(1)), Fraction(2)),
        (Cell("svf", Fraction(1), BACKFILL), Fraction(3)),
        (Cell("svf", HALF, BACKFILL), Fraction(5, 4)),
        (Cell("sjf", HALF), Fraction(5, 4)),
    ],
    ids=str,
)
def test_a_second_reaches_something(cell: Cell, target: Fraction) -> None:
    found = reached(cell, Budget(evaluations=2500))
    assert found.best is not None
    assert found.best.ratio >= target


@pytest.mark.parametrize(
    ("cell", "bound", "most"),
    [
        (Cell("svf", HALF, BACKFILL), Fraction(3, 2), 8),
        (Cell("svf", Fraction(1)), Fraction(2), 6),
    ],
    ids=str,
)
def test_a_counterexample_shrinks_to_few_requests(cell: Cell, bound: Fraction, most: int) -> None:
    policy = named_policy(cell.policy, cell.admission)
    limits = Limits.of(cell, max_requests=12, max_memory=100)
    search = Search(lambda instance: score(instance, policy), limits, bound)
    search.climb(200_000, seed=1)
    assert search.worst is not None
    assert search.worst.ratio > bound
    small = smallest(search.score, search.worst.instance, limits, bound)
    assert score(small, policy).ratio > bound
    assert len(small) <= most


@slow
def test_fifty_kills_lose_nothing(tmp_path: Path) -> None:
    killed = [sys.executable, "-m", "tests.adversaries.hunt.killed", str(tmp_path), "50"]
    done = subprocess.run(killed, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout.split()[0]) > 0
