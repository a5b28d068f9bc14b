"""The taxonomy and the register hold together, and every cell says what is known or open."""

import pytest

from kvcr import taxonomy as module
from kvcr.register import read_register
from kvcr.taxonomy import Cell, policies_of, taxonomy
from theory.claims import Verdict
from theory.literature import LITERATURE
from theory.policy import POLICIES, Admission

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
