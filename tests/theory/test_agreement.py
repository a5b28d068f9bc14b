"""A sample of the cross-check of all solvers, and proof that it would notice a wrong one."""

from dataclasses import replace

import pytest

from tests import cross_check
from tests.cross_check import answers, disagreements, small_instance
from theory.optimum import Optimum, optimum
from theory.request import Instance


def test_no_two_solvers_disagree() -> None:
    assert not list(disagreements(range(60)))


def test_a_solver_that_stops_early_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    def hasty(instance: Instance, *_: object, **options: str) -> Optimum:
        found = optimum(instance, method=options["method"])
        worse = found.upper + (options["method"] == "search")
        return replace(found, lower=worse, upper=worse)

    monkeypatch.setattr(cross_check, "optimum", hasty)
    (_, found), *rest = disagreements(range(3))
    assert found["search"] != found["brute force"]
    assert len(rest) == 2


def test_every_answer_is_asked_for() -> None:
    found = answers(small_instance(1))
    assert list(found) == ["brute force", "search", "cp-sat", "z3", "lower bounds"]
