"""What the plug-in scheduler is told: policy, admission, ties, and how memory is counted."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from theory.errors import InputError
from theory.policy import LOOK_AHEAD, Admission, named_policy
from theory.request import Instance, Request

SECTION = "kvcr"
"""Where the settings stand in vLLM's ``additional_config``, which other plug-ins share."""

Rank = Callable[[Request], Any]


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The settings of the plug-in scheduler.

    ``policy``: a priority policy of :mod:`theory.policy`, by name. ``ties``: ``arrival`` lets
    equal ranks go by arrival time, then by request id; ``id`` by request id alone, as the model
    does when the id is the position in the file. ``longest``: the longest output, in tokens,
    that the 1-bit rank needs (None: the model's context length). ``gate_block`` and
    ``gate_capacity``: the admission check counts ``gate_capacity`` blocks of ``gate_block``
    tokens (None: what vLLM has). ``gate_block = 1`` is token-exact, as the model.

    >>> Settings.from_config({"kvcr": {"policy": "sjf"}}).admission
    <Admission.HEAD_OF_LINE: 'head-of-line'>
    """

    policy: str = "svf"
    admission: Admission = Admission.HEAD_OF_LINE
    ties: str = "arrival"
    longest: int | None = None
    gate_block: int | None = None
    gate_capacity: int | None = None

    def __post_init__(self) -> None:
        named_policy(self.policy, self.admission)
        if self.admission not in LOOK_AHEAD:
            raise InputError(f"admission: {' or '.join(LOOK_AHEAD)}, got {self.admission.value!r}")
        if self.ties not in ("arrival", "id"):
            raise InputError(f"ties: arrival or id, got {self.ties!r:.40}")
        for name in ("longest", "gate_block", "gate_capacity"):
            value = getattr(self, name)
            if value is not None and value < 1:
                raise InputError(f"{name} must be at least 1")

    @classmethod
    def from_config(cls, additional_config: dict[str, Any] | None) -> Settings:
        """The settings in vLLM's ``additional_config``; defaults where it has none.

        Raises InputError for a key or value that is not known.
        """
        try:
            return msgspec.convert((additional_config or {}).get(SECTION, {}), cls)
        except msgspec.ValidationError as error:
            raise InputError(f"additional_config: {SECTION}: {error}".replace("`", "")) from None

    def to_config(self) -> dict[str, Any]:
        """The ``additional_config`` that says the same."""
        return {SECTION: msgspec.to_builtins(self)}

    def rank(self, longest: int) -> Rank:
        """The policy's rank of a request, ``longest`` where the settings name none.

        >>> Settings(policy="svf").rank(100)(Request(3, 2))
        9
        """
        longest = self.longest or longest
        policy = named_policy(self.policy)
        return policy.rank_for(Instance(longest, (Request(0, longest),)))
