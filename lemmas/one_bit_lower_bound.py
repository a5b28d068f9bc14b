"""R3, what no bit escapes: two of the lengths 1, sqrt(T), T have the same bit.

Let T = r^2. A bit takes two values, so two of the lengths 1, r, r^2 share one, a < b, and
rho = b/a is r or r^2. With equal prompts they are ranked alike, whatever the rank makes of prompt
and bit, and whatever it takes as threshold and representatives. The adversary puts the long ones
first.

The instance: k m + 1 requests (0, b), then k m rho requests (0, a), with M = k b, for any k and m.
So peaks are M/k. The long ones run k at a time, as k of them fill the memory in their last step.
With look-ahead no short one starts before the last long one, at step w b, w = m. With restart what
runs is a prefix of the unfinished in rank order (C), and k of them complete every b steps, all else
having been evicted. Then a short one needs all unfinished long ones beside it, and has no room to
complete while k rho of them are left: none starts its complete run before step w b,
w = m - rho + 1.

The good schedule serves the short ones first, k rho at a time, in m a steps. In units of a

    policy  >=  k m rho w rho,
    good     =  k rho m (m + 1) + (k m + 1) m + rho (m + 1)  <=  k (m + 1)^2 (rho + 1),

and rho^2 >= (rho - 1)(rho + 1). So the ratio is at least (rho - 1) m w/(m + 1)^2: as m grows, at
least sqrt(T) - 1 for every alpha = 1/k, with look-ahead and with restart. With R2 the price of
knowing one bit is of order sqrt(T).
"""

from collections.abc import Callable
from fractions import Fraction
from functools import lru_cache
from itertools import pairwise, product

from lemmas.lemma import Lemma, Overclaim, Schema
from lemmas.obligation import Obligation, Twin
from theory.errors import InputError
from theory.policy import Admission
from theory.request import Instance, Request
from theory.restart import run_with_restart
from theory.schedule import Schedule, cost, require_feasible
from theory.simulator import follow

PIGEONHOLE = Obligation(
    name="of three bits two are equal",
    equal={"E_x": "x**2 - x", "E_y": "y**2 - y", "E_z": "z**2 - z"},
    goal="(x - y)*(y - z)*(z - x)",
    relation="= 0",
    proof="(z - y)*E_x + (x - z)*E_y + (y - x)*E_z",
    witness={"x": 0, "y": 1, "z": 1},
    twin=Twin("one of them may take a third value", drop=("E_z",), model={"x": 0, "y": 1, "z": 2}),
)

WAITS = (
    Obligation(
        name="beside k long ones no further one fits",
        note="in their last step they hold k b; held: what the next one would hold there",
        given={"H_held": "held - 1"},
        equal={"E_memory": "M - k*b"},
        goal="k*b + held - (M + 1)",
        proof="H_held - E_memory",
        twin=Twin(
            "it would hold nothing", drop=("H_held",), model={"held": 0, "M": 2, "k": 1, "b": 2}
        ),
        witness={"held": 1, "M": 2, "k": 1, "b": 2},
    ),
    Obligation(
        name="the costs of j batches of k and of one more",
        note="the i-th batch of length b completes at i b",
        goal="k*b*j*(j + 1)/2 + k*(j + 1)*b - k*b*(j + 1)*(j + 2)/2",
        relation="= 0",
        proof="0",
        twin=Twin(
            "one more completes with the batch before",
            goal="k*b*j*(j + 1)/2 + k*j*b - k*b*(j + 1)*(j + 2)/2",
            model={"k": 1, "b": 1, "j": 1},
        ),
    ),
    Obligation(
        name="with restart no short one completes beside k rho long ones",
        note="n: unfinished long ones in batch j; each holds at least a when a short one completes",
        given={"H_left": "m - j - rho", "H_a": "a - 1", "H_k": "k"},
        equal={"E_left": "n - k*(m - j) - 1", "E_memory": "M - k*rho*a"},
        goal="a*(n + 1) - (M + 1)",
        proof="H_k*(H_a + 1)*H_left + 2*H_a + 1 + a*E_left - E_memory",
        witness={"m": 3, "j": 1, "rho": 2, "a": 1, "k": 1, "n": 3, "M": 2},
        twin=Twin(
            "fewer may be left",
            drop=("H_left",),
            model={"m": 1, "j": 1, "rho": 4, "a": 1, "k": 1, "n": 1, "M": 4},
        ),
    ),
    Obligation(
        name="the policy pays at least k m w rho^2 a",
        note="in units of a: batches of long ones, the last one, short ones from w b on",
        given={"H_k": "k", "H_m": "m", "H_rho": "rho"},
        equal={
            "E_bad": "bad - (k*rho*m*(m + 1)/2 + rho*(m + 1) + waits)",
            "E_waits": "waits - k*m*rho*(w*rho + 1)",
        },
        goal="bad - k*m*w*rho**2",
        proof="E_bad + E_waits + H_k*H_m*H_rho*(H_m + 1)/2 + H_rho*(H_m + 1) + H_k*H_m*H_rho",
        witness={"k": 1, "m": 1, "rho": 1, "w": 1, "bad": 5, "waits": 2},
        twin=Twin(
            "short ones need not wait",
            drop=("E_waits",),
            model={"k": 1, "m": 1, "rho": 9, "w": 1, "bad": 27, "waits": 0},
        ),
    ),
)

