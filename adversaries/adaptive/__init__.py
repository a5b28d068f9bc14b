"""Adversaries that see a policy's choices: bounds for every deterministic non-preemptive policy.

>>> for family in ADAPTIVE.values():
...     print(family.name, family.limit_text)
one-shot grows like (2/3) sqrt(M)
unit-one-shot grows like (2/3) sqrt(M)
stream tends to (M+2)/2 - 6/(M+2) as N grows
unit-stream tends to (M+2)/2 - 2/(M+1) as N grows
blocked-burst tends to 2 as K and L grow
"""

from __future__ import annotations

from adversaries.adaptive.blocked_burst import BLOCKED_BURST
from adversaries.adaptive.eager import Rush
from adversaries.adaptive.family import AdaptiveFamily, Guarantee, Play, Setting
from adversaries.adaptive.game import Game, Leaf, Node, Position, Turn
from adversaries.adaptive.objective import Objective
from adversaries.adaptive.one_shot import ONE_SHOT, UNIT_ONE_SHOT
from adversaries.adaptive.overtaken import Overtaken
from adversaries.adaptive.stream import STREAM, UNIT_STREAM

__all__ = [
    "ADAPTIVE",
    "BLOCKED_BURST",
    "ONE_SHOT",
    "STREAM",
    "UNIT_ONE_SHOT",
    "UNIT_STREAM",
    "AdaptiveFamily",
    "Game",
    "Guarantee",
    "Leaf",
    "Node",
    "Objective",
    "Overtaken",
    "Play",
    "Position",
    "Rush",
    "Setting",
    "Turn",
]

ADAPTIVE: dict[str, AdaptiveFamily] = {
    family.name: family for family in (ONE_SHOT, UNIT_ONE_SHOT, STREAM, UNIT_STREAM, BLOCKED_BURST)
}
"""Every adaptive family by name."""
