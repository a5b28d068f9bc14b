"""Two lengths that one bit does not tell apart: long ones first, and hardly any room beside them.

The burst against 1-bit SVF: requests of the rank's worst pair. With R3 it shows that a ratio of
order sqrt(T) is really paid.
"""

from __future__ import annotations

from fractions import Fraction
from math import isqrt

from theory.bits import one_bit
from theory.errors import InputError
from theory.request import Instance, Request
from theory.schedule import Schedule, require_feasible


def pipeline(output: int, memory: int) -> tuple[int, int]:
    """How many promptless requests to start at a time, and how many steps apart, to fill memory.

    Of all even spacings the one of most starts a step. Raises InputError when one does not fit.

    >>> pipeline(4, 10), pipeline(4, 4)
    ((1, 1), (1, 4))
    """
    if output > memory:
        raise InputError("output: exceeds memory")
    spacings = range(1, output + 1)
    # in the last step of one batch those before and after it hold output, output - gap, ...
    fits = ((memory // sum(range(output, 0, -gap)), gap) for gap in spacings)
    return max(fits, key=lambda found: Fraction(*found))


def tied_instance(longest: int, k: int, batches: int) -> tuple[Instance, Schedule]:
    """A burst on which 1-bit SVF does badly, M = k T, and a good schedule of it.

    The requests are the worst pair of the rank: (0, b), k' at a time and one more at the end, so
    that nothing behind them starts before the last, then about sqrt(lambda) as many (0, a). The
    good schedule serves these first; both kinds are started evenly, so that memory is full.

    >>> instance, _ = tied_instance(64, 2, 1)
    >>> [(count, r.output) for count, r in instance.groups()]
    [(3, 64), (20, 9)]
    """
    found = one_bit(longest).worst(longest)
    if found.pair is None or any(request.prompt for request in found.pair):
        raise InputError(f"longest: the worst pair at {longest} is no promptless pair")
    b, a = (request.output for request in found.pair)
    memory = k * longest
    many = memory // b * batches + 1
    few = max(
        1, many * isqrt(found.distortion.numerator * 100 // found.distortion.denominator) // 10
    )
    rest = int(b < longest)  # so that T is the longest output
    groups = [(many, Request(0, b)), (few, Request(0, a)), (rest, Request(0, longest))]
    instance = Instance.from_groups(memory, [group for group in groups if group[0]])
    (size, gap), (long_size, long_gap) = pipeline(a, memory), pipeline(b, memory)
    short = [i // size * gap for i in range(few)]
    clear = short[-1] + a
    long = [clear + i // long_size * long_gap for i in range(many)]
    schedule = (*long, *short, *[long[-1] + b] * rest)
    require_feasible(instance, schedule)
    return instance, schedule