GOOD = (
    Obligation(
        name="k rho short ones fill the memory",
        equal={"E_memory": "M - k*b", "E_rho": "b - rho*a"},
        goal="M - k*rho*a",
        relation="= 0",
        proof="E_memory + k*E_rho",
        witness={"M": 2, "k": 1, "b": 2, "rho": 2, "a": 1},
        twin=Twin(
            "rho is not b/a",
            drop=("E_rho",),
            model={"M": 2, "k": 1, "b": 2, "rho": 3, "a": 1},
        ),
    ),
    Obligation(
        name="the good schedule pays at most k (m + 1)^2 (rho + 1) a",
        note="in units of a: batches of short ones, long ones later by m, their batches, the last",
        given={"H_k": "k - 1", "H_m": "m", "H_rho": "rho"},
        equal={
            "E_good": "good - (k*rho*m*(m + 1)/2 + (k*m + 1)*m + k*rho*m*(m + 1)/2 + rho*(m + 1))",
        },
        goal="k*(m + 1)**2*(rho + 1) - good",
        proof="H_k*H_rho*(H_m + 1) + 2*H_k*H_m + H_k + H_m + 1 - E_good",
        witness={"k": 1, "m": 1, "rho": 1, "good": 6},
        twin=Twin(
            "(m + 1)^2 becomes m^2",
            goal="k*m**2*(rho + 1) - good",
            model={"k": 1, "m": 1, "rho": 1, "good": 6},
        ),
    ),
    Obligation(
        name="the ratio is at least (rho - 1) m w/(m + 1)^2",
        given={
            "H_bad": "bad - k*m*w*rho**2",
            "H_good": "k*(m + 1)**2*(rho + 1) - good",
            "H_rho": "rho - 1",
            "H_k": "k",
            "H_m": "m",
            "H_w": "w",
        },
        squares={"Q_next": "m + 1"},
        goal="bad*(m + 1)**2 - (rho - 1)*m*w*good",
        proof="Q_next*H_bad + H_rho*H_m*H_w*H_good + H_k*H_m*H_w*Q_next",
        witness={"k": 1, "m": 1, "w": 1, "rho": 2, "bad": 10, "good": 9},
        twin=Twin(
            "rho - 1 becomes rho",
            goal="bad*(m + 1)**2 - rho*m*w*good",
            model={"k": 1, "m": 1, "w": 1, "rho": 2, "bad": 4, "good": 12},
        ),
    ),
)


def tied_lengths(bit: Callable[[int], bool], root: int) -> tuple[int, int]:
    """Two of the lengths 1, r, r^2 with the same bit, the shorter one first; r >= 2.

    >>> tied_lengths(lambda output: output > 3, 3), tied_lengths(lambda output: output > 2, 3)
    ((1, 3), (3, 9))
    """
    if root < 2:
        raise InputError(f"root must be at least 2, got {root}")
    lengths = 1, root, root * root
    for a, b in pairwise(lengths):
        if bit(a) == bit(b):
            return a, b
    return lengths[0], lengths[2]


