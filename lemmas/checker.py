"""The independent checker of kvcr certificates: standard library only, one file, no imports
from the toolkit. ``python checker.py CERTIFICATE`` exits 0 valid, 1 invalid, 2 malformed.

A *counterexample* is rebuilt: the checker makes the policy's schedule itself, audits both
schedules token by token and compares the exact costs. A *lower-bound* is recomputed from its
terms. A *lemma* is a list of polynomial obligations, each with an identity that exhibits its
goal as a non-negative combination of its hypotheses; identities, witnesses and counter-models
are checked exactly. What a certificate leaves to trust is printed, never passed over.
"""

import ast
import heapq
import json
import sys
from collections import defaultdict
from fractions import Fraction
from itertools import accumulate
from math import isqrt
from pathlib import Path

MOST_BYTES, MOST_REQUESTS, MOST_TOKENS = 64_000_000, 200_000, 10**15


class Malformed(Exception):
    """Not a certificate: wrong shape, wrong types, numbers out of range."""


class Invalid(Exception):
    """A certificate whose claim does not follow."""


def need(condition, message, kind=Invalid):
    if not condition:
        raise kind(message)


# ---------------------------------------------------------------- reading
def load(path):
    """The JSON document at `path`; floats, NaN, duplicate keys and huge numbers are refused."""

    def unique(pairs):
        need(len({k for k, _ in pairs}) == len(pairs), "duplicate key", Malformed)
        return dict(pairs)

    def refuse(text):
        raise Malformed(f"number {text[:20]} is not an exact integer")

    def integer(text):
        need(len(text) <= 40, "a number of more than 40 digits", Malformed)
        return int(text)

    try:
        need(Path(path).stat().st_size <= MOST_BYTES, "file larger than 64 MB", Malformed)
        text = Path(path).read_text(encoding="utf-8")
        return json.loads(
            text, object_pairs_hook=unique, parse_float=refuse, parse_constant=refuse,
            parse_int=integer,
        )
    except (OSError, ValueError, RecursionError) as error:
        raise Malformed(" ".join(str(error).split())) from None


def field(table, name, kind):
    need(isinstance(table, dict) and name in table, f"field {name!r} is missing", Malformed)
    value = table[name]
    right = isinstance(value, kind) and not isinstance(value, bool)
    need(right, f"field {name!r} must be {kind.__name__}", Malformed)
    return value


def rational(table, name):
    text = field(table, name, str)
    digits = text.removeprefix("-").replace("/", "", 1)
    need(digits.isascii() and digits.isdigit() and len(text) < 10**5, f"{name}: not p/q", Malformed)
    try:
        return Fraction(text)
    except (ValueError, ZeroDivisionError):
        raise Malformed(f"{name}: not p/q") from None


def whole(table, name, least, default=None):
    value = field(table, name, int) if default is None or name in table else default
    need(least <= value <= MOST_TOKENS, f"field {name!r} out of range", Malformed)
    return value


def read_instance(table):
    """(memory, [(prompt, output, arrival)]), with `count` copies written out."""
    need(field(table, "format", str) == "kvcr-instance/1", "unknown instance format", Malformed)
    memory, requests = whole(table, "memory", 1), []
    for entry in field(table, "requests", list):
        s, o = whole(entry, "prompt", 0), whole(entry, "output", 1)
        a, count = whole(entry, "arrival", 0, 0), whole(entry, "count", 1, 1)
        need(s + o <= memory, "a request's peak exceeds memory", Malformed)
        need(len(requests) + count <= MOST_REQUESTS, "too many requests", Malformed)
        requests += [(s, o, a)] * count
    need(requests, "no requests", Malformed)
    return memory, requests


def read_schedule(table, name, requests):
    starts = field(table, name, list)
    need(len(starts) == len(requests), f"{name}: one start per request", Malformed)
    for p in starts:
        need(type(p) is int and 0 <= p < 2**62, f"{name}: starts must be steps", Malformed)
    return starts


# ---------------------------------------------------------------- schedules
def volume(s, o):
    return s * o + o * (o + 1) // 2


