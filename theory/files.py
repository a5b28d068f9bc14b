"""Instances as JSON, read strictly; every error is one line that names file and field."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path
from typing import Any

import msgspec

from theory.errors import InputError
from theory.request import MAX_REQUESTS, Instance, Request

MAX_BYTES = 64_000_000
"""Largest JSON file that is read."""


class _Request(msgspec.Struct, forbid_unknown_fields=True):
    prompt: int
    output: int
    arrival: int = 0
    count: int = 1
    predicted: tuple[int, int] | None = None


class _Instance(msgspec.Struct, forbid_unknown_fields=True):
    format: str
    memory: int
    requests: list[_Request]
    note: str = ""


def read_json(path: Path) -> Any:
    """A JSON document; refuses duplicate keys, NaN, huge numbers, and files above 64 MB.

    Raises InputError, one line that names the file.
    """

    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        table = dict(pairs)
        if len(table) < len(pairs):
            keys = [key for key, _ in pairs]
            twice = next(key for key in keys if keys.count(key) > 1)
            raise InputError(f"duplicate key {twice[:40]!r}")
        return table

    def integer(text: str) -> int:
        if len(text) > 40:
            raise InputError(f"a number of {len(text)} digits")
        return int(text)

    def constant(text: str) -> Any:
        raise InputError(f"{text} is not a number")

    try:
        require_regular(path, MAX_BYTES)
        text = path.read_text(encoding="utf-8")
        return json.loads(
            text, object_pairs_hook=unique, parse_int=integer, parse_constant=constant
        )
    except InputError as error:
        raise InputError(f"{path}: {error}") from None
    except (OSError, UnicodeDecodeError, json.JSONDecodeError, RecursionError) as error:
        raise InputError(f"{path}: {reason_of(error)}") from None


def require_regular(path: Path, most: int | None = None) -> None:
    """Raise InputError unless it is a regular file, of at most ``most`` bytes."""
    status = path.stat()
    if not stat.S_ISREG(status.st_mode):
        raise InputError("not a regular file")
    if most is not None and status.st_size > most:
        raise InputError(f"larger than {most // 10**6} MB")


def reason_of(error: Exception) -> str:
    """Why a file could not be read, in a few words."""
    if isinstance(error, OSError):
        return os.strerror(error.errno) if error.errno else str(error)
    if isinstance(error, RecursionError):
        return "nested too deeply"
    if isinstance(error, UnicodeDecodeError):
        return "not UTF-8 text"
    if isinstance(error, json.JSONDecodeError) and not error.doc.strip():
        return "the file is empty"
    return f"not JSON: {error}"


def instance_from_data(data: object) -> Instance:
    """The instance in parsed JSON (format kvcr-instance/1). Raises InputError.

    >>> len(instance_from_data({"format": "kvcr-instance/1", "memory": 60, "requests": [
    ...     {"prompt": 0, "output": 10}, {"prompt": 59, "output": 1, "count": 3}]}))
    4
    """
    try:
        parsed = msgspec.convert(data, _Instance, strict=True)
    except msgspec.ValidationError as error:
        raise InputError(str(error).replace("`", "")) from None
    if parsed.format != "kvcr-instance/1":
        raise InputError(f"format: expected kvcr-instance/1, got {parsed.format[:40]!r}")
    groups: list[tuple[int, Request]] = []
    for index, entry in enumerate(parsed.requests):
        if not 1 <= entry.count <= MAX_REQUESTS:
            raise InputError(f"request {index}: count must lie in [1, {MAX_REQUESTS}]")
        try:
            request = Request(entry.prompt, entry.output, entry.arrival, entry.predicted)
        except InputError as error:
            raise InputError(f"request {index}: {error}") from None
        groups.append((entry.count, request))
    return Instance.from_groups(parsed.memory, groups, parsed.note)


def instance_to_data(instance: Instance) -> dict[str, Any]:
    """The instance as JSON data, equal neighbours written once with a count.

    >>> instance_to_data(Instance.of(4, (0, 2), (0, 2)))["requests"]
    [{'prompt': 0, 'output': 2, 'count': 2}]
    """
    requests = []
    for count, request in instance.groups():
        entry: dict[str, Any] = {"prompt": request.prompt, "output": request.output}
        if request.arrival:
            entry["arrival"] = request.arrival
        if count > 1:
            entry["count"] = count
        if request.predicted is not None:
            entry["predicted"] = list(request.predicted)
        requests.append(entry)
    data: dict[str, Any] = {"format": "kvcr-instance/1", "memory": instance.memory}
    return {**data, "requests": requests, **({"note": instance.note} if instance.note else {})}


def read_instance(path: Path) -> Instance:
    """The instance in a JSON file. Raises InputError naming file, request and field."""
    data = read_json(path)
    try:
        return instance_from_data(data)
    except InputError as error:
        raise InputError(f"{path}: {error}") from None
