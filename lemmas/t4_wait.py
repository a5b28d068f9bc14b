"""T4-wait: p_j U <= V_{j-1} + v_j/2, the waiting bound by own-volume accounting.

L3 pays for the time before p_j with the area of the requests before j, and gets D/2 per step:
what blocks the head holds D tokens, on average half of that on the way up. Two things are
wasted there. A blocked head is blocked by at least M + 1 - (what the head holds), which is more
than D when the head is thin; and a head's own volume, which comes later, is itself a volume
before j. T4 charges both.

*Runs.* Let u_0 = 0. While u < p_j, let h be the first request in the order that starts after u;
the ones before it have started by u, and h is blocked at each step in [u, p_h): some step at
most o_h later, a *witness*, has no room for it. Let v be a witness for p_h - 1: p_h <= v <=
p_h - 1 + o_h. The run is (u, v], X = v - u long, and the next run starts at v. At v, h itself
would hold phi_h = s_h + v - p_h + 1 <= P, and the others hold at least M + 1 - phi_h.
Inside the run, tiles claim area of requests before h (T4-tile); nobody claims h's first
y = v - p_h steps, and since every run has another head, later claims of h come after v.

*Two accounts.* A is the claimed area, F the sum over claimed steps of an earlier head k of
phi_k. Summed over all runs, with the heads' own volumes,

    B1: sum A <= V_{j-1}                            (every step of every request once)
    B2: sum (A - F/2) + sum phi_h o_h/2 <= V_j      (own volume of each head, T4-tile)

B1 forgets the own volumes; B2 counts them, but must let go of half a phi wherever a head's own
later steps are claimed. Neither is enough alone. Their average is

    sum over runs (A - F/4 + phi_h o_h/4) <= V_{j-1} + v_j/2,

and each run's term is at least U X (T4-chain). The runs cover [0, p_j]; hence the bound. The
order has not been used: it holds for every head-of-line order, sorted or not.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from lemmas.lemma import Lemma, Overclaim, Schema
from lemmas.obligation import Obligation, Twin
from theory.policy import POLICIES, Admission
from theory.request import Instance
from theory.simulator import follow

OBLIGATIONS = (
    Obligation(
        name="a witness holds at least D tokens",
        note="y - t <= o_h, so the head would hold at most its peak there",
        given={
            "H_blocked": "load + s + (y - t) - (M + 1)",
            "H_near": "t + o - y",
            "H_peak": "P - (s + o)",
        },
        goal="load - (M + 1 - P)",
        proof="H_blocked + H_near + H_peak",
        twin=Twin("the witness may be far", drop=("H_near",)),
    ),
    Obligation(
        name="at the run's end the load is at least M + 1 - phi",
        note="the end v is a witness for the step p - 1",
        given={"H_blocked": "load + s + (v - (p - 1)) - (M + 1)"},
        equal={"E_phi": "phi - (s + v - p + 1)"},
        goal="load + phi - (M + 1)",
        proof="H_blocked + E_phi",
        twin=Twin("M + 1 becomes M + 2", goal="load + phi - (M + 2)"),
    ),
    Obligation(
        name="phi is at most P",
        given={"H_near": "p - 1 + o - v", "H_peak": "P - (s + o)"},
        equal={"E_phi": "phi - (s + v - p + 1)"},
        goal="P - phi",
        proof="H_near + H_peak - E_phi",
        twin=Twin("the run may end after the head", drop=("H_near",)),
    ),
    Obligation(
        name="the first y = v - p steps of the head end before o",
        given={"H_near": "p - 1 + o - v"},
        goal="o - (v - p) - 1",
        proof="H_near",
        twin=Twin("the run may end after the head", drop=("H_near",)),
    ),
    Obligation(
        name="runs add up",
        given={"H_before": "total - U4*u", "H_run": "gain - U4*X"},
        goal="total + gain - U4*(u + X)",
        proof="H_before + H_run",
        twin=Twin("the run's gain is not counted", goal="total - U4*(u + X)"),
    ),
    Obligation(
        name="the two accounts of one request before j, averaged",
        note="B1: claimed <= v; B2: own volume; both times 4, then halved. fee is phi o, or 0",
        given={"H_B1": "v - claimed", "H_B2": "2*(v - claimed) + charge - fee"},
        goal="4*v + charge - 4*claimed - fee",
        proof="2*H_B1 + H_B2",
        twin=Twin("the charge is not taken off", goal="4*v - 4*claimed - fee"),
    ),
    Obligation(
        name="j itself, claimed by nobody, enters B2 alone",
        given={"H_B2": "2*(v_j - claimed) + charge - fee"},
        equal={"E_claimed": "claimed", "E_charge": "charge"},
        goal="2*v_j - fee",
        proof="H_B2 + 2*E_claimed - E_charge",
        twin=Twin("v_j/2 becomes v_j/4", goal="v_j - fee"),
    ),
    Obligation(
        name="the waiting bound",
        note="sums over the requests before j and over the runs; end is the last run's",
        given={
            "H_runs": "4*claimed - charge + fees + fee_j - U4*end",
            "H_before": "4*V + charge - 4*claimed - fees",
            "H_last": "2*v_j - fee_j",
            "H_cover": "end - p_j",
            "H_U": "U4",
        },
        goal="4*V + 2*v_j - p_j*U4",
        proof="H_runs + H_before + H_last + H_U*H_cover",
        twin=Twin("v_j/2 is dropped", goal="4*V - p_j*U4"),
    ),
)


def four_u(instance: Instance) -> int:
    """4 U = min(2 (M + 1) - P, 3 (M + 1 - P))."""
    return min(2 * (instance.memory + 1) - instance.peak, 3 * instance.slack)


def orders(instance: Instance) -> Iterator[tuple[int, ...]]:
    """Every order that we have a name for, and file order forwards and backwards."""
    found = {policy.order(instance) for policy in POLICIES.values()}
    plain = tuple(range(len(instance)))
    yield from sorted(found | {plain, plain[::-1]})


def waits_within(instance: Instance, order: Sequence[int], factor: int = 1) -> bool:
    """Whether factor p_j U <= V_{j-1} + v_j/2 for every j, head-of-line in this order."""
    starts = follow(instance, order, Admission.HEAD_OF_LINE)
    before = 0
    for i in order:
        volume = instance.requests[i].volume
        if factor * starts[i] * four_u(instance) > 4 * before + 2 * volume:
            return False
        before += volume
    return True


def _in_every_order(instance: Instance, factor: int = 1) -> bool:
    return all(waits_within(instance, order, factor) for order in orders(instance))


@dataclass
class Ledger:
    """The runs of one head-of-line schedule up to its last start: the proof's objects, rebuilt.

    ``worth`` lists for each run (4 A - F + phi o, X); ``claims`` are (request, first step, last
    step); ``phi`` is by head. Nothing here is part of the proof: it lets one try the lemmas.
    """

    instance: Instance
    order: Sequence[int]
    worth: list[tuple[int, int]] = field(default_factory=list)
    claims: list[tuple[int, int, int]] = field(default_factory=list)
    phi: dict[int, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.starts = follow(self.instance, self.order, Admission.HEAD_OF_LINE)
        end = 0
        while later := [k for k, i in enumerate(self.order) if self.starts[i] > end]:
            end = self._run(end, later[0])

    def held(self, index: int, step: int) -> int:
        """Tokens that a request holds in a step."""
        request, life = self.instance.requests[index], step - self.starts[index]
        return request.prompt + life if 0 < life <= request.output else 0

    def witness(self, place: int, step: int) -> int:
        """A step in (step, step + o] that has no room for the head at this place in the order."""
        head = self.instance.requests[self.order[place]]
        return next(
            y
            for y in range(step + 1, step + head.output + 1)
            if sum(self.held(i, y) for i in self.order[:place]) + head.prompt + y - step
            > self.instance.memory
        )

    def chains(self, u: int, place: int, length: int) -> list[list[int]]:
        """The chains of T4-chain: one tile, or A, and B without A's last joint."""
        output = self.instance.requests[self.order[place]].output
        if length <= output:
            return [[0, length]]
        chain = [0]
        while length - chain[-1] > output:
            chain.append(self.witness(place, u + chain[-1]) - u)
        if chain[-1] <= output:
            chain = [0, chain[-1]]
        return [[*chain, length], [*chain[:-1], length]]

    def _run(self, u: int, place: int) -> int:
        index = self.order[place]
        head, start = self.instance.requests[index], self.starts[index]
        end = self.witness(place, start - 1)
        phi = head.prompt + end - start + 1
        options = []
        for chain in self.chains(u, place, end - u):
            tiles = [
                (i, u + left + 1, u + right)
                for left, right in pairwise(chain)
                for i in self.order[:place]
                if self.starts[i] + self.instance.requests[i].output >= u + right
            ]
            area = sum(self.held(i, y) for i, a, b in tiles for y in range(a, b + 1))
            charges = sum(self.phi.get(i, 0) * (b + 1 - a) for i, a, b in tiles)
            options.append((4 * area - charges + phi * head.output, tiles))
        worth, tiles = max(options, key=lambda option: option[0])
        self.worth.append((worth, end - u))
        self.claims += tiles
        self.phi[index] = phi
        return end


