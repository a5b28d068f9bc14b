"""``assert_competitive`` finds what is bad, shrinks it, and names whoever cheats."""

import json
from fractions import Fraction
from random import Random
from typing import Any

import pytest

from kvcr.supervision import SupervisedScheduler
from kvcr.testing import assert_competitive
from theory.claims import Cell, Information, Traffic
from theory.errors import InputError, PolicyError
from theory.files import instance_from_data
from theory.optimum import optimum
from theory.policy import Admission, named_policy
from theory.request import Instance
from theory.schedule import cost
from theory.simulator import simulate

KNOWN = Information.KNOWN


def pasted(message: str) -> Any:
    """The instance that a message offers for pasting."""
    line = next(line for line in message.splitlines() if line.startswith("instance: "))
    return instance_from_data(json.loads(line.removeprefix("instance: ")))


def test_a_small_counterexample_is_printed_and_holds() -> None:
    with pytest.raises(AssertionError) as failure:
        assert_competitive("svf", bound=2, examples=50, moves=60_000, seed=3)
    message = str(failure.value)
    instance = pasted(message)
    bad = cost(instance, simulate(instance, named_policy("svf")))
    best = optimum(instance).upper
    assert bad > 2 * best
    assert len(instance) <= 6
    assert f"cost {bad} against {best} of a feasible schedule" in message
    assert f"ratio at least {Fraction(bad, best)} = " in message
    assert "seed=3" in message
    table = message.splitlines()[3 : 4 + len(instance)]
    assert len(table[1].split()) == 8


def test_backfill_at_one_half() -> None:
    with pytest.raises(AssertionError) as failure:
        assert_competitive(
            "svf",
            Fraction(3, 2),
            alpha=Fraction(1, 2),
            admission="backfill",
            examples=50,
            moves=90_000,
            seed=2,
        )
    instance = pasted(str(failure.value))
    assert instance.alpha <= Fraction(1, 2)
    assert len(instance) <= 8


def test_what_holds_passes_and_the_worst_is_told() -> None:
    cell = Cell("svf", Fraction(1, 2))
    worst = assert_competitive("svf", 4, cell, examples=30, moves=1000, seed=1)  # theory.md, T2
    assert 1 < worst.ratio <= 4
    assert worst.instance.alpha <= Fraction(1, 2)
    assert assert_competitive("svf", 4, cell, examples=30, moves=1000, seed=1) == worst


def test_a_rank_and_a_policy_object_are_policies_too() -> None:
    def thickest_first(request):  # type: ignore[no-untyped-def]
        return -request.prompt

    with pytest.raises(AssertionError, match="thickest_first costs more than 3/2 times"):
        assert_competitive(thickest_first, "3/2", examples=100, seed=1)
    with pytest.raises(AssertionError, match=r"ljf costs more than 2 times .*, backfill"):
        assert_competitive(named_policy("ljf"), 2, admission=Admission.BACKFILL, seed=1)


def test_arrivals_are_searched() -> None:
    with pytest.raises(AssertionError) as failure:
        assert_competitive("fcfs", 2, traffic=Traffic.ADVERSARIAL, examples=200, seed=1)
    instance = pasted(str(failure.value))
    assert cost(instance, simulate(instance, named_policy("fcfs"))) > 2 * optimum(instance).upper


class Honest:
    """First come, first served, one at a time."""

    def choose(self, step, waiting, running, memory):  # type: ignore[no-untyped-def]
        return None if running else waiting[0].index


class Mutates(Honest):
    def choose(self, step, waiting, running, memory):  # type: ignore[no-untyped-def]
        object.__setattr__(waiting[0].request, "prompt", 0)
        return super().choose(step, waiting, running, memory)


class Assigns(Honest):
    def choose(self, step, waiting, running, memory):  # type: ignore[no-untyped-def]
        waiting[0].request.prompt = 0


class Overfills(Honest):
    def choose(self, step, waiting, running, memory):  # type: ignore[no-untyped-def]
        return waiting[0].index


class NoSuch(Honest):
    def choose(self, step, waiting, running, memory):  # type: ignore[no-untyped-def]
        return len(waiting)


class Early(Honest):
    def choose(self, step, waiting, running, memory):  # type: ignore[no-untyped-def]
        return waiting[0].index + 1 if len(running) == 0 else None


class Twice(Honest):
    def choose(self, step, waiting, running, memory):  # type: ignore[no-untyped-def]
        return running[0].index if running else waiting[0].index


class Starves(Honest):
    def choose(self, step, waiting, running, memory):  # type: ignore[no-untyped-def]
        short = (job.index for job in waiting if job.request.output < 5)
        return None if running else next(short, None)


class Throws(Honest):
    def choose(self, step, waiting, running, memory):  # type: ignore[no-untyped-def]
        return {1: 0}[len(waiting)]


class Exits(Honest):
    def choose(self, step, waiting, running, memory):  # type: ignore[no-untyped-def]
        raise SystemExit(0)


class Text(Honest):
    def choose(self, step, waiting, running, memory):  # type: ignore[no-untyped-def]
        return "0"


