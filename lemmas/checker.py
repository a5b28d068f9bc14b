"""The independent checker of kvcr certificates: one file, the standard library, nothing else.

``python checker.py CERTIFICATE`` exits 0 valid, 1 invalid, 2 malformed. A *counterexample* is
rebuilt: the policy's schedule is made anew, both schedules are audited, costs compared exactly.
A *lower-bound* is recomputed. A *lemma* is a list of polynomial obligations; each shows its
goal as a non-negative combination of its hypotheses. A *game* is an adversary's strategy: it is
replayed against everything that a policy may start. What is left to trust is printed.
"""

import ast
import hashlib
import json
import re
import sys
from bisect import bisect_right, insort
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from fractions import Fraction
from functools import reduce
from heapq import heappop, heappush
from itertools import accumulate, product
from math import isqrt, prod
from pathlib import Path
from typing import Any

Poly = dict[tuple[str, ...], Fraction]  # monomial (names with repetition) -> coefficient
Requests = list[tuple[int, int, int]]  # prompt, output, arrival
Ends = dict[int, tuple[int, int]]  # completion step -> how many, and the sum of prompt - start
Shape = tuple[int, int]  # prompt, output
Started = list[tuple[int, int, int]]  # start, prompt, output
RATIONAL = re.compile(r"-?[0-9]{1,4000}(/[1-9][0-9]{,3999})?")
MALFORMED = (ValueError, TypeError, KeyError, SyntaxError, OSError, RecursionError, MemoryError)
MOST_BYTES, MOST_REQUESTS, MOST_TOKENS, MOST_TRIES = 64_000_000, 200_000, 10**15, 10**5


class Invalid(Exception):  # noqa: N818
    """A certificate whose claim does not follow; a malformed one is a ValueError or the like."""


def need(condition: object, message: str, kind: type[Exception] = Invalid) -> None:
    if not condition:
        raise kind(message)


def load(path: str) -> Any:
    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        need(len(dict(pairs)) == len(pairs), "duplicate key", ValueError)
        return dict(pairs)

    def number(text: str) -> int:
        need(text.lstrip("-").isdigit() and len(text) < 40, f"bad number {text:.20}", ValueError)
        return int(text)

    hooks: dict[str, Any] = dict.fromkeys(("parse_float", "parse_int", "parse_constant"), number)
    need(Path(path).stat().st_size <= MOST_BYTES, "larger than 64 MB", ValueError)
    return json.loads(Path(path).read_text("utf-8"), object_pairs_hook=unique, **hooks)


def get(table: Any, name: str, kind: type, least: int = 0) -> Any:
    """A field of exactly this type; a Fraction is written as a string "p/q" or "p"."""
    need(type(table) is dict and name in table, f"{name}: missing", ValueError)
    value = table[name]
    need(type(value) is (str if kind is Fraction else kind), f"{name}: wrong type", ValueError)
    need(kind is not int or least <= value <= MOST_TOKENS, f"{name}: out of range", ValueError)
    if kind is Fraction:
        need(RATIONAL.fullmatch(value), f"{name}: not p/q", ValueError)
        return Fraction(value)
    return value


def read_instance(table: Any) -> tuple[int, Requests]:
    need(get(table, "format", str) == "kvcr-instance/1", "unknown instance format", ValueError)
    memory = get(table, "memory", int, 1)
    requests = read_requests(table, "requests", memory)
    need(requests, "no requests", ValueError)
    return memory, requests


def read_requests(table: Any, name: str, memory: int) -> Requests:
    requests = list[tuple[int, int, int]]()
    for entry in get(table, name, list):
        s, o = get(entry, "prompt", int), get(entry, "output", int, 1)
        full = {"arrival": 0, "count": 1} | entry
        a, count = get(full, "arrival", int), get(full, "count", int, 1)
        need(s + o <= memory, "a request's peak exceeds memory", ValueError)
        need(len(requests) + count <= MOST_REQUESTS, "too many requests", ValueError)
        requests += [(s, o, a)] * count
    return requests


