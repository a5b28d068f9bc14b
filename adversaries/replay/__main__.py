"""The replay in a process of its own: an order on standard input, the outcome in a file.

vLLM writes to standard output and reads the environment at import; so the command line starts
it apart, in whatever Python has it.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import msgspec

from adversaries.replay.outcome import Order, replay
from theory.errors import InputError


def main(output: str) -> int:
    """Replay what standard input orders: 0 and the outcome, or 2 and an error, as JSON."""
    try:
        order = msgspec.json.decode(sys.stdin.buffer.read(), type=Order)
        outcome = replay(order)
        data, code = {**outcome.to_data(), "record": outcome.record()}, 0
    except InputError as error:
        data, code = {"error": str(error)}, 2
    Path(output).write_text(json.dumps(data), encoding="utf-8")
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
