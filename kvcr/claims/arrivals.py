"""Deciding claims about requests that arrive over time, against every policy and of one.

Three kinds: ``adaptive`` (some deterministic non-preemptive policy has a constant), ``game``
(none is better than a number, at one budget), ``completion`` (the ratio of one policy, delayed or
not, for the sum of completion times).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from fractions import Fraction
from itertools import product
from typing import Any

from adversaries.adaptive import ADAPTIVE, Objective
from adversaries.adaptive.eager import Rush
from adversaries.adaptive.game import Game
from adversaries.adaptive.overtaken import Overtaken
from adversaries.adaptive.search import Menu, search
from kvcr.certificates import counterexample, sealed, verified
from kvcr.decide import Decision, proved
from lemmas import checker
from lemmas.chain import support
from lemmas.e_delayed import delayed_ratio
from theory.claims import Evidence, Interval, Verdict
from theory.policy import Admission, named_policy

MOST_LENGTH = 60
"""The longest bait tried against one policy: then there are 3600 requests for each bait."""
DELAYED_LENGTH = 40
"""Output, and number for each bait, of the requests that show what a delay costs."""


def decide_adaptive(given: Mapping[str, Any]) -> Decision:
    """Decide "some deterministic non-preemptive policy has a constant ratio".

    Refuted when ``lemma`` shows for every size of ``family`` that none has, and the checker
    replays the family's whole game at the size ``at``.
    """
    chain, family = support(given["lemma"]), ADAPTIVE[given["family"]]
    if chain.problems:
        problems = "; ".join(chain.problems)
        return Decision.undecided(problems, verdict=Verdict.ERROR)
    game = family.game(**given["at"])
    certificate = sealed(game.certificate())
    trusts = _replayed(certificate)
    if trusts is None:
        return Decision.undecided(
            f"the checker refuses the game of {family.name}", verdict=Verdict.ERROR
        )
    reason = (
        f"{given['lemma']}: {chain.obligations} obligations discharged; {family.name} "
        f"{family.limit_text}; its game with M = {game.memory} replayed: {game.bound}"
    )
    return Decision(
        Verdict.REFUTED,
        Evidence.SMT,
        Interval(game.bound, None),
        (given["lemma"], family.name),
        reason,
        certificate,
        (*trusts, *(schema.value for schema in chain.schemas)),
    )


def decide_game(given: Mapping[str, Any]) -> Decision:
    """Decide "no deterministic non-preemptive policy has a ratio below ``bound`` at ``memory``".

    By a game of ``family`` at the size ``at``, or by the best game in which the adversary opens
    with one request of the shape ``bait`` and closes with as many (p, 1) as fit at each of n
    steps, for an n of ``steps`` and a p of ``prompts``.
    """
    bound, game = Fraction(given["bound"]), _game(given)
    if game is None or game.bound < bound:
        reason = "no game that was searched for reaches the bound"
        return Decision.undecided(reason, Fraction(1) if game is None else game.bound)
    certificate = sealed(game.certificate())
    trusts = _replayed(certificate)
    if trusts is None:
        return Decision.undecided("the checker refuses the game", verdict=Verdict.ERROR)
    nodes = len(certificate["nodes"])
    reason = f"a game of {nodes} nodes with M = {game.memory}, replayed: {game.bound}"
    return Decision(
        Verdict.PROVED,
        Evidence.WITNESS,
        Interval(game.bound, None),
        ("game",),
        reason,
        trusts=tuple(trusts),
    )


def decide_completion(given: Mapping[str, Any]) -> Decision:
    """Decide "sum of completions <= bound * optimum, peaks <= alpha M", arrivals of any kind.

    ``theta`` is the delay (0: none). With one, E speaks of volume order, head-of-line; without,
    a rush refutes every bound of every policy that starts what fits.
    """
    alpha, bound = Fraction(given["alpha"]), Fraction(given["bound"])
    theta, rule = Fraction(given.get("theta", "0")), Admission(given["admission"])
    if theta > 0:
        if given["policy"] == "svf" and rule is Admission.HEAD_OF_LINE:
            return _by_delay(alpha, theta, bound)
        return Decision.undecided("no theorem speaks about this delayed policy")
    rush = Rush.beyond(bound, alpha)
    if rush.length > MOST_LENGTH:
        return Decision.undecided(f"needs a bait of {rush.length} steps: not tried")
    policy = named_policy(given["policy"], rule)
    certificate = counterexample(rush.instance, policy, rush.good, alpha, bound)
    if not verified(certificate):
        return Decision.undecided("the checker refuses the rush", verdict=Verdict.ERROR)
    late = sum(request.arrival for request in rush.instance.requests)
    costs = (int(certificate[name]) + late for name in ("policy_cost", "good_cost"))
    ratio = Fraction(*costs)
    if ratio <= bound:
        return Decision.undecided("it does not start what fits", ratio)
    reason = (
        f"rush: {len(rush.instance)} requests, ratio {float(ratio):.4g} in completion times, "
        f"{float(Fraction(certificate['ratio'])):.4g} in flow time"
    )
    trusts = ("that a sum of completion times is the flow time plus the arrivals",)
    return Decision(
        Verdict.REFUTED,
        Evidence.WITNESS,
        Interval(ratio, None),
        ("rush",),
        reason,
        certificate,
        trusts,
    )


def _by_delay(alpha: Fraction, theta: Fraction, bound: Fraction) -> Decision:
    """E for volume order; below, the ratio of an instance that a simulation shows."""
    ratio = delayed_ratio(alpha, theta)
    lower = Overtaken(DELAYED_LENGTH, DELAYED_LENGTH, _copies(alpha), theta).ratio
    if ratio is None or ratio > bound:
        reason = f"E gives {ratio} at alpha = {alpha}; a simulation shows {float(lower):.4g}"
        return Decision.undecided(reason, lower, ratio)
    reason = f"E gives {ratio} at alpha = {alpha} with theta = {theta}"
    return proved("E", Interval(lower, ratio), reason)


def _copies(alpha: Fraction) -> int:
    """The least k with 1/k <= alpha."""
    return -(-alpha.denominator // alpha.numerator)


def _game(given: Mapping[str, Any]) -> Game | None:
    if "family" in given:
        return ADAPTIVE[given["family"]].game(**given["at"])
    memory, (prompt, output) = given["memory"], given["bait"]
    ends = product(given["steps"], given["prompts"])
    closings = tuple((n, memory // (p + 1), (p, 1)) for n, p in ends)
    menu = Menu(memory, ((1, (prompt, output)),), closings, horizon=2 * memory)
    return search(menu, Objective(given["objective"]))


def _replayed(certificate: dict[str, Any]) -> list[str] | None:
    """What the checker trusts once it has replayed the game, as read from a file; else None."""
    try:
        return checker.check_game(json.loads(json.dumps(certificate)))
    except (checker.Invalid, *checker.MALFORMED):
        return None