def runs_pay(instance: Instance, factor: int) -> bool:
    """Whether 4 A - F + phi o >= factor 4 U X in every run, for every order by name."""
    rate = factor * four_u(instance)
    return all(
        worth >= rate * length
        for order in orders(instance)
        for worth, length in Ledger(instance, order).worth
    )


LEMMA = Lemma(
    key="T4-wait",
    title="Waiting bound by own-volume accounting",
    source="theory-t4.md, Runs and Own volume",
    statement="p_j U <= V_{j-1} + v_j/2 for every j in every head-of-line order, where "
    "U = min((2 (M + 1) - P)/4, 3 (M + 1 - P)/4)",
    hypotheses={
        "H_burst": "all requests arrive at step 0",
        "H_head_of_line": "in some order, each request starts at the first step, not before its "
        "predecessor's start, at which it fits",
        "H_peak": "every peak is at most P <= M",
    },
    obligations=OBLIGATIONS,
    schemas={
        Schema.MODEL: "h is blocked in [u, p_h), so witnesses exist; claims lie in lives; no step "
        "of a request is claimed twice, none of a head before its run's end, none of j",
        Schema.STEPS: "runs follow one another until p_j is covered; each has another head",
        Schema.TILING: "the runs cover [0, p_j]",
        Schema.DOUBLE_COUNT: "areas, charges and fees by run, and by request",
        Schema.SUM: "the averaged accounts over the requests before j",
    },
    rests_on=("T4-tile", "T4-chain"),
    holds=_in_every_order,
    example=Instance.of(6, (0, 3), (2, 2), (4, 1), (0, 4)),
    overclaim=Overclaim(
        change="U is doubled",
        holds=lambda instance: _in_every_order(instance, 2),
        breaks_on=Instance.of(6, (0, 3), (2, 2), (4, 1), (0, 4)),
    ),
)
