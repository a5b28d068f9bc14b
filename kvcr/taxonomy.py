"""The taxonomy: what is known in every cell of traffic x information x admission.

``kvcr/taxonomy.toml`` names, for each of the 24 cells, the claims of the register that bound a
policy of the cell from above, those that bound one (or all) from below, and what is open. Nothing
is a verdict here: the register decides, and a test holds the two together.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import product
from typing import Any

from theory.claims import Information, Traffic
from theory.errors import InputError
from theory.literature import LITERATURE
from theory.policy import LOOK_AHEAD, POLICIES, Admission, OnlinePolicy, Policy


@dataclass(frozen=True)
class Cell:
    """One cell of the taxonomy.

    ``brief`` is what is known in a few words. ``above`` and ``below`` are ids of the register:
    what is proved about a policy of the cell, and what is certified against one or against all.
    ``open`` is the question that is left.
    """

    traffic: Traffic
    information: Information
    admission: Admission
    brief: str
    above: tuple[str, ...]
    below: tuple[str, ...]
    open: str
    note: str = ""

    @property
    def name(self) -> str:
        """A name for files and links.

        >>> taxonomy()[0].name
        'burst-known-head-of-line'
        """
        return f"{self.traffic.value}-{self.information.value}-{self.admission.value}"


@cache
def taxonomy() -> tuple[Cell, ...]:
    """All cells, bursts and known lengths first. Raises InputError when one is missing.

    >>> len(taxonomy())
    24
    """
    table = tomllib.loads(files("kvcr").joinpath("taxonomy.toml").read_text(encoding="utf-8"))
    found = {cell.name: cell for cell in map(_cell, table["cell"])}
    everything = [
        f"{traffic.value}-{information.value}-{rule.value}"
        for traffic, information, rule in product(Traffic, Information, LOOK_AHEAD)
    ]
    if sorted(found) != sorted(everything):
        raise InputError("taxonomy: not one entry for each cell")
    return tuple(found[name] for name in everything)


def _cell(entry: dict[str, Any]) -> Cell:
    return Cell(
        Traffic(entry["traffic"]),
        Information(entry["information"]),
        Admission(entry["admission"]),
        entry["brief"],
        tuple(entry["above"]),
        tuple(entry["below"]),
        entry["open"],
        entry.get("note", ""),
    )


def policies_of(cell: Cell) -> Iterator[Policy | OnlinePolicy]:
    """The built-in policies that make do with what the cell tells, under its admission.

    A policy that brings its own admission stands with the cells of head-of-line.

    >>> burst = {cell.name: cell for cell in taxonomy()}
    >>> [p.name for p in policies_of(burst["burst-none-head-of-line"])]
    ['fcfs', 'vllm-fcfs', 'gsa']
    """
    for policy in (*POLICIES.values(), *LITERATURE.values()):
        if not cell.information.reveals(policy.sees):
            continue
        if isinstance(policy, Policy) and policy.admission in LOOK_AHEAD:
            yield policy.with_admission(cell.admission)
        elif cell.admission is Admission.HEAD_OF_LINE:
            yield policy
