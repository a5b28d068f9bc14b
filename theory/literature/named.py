"""The policies of the literature by name, to hold beside the ranks of :mod:`theory.policy`."""

from __future__ import annotations

from collections.abc import Callable

from theory.errors import InputError
from theory.literature.belief import AMax, AMin
from theory.literature.geometric import gba, gsa
from theory.literature.sorted_f import sorted_f
from theory.policy import (
    LOOK_AHEAD,
    POLICIES,
    Admission,
    OnlinePolicy,
    Policy,
    Restarter,
    Scheduler,
    named_policy,
)
from theory.request import Instance
from theory.restart import Eviction
from theory.view import Information

MAX_REQUESTS = 2_000
"""Largest instance of the policies that look at every waiting request at every step."""

MC_SF = Policy(
    "mc-sf",
    lambda _: lambda request: request.output,
    summary="MC-SF, reconstructed: shortest output that fits, up to the first that does not",
    by_columns=True,
)
"""Memory-constrained shortest first, for known lengths; the same rules as "sjf".

Waiting requests in ascending order of output, each started when no later step would exceed the
memory, up to the first that would. Source: arXiv 2502.07115; a reconstruction in one respect, that
it stops at the first one that does not fit.
"""

VLLM_FCFS = Policy(
    "vllm-fcfs",
    lambda _: lambda request: request.arrival,
    Admission.RESTART,
    "vLLM's own: first come, first served; evicts the last started when memory runs over",
    by_columns=True,
    sees=Information.NONE,
    eviction=Eviction.LAST_STARTED,
)
"""vLLM's default scheduler, which knows no length, in the tokens and steps of the model.

A request starts when its prompt and one token fit now, in the order of the queue, up to the first
that does not. When the next step would overflow, the request that started last is evicted, again
and again; it goes to the front of the queue, and nothing starts in that step. In the model it
loses its progress and is generated anew; vLLM keeps the text and computes its cache again, in one
prefill, so what this costs is an upper bound. Source: vllm/v1/core/sched/scheduler.py, read as
rules: no blocks, no budget of tokens a step, no prefix cache.
"""


def _small(
    fresh: Callable[[Instance], Scheduler | Restarter], name: str
) -> Callable[[Instance], Scheduler | Restarter]:
    def checked(instance: Instance) -> Scheduler | Restarter:
        if len(instance) > MAX_REQUESTS:
            raise InputError(f"requests: {name} takes at most {MAX_REQUESTS}, got {len(instance)}")
        return fresh(instance)

    return checked


LITERATURE: dict[str, Policy | OnlinePolicy] = {
    "mc-sf": MC_SF,
    "vllm-fcfs": VLLM_FCFS,
} | {
    name: OnlinePolicy(name, _small(fresh, name), sees, summary)
    for name, fresh, sees, summary in (
        ("sorted-f", sorted_f, Information.KNOWN, "Sorted-F, reconstructed: cheapest batch first"),
        (
            "a-max",
            lambda _: AMax(),
            Information.INTERVAL,
            "A_max, reconstructed: reserves upper ends",
        ),
        (
            "a-min",
            lambda _: AMin(),
            Information.INTERVAL,
            "A_min, reconstructed: lower ends, restarts",
        ),
        (
            "gsa",
            gsa,
            Information.NONE,
            "GSA, reconstructed: slices of 1, 2, 4, ... steps, staggered",
        ),
        ("gba", gba, Information.KNOWN, "GBA, reconstructed: classes of outputs, staggered"),
    )
}
"""Their sources' bodies were not at hand: each docstring says what that leaves open."""


def policy_by_name(
    name: str, admission: Admission | str = Admission.HEAD_OF_LINE
) -> Policy | OnlinePolicy:
    """A built-in policy, rank or not. Raises InputError for a name that is not known.

    "mc-sf" takes head-of-line or backfill like any rank; the others of the literature bring
    their own admission.

    >>> policy_by_name("vllm-fcfs").admission.value
    'restart'
    >>> policy_by_name("gsa").sees.value
    'none'
    """
    if name in POLICIES:
        return named_policy(name, admission)
    if name not in LITERATURE:
        known = ", ".join([*POLICIES, *LITERATURE])
        raise InputError(f"policy: unknown name {name!r:.60}; known: {known}")
    found = LITERATURE[name]
    if isinstance(found, Policy) and found.admission in LOOK_AHEAD:
        return found.with_admission(admission)
    return found