@pytest.mark.parametrize(
    ("policy", "words"),
    [
        (Mutates, "step 0: Mutates mutates request 0"),
        (Assigns, "step 0: Assigns mutates a request"),
        (Overfills, "step 0: Overfills overfills memory: with request 1, step 1 would hold 2 "),
        (NoSuch, "chose 1, and there is no such request"),
        (Twice, "Twice starts request 0 a second time"),
        (Starves, "idles for ever with 1 waiting"),
        (Throws, "Throws raised KeyError: 2"),
        (Exits, "Exits raised SystemExit"),
        (Text, "chose '0', which is no index"),
        (lambda request: "x", "rank 'x' is not a finite number"),
        (lambda request: float("nan"), "rank nan is not a finite number"),
        (lambda request: 1 // request.prompt, "raised ZeroDivisionError"),
    ],
)
def test_a_cheat_is_named_on_a_small_instance(policy: Any, words: str) -> None:
    with pytest.raises(PolicyError, match=words) as failure:
        assert_competitive(policy, 10**6, examples=50, seed=1)
    assert len(pasted(str(failure.value))) <= 2


def test_a_request_that_has_not_arrived_cannot_be_started() -> None:
    with pytest.raises(PolicyError, match=r"before its arrival at|no such") as failure:
        assert_competitive(Early, 10**6, traffic=Traffic.ADVERSARIAL, examples=50, seed=1)
    instance = pasted(str(failure.value))
    late = SupervisedScheduler("Early", Early(), Instance.of(4, (0, 2), (0, 2, 7)), KNOWN)
    with pytest.raises(PolicyError, match="step 0: Early starts request 1 before its arrival at 7"):
        simulate(Instance.of(4, (0, 2), (0, 2, 7)), late)
    assert len(instance) <= 2


class Blind:
    """One at a time by what the information allows; swallows every error."""

    def __init__(self, read: str) -> None:
        self.read = read

    def choose(self, step, waiting, running, memory):  # type: ignore[no-untyped-def]
        if running:
            return None
        try:
            return min(waiting, key=lambda job: getattr(job.request, self.read) or 0).index
        except Exception:
            return waiting[0].index


HIDDEN = (Information.NONE, Information.ONE_BIT, Information.INTERVAL)


@pytest.mark.parametrize("information", HIDDEN)
@pytest.mark.parametrize("read", ["output", "peak", "volume", "area", "lag"])
def test_peeking_is_caught_though_the_error_is_swallowed(
    read: str, information: Information
) -> None:
    with pytest.raises(PolicyError, match=f"step 0: Blind peeks at {read}"):
        assert_competitive(Blind(read), 99, information=information, examples=5, moves=100, seed=1)


@pytest.mark.parametrize(
    ("read", "information"),
    [
        ("prompt", Information.NONE),
        ("is_long", Information.ONE_BIT),
        ("predicted", Information.INTERVAL),
    ],
)
def test_what_may_be_read_may_be_read(read: str, information: Information) -> None:
    worst = assert_competitive(
        Blind(read), 99, information=information, examples=5, moves=100, seed=1
    )
    assert worst.ratio > 1


@pytest.mark.parametrize("name", ["sjf", "svf", "one-bit-svf"])
def test_a_built_in_rank_peeks_when_it_knows_nothing(name: str) -> None:
    with pytest.raises(PolicyError, match=f"{name} peeks at "):
        assert_competitive(name, 99, information=Information.NONE, examples=5, seed=1)


def test_one_bit_svf_may_read_its_bit_and_fcfs_needs_nothing() -> None:
    one_bit = assert_competitive(
        "one-bit-svf", 10**6, information=Information.ONE_BIT, examples=20, moves=500, seed=1
    )
    assert one_bit.ratio > 1
    assert assert_competitive(
        "fcfs", 99, information=Information.NONE, examples=20, moves=500, seed=1
    )
    with pytest.raises(PolicyError, match="peeks at is_long"):
        assert_competitive(Blind("is_long"), 99, information=Information.NONE, examples=5, seed=1)


class Once(Honest):
    """Serves well until its state says otherwise: every run must start anew."""

    def __init__(self) -> None:
        self.served = 0

    def choose(self, step, waiting, running, memory):  # type: ignore[no-untyped-def]
        self.served += not running
        assert self.served <= 8
        return super().choose(step, waiting, running, memory)


def test_every_run_gets_a_fresh_scheduler() -> None:
    scheduler = Once()
    assert assert_competitive(scheduler, 99, examples=5, moves=100, seed=1).ratio > 1
    assert scheduler.served == 0
    assert assert_competitive(Once, 99, examples=5, moves=100, seed=1).ratio > 1


def test_a_policy_that_decides_by_chance_is_told() -> None:
    chance = Random(1)

    class Chance:
        def choose(self, step, waiting, running, memory):  # type: ignore[no-untyped-def]
            return None if running else chance.choice(waiting).index

    with pytest.raises((PolicyError, AssertionError), match="Chance"):
        assert_competitive(Chance, 3, examples=100, seed=1)


def test_a_policy_from_a_module() -> None:
    name = "tests.kvcr.test_testing:Honest"
    assert assert_competitive(name, 99, examples=10, moves=50, seed=1).policy == name
    with pytest.raises(PolicyError, match=r"step 0: policy .*Throws raised KeyError"):
        assert_competitive("tests.kvcr.test_testing:Throws", 99, examples=50, seed=1)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"bound": 2.0}, "bound must be"),
        ({"bound": "x"}, "bound must be"),
        ({"examples": 0}, "examples"),
        ({"moves": -1}, "moves"),
        ({"traffic": Traffic.POISSON}, "Poisson"),
        ({"policy": "nobody"}, "unknown name"),
        ({"policy": 7}, "neither a Policy"),
        ({"alpha": 2}, "alpha"),
        ({"max_memory": 0}, "max_memory"),
    ],
)
def test_bad_arguments_are_one_line(change: dict[str, Any], words: str) -> None:
    arguments: dict[str, Any] = {"policy": "svf", "bound": 9, "examples": 5} | change
    with pytest.raises(InputError, match=words) as error:
        assert_competitive(**arguments)
    assert "\n" not in str(error.value)