def order_of(policy, requests):
    """The priority order: computed for a policy by name, or listed in the certificate."""
    if isinstance(policy, dict) and "order" in policy:
        order = field(policy, "order", list)
        need(sorted(map(repr, order)) == sorted(map(repr, range(len(requests)))),
             "order is not a permutation", Malformed)
        return order, "the order of priority is the certificate's own"
    longest = max(o for _, o, _ in requests)
    edge = isqrt(longest)
    low, high = isqrt(edge), isqrt(isqrt(longest**3))
    ranks = {
        "svf": lambda s, o, a: volume(s, o),
        "one-bit-svf": lambda s, o, a: volume(s, high if o > edge else low),
        "sjf": lambda s, o, a: o,
        "ljf": lambda s, o, a: -o,
        "fcfs": lambda s, o, a: a,
        "peak": lambda s, o, a: s + o,
        "area": lambda s, o, a: s * o,
    }
    need(isinstance(policy, str) and policy in ranks, "unknown policy", Malformed)
    return sorted(range(len(requests)), key=lambda i: ranks[policy](*requests[i])), None


def blocked_until(ends, memory, s, o, t):
    """A step before which (s, o) surely cannot start, given what runs; t itself if it fits.

    `ends` maps a completion step to (how many complete there, sum of their prompt - start).
    """
    count = base = 0
    beyond, until = None, t
    for c in sorted(ends, reverse=True):
        if c <= t:
            break
        if c < t + o and beyond is None:
            beyond = (count, base)
        count, base = count + ends[c][0], base + ends[c][1]
        if c <= t + o:
            excess = base + count * c + s + c - t - memory
            if excess > 0:
                until = max(until, min(t + excess, c))
    count, base = beyond or (count, base)
    if base + count * (t + o) + s + o > memory:
        until = max(until, min(c for c in ends if c >= t + o) + 1 - o)
    return until


def replay(memory, requests, order, backfill):
    """Start steps under a priority order: event by event, nothing shared with the simulator."""
    place = {index: k for k, index in enumerate(order)}
    coming = sorted(range(len(requests)), key=lambda i: (requests[i][2], place[i]), reverse=True)
    waiting, ends, starts, t = [], {}, [0] * len(requests), 0
    while waiting or coming:
        if not waiting:
            t = max(t, requests[coming[-1]][2])
        while coming and requests[coming[-1]][2] <= t:
            heapq.heappush(waiting, (place[coming[-1]], coming.pop()))
        ends = {c: load for c, load in ends.items() if c > t}
        wake, shapes, back = None, set(), []
        while waiting:
            k, i = heapq.heappop(waiting)
            s, o, _ = requests[i]
            until = t + 1 if (s, o) in shapes else blocked_until(ends, memory, s, o, t)
            if until == t:
                starts[i] = t
                count, base = ends.get(t + o, (0, 0))
                ends[t + o] = (count + 1, base + s - t)
                continue
            back.append((k, i))
            if (s, o) not in shapes:
                wake = until if wake is None else min(wake, until)
            shapes.add((s, o))
            if not backfill:
                break
        for entry in back:
            heapq.heappush(waiting, entry)
        nexts = [x for x in (wake, requests[coming[-1]][2] if coming else None) if x is not None]
        t = min(nexts, default=t)
    return starts


def audit(memory, requests, starts, name):
    """The exact cost of a schedule; Invalid unless it respects arrivals and memory."""
    opens, closes = defaultdict(list), defaultdict(list)
    for i, (p, (s, o, a)) in enumerate(zip(starts, requests)):
        need(p >= a, f"{name}: request {i} starts before its arrival")
        opens[p].append(s - p)
        closes[p + o].append(s - p)
    base = count = 0
    for t in sorted(set(opens) | set(closes)):  # the load only grows between completions
        need(base + count * t <= memory, f"{name}: more than {memory} tokens in step {t}")
        base += sum(opens[t]) - sum(closes[t])
        count += len(opens[t]) - len(closes[t])
    return sum(p + o - a for p, (s, o, a) in zip(starts, requests))


def check_counterexample(table):
    memory, requests = read_instance(field(table, "instance", dict))
    order, trust = order_of(table.get("policy"), requests)
    admission = field(table, "admission", str)
    need(admission in ("head-of-line", "backfill"), "unknown admission", Malformed)
    starts = read_schedule(table, "policy_schedule", requests)
    good = read_schedule(table, "good_schedule", requests)
    cost = audit(memory, requests, starts, "policy_schedule")
    other = audit(memory, requests, good, "good_schedule")
    made = replay(memory, requests, order, admission == "backfill")
    need(made == starts, "policy_schedule is not the schedule that the policy makes")
    need(cost == rational(table, "policy_cost"), f"policy_cost: it is {cost}")
    need(other == rational(table, "good_cost"), f"good_cost: it is {other}")
    ratio = Fraction(cost, other)
    need(ratio == rational(table, "ratio"), f"ratio: it is {ratio}")
    claim = field(table, "claim", dict)
    alpha, bound = rational(claim, "alpha"), rational(claim, "bound")
    peak = max(s + o for s, o, _ in requests)
    need(Fraction(peak, memory) == rational(table, "alpha"), f"alpha: it is {peak}/{memory}")
    need(peak <= alpha * memory and alpha <= 1, f"claim: a peak of {peak} exceeds alpha * memory")
    need(ratio > bound, f"claim: the ratio {ratio} does not exceed {bound}")
    return [trust] if trust else []


