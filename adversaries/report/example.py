"""A small exhibit, for examples: one long thin request keeps three thick ones waiting."""

from __future__ import annotations

import json

from adversaries.report.exhibit import Exhibit, read_exhibit
from theory.files import instance_to_data
from theory.policy import named_policy
from theory.request import Instance
from theory.schedule import cost
from theory.simulator import simulate


def example() -> Exhibit:
    """Smallest volume first against a bound of 2, at four requests.

    >>> shown = example()
    >>> shown.bad, shown.good, shown.ratio
    ((0, 10, 11, 12), (3, 0, 1, 2), Fraction(46, 19))
    """
    instance = Instance.of(60, (0, 10), (59, 1), (59, 1), (59, 1))
    bad, good = simulate(instance, named_policy("svf")), (3, 0, 1, 2)
    policy_cost, good_cost = cost(instance, bad), cost(instance, good)
    table = {
        "format": "kvcr-certificate/1",
        "kind": "counterexample",
        "claim": {"alpha": "1", "bound": "2"},
        "policy": "svf",
        "admission": "head-of-line",
        "instance": instance_to_data(instance),
        "policy_schedule": list(bad),
        "good_schedule": list(good),
        "policy_cost": str(policy_cost),
        "good_cost": str(good_cost),
        "ratio": f"{policy_cost}/{good_cost}",
        "alpha": str(instance.alpha),
    }
    return read_exhibit(json.dumps(table).encode(), "example.json")
