"""The frontier: what is proved about small bursts, and the worst of them, kept in a file.

``kvcr/frontier.json`` holds the worst ratio of many classes of bursts, by exhaustion (one
budget) and by Z3 (a range of budgets, or every budget). ``make frontier`` makes it
anew, in some minutes; only the seconds depend on the machine. Reading checks costs and
feasibility; that an instance shows its ratio is checked by :mod:`lemmas.checker` before
anyone believes it, and that none is worse is the word of exhaustion or Z3.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from pathlib import Path

import msgspec

from theory.errors import InputError
from theory.files import read_json
from theory.policy import Admission, named_policy
from theory.request import Instance
from theory.schedule import Schedule, cost, require_feasible

FILE = Path(__file__).with_name("frontier.json")
EXHAUSTION, Z3 = "exhaustion", "z3"


@dataclass(frozen=True)
class Row:
    """What is known of the worst ratio of one class: ``at_least`` <= worst <= ``at_most``.

    The class: bursts of exactly ``requests`` requests, budgets in ``memory`` (None: every
    budget), peaks at most ``alpha`` M, an adversary orders ties. ``instance`` lists its
    requests in the order in which the policy ranks them; its ratio under ``policy_schedule``
    and ``good_schedule`` is ``at_least``. ``instances`` counts the bursts that exhaustion
    covered; ``second`` is what a second solver said. ``seconds`` is for information.
    """

    method: str
    policy: str
    admission: Admission
    requests: int
    memory: range | None
    alpha: Fraction
    at_least: Fraction
    at_most: Fraction
    instance: Instance
    policy_schedule: Schedule
    good_schedule: Schedule
    instances: int | None
    seconds: float
    second: str = ""

    @property
    def is_exact(self) -> bool:
        """Whether the worst ratio of the class is known."""
        return self.at_least == self.at_most


class _Entry(msgspec.Struct, array_like=True, forbid_unknown_fields=True):
    """A row as it is written, a list in the order of these fields, which head the file.

    ``budgets`` are the first and the last of the class, ``budget`` is the instance's.
    """

    method: str
    policy: str
    admission: str
    n: int
    budgets: tuple[int, int] | None
    alpha: str
    at_least: str
    at_most: str
    budget: int
    requests: list[tuple[int, int]]
    policy_schedule: list[int]
    good_schedule: list[int]
    instances: int | None
    seconds: float
    second: str = ""


class _File(msgspec.Struct, forbid_unknown_fields=True):
    format: str
    columns: list[str]
    rows: list[_Entry]


def read_frontier(path: Path) -> tuple[Row, ...]:
    """The rows of a file. Raises InputError naming the file, the row and what is wrong with it."""
    try:
        parsed = msgspec.convert(read_json(path), _File, strict=True)
    except msgspec.ValidationError as error:
        raise InputError(f"{path}: {error}") from None
    if parsed.format != "kvcr-frontier/1":
        raise InputError(f"{path}: format: expected kvcr-frontier/1, got {parsed.format[:40]!r}")
    if parsed.columns != list(_Entry.__struct_fields__):
        raise InputError(f"{path}: columns: expected {', '.join(_Entry.__struct_fields__)}")
    rows = []
    for index, entry in enumerate(parsed.rows):
        try:
            rows.append(_row(entry))
        except (ValueError, ZeroDivisionError) as error:  # an InputError is a ValueError
            raise InputError(f"{path}: row {index}: {error}") from None
    return tuple(rows)


def _row(entry: _Entry) -> Row:
    row = Row(
        entry.method,
        named_policy(entry.policy).name,
        Admission(entry.admission),
        entry.n,
        range(entry.budgets[0], entry.budgets[1] + 1) if entry.budgets else None,
        Fraction(entry.alpha),
        Fraction(entry.at_least),
        Fraction(entry.at_most),
        Instance.of(entry.budget, *entry.requests),
        tuple(entry.policy_schedule),
        tuple(entry.good_schedule),
        entry.instances,
        entry.seconds,
        entry.second,
    )
    if row.method not in (EXHAUSTION, Z3):
        raise InputError(f"method: unknown: {row.method!r:.40}")
    if len(row.instance) != row.requests or not row.instance.alpha <= row.alpha <= 1:
        raise InputError("the instance is outside the class")
    if row.memory is not None and row.instance.memory not in row.memory:
        raise InputError("the instance's budget is outside the class")
    for starts in (row.policy_schedule, row.good_schedule):
        require_feasible(row.instance, starts)
    spent, least = (cost(row.instance, s) for s in (row.policy_schedule, row.good_schedule))
    if not Fraction(spent, least) == row.at_least <= row.at_most:
        raise InputError(f"at_least: the ratio of the schedules is {Fraction(spent, least)}")
    return row


@cache
def frontier() -> tuple[Row, ...]:
    """The recorded rows, read once.

    >>> rows = [row for row in frontier() if row.policy == "sjf" and row.memory is None]
    >>> any(row.requests == 4 and row.alpha == 1 and row.is_exact for row in rows)
    True
    """
    return read_frontier(FILE)


def best_row(policy: str, admission: Admission, alpha: Fraction) -> Row | None:
    """The row with the largest recorded ratio among instances with peaks at most alpha M.

    Its instance is a lower bound on the worst ratio of the cell, once the checker accepts it.

    >>> row = best_row("svf", Admission.HEAD_OF_LINE, Fraction(1, 2))
    >>> row.instance.alpha <= Fraction(1, 2), row.at_least > Fraction(13, 10)
    (True, True)
    """
    fitting = [
        row
        for row in frontier()
        if row.policy == policy and row.admission is admission and row.instance.alpha <= alpha
    ]
    return max(fitting, key=lambda row: row.at_least, default=None)


def bounded(
    policy: str, admission: Admission, requests: int, memory: int, alpha: Fraction
) -> Fraction | None:
    """The recorded worst ratio of exactly that class, by exhaustion; None if not recorded.

    A row is recorded for each largest peak at which the worst ratio rises, so the last row not
    above alpha M answers for every alpha.

    >>> bounded("svf", Admission.HEAD_OF_LINE, 3, 12, Fraction(1))
    Fraction(25, 14)
    """
    cell = [
        row
        for row in frontier()
        if row.method == EXHAUSTION
        and (row.policy, row.admission, row.requests) == (policy, admission, requests)
        and row.memory == range(memory, memory + 1)
        and row.alpha <= alpha
    ]
    return max((row.at_most for row in cell), default=None)


def every_budget(policy: str, requests: int, alpha: Fraction) -> Fraction | None:
    """The least recorded bound that Z3 proved for every M: head-of-line, exactly ``requests``.

    A proof for peaks at most alpha M holds for smaller peaks too. None if there is none.

    >>> every_budget("sjf", 3, Fraction(1))
    Fraction(3, 2)
    """
    proofs = (
        row.at_most
        for row in frontier()
        if row.memory is None
        and (row.policy, row.requests) == (policy, requests)
        and row.alpha >= alpha
    )
    return min(proofs, default=None)


def line_of(row: Row) -> str:
    """The row as one line of the file."""
    entry = _Entry(
        row.method,
        row.policy,
        row.admission.value,
        row.requests,
        (row.memory[0], row.memory[-1]) if row.memory else None,
        str(row.alpha),
        str(row.at_least),
        str(row.at_most),
        row.instance.memory,
        [(r.prompt, r.output) for r in row.instance.requests],
        list(row.policy_schedule),
        list(row.good_schedule),
        row.instances,
        round(row.seconds, 2),
        row.second,
    )
    return json.dumps(msgspec.to_builtins(entry), separators=(",", ":"))


def write_frontier(rows: Iterable[Row], path: Path) -> None:
    """The rows as JSON, one a line."""
    columns = json.dumps(_Entry.__struct_fields__)
    head = f'{{"format": "kvcr-frontier/1",\n"columns": {columns},\n"rows": [\n'
    text = head + ",\n".join(line_of(row) for row in rows) + "\n]}\n"
    path.write_text(text, encoding="utf-8")