# ---------------------------------------------------------------- lower bounds
def machine(memory, requests, shortest_remaining):
    """Preemptive machine of speed M (time in 1/M steps): last end and busy integral of each."""
    coming = sorted(range(len(requests)), key=lambda i: -requests[i][2])
    ready, now, end, busy = [], 0, {}, [0] * len(requests)
    while ready or coming:
        if not ready:
            now = max(now, requests[coming[-1]][2] * memory)
        while coming and requests[coming[-1]][2] * memory <= now:
            i = coming.pop()
            heapq.heappush(ready, (volume(*requests[i][:2]), i, volume(*requests[i][:2])))
        key, i, left = heapq.heappop(ready)
        until = min([now + left] + [requests[j][2] * memory for j in coming[-1:]])
        busy[i] += (until - now) * (until + now)
        left, now, end[i] = left - (until - now), until, until
        if left:
            heapq.heappush(ready, (left if shortest_remaining else key, i, left))
    return end, busy


def mean_busy_terms(memory, requests):
    _, busy = machine(memory, requests, False)
    centres = defaultdict(int)
    for b, (s, o, _) in zip(busy, requests):
        centres[2 * volume(s, o) * memory] += b
        centres[12 * s + 6 * (o + 1)] += 6 * s * o + (o + 1) * (2 * o + 1)
    parts = [Fraction(n, d) for d, n in sorted(centres.items())]
    while len(parts) > 1:
        parts = [sum(parts[k : k + 2]) for k in range(0, len(parts), 2)]
    return parts[0] - sum(a for _, _, a in requests)


def check_lower_bound(table):
    memory, requests = read_instance(field(table, "instance", dict))
    name, burst = field(table, "bound", str), all(a == 0 for _, _, a in requests)
    inside = set(range(len(requests)))
    if name == "volume":
        need(burst, "the volume bound needs a burst")
        value = Fraction(sum(accumulate(sorted(volume(s, o) for s, o, _ in requests))), memory)
    elif name == "length":
        value = Fraction(sum(o for _, o, _ in requests))
    elif name == "srpt-volume":
        ends, _ = machine(memory, requests, True)
        value = Fraction(sum(ends.values()), memory) - sum(a for _, _, a in requests)
    else:
        need(name in ("mean-busy-time", "subset"), "unknown bound", Malformed)
        if name == "subset":
            listed = field(table, "subset", list)
            need(all(type(i) is int and i in inside for i in listed), "subset: not indices", Malformed)
            inside = set(listed)
        chosen = [requests[i] for i in sorted(inside)]
        value = mean_busy_terms(memory, chosen) if chosen else Fraction(0)
        value += sum(o for i, (_, o, _) in enumerate(requests) if i not in inside)
    need(rational(table, "value") <= value, f"value: the bound is only {float(value):.6g}")
    return ["that every feasible schedule costs at least this bound (lemmas L1, L2, L4)"]


# ---------------------------------------------------------------- polynomials
def polynomial(text, names=None):
    """{((variable, power), ...): coefficient}; `names` maps some names to polynomials."""
    need(isinstance(text, str) and len(text) < 20_000, "not an expression", Malformed)

    def times(p, q):
        out = defaultdict(Fraction)
        for (m, a) in p.items():
            for (n, b) in q.items():
                powers = dict(m)
                for x, k in n:
                    powers[x] = powers.get(x, 0) + k
                out[tuple(sorted(powers.items()))] += a * b
        return {m: c for m, c in out.items() if c}

    def plus(p, q, sign):
        out = defaultdict(Fraction, p)
        for m, c in q.items():
            out[m] += sign * c
        return {m: c for m, c in out.items() if c}

    def value(node):
        match node:
            case ast.Constant(value=int(k)) if type(k) is int:
                return {(): Fraction(k)} if k else {}
            case ast.Name(id=x):
                return names[x] if names and x in names else {((x, 1),): Fraction(1)}
            case ast.UnaryOp(op=ast.USub(), operand=x):
                return plus({}, value(x), -1)
            case ast.BinOp(left=x, op=ast.Add(), right=y):
                return plus(value(x), value(y), 1)
            case ast.BinOp(left=x, op=ast.Sub(), right=y):
                return plus(value(x), value(y), -1)
            case ast.BinOp(left=x, op=ast.Mult(), right=y):
                return times(value(x), value(y))
            case ast.BinOp(left=x, op=ast.Div(), right=ast.Constant(value=int(k))) if k:
                return {m: c / k for m, c in value(x).items()}
            case ast.BinOp(left=x, op=ast.Pow(), right=ast.Constant(value=int(k))) if 0 < k < 9:
                result = value(x)
                for _ in range(k - 1):
                    result = times(result, value(x))
                return result
        raise Malformed("expression: only + - * / and powers of names and integers")

    try:
        return value(ast.parse(text, mode="eval").body)
    except (SyntaxError, RecursionError):
        raise Malformed("expression does not parse") from None