def volume(s: int, o: int) -> int:
    return s * o + o * (o + 1) // 2


def priorities(policy: Any, requests: Requests) -> tuple[list[int], list[str]]:
    if type(policy) is dict:
        order = get(policy, "order", list)
        need(sorted(order) == [*range(len(requests))], "order: not a permutation", ValueError)
        return order, [f"that {get(policy, 'name', str)!r} orders the requests as listed"]
    longest = max(o for _, o, _ in requests)
    edge, low, high = isqrt(longest), isqrt(isqrt(longest)), isqrt(isqrt(longest**3))
    ranks: dict[str, Callable[[int, int, int], int]] = {
        "svf": lambda s, o, a: volume(s, o),
        "one-bit-svf": lambda s, o, a: volume(s, high if o > edge else low),
        "sjf": lambda s, o, a: o,
        "ljf": lambda s, o, a: -o,
        "fcfs": lambda s, o, a: a,
        "peak": lambda s, o, a: s + o,
        "area": lambda s, o, a: s * o,
    }
    rank = ranks[get({"policy": policy}, "policy", str)]
    return sorted(range(len(requests)), key=lambda i: rank(*requests[i])), []


def may_start(ends: Ends, memory: int, s: int, o: int, t: int) -> int:
    """The step t if (s, o) fits there, else a later step before which it surely does not."""
    count = base = held = after = 0
    until, end = t, t + o
    for c in sorted(ends, reverse=True):
        count, base = count + ends[c][0], base + ends[c][1]
        if c >= end:  # so far the first completion not before the candidate's own
            held, after = base + count * end, c
        if c <= end and (excess := base + count * c + s + c - t - memory) > 0:
            until = max(until, min(t + excess, c))
    return max(until, after + 1 - o) if held + s + o > memory else until


def replay(
    memory: int, asked: Requests, order: list[int], backfill: bool, real: Requests | None = None
) -> list[int]:
    """The starts when requests are admitted as `asked`; `real` ones may complete sooner."""
    coming = sorted(range(len(order)), key=lambda k: -asked[order[k]][2])
    waiting, ends, early = list[int](), Ends(), list[Any]()  # waiting: places in `order`
    starts, t = [0] * len(order), 0
    while waiting or coming:
        while coming and asked[order[coming[-1]]][2] <= t:
            insort(waiting, coming.pop())
        while early and early[0][0] <= t:  # its reservation is free
            _, c, load = heappop(early)
            ends[c] = (ends[c][0] - 1, ends[c][1] - load)
        ends = {c: load for c, load in ends.items() if c > t and load[0]}
        wakes, blocked, still = [asked[order[k]][2] for k in coming[-1:]], set(), []
        for n, k in enumerate(waiting):
            s, o, _ = asked[order[k]]
            until = -1 if (s, o) in blocked else may_start(ends, memory, s, o, t)
            if until == t:
                starts[order[k]] = t
                many, load = ends.get(t + o, (0, 0))
                ends[t + o] = (many + 1, load + s - t)
                if real and real[order[k]][1] < o:
                    heappush(early, (t + real[order[k]][1], t + o, s - t))
                continue
            wakes += [until] * (until > t)
            blocked.add((s, o))
            still.append(k)
            if not backfill:
                still += waiting[n + 1 :]
                break
        waiting, t = still, min([*wakes, *(c for c, _, _ in early[:1])], default=t)
    return starts


