"""Counterexample certificates: written from schedules, believed only by the checker."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from lemmas import checker
from theory.bounds import best_subset, lower_bounds
from theory.declared import as_declared, follow_declared
from theory.errors import InputError
from theory.files import instance_to_data
from theory.policy import Admission, Policy
from theory.request import Instance
from theory.schedule import Schedule, cost, require_feasible
from theory.simulator import execute


def counterexample(
    instance: Instance,
    policy: Policy,
    good: Schedule,
    alpha: Fraction,
    bound: Fraction,
    order: Sequence[int] | None = None,
) -> dict[str, Any]:
    """A kvcr-certificate/1: on this instance ``policy`` costs more than ``bound`` times ``good``.

    ``order`` lists the priorities of a policy that the checker does not know by name. Under
    ``restart`` the certificate also lists the runs that were cut. Raises InputError when ``good``
    is not feasible; whether the claim holds, and the policy evicts the lowest-ranked, is for the
    checker.
    """
    execution = execute(instance, policy)
    extra: dict[str, Any] = {}
    if policy.admission is Admission.RESTART:
        extra["cut"] = [
            [index, run.start, run.end]
            for index, runs in enumerate(execution.runs)
            for run in runs
            if not run.completed
        ]
    name = policy.name if order is None else {"name": policy.name, "order": list(order)}
    claim = {"alpha": str(alpha), "bound": str(bound)}
    how = {"policy": name, "admission": policy.admission.value, **extra}
    return _counterexample(claim, how, instance, (execution.starts, good), instance.alpha)


def declared_counterexample(
    instance: Instance,
    policy: Policy,
    good: Schedule,
    alpha: Fraction,
    bound: Fraction,
    overstatement: Fraction,
) -> dict[str, Any]:
    """The same, for a server that admits and ranks by declared outputs (:mod:`theory.declared`).

    Those are the upper ends of ``predicted``; ``alpha`` bounds prompt + declared over memory, and
    ``overstatement`` declared over true outputs. Raises InputError when ``good`` is not feasible.
    """
    believed = as_declared(instance)
    claim = {"alpha": str(alpha), "bound": str(bound), "overstatement": str(overstatement)}
    starts = follow_declared(instance, policy.order(believed))
    how = {
        "policy": policy.name,
        "admission": "declared",
        "declared": [request.output for request in believed.requests],
    }
    return _counterexample(claim, how, instance, (starts, good), believed.alpha)


def _counterexample(
    claim: dict[str, str],
    how: dict[str, Any],
    instance: Instance,
    schedules: tuple[Schedule, Schedule],
    alpha: Fraction,
) -> dict[str, Any]:
    starts, good = schedules
    require_feasible(instance, good)
    policy_cost, good_cost = cost(instance, starts), cost(instance, good)
    return sealed(
        {
            "format": "kvcr-certificate/1",
            "kind": "counterexample",
            "claim": claim,
            **how,
            "instance": instance_to_data(instance),
            "policy_schedule": list(starts),
            "good_schedule": list(good),
            "policy_cost": str(policy_cost),
            "good_cost": str(good_cost),
            "ratio": str(Fraction(policy_cost, good_cost)),
            "alpha": str(alpha),
        }
    )


def sealed(certificate: dict[str, Any]) -> dict[str, Any]:
    """The certificate with a digest of its content, so that no number changes unnoticed.

    The digest proves nothing: it tells an edited certificate, even one that still happens to
    hold, from the one that was written.
    """
    content = json.dumps(certificate, sort_keys=True).encode()
    return certificate | {"digest": hashlib.sha256(content).hexdigest()}


def verified(certificate: dict[str, Any]) -> bool:
    """Whether the independent checker accepts the certificate, as it would read it from a file."""
    try:
        checker.check_counterexample(json.loads(json.dumps(certificate)))
    except (checker.Invalid, *checker.MALFORMED):
        return False
    return True


def lower_bound(instance: Instance) -> dict[str, Any]:
    """A kvcr-certificate/1 of the best lower bound on a burst: L1, or L4 on a subset.

    ``subset`` lists the requests that count by mean busy time; the others count their lengths.
    Raises InputError unless all requests arrive at step 0.
    """
    if not instance.is_burst:
        raise InputError("only bounds for bursts can be certified")
    bounds = lower_bounds(instance)
    kept: list[int] = []
    if bounds.best_name in ("volume", "mean-busy-time"):
        kept = list(range(len(instance)))
    elif bounds.best_name == "subset":
        kept = best_subset(instance)
    return sealed(
        {
            "format": "kvcr-certificate/1",
            "kind": "lower-bound",
            "bound": bounds.best_name,
            "instance": instance_to_data(instance),
            "subset": kept,
            "value": str(bounds.by_name[bounds.best_name]),
        }
    )