def at(poly, point):
    total = Fraction(0)
    for monomial, c in poly.items():
        for x, k in monomial:
            need(x in point, f"no value for {x}")
            c *= point[x] ** k
        total += c
    return total


def parts(table):
    """The named polynomials of an obligation: given (>= 0), equal (= 0), squares, and the goal."""
    given = {k: polynomial(v) for k, v in field(table, "given", dict).items()}
    equal = {k: polynomial(v) for k, v in field(table, "equal", dict).items()}
    squares = {k: polynomial(f"({v})**2") for k, v in field(table, "squares", dict).items()}
    named = len(given) + len(equal) + len(squares)
    need(len({**given, **equal, **squares}) == named, "a name is used twice", Malformed)
    return given, equal, squares, polynomial(field(table, "goal", str))


def point_of(table, name):
    return {x: rational(field(table, name, dict), x) for x in field(table, name, dict)}


def check_obligation(table):
    given, equal, squares, goal = parts(table)
    strict = field(table, "relation", str)
    need(strict in (">= 0", "= 0"), "unknown relation", Malformed)
    names = given | equal | squares
    proof = polynomial(field(table, "proof", str))
    for monomial, c in proof.items():
        if any(x in equal for x, _ in monomial):
            continue  # zero, whatever multiplies it
        need(strict == ">= 0", "an equation needs a proof from equations")
        need(c > 0, "a negative multiplier")
        for x, k in monomial:
            need(x in given or x in squares or k % 2 == 0, f"{x} is not known to be >= 0")
    need(polynomial(table["proof"], names) == goal, "the proof does not add up to the goal")
    witness = point_of(table, "witness")
    need(all(at(p, witness) >= 0 for p in given.values()), "witness violates a hypothesis")
    need(all(at(p, witness) == 0 for p in equal.values()), "witness violates an equation")
    twin = field(table, "twin", dict)
    given, equal, _, goal = parts(twin)
    model = point_of(twin, "model")
    holds = all(at(p, model) >= 0 for p in given.values())
    need(holds and all(at(p, model) == 0 for p in equal.values()), "twin: no counter-model")
    wrong = at(goal, model)
    need(wrong < 0 or (strict == "= 0" and wrong), "twin: the counter-model meets the goal")


def check_lemma(table):
    field(table, "lemma", str)
    field(table, "statement", str)
    for obligation in field(table, "obligations", list):
        name = field(obligation, "name", str)
        try:
            check_obligation(obligation)
        except Invalid as error:
            raise Invalid(f"obligation {name}: {error}") from None
    trusts = [f"schema: {text}" for text in field(table, "schemas", list)]
    return trusts + [f"lemma {key}" for key in field(table, "rests_on", list)]


KINDS = {
    "counterexample": check_counterexample,
    "lower-bound": check_lower_bound,
    "lemma": check_lemma,
}


def check(path):
    """What the valid certificate at `path` leaves to trust; Malformed or Invalid otherwise."""
    table = load(path)
    need(isinstance(table, dict), "not an object", Malformed)
    need(table.get("format") == "kvcr-certificate/1", "not a kvcr-certificate/1", Malformed)
    kind = field(table, "kind", str)
    need(kind in KINDS, f"unknown kind {kind[:40]!r}", Malformed)
    return kind, KINDS[kind](table)


def main(arguments):
    if len(arguments) != 1:
        print("usage: python checker.py CERTIFICATE", file=sys.stderr)
        return 2
    try:
        kind, trusts = check(arguments[0])
    except Malformed as error:
        print(f"{arguments[0]}: malformed: {error}", file=sys.stderr)
        return 2
    except Invalid as error:
        print(f"{arguments[0]}: invalid: {error}")
        return 1
    print(f"{arguments[0]}: valid {kind}" + "".join(f"\n  trusts {t}" for t in trusts))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
