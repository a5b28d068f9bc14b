"""The hunt from the front door: policies by name or the user's own, certificates for the best."""

from __future__ import annotations

import json
from fractions import Fraction
from functools import partial
from typing import Any

from adversaries.hunt.generalise import Fit, generalise
from adversaries.hunt.hunt import HuntResult
from adversaries.hunt.records import Resolver
from adversaries.hunt.score import Finding
from kvcr.certificates import counterexample, verified
from kvcr.loading import load_policy, order_of
from kvcr.supervision import supervised_policy
from theory.claims import Cell, Information
from theory.errors import InputError, PolicyError
from theory.files import instance_to_data
from theory.policy import Admission, OnlinePolicy, Policy
from theory.restart import Eviction


def resolver(information: Information = Information.KNOWN) -> Resolver:
    """Finds policies by name or ``module:object``, a fresh copy each time; can be pickled.

    They are blind to what the information hides.

    >>> resolver()("svf", Admission.BACKFILL).admission.value
    'backfill'
    """
    return partial(_resolve, information)


def _resolve(information: Information, name: str, admission: Admission) -> Policy | OnlinePolicy:
    found = load_policy(name, admission, information)
    return supervised_policy(found, information) if isinstance(found, Policy) else found


def certificate(finding: Finding, alpha: Fraction) -> dict[str, Any] | None:
    """The counterexample certificate that the checker accepts: this costs more than the optimum.

    It claims a bound of 1, or of 0 where the policy is optimal. None for a policy that is no
    rank, or evicts by a rule that the checker does not know. Raises InputError when the checker
    does not accept it.
    """
    if finding.admission is None:
        return None
    policy = load_policy(finding.policy, finding.admission)
    assert isinstance(policy, Policy)
    bound = Fraction(1 if finding.ratio > 1 else 0)
    order = order_of(policy, finding.instance)
    made = counterexample(finding.instance, policy, finding.good_schedule, alpha, bound, order)
    if not verified(made):
        if policy.eviction is not Eviction.LOWEST_RANKED:
            return None
        raise InputError("hunt: the checker does not accept the certificate of what was found")
    return made


def to_data(result: HuntResult, alpha: Fraction) -> dict[str, Any]:
    """The result as JSON data, exact numbers as strings.

    Raises PolicyError when the policy broke its contract.
    """
    if result.breach is not None:
        instance, reason = result.breach
        shown = json.dumps(instance_to_data(instance), separators=(",", ":"))
        raise PolicyError(f"{reason} on {shown}")
    assert result.best is not None
    best = _shown(result.best) | {"certificate": certificate(result.best, alpha)}
    return {
        "best": best,
        "front": [_shown(finding) for finding in result.front],
        "evaluations": result.evaluations,
        "seconds": round(result.seconds, 3),
    }


def family(result: HuntResult, cell: Cell) -> Fit | None:
    """The family of largest limit into which a finding of the front fits, if any does.

    Only ranks on bursts are generalised. Source: :mod:`adversaries.hunt.generalise`.
    """
    policy = load_policy(cell.policy, cell.admission)
    if not isinstance(policy, Policy):
        return None
    fits = [generalise(finding, policy, cell.alpha) for finding in result.front]
    return max((fit for fit in fits if fit is not None), key=lambda f: f.limit, default=None)


def family_to_data(fit: Fit) -> dict[str, Any]:
    """The family as JSON data: polynomials in t as text."""
    return {
        "memory": str(fit.memory),
        "groups": [
            {"count": str(count), "prompt": str(prompt), "output": str(output)}
            for count, prompt, output in fit.groups
        ],
        "policy_cost": str(fit.policy_cost),
        "good_cost": str(fit.good_cost),
        "limit": str(fit.limit),
    }


def _shown(finding: Finding) -> dict[str, Any]:
    return {"ratio_lower": str(finding.ratio), "instance": instance_to_data(finding.instance)}