def tied_batches(a: int, b: int, k: int, m: int) -> tuple[Instance, Schedule]:
    """The instance of R3, long ones first in the file, and its good schedule.

    ``a`` divides ``b`` and is less; k and m are at least 1. Raises InputError otherwise.

    >>> instance, good = tied_batches(1, 3, 1, 1)
    >>> instance.memory, [(n, r.output) for n, r in instance.groups()], good
    (3, [(2, 3), (3, 1)], (1, 4, 0, 0, 0))
    """
    if not (1 <= a < b and b % a == 0 and k >= 1 and m >= 1):
        raise InputError("tied batches: need a < b, a divides b, k >= 1, m >= 1")
    fit = k * b // a
    groups = [(k * m + 1, Request(0, b)), (fit * m, Request(0, a))]
    long = [m * a + i // k * b for i in range(k * m + 1)]
    short = [i // fit * a for i in range(fit * m)]
    return Instance.from_groups(k * b, groups), (*long, *short)


def least_ratio(rho: int, m: int, restart: bool = False) -> Fraction:
    """(rho - 1) m w/(m + 1)^2: what R3 proves of :func:`tied_batches`, rho = b/a.

    w is m with look-ahead, m - rho + 1 (or 0) with restart.

    >>> least_ratio(8, 8), least_ratio(8, 80, restart=True)
    (Fraction(448, 81), Fraction(40880, 6561))
    """
    waits = max(0, m - rho + 1) if restart else m
    return Fraction((rho - 1) * m * waits, (m + 1) ** 2)


@lru_cache(maxsize=256)
def ratio_of_ties(a: int, b: int, k: int, m: int, restart: bool = False) -> Fraction:
    """The ratio of the file order, long ones first, to the good schedule on that instance.

    >>> ratio_of_ties(1, 9, 1, 2), ratio_of_ties(1, 9, 1, 2, restart=True)
    (Fraction(409, 87), Fraction(146, 87))
    """
    instance, good = tied_batches(a, b, k, m)
    require_feasible(instance, good)
    order = range(len(instance))
    if restart:
        paid = run_with_restart(instance, order).cost(instance)
    else:
        paid = cost(instance, follow(instance, order, Admission.HEAD_OF_LINE))
    return Fraction(paid, cost(instance, good))


def _holds(instance: Instance, spread: Callable[[int], int]) -> bool:
    """Whether the proved ratio, for spread(rho), is reached against the bit [o is an output].

    With r = 2 and 3, few batches, look-ahead and restart.
    """
    ones = {request.output for request in instance.requests}
    for root, k, m, restart in product((2, 3), (1, 2), (1, 2, 5), (False, True)):
        a, b = tied_lengths(ones.__contains__, root)
        if ratio_of_ties(a, b, k, m, restart) < least_ratio(spread(b // a), m, restart):
            return False
    return True


LEMMA = Lemma(
    key="R3",
    title="One bit: no rank does better than sqrt(T) - 1",
    source="theory.md, section 3, Omega(sqrt T); the constant derived here",
    statement="for T = r^2, any bit of the length, any rank of prompt and bit, any k and m: on a "
    "burst with outputs up to T and peaks M/k, ties as the adversary has them, the ratio is at "
    "least (rho - 1) m w/(m + 1)^2, rho = r or r^2, w = m head-of-line and w = m - rho + 1 with "
    "restart; its supremum over m is at least sqrt(T) - 1",
    hypotheses={
        "H_bit": "the rank is a function of the prompt and of one bit, itself a function of the "
        "output; T = r^2, r >= 2, may be known",
        "H_ties": "an adversary orders requests of equal rank",
        "H_admission": "head-of-line with truthful look-ahead, or restart as in C",
    },
    obligations=(PIGEONHOLE, *WAITS, *GOOD),
    schemas={
        Schema.STEPS: "batch after batch: at i b nothing runs and the next k start together; until "
        "(i + 1) b no further one fits, or with restart none completes, nor holds on to the end",
        Schema.SUM: "costs of batches add up; with look-ahead a short one starts no earlier than "
        "the last long one, at m b, as starts follow the order",
        Schema.MODEL: "equal bits and equal prompts make equal ranks; rho is r or r^2, at least r; "
        "to decide it on an instance, the bit is [o is one of its outputs] and r is 2 or 3",
    },
    holds=lambda instance: _holds(instance, lambda rho: rho),
    example=Instance.of(9, (0, 9), (0, 3), (2, 2)),
    overclaim=Overclaim(
        change="rho^2 in place of rho, that is T in place of sqrt(T)",
        holds=lambda instance: _holds(instance, lambda rho: rho**2),
        breaks_on=Instance.of(3, (0, 1), (0, 1)),
    ),
    rests_on=("C",),
)
