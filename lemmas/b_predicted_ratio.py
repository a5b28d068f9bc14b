"""B with predictions: ranks that know every volume up to a factor eta lose at most eta.

The server ranks by a predicted volume k_i, v_i/eta <= k_i <= eta v_i, and admits by the truthful
check. If i is before j, then v_i <= eta k_i <= eta k_j <= eta^2 v_j: the distortion is at most
eta^2, and B and B4 hold with r = eta. For a predicted length within a factor eta of the truth that
is not so: volumes grow with its square, and are then within eta^2.
"""

from fractions import Fraction

from lemmas.a_distortion import distortion
from lemmas.b_distorted_ratio import within
from lemmas.lemma import Lemma, Overclaim, Schema
from lemmas.obligation import Obligation, Twin
from theory.request import Instance, Request

OBLIGATIONS = (
    Obligation(
        name="i before j: v_i <= eta^2 v_j",
        note="k_i, k_j: predicted volumes",
        given={
            "H_low": "eta*k_i - v_i",
            "H_rank": "k_j - k_i",
            "H_high": "eta*v_j - k_j",
            "H_eta": "eta",
        },
        goal="eta**2*v_j - v_i",
        proof="H_low + H_eta*H_rank + H_eta*H_high",
        twin=Twin(
            "eta^2 becomes eta",
            goal="eta*v_j - v_i",
            model={"eta": 2, "k_i": 2, "v_i": 4, "k_j": 2, "v_j": 1},
        ),
    ),
    Obligation(
        name="a length within eta puts the volume within eta^2",
        note="l: predicted length, at most eta o; a low one likewise, with l and o exchanged",
        given={"H_length": "eta*o - l", "H_eta": "eta - 1", "H_s": "s", "H_o": "o", "H_l": "l"},
        goal="eta**2*(s*o + o*(o + 1)/2) - (s*l + l*(l + 1)/2)",
        proof="(H_s + 1/2)*((H_eta + 1)*H_length + H_eta*H_l) + H_length*((H_eta + 1)*H_o + H_l)/2",
        twin=Twin(
            "eta^2 becomes eta",
            goal="eta*(s*o + o*(o + 1)/2) - (s*l + l*(l + 1)/2)",
        ),
    ),
)


def guessed_volume(request: Request) -> int:
    """The volume at the middle of the predicted interval, rounded down; the true one without.

    >>> guessed_volume(Request(0, 4, predicted=(1, 6))), guessed_volume(Request(0, 4))
    (6, 10)
    """
    low, high = request.predicted or (request.output, request.output)
    length = (low + high) // 2
    return Request(request.prompt, length).volume


def misjudgement(instance: Instance) -> Fraction:
    """The least eta >= 1 such that every guessed volume is within a factor eta of the true one.

    >>> misjudgement(Instance(9, (Request(0, 4, predicted=(1, 6)),)))
    Fraction(5, 3)
    """
    ratios = [Fraction(guessed_volume(r), r.volume) for r in instance.requests]
    return max(max(ratio, 1 / ratio) for ratio in ratios)


def _gamma(instance: Instance) -> Fraction:
    four_u = min(2 * (instance.memory + 1) - instance.peak, 3 * instance.slack)
    return Fraction(4 * instance.memory, four_u)


def _in_order(instance: Instance) -> Instance:
    guesses = [guessed_volume(request) for request in instance.requests]
    return instance.select(sorted(range(len(instance)), key=guesses.__getitem__))


def _holds(instance: Instance) -> bool:
    ordered, eta = _in_order(instance), misjudgement(instance)
    return distortion(ordered) <= eta**2 and within(ordered, _gamma(instance), eta)


def _distorted_less(instance: Instance) -> bool:
    return distortion(_in_order(instance)) <= misjudgement(instance)


LEMMA = Lemma(
    key="B-eta",
    title="Predictions within a factor",
    source="theory.md, section 3, Predictions",
    statement="cost <= max(1 + 2 eta gamma/3, eta gamma) OPT, gamma = M/U as in T4, for the order "
    "of predicted volumes within a factor eta of the true ones; lengths within eta do with eta^2",
    hypotheses={
        "H_burst": "all requests arrive at step 0",
        "H_predicted": "v_i/eta <= k_i <= eta v_i, eta >= 1; requests stand in order of k_i",
        "H_head_of_line": "requests are started in this order, each at the first step at which "
        "it fits by the truthful forward-looking check",
        "H_peak": "every peak is at most P <= M",
    },
    obligations=OBLIGATIONS,
    schemas={Schema.MODEL: "r of B and of B4 is eta"},
    holds=_holds,
    example=Instance(
        12, tuple(Request(0, o, 0, p) for o, p in ((6, (4, 6)), (1, (1, 1)), (4, (4, 6))))
    ),
    overclaim=Overclaim(
        change="the distortion is said to be eta",
        holds=_distorted_less,
        breaks_on=Instance(9, (Request(0, 4, 0, (1, 5)), Request(0, 2, 0, (3, 3)))),
    ),
    rests_on=("B", "B4"),
)
