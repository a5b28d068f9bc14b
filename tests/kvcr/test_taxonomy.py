"""The taxonomy and the register hold together, and every cell says what is known or open."""

from fractions import Fraction

import pytest

from kvcr import taxonomy as module
from kvcr.register import read_register
from kvcr.taxonomy import Cell, hunts, policies_of, standings, taxonomy
from theory.claims import Information, Traffic, Verdict
from theory.literature import LITERATURE
from theory.policy import LOOK_AHEAD, POLICIES, Admission, named_policy
from theory.request import Instance

REGISTER = read_register()


@pytest.mark.parametrize("cell", taxonomy(), ids=lambda cell: cell.name)
def test_a_cell_rests_on_the_register(cell: Cell) -> None:
    assert all(REGISTER[key].recorded is Verdict.PROVED for key in cell.above)
    decided = {Verdict.PROVED, Verdict.REFUTED, Verdict.VACUOUS}
    assert all(REGISTER[key].recorded in decided for key in cell.below)
    assert cell.open
    assert (cell.brief == "open") == (not cell.above and not cell.below)


def test_every_ratio_claim_of_the_register_has_a_cell() -> None:
    named = {key for cell in taxonomy() for key in (*cell.above, *cell.below)}
    refuted = {k for k, c in REGISTER.items() if c.recorded is Verdict.REFUTED and c.cell}
    assert refuted <= named


def test_a_cell_that_is_missing_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    taxonomy.cache_clear()
    monkeypatch.setattr(module, "LOOK_AHEAD", (Admission.HEAD_OF_LINE,))
    with pytest.raises(ValueError, match="not one entry for each cell"):
        taxonomy()
    monkeypatch.undo()
    taxonomy.cache_clear()


def test_policies_see_no_more_than_the_cell_tells() -> None:
    for cell in taxonomy():
        assert all(cell.information.reveals(policy.sees) for policy in policies_of(cell))
    everywhere = {policy.name for cell in taxonomy() for policy in policies_of(cell)}
    assert everywhere == {*POLICIES, *LITERATURE}


def test_no_hunt_exceeds_what_is_proved_beside_it() -> None:
    compared = 0
    for row in hunts():
        for found in row.standings:
            assert found.instance.alpha <= found.alpha
            if found.bound is not None:
                assert row.traffic is Traffic.BURST
                assert found.ratio <= found.bound
                compared += 1
    assert compared >= 2 * 4 * len(POLICIES)  # head-of-line and restart


def test_every_policy_admission_and_traffic_has_been_hunted() -> None:
    rows = {(row.policy, row.admission, row.traffic) for row in hunts()}
    for name in POLICIES:
        for rule in Admission:
            for traffic in (Traffic.BURST, Traffic.ADVERSARIAL):
                assert (name, rule.value, traffic) in rows
    assert {name for name, _, _ in rows} == {*POLICIES, *LITERATURE}
    assert all(
        found.certified for row in hunts() if row.policy in POLICIES for found in row.standings
    )


def test_poisson_has_no_standing() -> None:
    assert standings(named_policy("svf"), Traffic.POISSON) == []
    assert len(taxonomy()) == len(Traffic) * len(Information) * len(LOOK_AHEAD)
    assert Fraction(1) in module.ALPHAS


def test_beside_a_burst_stands_what_is_proved_for_its_sizes() -> None:
    burst = Instance.of(20, (4, 6), (0, 10), (9, 1))  # D = 11, longest output 10
    svf, fcfs = named_policy("svf", "restart"), named_policy("fcfs")
    assert module._beside(svf, burst) == (Fraction(40, 11), "C")
    assert module._beside(fcfs, burst)[1] == "B4"
    assert module._beside(named_policy("svf", "backfill"), burst) == (None, "")
    assert module._beside(LITERATURE["gsa"], burst) == (None, "")
