"""Over-declared lengths at their worst: what D's beta sqrt(log beta) is needed for.

No prompts, every length declared beta, and n/(r t) of the n requests with outputs above t, for
t = 1, ..., beta - 1. Declared volumes are all equal, so ties are the adversary's: the longest go
first. A reservation grows towards beta whatever the output, so of M = m beta tokens hardly more
than 2 m requests run at a time, and one stays for 1 + ln(beta)/r steps on average. But most
outputs are 1, and by true volumes those go first: a volume above t^2/2 has only n/(r t)
requests, and the sum over all pairs of the smaller volume is n^2 (1 + ln(beta)/r^2)/2 or so.
With r about sqrt(ln beta) the server loses beta sqrt(ln beta), up to a constant.

``python -m adversaries.over_declared`` prints exact ratios, each a lower bound on the worst one:
5.70, 27.5, 126 and 561 for beta = 4, 16, 64 and 256 at M = 2 beta.
"""

from __future__ import annotations

from fractions import Fraction

from adversaries.families.family import Member, require
from theory.declared import by_declared_volume, follow_declared
from theory.policy import named_policy
from theory.request import Instance, Request
from theory.schedule import cost
from theory.simulator import simulate


def over_declared(beta: int, requests: int, rarity: int = 4, copies: int = 2) -> Member:
    """So many requests declared beta, a share 1/(rarity t) of them longer than t, M = copies beta.

    Its schedule is that of smallest volume first, with the truthful check. Raises InputError
    unless beta >= 2 and the other parameters are at least 1.

    >>> member = over_declared(beta=4, requests=12, rarity=2)
    >>> [request.output for request in member.instance.requests]
    [4, 4, 3, 2, 2, 2, 1, 1, 1, 1, 1, 1]
    >>> round(float(loss(member)), 2)
    3.46
    """
    require(beta >= 2, f"beta must be at least 2, got {beta}")
    for name, value in (("requests", requests), ("rarity", rarity), ("copies", copies)):
        require(value >= 1, f"{name} must be at least 1, got {value}")
    outputs = (min(beta, requests // (rarity * place) + 1) for place in range(1, requests + 1))
    instance = Instance(
        copies * beta, tuple(Request(0, output, predicted=(1, beta)) for output in outputs)
    )
    parameters = {"beta": beta, "requests": requests, "rarity": rarity, "copies": copies}
    return Member(instance, simulate(instance, named_policy("svf")), parameters)


def loss(member: Member) -> Fraction:
    """Cost under declared admission over the good schedule's: at most the ratio to the optimum."""
    instance = member.instance
    starts = follow_declared(instance, by_declared_volume(instance))
    return Fraction(cost(instance, starts), cost(instance, member.schedule))


TABLE = ((4, 1600, 4), (16, 3200, 4), (64, 12_800, 4), (256, 25_600, 6))
"""(beta, requests, rarity) of the members that are printed."""


def main() -> None:
    """Print the ratio of each member of the table, and how it compares with beta."""
    for beta, requests, rarity in TABLE:
        ratio = loss(over_declared(beta, requests, rarity))
        print(f"beta {beta:3}: {float(ratio):.2f}, {float(ratio / beta):.3f} beta")


if __name__ == "__main__":
    main()
