"""What a delay costs: who waits is overtaken."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from math import ceil

import pytest

from adversaries.adaptive.eager import Rush
from adversaries.adaptive.overtaken import Overtaken
from lemmas.e_delayed import delayed_ratio
from tests import reference
from theory.delayed import completion_time, delayed_policy
from theory.errors import InputError
from theory.policy import named_policy
from theory.request import Instance
from theory.schedule import require_feasible

THETAS = [Fraction(text) for text in ("1/3", "17/20", "1", "3/2", "2")]


@pytest.mark.parametrize("theta", THETAS)
@pytest.mark.parametrize("baits", [1, 2, 3])
def test_the_baits_start_first_and_keep_all_others_out(theta: Fraction, baits: int) -> None:
    late = Overtaken(30, 20, baits, theta)
    instance = late.instance
    require_feasible(instance, late.good)
    starts = delayed_policy(instance, named_policy("svf"), theta)
    bait = instance.requests[-1]
    *others, first = starts[: -baits + 1] if baits > 1 else starts
    assert {first} == set(starts[-baits:])
    assert set(others) == {first + bait.output}
    assert first < theta * 30
    assert instance.alpha == Fraction(1, baits)


@pytest.mark.parametrize("theta", THETAS)
def test_the_ratio_comes_close_to_theta_plus_2(theta: Fraction) -> None:
    small, large = Overtaken(20, 20, 2, theta).ratio, Overtaken(120, 300, 2, theta).ratio
    assert small < large < theta + 2
    assert theta + 2 - large < Fraction(1, 15)
    proved = delayed_ratio(Fraction(1, 2), theta)
    assert proved is not None
    assert large <= proved


@pytest.mark.parametrize("theta", THETAS[:3])
def test_a_rush_behind_the_delay_costs_1_and_1_over_theta(theta: Fraction) -> None:
    """The crowd of a rush comes a step after the delayed baits have started."""
    rush = Rush(60, 2).instance
    late = ceil(theta * 60) + 1
    crowd = [replace(request, arrival=late) for request in rush.requests[2:]]
    instance = Instance(rush.memory, (*rush.requests[:2], *crowd))
    good = (late + 1, late + 1, *[late] * len(crowd))
    require_feasible(instance, good)
    paid = delayed_policy(instance, named_policy("svf"), theta)
    ratio = Fraction(completion_time(instance, paid), completion_time(instance, good))
    saved = Fraction(1, 3) / theta  # what a third of the crowd finds beside the baits
    assert 1 + 1 / theta - saved - Fraction(1, 5) < ratio < 1 + 1 / theta


def test_its_good_schedule_is_the_best_on_a_small_one() -> None:
    late = Overtaken(2, 2)
    best = reference.optimum(late.instance)
    assert best == sum(p + r.output for p, r in zip(late.good, late.instance.requests, strict=True))


@pytest.mark.parametrize("wrong", [(1, 1), (2, 0), (2, 1, 0), (2, 1, 1, 0), (2, 1, 1, "1/9")])
def test_what_it_refuses(wrong: tuple[int | str, ...]) -> None:
    *sizes, last = wrong
    with pytest.raises(InputError):
        Overtaken(*sizes, Fraction(last) if len(sizes) == 3 else last)  # type: ignore[arg-type]
