"""Findings in words: the claim, what happens, and which link of the proof does not hold.

Each sentence says what was computed on this instance and no more. Lemmas are those of
theory.md, sections 2 and 3.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from adversaries.report.analysis import (
    Accounts,
    Blocking,
    Passing,
    accounts,
    blockings,
    inversion,
    overtaking,
    witness,
)
from adversaries.report.exhibit import Exhibit
from adversaries.report.kinds import Kind
from adversaries.report.links import Link, blocking_fails, links
from adversaries.report.names import Names
from adversaries.report.text import counted, name, number, whole
from theory.policy import Admission

Ceilings = Mapping[str, Fraction | None]
"""What each theorem proves at the claimed alpha; None where it says nothing."""


@dataclass(frozen=True)
class Findings:
    """Everything that the report states about one exhibit.

    ``where`` locates the failure in a sentence; ``breaks`` says which hypothesis does not hold,
    or which constant is too large; ``links`` go through T1's proof one by one.
    """

    claim: str
    formula: str
    verdict: str
    where: str
    breaks: tuple[str, ...]
    links: tuple[Link, ...]
    blockings: tuple[Blocking, ...]


def findings(exhibit: Exhibit, kinds: tuple[Kind, ...], ceilings: Ceilings) -> Findings:
    """What the report says. O(n log n) for n requests."""
    if exhibit.admission is Admission.RESTART:
        return _restarted(exhibit)
    names, sums = Names(exhibit, kinds), accounts(exhibit)
    stretches = tuple(blockings(exhibit))
    passing, inverted = overtaking(exhibit), inversion(exhibit)
    sorted_order = sums.before == sums.least_before
    breaks = []
    if not exhibit.instance.is_burst:
        breaks.append(_late(exhibit, names))
    if passing is not None:
        breaks.append(_overtaken(exhibit, names, passing, stretches[0].heads[0]))
        if exhibit.instance.is_burst and blocking_fails(exhibit, sums):
            breaks.append(_conclusion_fails(exhibit, names, sums))
    if not sorted_order:
        breaks.append(_unsorted(exhibit, names, inverted, sums) + _theorems(exhibit, ceilings))
    if not breaks and not stretches:
        breaks.append("Nothing waits, is overtaken or is out of order in the policy’s schedule.")
    elif not breaks:
        breaks.append(_thin_floor(exhibit, names, stretches[0], ceilings))
    return Findings(
        _claim(exhibit),
        _formula(exhibit),
        _verdict(exhibit),
        _where(exhibit, names, stretches, sums),
        tuple(breaks),
        links(exhibit, names, sums, passing, inverted) if exhibit.instance.is_burst else (),
        stretches,
    )


def _restarted(exhibit: Exhibit) -> Findings:
    """Under restart no head of line waits for room, and T1 says nothing."""
    wasted = 0
    for run in exhibit.cut:
        life = run.end - run.start
        wasted += exhibit.instance.requests[run.request].prompt * life + life * (life + 1) // 2
    useful = sum(request.volume for request in exhibit.instance.requests)
    where = (
        f"{counted(len(exhibit.cut), 'run')} {'was' if len(exhibit.cut) == 1 else 'were'} cut; "
        f"{whole(wasted)} token-steps were held in vain, beside {whole(useful)} that were not."
        if exhibit.cut
        else "No run was cut."
    )
    breaks = (
        "Nothing looks ahead here: what has room in the next step starts, and the lowest-ranked is "
        "cut when memory runs over. Lemma C bounds the ratio as long as no peak fills the memory, "
        "with T2's constants for smallest volume first.",
    )
    told = _claim(exhibit), _formula(exhibit), _verdict(exhibit)
    return Findings(*told, where, breaks, (), ())


def _claim(exhibit: Exhibit) -> str:
    what = "burst" if exhibit.instance.is_burst else "sequence of arrivals"
    peaks = "" if exhibit.alpha == 1 else f" whose peaks are at most {exhibit.alpha} of the memory"
    return (
        f"On every {what}{peaks}, {name(exhibit.policy)} with {exhibit.admission.value} "
        f"admission costs at most {exhibit.bound} times the optimum."
    )


def _formula(exhibit: Exhibit) -> str:
    limit = "M" if exhibit.alpha == 1 else f"{exhibit.alpha} · M"
    return f"P ≤ {limit}   →   cost({name(exhibit.policy)}) ≤ {exhibit.bound} · OPT"


def _verdict(exhibit: Exhibit) -> str:
    return (
        f"On {counted(len(exhibit.instance), 'request')} with M = "
        f"{whole(exhibit.instance.memory)} tokens, {name(exhibit.policy)} costs "
        f"{whole(exhibit.bad_cost)} steps and a feasible schedule costs "
        f"{whole(exhibit.good_cost)}; the optimum is no larger, so the ratio is at least "
        f"{number(exhibit.ratio)}, above {exhibit.bound}."
    )


def _where(exhibit: Exhibit, names: Names, stretches: tuple[Blocking, ...], sums: Accounts) -> str:
    if not stretches:
        return "No request waits in the policy's schedule."
    main = stretches[0]
    free = exhibit.instance.memory - main.held
    share = "all" if main.paid == sums.waiting else f"{whole(main.paid)} of the"
    return (
        f"The head of the line is blocked from step {whole(main.begin)} to step "
        f"{whole(main.end)}, first {names.short(main.heads[0])}, and up to "
        f"{counted(main.most_waiting, 'request')} wait; in step {whole(main.emptiest + 1)}, "
        f"{whole(free)} of {whole(exhibit.instance.memory)} tokens are free. This costliest "
        f"stretch makes up {share} {counted(sums.waiting, 'request-step')} of waiting."
    )


def _late(exhibit: Exhibit, names: Names) -> str:
    requests = exhibit.instance.requests
    index = min((i for i, r in enumerate(requests) if r.arrival), key=lambda i: requests[i].arrival)
    return (
        f"The hypothesis H_burst, which L3 and every theorem T1 to T4 and B need, breaks at step "
        f"{whole(requests[index].arrival)}: {names.full(index)} arrives then, not at step 0."
    )


def _overtaken(exhibit: Exhibit, names: Names, passing: Passing, blocked: int) -> str:
    rank = {index: place for place, index in enumerate(exhibit.order)}
    starts = exhibit.bad
    ahead = sum(rank[i] > rank[blocked] and p < starts[blocked] for i, p in enumerate(starts))
    reason = witness(exhibit, passing.behind, passing.step)
    room = ""
    if reason is not None:
        room = (
            f" (in step {whole(reason.at)} it would need {whole(reason.wanted)} tokens beside "
            f"the {whole(reason.load)} in use, of {whole(exhibit.instance.memory)})"
        )
    return (
        f"L3’s hypothesis H_head_of_line breaks at step {whole(passing.step)}, in the policy’s "
        f"order: {names.full(passing.behind)} does not fit{room}, and "
        f"{names.full(passing.first)}, which ranks behind it, starts all the same. The request "
        f"that was passed starts at step {whole(starts[passing.behind])}. Of the requests ranked "
        f"behind {names.short(blocked)}, {whole(ahead)} start before it does, at step "
        f"{whole(starts[blocked])}."
    )


def _conclusion_fails(exhibit: Exhibit, names: Names, sums: Accounts) -> str:
    start, slack = exhibit.bad[sums.worst], exhibit.instance.slack
    return (
        f"L3’s conclusion fails with it: {names.short(sums.worst)} starts at step {whole(start)}, "
        f"and start times D = {whole(start)} × {whole(slack)} = {whole(start * slack)} exceeds "
        f"twice the volumes in front of it, {whole(2 * sums.volumes_before)}."
    )


def _unsorted(exhibit: Exhibit, names: Names, inverted: Passing | None, sums: Accounts) -> str:
    parts = ["T1’s hypothesis H_svf, smallest volume first, does not hold in the policy’s order"]
    if inverted is not None:
        first, behind = inverted.first, inverted.behind
        requests = exhibit.instance.requests
        parts = [
            "T1’s hypothesis H_svf, smallest volume first, breaks at step "
            f"{whole(inverted.step)}: {names.full(first)} of volume "
            f"{whole(requests[first].volume)} starts while {names.full(behind)} of volume "
            f"{whole(requests[behind].volume)} waits, until step {whole(exhibit.bad[behind])}"
        ]
    if exhibit.instance.is_burst:
        parts.append(
            "L1 pays only for volumes in front in volume order, "
            f"{whole(sums.least_before)} token-steps in sum; in the policy’s order they sum to "
            f"{whole(sums.before)}"
        )
    parts.append(f"The order’s distortion on this instance is {number(sums.distortion)}.")
    return ". ".join(parts)


def _thin_floor(exhibit: Exhibit, names: Names, main: Blocking, ceilings: Ceilings) -> str:
    instance = exhibit.instance
    parts = [
        "No hypothesis of L3 breaks; what it guarantees is too little. While a head of the line "
        f"waits, L3 promises only D = M + 1 − P = {whole(instance.slack)} of "
        f"{whole(instance.memory)} tokens in use, at the step where the head would not fit"
    ]
    reason = witness(exhibit, _head_at(exhibit, main), main.emptiest)
    if reason is not None:
        parts.append(
            f". At step {whole(main.emptiest)} {names.full(reason.request)} waits although only "
            f"{counted(main.held, 'token')} will be used in the next step: it would not fit in "
            f"step {whole(reason.at)}, where what runs holds {whole(reason.load)} and it would "
            f"hold {whole(reason.wanted)}"
        )
    constant = 1 + Fraction(2 * instance.memory, instance.slack)
    above = f"above the claimed {exhibit.bound}"
    if constant < exhibit.ratio:
        above = "below this ratio: T1 and the certificate contradict each other"
    parts.append(f". With these M and P, T1’s constant 1 + 2M/D is {number(constant)}, {above}")
    return "".join(parts) + "." + _theorems(exhibit, ceilings)


def _theorems(exhibit: Exhibit, ceilings: Ceilings) -> str:
    """What the theorems state at the claimed alpha: no bound as low as the one refuted."""
    stated = [
        f"{key} states {'no bound' if value is None else number(value)}"
        for key, value in ceilings.items()
    ]
    return f" At α = {exhibit.alpha}, {'; '.join(stated)}." if stated else ""


def _head_at(exhibit: Exhibit, stretch: Blocking) -> int:
    """The head of the line at the emptiest step: the first of the heads that still waits."""
    return next(i for i in stretch.heads if exhibit.bad[i] > stretch.emptiest)
