"""The waiting bound of E: when a request starts that was held back for theta times its output.

Request j is *eligible* from e_j = max(a_j, theta o_j), rounded up, and the policy is head-of-line
in a fixed order pi among the eligible (:mod:`theory.delayed`). Let m_j = max(a_j, theta o_j).

While j is eligible and waits, nothing behind it in pi starts. What is behind j and runs has
started before e_j, at p >= theta o, so it ends by p + o <= (1 + 1/theta)(e_j - 1). Hence from
f_j = max(e_j, that) <= (1 + 1/theta) m_j on, all that runs is before j in pi. At each step of
[f_j, p_j) the first that waits does not fit, so the peaks of what runs add up to M + 1 - P = D at
least; each of them is counted in at most o_i steps, and o_i (s_i + o_i) <= 2 v_i. So

    D (p_j - f_j)  <=  2 V^pi_{j-1},    V over all that is before j in pi, whenever it arrives.
"""

from __future__ import annotations

from fractions import Fraction

from lemmas import l3_blocking
from lemmas.obligation import Obligation, Twin
from theory.delayed import delayed, eligible
from theory.request import Instance

DELAY = (
    Obligation(
        name="what is behind j and started before e_j ends by (1 + q)(e_j - 1)",
        note="q: 1/theta; p, o: start and output of what is behind j; e: of j",
        given={"H_own": "p - theta*o", "H_before": "e - 1 - p", "H_q": "q"},
        equal={"E_inverse": "theta*q - 1"},
        goal="(1 + q)*(e - 1) - (p + o)",
        proof="H_before + H_q*H_before + H_q*H_own + o*E_inverse",
        witness={"p": 2, "o": 2, "e": 3, "theta": 1, "q": 1},
        twin=Twin(
            "it may start at once",
            drop=("H_own",),
            model={"p": 0, "o": 9, "e": 1, "theta": 1, "q": 1},
        ),
    ),
    Obligation(
        name="f_j <= (1 + q) m_j when the tail decides: e_j - 1 < m_j",
        given={"H_rounding": "m - (e - 1)", "H_q": "q"},
        goal="(1 + q)*m - (1 + q)*(e - 1)",
        proof="H_rounding + H_q*H_rounding",
        twin=Twin("e_j is not bounded", drop=("H_rounding",)),
    ),
    Obligation(
        name="f_j <= (1 + q) m_j when e_j decides, by arrival",
        given={"H_arrival": "m - e", "H_q": "q", "H_m": "m"},
        goal="(1 + q)*m - e",
        proof="H_arrival + H_q*H_m",
        twin=Twin("e_j may exceed the arrival", drop=("H_arrival",)),
    ),
    Obligation(
        name="f_j <= (1 + q) m_j when e_j decides, by output",
        note="rounding up adds less than 1, and 1 <= o = q theta o",
        given={
            "H_rounding": "theta*o + 1 - e",
            "H_output": "o - 1",
            "H_m": "m - theta*o",
            "H_q": "q",
        },
        equal={"E_inverse": "theta*q - 1"},
        goal="(1 + q)*m - e",
        proof="H_m + H_q*H_m + H_rounding + H_output + o*E_inverse",
        witness={"m": 1, "theta": 1, "o": 1, "e": 1, "q": 1},
        twin=Twin(
            "outputs may be shorter than a step",
            drop=("H_output",),
            model={"m": 0, "theta": 1, "o": 0, "e": 1, "q": 1},
        ),
    ),
)

BLOCKED, *_, PEAKS = l3_blocking.OBLIGATIONS
"""Who blocks holds D tokens at least, and o (s + o) <= 2 v."""

WAITING = (
    BLOCKED,
    Obligation(
        name="one more blocked step",
        note="S: peaks of what ran, summed over the x steps so far",
        given={"H_before": "S - x*D", "H_load": "load - D"},
        goal="(S + load) - (x + 1)*D",
        proof="H_before + H_load",
        twin=Twin("nothing blocks in the new step", drop=("H_load",)),
    ),
    Obligation(
        name="a request is counted in at most o steps",
        given={"H_steps": "o - n", "H_peak": "s + o"},
        goal="o*(s + o) - n*(s + o)",
        proof="H_steps*H_peak",
        twin=Twin("it runs for longer", drop=("H_steps",)),
    ),
    PEAKS,
    Obligation(
        name="D c_j <= D ((1 + q) m_j + o_j) + 2 V",
        given={
            "H_steps": "S - (p - f)*D",
            "H_volume": "2*V - S",
            "H_tail": "(1 + q)*m - f",
            "H_slack": "D",
        },
        equal={"E_completion": "c - p - o"},
        goal="D*((1 + q)*m + o) + 2*V - D*c",
        proof="H_steps + H_volume + H_slack*H_tail - D*E_completion",
        witness={"S": 1, "p": 2, "f": 1, "D": 1, "V": 1, "q": 1, "m": 1, "c": 3, "o": 1},
        twin=Twin(
            "the delay is not paid",
            goal="D*o + 2*V - D*c",
            model={"S": 0, "p": 2, "f": 2, "D": 1, "V": 0, "q": 1, "m": 1, "c": 3, "o": 1},
        ),
    ),
)


def waits_in_time(instance: Instance, theta: Fraction) -> bool:
    """Whether D (p_j - f_j) <= 2 V_{j-1} in the file order, for every request j."""
    before = 0
    starts = delayed(instance, range(len(instance)), theta)
    for start, request in zip(starts, eligible(instance, theta).requests, strict=True):
        e = request.arrival
        quiet = max(e, int((1 + 1 / theta) * (e - 1)))
        if instance.slack * (start - quiet) > 2 * before:
            return False
        before += request.volume
    return True
