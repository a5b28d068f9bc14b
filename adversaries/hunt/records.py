"""A finding as one line of JSON, and back: believed only after it has been evaluated again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from typing import Any, TypeAlias

from adversaries.hunt.score import Finding
from theory.errors import InputError, PolicyError
from theory.files import instance_from_data, instance_to_data
from theory.policy import Admission, AnyPolicy, Policy
from theory.request import Instance
from theory.schedule import require_feasible
from theory.simulator import simulate

FORMAT = "kvcr-record/1"
MAX_LINE = 4_000_000
"""Longest line, in bytes."""
_KEYS = {
    "admission",
    "alpha",
    "format",
    "good_schedule",
    "hash",
    "instance",
    "policy",
    "policy_schedule",
    "provenance",
    "ratio",
}

Resolver: TypeAlias = Callable[[str, Admission], AnyPolicy]
"""Finds a policy by name, so that a record can be evaluated again; raises InputError."""


@dataclass(frozen=True)
class Provenance:
    """How a finding came about: enough to search for it again."""

    method: str = ""
    seed: int = 0
    evaluations: int = 0


@dataclass(frozen=True)
class Record:
    """A finding that has been evaluated, the key of its instance, and where it came from."""

    finding: Finding
    key: str
    provenance: Provenance


def evaluated(finding: Finding, provenance: Provenance, resolve: Resolver) -> Record:
    """The record of a finding whose schedules are what they are said to be.

    Raises InputError unless the good schedule is feasible and the policy's is the one that the
    policy makes; also for a policy that ``resolve`` does not know.
    """
    policy = resolve(finding.policy, finding.admission or Admission.HEAD_OF_LINE)
    if isinstance(policy, Policy) != (finding.admission is not None):
        raise InputError(f"admission: does not go with the policy {finding.policy}")
    starts = simulate(finding.instance, policy)
    if starts != finding.policy_schedule:
        raise InputError("policy_schedule: the policy makes another one")
    require_feasible(finding.instance, finding.good_schedule)
    believed = replace(finding, policy_schedule=starts)
    return Record(believed, instance_key(finding, policy), provenance)


def instance_key(finding: Finding, policy: AnyPolicy) -> str:
    """SHA-256 of policy, admission and instance, its requests in the policy's own order.

    A priority policy decides by its order alone (rank, then position), so two instances that
    agree in it get the same starts, request by request, and have the same feasible schedules:
    the ratio is kept. That takes a rank that does not read positions. A :class:`Scheduler` may
    read them, so for it the order of the file counts.
    """
    instance = finding.instance
    if isinstance(policy, Policy):
        instance = instance.select(policy.order(instance))
    plain = instance_to_data(Instance(instance.memory, instance.requests))
    return _digest([finding.policy, finding.admission, plain])


def to_line(record: Record) -> bytes:
    """Canonical JSON with the hash of its content, and the line's end.

    Raises InputError beyond ``MAX_LINE`` bytes.
    """
    finding = record.finding
    content: dict[str, Any] = {
        "format": FORMAT,
        "policy": finding.policy,
        "admission": finding.admission,
        "alpha": str(finding.instance.alpha),
        "ratio": str(finding.ratio),
        "instance": instance_to_data(finding.instance),
        "policy_schedule": list(finding.policy_schedule),
        "good_schedule": list(finding.good_schedule),
        "provenance": asdict(record.provenance),
    }
    line = _canonical(content | {"hash": _digest(content)}) + b"\n"
    if len(line) > MAX_LINE:
        raise InputError(f"record: longer than {MAX_LINE} bytes")
    return line


def is_whole(line: bytes) -> bool:
    """Whether the line, without its end, is exactly as :func:`to_line` wrote it."""
    try:
        _content(line)
    except InputError:
        return False
    return True


def from_line(line: bytes, resolve: Resolver) -> Record:
    """The record in a line, evaluated again. Raises InputError, saying what is wrong with it."""
    content = _content(line)
    if set(content) != _KEYS or content["format"] != FORMAT:
        raise InputError(f"not a record of format {FORMAT}")
    try:
        admission = content["admission"]
        finding = Finding(
            instance_from_data(content["instance"]),
            str(content["policy"]),
            None if admission is None else Admission(admission),
            tuple(content["policy_schedule"]),
            tuple(content["good_schedule"]),
        )
        record = evaluated(finding, Provenance(**content["provenance"]), resolve)
    except (PolicyError, TypeError, ValueError) as error:
        raise InputError(" ".join(str(error).split())[:200]) from None
    stated = content["alpha"], content["ratio"]
    if stated != (str(finding.instance.alpha), str(finding.ratio)):
        raise InputError("alpha or ratio: not those of the schedules")
    return record


def _content(line: bytes) -> dict[str, Any]:
    """The parsed line. Raises InputError unless it is canonical and its hash is right."""
    if len(line) > MAX_LINE:
        raise InputError(f"longer than {MAX_LINE} bytes")
    try:
        content = json.loads(line)
        whole = isinstance(content, dict) and _canonical(content) == line
    except (ValueError, RecursionError):
        raise InputError("not JSON") from None
    if not whole or content.get("hash") != _digest(
        {key: value for key, value in content.items() if key != "hash"}
    ):
        raise InputError("edited or damaged: the hash is not that of the content")
    return dict(content)


def _canonical(data: object) -> bytes:
    return json.dumps(data, sort_keys=True, separators=(",", ":")).encode()


def _digest(data: object) -> str:
    return hashlib.sha256(_canonical(data)).hexdigest()
