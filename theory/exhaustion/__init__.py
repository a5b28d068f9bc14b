"""Exhaustion: the exact worst ratio of a class of small bursts, by looking at every one.

It shares nothing with the Z3 encoding (:mod:`theory.encoding`) but the definitions, so that
the two, where they agree, confirm each other. What a verdict rests on is the compiled search:
:mod:`~theory.exhaustion.placing` (where a request fits), :mod:`~theory.exhaustion.cheapest`
(the optimum) and :mod:`~theory.exhaustion.orders` (that no order is missed). The worst instance
found is audited by the exact simulator.
"""

from theory.exhaustion.result import ExhaustionError, Worst
from theory.exhaustion.shapes import POLICY_NAMES, instances
from theory.exhaustion.worst import worst, worst_by_alpha, worst_up_to

__all__ = [
    "POLICY_NAMES",
    "ExhaustionError",
    "Worst",
    "instances",
    "worst",
    "worst_by_alpha",
    "worst_up_to",
]
