"""Deciding the claims about Poisson traffic: by Z3, by exact arithmetic, or only by sampling."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from itertools import product
from math import ceil
from typing import Any

from adversaries import poisson_blocked
from adversaries.poisson import RUNS, grid
from kvcr.decide import Decision, proved
from lemmas.p_hypotheses import consistency, hypotheses, offending_length
from theory.claims import Evidence, Interval, Verdict
from theory.poisson import (
    geometric_traffic,
    rank_of,
    stated_error,
    stated_one_bit_ratio,
    stated_ratio,
)

NOTHING = Interval(Fraction(1), None)


def decide_poisson(given: Mapping[str, Any]) -> Decision:
    """Decide a claim about Poisson traffic; ``given["about"]`` names what is to be checked."""
    return DECIDERS[given["about"]](given)


def _hypotheses(given: Mapping[str, Any]) -> Decision:
    """Whether the theorem's hypotheses can hold together; if not, it says nothing."""
    theorem = given["theorem"]
    found = consistency(hypotheses(theorem))
    cut = consistency(hypotheses(theorem, longest=given["longest"]))
    if found.answer != "unsat" or cut.answer != "sat":
        reason = f"Z3 on the hypotheses: {found.answer}; with outputs cut at T: {cut.answer}"
        return Decision.undecided(reason)
    mu, alpha, memory = Fraction(given["mu"]), Fraction(given["alpha"]), given["memory"]
    above, often = offending_length(alpha * memory, 0, mu)
    never, seldom = offending_length(Fraction(memory), 0, mu)
    model = geometric_traffic(memory, (0,), mu, given["longest"], Fraction(1, 2))
    reason = (
        f"Z3: unsat, the core is {' + '.join(found.clash)}; without either one the rest has a "
        f"model. At mu = {mu}, alpha = {alpha}, M = {memory}, s = 0: an output of {above} or more "
        f"exceeds alpha M, with probability {often}; one of {never} or more, probability "
        f"{seldom}, can never be served, so the expected optimum is infinite. With outputs cut at "
        f"{model.longest} there is a model: {model.rate} requests a step, alpha = {model.alpha}, "
        f"rho = {model.stated_load}"
    )
    trusts = ("Z3, and that the encoding says what the theorem assumes",)
    return Decision(Verdict.VACUOUS, Evidence.SMT, NOTHING, found.clash, reason, trusts=trusts)


def _one_bit(given: Mapping[str, Any]) -> Decision:
    """Theorem 3.5 with outputs cut at T: a stated ratio below 1 refutes it."""
    mu, alpha, load = (Fraction(given[name]) for name in ("mu", "alpha", "load"))
    longest, theta = given["longest"], given["theta"]
    traffic = geometric_traffic(ceil(longest / alpha), (0,), mu, longest, load)
    volume, error = traffic.mean_volume, stated_error(theta, mu)
    stated = stated_one_bit_ratio(traffic.alpha, mu, load, volume, theta)
    reason = (
        f"o = min(Geo({mu}), {longest}), s = 0, M = {traffic.memory}, rho = {load}, theta = "
        f"{theta}: E[v] = {float(volume):.2f} is below eps = {float(error):.2f}, and the stated "
        f"ratio is {float(stated):.4f}"
    )
    if stated >= 1:
        return Decision.undecided(reason)
    reason += "; no policy costs less than the optimum"
    return Decision(Verdict.REFUTED, Evidence.WITNESS, NOTHING, reason=reason)


def _run_off(given: Mapping[str, Any]) -> Decision:
    """P2 without C/D: arrival patterns whose waits alone exceed it."""
    found = poisson_blocked.refutation(given["thin"])
    thin, thick = poisson_blocked.THIN, poisson_blocked.THICK
    reason = (
        f"M = {poisson_blocked.TRAFFIC.memory}, ({thin.prompt}, {thin.output}) at {thin.rate} a "
        f"step, ({thick.prompt}, {thick.output}) at {thick.rate}: the mean wait of the latter at "
        f"step {poisson_blocked.STEP} is at least {float(found.wait):.4f}, by "
        f"{len(found.patterns)} patterns of arrivals of probability {float(found.covered):.3f}; "
        f"the bound is {float(found.bound):.4f}"
    )
    if not found.holds:
        return Decision.undecided(reason)
    below = ("adversaries.poisson_blocked",)
    return Decision(Verdict.REFUTED, Evidence.WITNESS, NOTHING, below, reason)


def _proved(given: Mapping[str, Any]) -> Decision:
    """A stated ratio with outputs cut at T, at some alphas and loads: whether P2 implies it."""
    mu, longest, prompts = Fraction(given["mu"]), given["longest"], given["prompts"]
    margins = []
    for alpha, load in product(map(Fraction, given["alphas"]), map(Fraction, given["loads"])):
        memory = ceil((max(prompts) + longest) / alpha)
        traffic = geometric_traffic(memory, prompts, mu, longest, load)
        stated = stated_ratio(traffic.alpha, mu, load)
        ours = traffic.ratio_bound(rank_of(given["policy"], traffic))
        if ours is None or ours > stated:
            reason = f"P2 does not give {float(stated):.4g} at alpha = {alpha}, rho = {load}"
            return Decision.undecided(reason)
        margins.append((ours / stated, f"alpha = {alpha}, rho = {load}", ours, stated))
    _, where, ours, stated = max(margins)
    reason = f"P2 gives less; the closest is {where}: {float(ours):.4g} to {float(stated):.4g}"
    return proved("P2", NOTHING, reason)


def _sampled(given: Mapping[str, Any]) -> Decision:
    """A stated ratio with outputs cut at T, held against samples. They prove nothing."""
    policy, requests, seed = given["policy"], given["requests"], given["seed"]
    cells = grid(
        policy,
        [Fraction(alpha) for alpha in given["alphas"]],
        [Fraction(load) for load in given["loads"]],
        Fraction(given["mu"]),
        given["longest"],
        given["prompts"],
        requests,
        seed,
    )
    tightest = max(cells, key=lambda cell: cell.measured.ratio.upper / float(cell.stated))
    how = f"seed {seed}, 99 % for each of {len(cells)} cells, {RUNS} runs of about {requests}"
    reason = (
        f"the closest is alpha = {tightest.alpha}, rho = {tightest.load}: cost to the lower bound "
        f"{tightest.measured.ratio}, stated {float(tightest.stated):.4g}"
    )
    if not all(cell.is_within for cell in cells):
        reason = f"the sample leaves it open ({how} requests); {reason}"
        return Decision.undecided(reason)
    reason = f"not contradicted at this confidence ({how} requests); {reason}"
    return Decision(Verdict.UNKNOWN, Evidence.SAMPLED, NOTHING, reason=reason)


DECIDERS: dict[str, Callable[[Mapping[str, Any]], Decision]] = {
    "hypotheses": _hypotheses,
    "one-bit": _one_bit,
    "run-off": _run_off,
    "proved": _proved,
    "sampled": _sampled,
}
"""What a claim may be about."""
