"""What the hunts found stands beside what is proved: never above it, and certified."""

from fractions import Fraction

from kvcr import standings as standings_module
from kvcr.standings import hunts, standings
from theory.claims import Traffic
from theory.literature import LITERATURE
from theory.policy import POLICIES, Admission, named_policy
from theory.request import Instance


def test_no_hunt_exceeds_what_is_proved_beside_it() -> None:
    compared = 0
    for row in hunts():
        for found in row.standings:
            assert found.instance.alpha <= found.alpha
            if found.bound is not None:
                assert row.traffic is Traffic.BURST
                assert found.ratio <= found.bound
                compared += 1
    assert compared >= 2 * 4 * len(POLICIES)  # head-of-line and restart


def test_every_policy_admission_and_traffic_has_been_hunted() -> None:
    rows = {(row.policy, row.admission, row.traffic) for row in hunts()}
    for name in POLICIES:
        for rule in Admission:
            for traffic in (Traffic.BURST, Traffic.ADVERSARIAL):
                assert (name, rule.value, traffic) in rows
    assert {name for name, _, _ in rows} == {*POLICIES, *LITERATURE}
    assert all(
        found.certified for row in hunts() if row.policy in POLICIES for found in row.standings
    )


def test_poisson_has_no_standing() -> None:
    assert standings(named_policy("svf"), Traffic.POISSON) == []


def test_beside_a_burst_stands_what_is_proved_for_its_sizes() -> None:
    burst = Instance.of(20, (4, 6), (0, 10), (9, 1))  # D = 11, longest output 10
    svf, fcfs = named_policy("svf", "restart"), named_policy("fcfs")
    assert standings_module._beside(svf, burst) == (Fraction(40, 11), "C")
    assert standings_module._beside(fcfs, burst)[1] == "B4"
    assert standings_module._beside(named_policy("svf", "backfill"), burst) == (None, "")
    assert standings_module._beside(LITERATURE["gsa"], burst) == (None, "")
