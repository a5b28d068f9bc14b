"""The families against the exact simulator, the plain reference, and their own closed forms."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from math import prod
from pathlib import Path

import pytest
import sympy

from adversaries.families import FAMILIES, MAX_MEMORY, Family, Member, families_against
from tests import reference
from theory.bounds import mean_busy_time_bound, subset_bound
from theory.errors import InputError
from theory.policy import LOOK_AHEAD, POLICIES, Admission, named_policy
from theory.schedule import cost, require_feasible
from theory.simulator import simulate

HALF, THREE_QUARTERS, ONE = Fraction(1, 2), Fraction(3, 4), Fraction(1)
ALPHAS = (ONE, Fraction(17, 20), THREE_QUARTERS, HALF, Fraction(2, 5), Fraction(1, 5))

SMALL: dict[str, list[dict[str, int]]] = {
    "thin-blocks-thick": [{"m": m, "length": n} for m in (1, 2, 5) for n in (2, 3, 7)],
    "long-short-repetition": [
        {"a": 1, "b": 2, "k": 2, "c": 1, "u": 1, "v": 2},
        {"a": 2, "b": 1, "k": 4, "c": 1, "u": 3, "v": 4},
        {"a": 4, "b": 1, "k": 2, "c": 2, "u": 1, "v": 1},
        {"a": 1, "b": 5, "k": 1, "c": 1, "u": 1, "v": 3},
        {"a": 5, "b": 1, "k": 7, "c": 1, "u": 17, "v": 20},
    ],
    "identical-ramps": [{"m": m, "c": c} for m in (1, 2, 3, 5) for c in (1, 2, 6)],
    "tie-free-repetition": [
        {"k": 2, "length": 3, "cycles": 1, "batches": 1, "u": 3, "v": 4},
        {"k": 2, "length": 3, "cycles": 2, "batches": 2, "u": 3, "v": 4},
    ],
    "blocked-ramp": [{"k": 2, "m": m, "z": z} for m in (1, 3) for z in (6, 9)],
    "roomy-queue": [{"k": 2, "c": c, "m": 3, "output": 4} for c in (1, 3)],
    "solid-block": [
        {"k": k, "length": n, "q": q} for k in (1, 2, 3) for n in (2, 6) for q in (1, 4)
    ],
    "one-bit-block": [{"k": k, "q": q, "r": r} for k in (1, 2, 3) for q in (1, 3) for r in (2, 4)],
    "ramp-queue": [
        {"k": k, "e": e, "c": c, "q": q}
        for k in (1, 2, 3)
        for e in (1, 2)
        for c in (1, 3)
        for q in (1, 3)
    ],
    "thick-queue": [{"k": k, "c": c, "m": m} for k in (1, 2, 3) for c in (1, 4) for m in (1, 7)],
    "backfill-starvation": [
        {"k": k, "length": n, "q": q} for k in (1, 2, 3, 5) for n in (7, 12) for q in (1, 4)
    ],
    "sqrt-backfill": [{"memory": memory, "m": m} for memory in (4, 9, 30) for m in (1, 5)],
    "equal-volume-alternation": [
        {"length": n, "rounds": rounds} for n in (2, 3, 6) for rounds in (1, 2, 7)
    ],
}


def disagreements(family: Family, member: Member) -> Iterator[str]:
    """Where simulation and the good schedule differ from the closed forms."""
    bad, good = family.costs(**member.parameters)
    if cost(member.instance, member.schedule) != good:
        yield "good"
    for policy in family.policies:
        for admission in family.admissions:
            if (
                cost(member.instance, simulate(member.instance, named_policy(policy, admission)))
                != bad
            ):
                yield f"{policy} {admission.value}"


def audit(family: Family, member: Member) -> None:
    require_feasible(member.instance, member.schedule)
    assert member.instance.is_burst
    assert member.instance.memory <= MAX_MEMORY
    assert len(member.instance) == family.size(**member.parameters)
    assert family.closed_form
    assert list(disagreements(family, member)) == []


def members() -> Iterator[tuple[str, dict[str, int]]]:
    return ((name, p) for name, several in SMALL.items() for p in several)


def test_every_family_is_tried() -> None:
    assert set(SMALL) == set(FAMILIES)
    assert all(name == family.name for name, family in FAMILIES.items())


@pytest.mark.parametrize("name", FAMILIES)
def test_closed_forms_on_a_grid(name: str) -> None:
    for parameters in SMALL[name]:
        audit(FAMILIES[name], FAMILIES[name].build(**parameters))


@pytest.mark.parametrize(("name", "parameters"), list(members()))
def test_plain_reference_simulator(name: str, parameters: dict[str, int]) -> None:
    family = FAMILIES[name]
    member = family.build(**parameters)
    for policy in family.policies:
        for admission in family.admissions:
            order = named_policy(policy, admission).order(member.instance)
            backfill = admission is Admission.BACKFILL
            starts = reference.simulate(member.instance, order, backfill)
            assert cost(member.instance, starts) == family.costs(**parameters)[0]


@pytest.mark.parametrize("alpha", ALPHAS, ids=str)
@pytest.mark.parametrize("name", FAMILIES)
def test_ladder_grows_toward_the_limit(name: str, alpha: Fraction) -> None:
    family = FAMILIES[name]
    limit = family.limit(alpha)
    found = [family.at(alpha, size) for size in (1, 2, 3)]
    if limit is None:
        assert found == [None] * 3
        assert family.exceed(alpha, Fraction(1)) is None
        assert family.strong(alpha) is None
        return
    ratios = []
    for member in found:
        assert member is not None
        assert member.instance.peak <= alpha * member.instance.memory
        if len(member.instance) <= 900:
            audit(family, member)
        ratios.append(family.ratio(**member.parameters))
    assert ratios[0] < ratios[1] < ratios[2]
    assert ratios[2] < limit


@pytest.mark.parametrize("name", FAMILIES)
def test_far_up_the_ladder_the_ratio_is_near_its_limit(name: str) -> None:
    family = FAMILIES[name]
    for alpha in (THREE_QUARTERS, HALF):
        limit = family.limit(alpha)
        if limit is None:
            continue
        parameters = family.ladder(alpha, 400)
        assert parameters is not None
        ratio = family.ratio(**parameters)
        if limit == sympy.oo:
            assert ratio > 50
        else:
            assert Fraction(98, 100) * int(limit.p) / int(limit.q) < ratio < limit


def test_limits() -> None:
    repetition, ramps = FAMILIES["long-short-repetition"], FAMILIES["identical-ramps"]
    assert repetition.limit(HALF) == 2
    assert repetition.limit(THREE_QUARTERS) == 4
    assert repetition.limit(Fraction(17, 20)) == sympy.Rational(20, 3)
    assert repetition.limit(ONE) == sympy.oo
    assert ramps.limit(Fraction(1, 1000)) == 2
    fixed = ramps.policy_cost / ramps.good_cost
    m, c = (sympy.Symbol(s, integer=True, positive=True) for s in ("m", "c"))
    assert sympy.simplify(sympy.limit(fixed, c, sympy.oo) - (2 - 1 / m)) == 0
    for name in (
        "solid-block",
        "one-bit-block",
        "ramp-queue",
        "thick-queue",
        "backfill-starvation",
    ):
        assert FAMILIES[name].limit(Fraction(1, 7)) == sympy.oo


REQUIRED = [
    ("thin-blocks-thick", ONE, 5, 10),
    ("thin-blocks-thick", ONE, 100, 150),
    ("long-short-repetition", Fraction(17, 20), 5, 400),
    ("long-short-repetition", HALF, Fraction(19, 10), 6000),
    ("long-short-repetition", THREE_QUARTERS, Fraction(37, 10), 6000),
    ("identical-ramps", HALF, Fraction(3, 2), 60),
    ("identical-ramps", Fraction(1, 10), Fraction(9, 5), 2000),
    ("solid-block", HALF, 5, 20),
    ("solid-block", Fraction(1, 10), 5, 100),
    ("one-bit-block", HALF, 5, 20),
    ("ramp-queue", HALF, 5, 50),
    ("thick-queue", HALF, 5, 300),
    ("backfill-starvation", Fraction(1, 5), 5, 60),
    ("backfill-starvation", Fraction(1, 5), 100, 1000),
    ("sqrt-backfill", ONE, 5, 10),
    ("equal-volume-alternation", ONE, 5, 20),
]


@pytest.mark.parametrize(("name", "alpha", "bound", "most"), REQUIRED)
def test_exceed(name: str, alpha: Fraction, bound: Fraction | int, most: int) -> None:
    family = FAMILIES[name]
    member = family.exceed(alpha, Fraction(bound), most)
    assert member is not None
    assert len(member.instance) <= most
    assert member.instance.peak <= alpha * member.instance.memory
    audit(family, member)
    bad = cost(
        member.instance,
        simulate(member.instance, named_policy(family.policies[0], family.admissions[0])),
    )
    assert Fraction(bad, cost(member.instance, member.schedule)) > bound


def test_exceed_gives_up() -> None:
    assert FAMILIES["identical-ramps"].exceed(HALF, Fraction(2)) is None
    assert FAMILIES["long-short-repetition"].exceed(HALF, Fraction(2)) is None
    assert FAMILIES["identical-ramps"].exceed(HALF, Fraction(3, 2), most_requests=10) is None
    assert FAMILIES["solid-block"].exceed(HALF, Fraction(10**9)) is None


@pytest.mark.parametrize("name", FAMILIES)
def test_strong_members(name: str) -> None:
    family = FAMILIES[name]
    for alpha in (ONE, HALF):
        member = family.strong(alpha, most_requests=400)
        if member is None:
            assert family.limit(alpha) is None
            continue
        audit(family, member)
        assert member.instance.peak <= alpha * member.instance.memory
        assert family.ratio(**member.parameters) > Fraction(3, 2)


@pytest.mark.parametrize("name", FAMILIES)
def test_wrong_closed_forms_are_caught(name: str) -> None:
    family = FAMILIES[name]
    member = family.build(**SMALL[name][-1])
    every = prod((len(family.policies), len(family.admissions)))
    wrong = replace(family, policy_cost=family.policy_cost + 1)
    assert len(list(disagreements(wrong, member))) == every
    wrong = replace(family, good_cost=family.good_cost - 1)
    assert list(disagreements(wrong, member)) == ["good"]
    symbol = sympy.Symbol(family.parameters[0], integer=True, positive=True)
    wrong = replace(family, policy_cost=family.policy_cost.subs(symbol, symbol + 1))
    assert len(list(disagreements(wrong, member))) == every


@pytest.mark.parametrize("name", FAMILIES)
def test_good_schedules_respect_the_lower_bounds(name: str) -> None:
    family = FAMILIES[name]
    for parameters in SMALL[name]:
        member = family.build(**parameters)
        good = family.costs(**parameters)[1]
        assert mean_busy_time_bound(member.instance) <= good
        assert subset_bound(member.instance) <= good


def test_families_against() -> None:
    for policy in POLICIES:
        for admission in LOOK_AHEAD:
            assert families_against(policy, admission)
            assert families_against(policy, admission.value) == families_against(policy, admission)
    assert families_against("no such policy", "backfill") == []


@pytest.mark.parametrize("name", FAMILIES)
def test_bad_parameters(name: str) -> None:
    family = FAMILIES[name]
    good = SMALL[name][0]
    with pytest.raises(InputError, match="takes"):
        family.build()
    with pytest.raises(InputError, match="takes"):
        family.build(**good, extra=1)
    with pytest.raises(InputError, match="integer"):
        family.build(**{**good, family.parameters[0]: True})
    with pytest.raises(InputError):
        family.build(**{**good, family.parameters[0]: 0})
    for alpha in (Fraction(0), Fraction(5, 4)):
        with pytest.raises(InputError, match="alpha"):
            family.limit(alpha)
    with pytest.raises(InputError, match="size"):
        family.at(ONE, 0)


def test_repetition_refuses_what_cannot_fit() -> None:
    family = FAMILIES["long-short-repetition"]
    with pytest.raises(InputError, match="too large"):
        family.build(a=2, b=1, k=4, c=1, u=1, v=2)


def test_alpha_of_large_denominator() -> None:
    alpha = Fraction(850_000_001, 10**9)
    for name in ("long-short-repetition", "identical-ramps", "backfill-starvation"):
        member = FAMILIES[name].exceed(alpha, Fraction(3, 2))
        assert member is not None
        assert member.instance.peak <= alpha * member.instance.memory
        audit(FAMILIES[name], member)
    member = FAMILIES["long-short-repetition"].exceed(alpha, Fraction(5))
    assert member is not None
    assert len(member.instance) < 400


def test_no_floats() -> None:
    folder = Path(__file__).parents[2] / "adversaries" / "families"
    for path in folder.glob("*.py"):
        text = path.read_text()
        assert "float" not in text
        assert len(text.splitlines()) < 300
