"""Traces of real traffic: CSV and JSONL, read exactly, every bad row named."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from pathlib import Path
from typing import Any, TypeVar

from theory.errors import InputError
from theory.files import reason_of, require_regular
from theory.request import Instance, Request

T = TypeVar("T")

MAX_LINE = 1_000_000
"""Longest line of a trace, in characters."""


@dataclass(frozen=True)
class Trace:
    """Requests of a trace: (seconds since the first arrival or None, prompt, output).

    ``skipped`` counts the rows without output tokens; they are reported, not dropped in silence.
    """

    rows: tuple[tuple[Fraction | None, int, int], ...]
    skipped: int

    def burst(self, memory: int) -> Instance:
        """All requests at step 0."""
        return Instance(memory, tuple(Request(s, o) for _, s, o in self.rows))

    def timed(self, memory: int, steps_per_second: Fraction) -> Instance:
        """Arrivals in steps, rounded down. Raises InputError when the trace has no times."""
        requests = []
        steps, second = steps_per_second.as_integer_ratio()
        for seconds, s, o in self.rows:
            if seconds is None:
                raise InputError("the trace has no arrival times; use --arrivals burst")
            arrival = seconds.numerator * steps // (seconds.denominator * second)
            requests.append(Request(s, o, arrival))
        return Instance(memory, tuple(requests))


def read_trace(path: Path, limit: int | None = None) -> Trace:
    """A trace: CSV of vidur or Azure columns, or JSONL with prompt_len and output_len.

    At most ``limit`` rows. Raises InputError naming the file, the row and the field.
    """
    try:
        require_regular(path)
        with path.open(encoding="utf-8-sig", newline="") as lines:
            rows = _rows(_short(lines), path.suffix.lower() in (".jsonl", ".json"))
            return _collect(rows, limit)
    except InputError as error:
        raise InputError(f"{path}: {error}") from None
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: {reason_of(error)}") from None
    except csv.Error as error:
        raise InputError(f"{path}: not CSV: {error}") from None


def _short(lines: Any) -> Iterator[str]:
    number = 0
    while line := lines.readline(MAX_LINE + 1):
        number += 1
        if len(line) > MAX_LINE:
            raise InputError(f"line {number} is longer than {MAX_LINE} characters")
        yield line


_COLUMNS = (
    ("arrived_at", "num_prefill_tokens", "num_decode_tokens"),
    ("TIMESTAMP", "ContextTokens", "GeneratedTokens"),
)


def _rows(lines: Iterator[str], json_lines: bool) -> Iterator[tuple[Any, Any, Any]]:
    """(time, prompt, output) as texts or numbers, not yet checked."""
    if json_lines:
        for number, line in enumerate(lines, 1):
            if not line.strip():
                continue
            try:
                entry = json.loads(line)
                yield entry.get("timestamp"), entry["prompt_len"], entry["output_len"]
            except (ValueError, KeyError, AttributeError, RecursionError):
                raise InputError(
                    f"row {number}: not an object with prompt_len and output_len"
                ) from None
        return
    table = csv.reader(lines)
    place = {name: k for k, name in enumerate(next(table, []))}
    for time, prompt, output in _COLUMNS:
        if prompt in place and output in place:
            yield from _picked(table, place.get(time), place[prompt], place[output])
            return
    raise InputError(
        "no known columns (num_prefill_tokens,num_decode_tokens or ContextTokens,GeneratedTokens)"
    )


def _picked(
    table: Iterable[list[Any]], time: int | None, prompt: int, output: int
) -> Iterator[tuple[Any, Any, Any]]:
    """Three fields of each row that is not empty; None where it is too short."""
    width = max(time or 0, prompt, output) + 1
    for row in table:
        if len(row) < width:
            if not row:
                continue
            row += [None] * (width - len(row))
        yield None if time is None else row[time], row[prompt], row[output]


def _collect(rows: Iterable[tuple[Any, Any, Any]], limit: int | None) -> Trace:
    kept: list[tuple[tuple[int, int] | None, int, int]] = []
    earliest: dict[int, int] = {}  # by denominator: fractions are made once, when shifted
    skipped = 0
    for number, (time, prompt, output) in enumerate(rows, 1):
        if limit is not None and number > limit:
            break
        s = _field(number, "prompt tokens", prompt, _count)
        o = _field(number, "output tokens", output, _count)
        if o == 0:
            skipped += 1
            continue
        moment = None if time in (None, "") else _field(number, "arrival", time, _seconds)
        if moment is not None:
            earliest[moment[1]] = min(moment[0], earliest.get(moment[1], moment[0]))
        kept.append((moment, s, o))
    if not kept:
        raise InputError("no request with output tokens")
    first = min((Fraction(p, q) for q, p in earliest.items()), default=Fraction(0))
    p0, q0 = first.as_integer_ratio()

    def shifted(moment: tuple[int, int] | None) -> Fraction | None:
        return moment and Fraction(moment[0] * q0 - p0 * moment[1], moment[1] * q0)

    return Trace(tuple((shifted(moment), s, o) for moment, s, o in kept), skipped)


def _field(number: int, name: str, value: Any, read: Callable[[Any], T]) -> T:
    try:
        return read(value)
    except (ValueError, TypeError, OverflowError, ZeroDivisionError):
        raise InputError(f"row {number}: {name}: bad value {str(value)[:40]!r}") from None


def _count(value: Any) -> int:
    """A token count, also when it is written as 374.0."""
    if type(value) is str and value.isdecimal() and len(value) <= 40:
        return int(value)  # as below, but a trace has millions of them
    if isinstance(value, bool) or len(str(value)) > 40:
        raise ValueError
    number = Fraction(str(value).strip())
    if number.denominator != 1 or number < 0:
        raise ValueError
    return int(number)


def _seconds(value: Any) -> tuple[int, int]:
    """Seconds as a fraction, not in lowest terms, from a number or a date and time."""
    text = str(value).strip()[:40]
    whole, _, digits = text.partition(".")
    if whole and (whole + digits).isdecimal():
        return int(whole + digits), 10 ** len(digits)
    if text[:4].isdecimal() and text[4:5] == "-":
        return _seconds_of_date(text)
    try:
        seconds = Fraction(text)
    except ValueError:
        return _seconds_of_date(text)
    if seconds < 0:
        raise ValueError
    return seconds.as_integer_ratio()


def _seconds_of_date(text: str) -> tuple[int, int]:
    """Seconds since the year 0, to the microsecond; a time zone makes no difference."""
    moment = datetime.fromisoformat(text[:26])
    minutes = (moment.toordinal() * 24 + moment.hour) * 60 + moment.minute
    return (minutes * 60 + moment.second) * 10**6 + moment.microsecond, 10**6