def replay_restart(
    memory: int, requests: Requests, order: list[int], most: int
) -> tuple[list[int], list[list[int]]]:
    """The starts of the complete runs, and the cut runs [request, start, end], `most` at most.

    Each step: retire; evict the last in order while the next step overflows; start what waits,
    in order, while the next step has room. In between, what runs grows and nothing else changes.
    """
    coming = sorted(range(len(order)), key=lambda k: -requests[order[k]][2])
    waiting, running = list[int](), dict[int, int]()  # places in `order`; place -> start
    starts, cut, t = [0] * len(order), list[list[int]](), 0
    while waiting or coming or running:
        while coming and requests[order[coming[-1]]][2] <= t:
            insort(waiting, coming.pop())
        running = {k: p for k, p in running.items() if p + requests[order[k]][1] > t}
        load = sum(requests[order[k]][0] + t + 1 - p for k, p in running.items())  # in step t + 1
        while load > memory:
            k = max(running)
            p = running.pop(k)
            load -= requests[order[k]][0] + t + 1 - p
            cut.append([order[k], p, t])
            need(len(cut) <= most, "cut: more runs are cut")
            insort(waiting, k)
        while waiting and load + requests[order[waiting[0]]][0] + 1 <= memory:
            k = waiting.pop(0)
            starts[order[k]] = running[k] = t
            load += requests[order[k]][0] + 1
        wakes = [requests[order[k]][2] for k in coming[-1:]]
        wakes += [p + requests[order[k]][1] for k, p in running.items()]
        wakes += [t + 1 + (memory - load) // len(running)] if running else []  # it overflows
        t = min(wakes, default=t)
    return starts, cut


def audit(table: Any, name: str, memory: int, requests: Requests) -> tuple[list[int], int]:
    """A schedule's starts and exact cost; it must respect arrivals and memory."""
    starts = get(table, name, list)
    need(len(starts) == len(requests), f"{name}: one start per request", ValueError)
    opens, closes = defaultdict(list), defaultdict(list)
    for p, (s, o, a) in zip(starts, requests, strict=True):
        need(type(p) is int and p < 2**62, f"{name}: starts must be steps", ValueError)
        need(p >= a, f"{name}: a request starts before its arrival")
        opens[p].append(s - p)
        closes[p + o].append(s - p)
    base = count = 0
    for t in sorted(opens.keys() | closes.keys()):  # between completions the load only grows
        need(base + count * t <= memory, f"{name}: more than {memory} tokens in step {t}")
        base += sum(opens[t]) - sum(closes[t])
        count += len(opens[t]) - len(closes[t])
    return starts, sum(p + o - a for p, (_, o, a) in zip(starts, requests, strict=True))


def declared_requests(table: Any, memory: int, requests: Requests) -> Requests:
    """The requests as the server believes them: no output above what is declared for it."""
    lengths, beta = get(table, "declared", list), get(table["claim"], "overstatement", Fraction)
    need(len(lengths) == len(requests), "declared: one length per request", ValueError)
    for u, (s, o, _) in zip(lengths, requests, strict=True):
        need(type(u) is int and o <= u <= memory - s, "declared: a length is out of range")
        need(u <= beta * o, f"declared: {u} is above {beta} times {o}")
    return [(s, u, a) for u, (s, _, a) in zip(lengths, requests, strict=True)]


def cut_runs(table: Any, memory: int, requests: Requests, starts: list[int]) -> list[list[int]]:
    """The cut runs [request, start, end]; with the complete ones they must fit in memory."""
    attempts, begun = list(requests), list(starts)
    cut: list[list[int]] = get(table, "cut", list)
    for run in cut:
        whole = type(run) is list and len(run) == 3 and all(type(x) is int for x in run)
        need(whole and 0 <= run[0] < len(requests), "cut: not [request, start, end]", ValueError)
        (s, o, a), length = requests[run[0]], run[2] - run[1]
        need(0 < length < o, "cut: a run is empty, or complete")
        attempts.append((s, length, a))
        begun.append(run[1])
    audit({"runs": begun}, "runs", memory, attempts)
    return cut


def check_counterexample(table: Any) -> list[str]:
    """The policy costs more than `bound` times a feasible schedule, peaks <= alpha * memory."""
    memory, requests = read_instance(get(table, "instance", dict))
    admission, claim = get(table, "admission", str), get(table, "claim", dict)
    rules = ("head-of-line", "backfill", "restart", "declared")
    need(admission in rules, "admission: unknown", ValueError)
    asked = declared_requests(table, memory, requests) if admission == "declared" else requests
    order, trusts = priorities(table.get("policy"), asked)
    starts, cost = audit(table, "policy_schedule", memory, requests)
    _, other = audit(table, "good_schedule", memory, requests)
    if admission == "restart":
        cut = cut_runs(table, memory, requests, starts)
        made, evicted = replay_restart(memory, requests, order, len(cut))
        need(sorted(evicted) == sorted(cut), "cut: not the runs that are cut")
    else:
        made = replay(memory, asked, order, admission == "backfill", requests)
    need(made == starts, "policy_schedule is not the schedule that the policy makes")
    ratio, alpha = Fraction(cost, other), Fraction(max(s + o for s, o, _ in asked), memory)
    found = {"policy_cost": cost, "good_cost": other, "ratio": ratio, "alpha": alpha}
    for name, value in found.items():
        need(get(table, name, Fraction) == value, f"{name}: it is {value}")
    need(alpha <= get(claim, "alpha", Fraction) <= 1, f"claim: alpha of the instance is {alpha}")
    need(ratio > get(claim, "bound", Fraction), f"claim: the ratio is {ratio}, not above the bound")
    return trusts


def check_lower_bound(table: Any) -> list[str]:
    """L1, or L4 on the requests in `subset` plus the lengths of the rest; for bursts."""
    memory, requests = read_instance(get(table, "instance", dict))
    need(all(a == 0 for _, _, a in requests), "only bounds for bursts are certified")
    name, kept = get(table, "bound", str), set(get(table, "subset", list))
    need(kept <= {*range(len(requests))}, "subset: not indices", ValueError)
    chosen = [(s, o) for i, (s, o, _) in enumerate(requests) if i in kept]
    volumes = sorted(volume(s, o) for s, o in chosen)
    value = Fraction(sum(accumulate(volumes)), memory)
    if name != "volume":
        need(name in ("length", "mean-busy-time", "subset"), "bound: unknown", ValueError)
        value += sum(o for _, o, _ in requests) - sum(o for _, o in chosen)
        value -= Fraction(sum(volumes), 2 * memory)
        for s, o in chosen:
            value += Fraction(6 * s * o + (o + 1) * (2 * o + 1), 12 * s + 6 * (o + 1))
    need(get(table, "value", Fraction) <= value, f"value: the bound is only {value}")
    return ["that every feasible schedule costs at least this bound (lemmas L1, L2, L4)"]


def held(started: Started, t: int) -> int:
    return sum(s + t - p for p, s, o in started if p < t <= p + o)


def legal_replies(memory: int, waiting: list[Shape], started: Started, t: int) -> Iterator[Any]:
    """Every multiset of waiting (prompt, output) that fits beside what runs in all later steps."""
    kinds = Counter(waiting)
    need(prod(n + 1 for n in kinds.values()) <= MOST_TRIES, "too many replies", ValueError)
    for counts in product(*(range(n + 1) for n in kinds.values())):
        chosen = [kind for kind, k in zip(kinds, counts, strict=True) for _ in range(k)]
        both = started + [(t, s, o) for s, o in chosen]
        # between two completions the load only grows
        if all(held(both, u) <= memory for u in {p + o for p, _, o in both} if u > t):
            yield sorted(chosen)


def least_starts(memory: int, rest: Requests, started: Started, t: int) -> int:
    """At most the sum of the starts of `rest`, none before t, beside what has started.

    Each holds at least `tokens` in its first step, so only so many can start at a time.
    """
    tokens, arrivals = min((s for s, _, _ in rest), default=0) + 1, sorted(a for _, _, a in rest)
    total = done = tries = 0
    while done < len(arrivals):
        t, tries = max(t, arrivals[done]), tries + 1
        need(tries <= MOST_TRIES, "a request waits too long", ValueError)
        k = min(bisect_right(arrivals, t) - done, (memory - held(started, t + 1)) // tokens)
        total, done, t = total + k * t, done + k, t + 1
    return total


def check_game(table: Any) -> list[str]:
    """Whatever is started, a policy ends where it pays `bound` times a good schedule, or more."""
    memory, bound = get(table, "memory", int, 1), get(table, "bound", Fraction)
    objective = get(table, "objective", str)
    need(objective in ("flow-time", "completion-time"), "objective: unknown", ValueError)
    # what led to a node that no earlier one has dealt with: step, requests, start of each index
    reached: dict[int, tuple[int, Requests, dict[int, int]]] = {0: (0, [], {})}
    for here, node in enumerate(get(table, "nodes", list)):
        need(here in reached, f"node {here}: no earlier node leads here")
        t, requests, starts = reached.pop(here)
        released = read_requests(node, "release", memory)
        need(all(a >= t for _, _, a in released), f"node {here}: a release in the past")
        requests = requests + released
        started = [(p, *requests[i][:2]) for i, p in starts.items()]
        rest = [i for i in range(len(requests)) if i not in starts]
        if "good" in node:
            need(requests, f"node {here}: nothing was released")
            _, good = audit(node, "good", memory, requests)
            late = sum(a for _, _, a in requests)
            paid = sum(o for _, o, _ in requests) + sum(starts.values()) - late
            paid += least_starts(memory, [requests[i] for i in rest], started, t)
            paid, good = (x + late * (objective != "flow-time") for x in (paid, good))
            need(paid >= bound * good, f"node {here}: {paid} is below {bound} times {good}")
            continue
        waiting, answered = {i: requests[i][:2] for i in rest if requests[i][2] <= t}, list[Any]()
        for reply in get(node, "replies", list):
            chosen, then = get(reply, "start", list), get(reply, "then", int, here + 1)
            need(len({*chosen}) == len(chosen), f"node {here}: a request starts twice")
            need(waiting.keys() >= {*chosen}, f"node {here}: starts what does not wait")
            need(then not in reached, f"node {then}: two replies lead here")
            answered.append(sorted(waiting[i] for i in chosen))
            reached[then] = (t + 1, requests, starts | dict.fromkeys(chosen, t))
        legal = [*legal_replies(memory, [*waiting.values()], started, t)]
        need(sorted(answered) == sorted(legal), f"node {here}: not one reply for each legal start")
    need(not reached, "a reply leads to no node")
    return ["that a policy cannot tell what is released after it chooses"]


def collect(terms: Iterable[tuple[tuple[str, ...], Fraction]]) -> Poly:
    out: Poly = defaultdict(Fraction)
    for monomial, c in terms:
        out[tuple(sorted(monomial))] += c
    return {m: c for m, c in out.items() if c}


def multiply(p: Poly, q: Poly) -> Poly:
    return collect((m + n, a * b) for m, a in p.items() for n, b in q.items())


def polynomial(text: Any, names: dict[str, Poly] | None = None) -> Poly:
    """The polynomial that an arithmetic expression denotes; `names` stand for polynomials."""

    def value(node: Any) -> Poly:
        kind, op = type(node), type(getattr(node, "op", None))
        if kind is ast.Constant and type(node.value) is int:
            return {(): Fraction(node.value)} if node.value else {}
        if kind is ast.Name:
            return (names or {}).get(node.id, {(node.id,): Fraction(1)})
        if kind is ast.UnaryOp and op is ast.USub:
            return multiply({(): Fraction(-1)}, value(node.operand))
        need(kind is ast.BinOp, "expression: only + - * / ** of names and integers", ValueError)
        left, right = value(node.left), value(node.right)
        if op in (ast.Add, ast.Sub):
            other = right if op is ast.Add else multiply({(): Fraction(-1)}, right)
            return collect([*left.items(), *other.items()])
        if op is ast.Mult:
            return multiply(left, right)
        k = right.get((), Fraction(0))
        need(right == {(): k} and k in range(1, 99), "expression: bad number", ValueError)
        need(op is ast.Div or (op is ast.Pow and k < 9), "expression: bad operator", ValueError)
        return multiply(left, {(): 1 / k}) if op is ast.Div else reduce(multiply, [left] * int(k))

    need(type(text) is str and len(text) < 20_000, "expression: not a text", ValueError)
    return value(ast.parse(text.strip(), mode="eval").body)


def group(table: Any, name: str) -> dict[str, Poly]:
    shape = "({})**2" if name == "squares" else "{}"  # squares are given by what is squared
    return {k: polynomial(shape.format(v)) for k, v in get(table, name, dict).items()}


def at(poly: Poly, point: dict[str, Fraction]) -> Fraction:
    need(all(x in point for m in poly for x in m), "a point gives no value for a variable")
    return sum((reduce(lambda c, x: c * point[x], m, c) for m, c in poly.items()), Fraction(0))


def check_obligation(table: Any) -> None:
    """The proof adds up, its multipliers have the right signs, its twin has a counter-model."""
    given, equal, squares = (group(table, name) for name in ("given", "equal", "squares"))
    relation, names = get(table, "relation", str), given | equal | squares
    need(len(names) == len(given) + len(equal) + len(squares), "a name is used twice")
    for monomial, c in polynomial(get(table, "proof", str)).items():
        if not any(x in equal for x in monomial):  # a term with an equation is zero
            need(relation == ">= 0" and c > 0, "a negative multiplier, or no equation")
            odd = {x for x in monomial if monomial.count(x) % 2}
            need(odd <= given.keys() | squares.keys(), "a factor is not known to be >= 0")
    goal = polynomial(get(table, "goal", str))
    need(polynomial(table["proof"], names) == goal, "the proof does not add up to the goal")
    for where, key in ((table, "witness"), (twin := get(table, "twin", dict), "model")):
        point = {x: get(where[key], x, Fraction) for x in get(where, key, dict)}
        signs = all(at(p, point) >= 0 for p in group(where, "given").values())
        zeros = all(at(p, point) == 0 for p in group(where, "equal").values())
        need(signs and zeros, f"{key}: a hypothesis does not hold there")
    value = at(polynomial(get(twin, "goal", str)), point)
    need(value < 0 or (value and relation == "= 0"), "model: the twin's goal holds there")


def check_lemma(table: Any) -> list[str]:
    for obligation in get(table, "obligations", list):
        check_obligation(obligation)
    return [f"{what} {x}" for what in ("schemas", "rests_on") for x in get(table, what, list)]


def check(path: str) -> tuple[str, list[str]]:
    table = load(path)
    body = {k: v for k, v in table.items() if k != "digest"} if type(table) is dict else table
    digest = hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()
    need(body is table or table.get("digest", digest) == digest, "digest: a number was changed")
    need(get(table, "format", str) == "kvcr-certificate/1", "unknown format", ValueError)
    checks = {"counterexample": check_counterexample, "lower-bound": check_lower_bound}
    checks |= {"lemma": check_lemma, "game": check_game}
    kind = get(table, "kind", str)
    return kind, checks[kind](table)


def main(arguments: list[str]) -> int:
    path = arguments[0] if len(arguments) == 1 else "usage: checker.py CERTIFICATE"
    try:
        kind, trusts = check(path)
    except (Invalid, *MALFORMED) as error:
        code, word = (1, "invalid") if type(error) is Invalid else (2, "malformed")
        print(f"{path}: {word}: {' '.join(str(error).split())}")
        return code
    print("\n  trusts ".join([f"{path}: valid {kind}", *trusts]))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
