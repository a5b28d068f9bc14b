"""Theorem C: discharged, refutable, checkable by others, and true where it can be tried."""

import json
from itertools import combinations_with_replacement
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lemmas import checker
from lemmas.c_restart import LEMMA, TILES
from tests.strategies import instances
from theory.request import Instance
from theory.restart import run_with_restart


def test_everything_is_discharged() -> None:
    assert LEMMA.failures() == []


def test_the_tiles_are_those_of_blocking() -> None:
    """Without the two ends of L3: who blocks, and the paper's form."""
    assert [obligation.name for obligation in TILES] == [
        "a ramp fills half of its box",
        "a tile of length k has twice its area at least k D",
        "tiles add up",
        "the area belongs to the requests before j",
    ]
    names = [obligation.name for obligation in LEMMA.obligations]
    assert len(set(names)) == len(names)


def test_the_example_restarts() -> None:
    order = range(len(LEMMA.example))
    assert run_with_restart(LEMMA.example, order).evictions > 0


def test_the_independent_checker_agrees(tmp_path: Path) -> None:
    path = tmp_path / "lemma.json"
    path.write_text(json.dumps(LEMMA.certificate()), encoding="utf-8")
    assert checker.main([str(path)]) == 0


@pytest.mark.parametrize("memory", [1, 2, 3])
def test_holds_on_all_tiny_bursts(memory: int) -> None:
    shapes = [(s, o) for o in range(1, memory + 1) for s in range(memory + 1 - o)]
    for count in (1, 2, 3):
        for chosen in combinations_with_replacement(shapes, count):
            assert LEMMA.holds(Instance.of(memory, *chosen))


@settings(max_examples=25)
@given(instances(4, 9), st.data())
def test_holds_on_random_bursts(instance: Instance, data: st.DataObject) -> None:
    order = data.draw(st.permutations(range(len(instance))))
    assert LEMMA.holds(instance.select(order))
