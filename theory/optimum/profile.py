"""A profile: the tokens held in each step by what has been started, one entry a step."""

from __future__ import annotations

from theory.columns import Steps
from theory.compiled import compiled


@compiled
def first_fit(profile: Steps, memory: int, prompt: int, output: int, begin: int, last: int) -> int:
    """The first start in [begin, last] that fits on the profile, or last + 1.

    Where step p + k is over by d, every start before p + min(d, k) is over there too.
    """
    p = begin
    while p <= last:
        over = 0
        k = output
        while k >= 1:
            over = profile[p + k] + prompt + k - memory
            if over > 0:
                break
            k -= 1
        if k == 0:
            return p
        p += min(over, k)
    return last + 1


@compiled
def hold(profile: Steps, prompt: int, output: int, start: int, sign: int) -> None:
    """Put the tokens of a request on the profile (sign 1) or take them off (-1)."""
    for k in range(1, output + 1):
        profile[start + k] += sign * (prompt + k)
