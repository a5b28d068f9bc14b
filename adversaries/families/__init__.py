"""Parametrised families of bad burst instances, with exact costs and limits of the ratio.

>>> [family.name for family in families_against("svf", Admission.BACKFILL)]
['thin-blocks-thick', 'identical-ramps', 'backfill-starvation', 'sqrt-backfill']
"""

from __future__ import annotations

from adversaries.families.blocked_ramp import BLOCKED_RAMP
from adversaries.families.blocking import ONE_BIT_BLOCK, SOLID_BLOCK, THIN_BLOCKS_THICK
from adversaries.families.family import MAX_MEMORY, Family, Member
from adversaries.families.ramps import IDENTICAL_RAMPS, RAMP_QUEUE
from adversaries.families.repetition import EQUAL_VOLUME_ALTERNATION, LONG_SHORT_REPETITION
from adversaries.families.roomy_queue import ROOMY_QUEUE
from adversaries.families.starvation import BACKFILL_STARVATION, SQRT_BACKFILL
from adversaries.families.thick_queue import THICK_QUEUE
from adversaries.families.tie_free import TIE_FREE_REPETITION
from theory.policy import Admission

__all__ = ["FAMILIES", "MAX_MEMORY", "Family", "Member", "families_against"]

FAMILIES: dict[str, Family] = {
    family.name: family
    for family in (
        THIN_BLOCKS_THICK,
        LONG_SHORT_REPETITION,
        IDENTICAL_RAMPS,
        SOLID_BLOCK,
        ONE_BIT_BLOCK,
        RAMP_QUEUE,
        THICK_QUEUE,
        BACKFILL_STARVATION,
        SQRT_BACKFILL,
        EQUAL_VOLUME_ALTERNATION,
        TIE_FREE_REPETITION,
        BLOCKED_RAMP,
        ROOMY_QUEUE,
    )
}
"""Every family by name."""


def families_against(policy: str, admission: Admission | str) -> list[Family]:
    """The families whose closed forms hold for this policy under this admission rule.

    >>> [family.name for family in families_against("sjf", "head-of-line")]
    ['identical-ramps', 'thick-queue', 'roomy-queue']
    """
    rule = Admission(admission)
    return [f for f in FAMILIES.values() if policy in f.policies and rule in f.admissions]
