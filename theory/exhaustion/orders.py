"""All priority orders of a class of bursts, one after the other, and the worst among them."""

from __future__ import annotations

from theory.columns import Steps
from theory.compiled import compiled
from theory.exhaustion.cheapest import cheapest
from theory.exhaustion.placing import backfill, earliest, slips_in


@compiled
def explore(
    table: Steps,
    requests: int,
    memory: int,
    backfilling: bool,
    record: Steps,
    state: Steps,
    work: Steps,
    turns: int,
) -> bool:
    """Go on through the orders that begin with one shape, for ``turns``; True when all are seen.

    ``table`` lists the shapes in rank order, in rows: prompt, output, the first shape of equal
    rank, tier, floor(2 M lag). An order is a sequence of shapes in which each is followed by
    one of equal or higher rank: so every order that an adversary may choose for a burst is met
    exactly once. ``state`` holds depth, first shape, orders seen, optima searched, and with
    ``work`` all that a later call needs in order to go on.

    Row q of ``record`` is the worst known order of shapes of tier at most q: the policy's
    cost, the optimum, the shapes, the policy's starts, an optimum's starts. The optimum of an
    order is searched only where its ratio to a lower bound, max(L2, L4), exceeds the row, and
    only among schedules cheap enough to exceed it. Rounding the lags down keeps L4 valid.

    Before that, two upper bounds on the policy's cost save its schedule. Head-of-line: the
    last starts when all others have completed, or sooner. Backfill: the k-th to start does so
    when those before it have completed, or sooner, so within the sum of their outputs; a pair
    adds the output of its earlier member, at most the larger one.
    """
    prompt, output, tied_from, tier, lag = table[0], table[1], table[2], table[3], table[4]
    s, o, p, chosen, volume, level = work[0], work[1], work[2], work[3], work[4], work[5]
    lengths, mean, spent, finish, latest = work[6], work[7], work[8], work[9], work[10]
    begin, line, spare = work[11], work[12:15], work[15:]
    depth = state[0]
    for _ in range(turns):
        if depth == 0:  # column 0 stands for no request, column d for the first d
            return True
        chosen[depth] += 1
        x = chosen[depth]
        if x == len(prompt) or (depth == 1 and x > state[1]):
            depth -= 1
            continue
        here = depth - 1
        s[here] = prompt[x]
        o[here] = output[x]
        volume[here] = s[here] * o[here] + o[here] * (o[here] + 1) // 2
        grown = volume[here] + lag[x]
        later = o[here]
        for i in range(here):
            grown += 2 * min(volume[i], volume[here])
            later += max(o[i], o[here])
        lengths[depth] = lengths[here] + o[here]
        mean[depth] = mean[here] + grown  # 2 M times the bound L4
        latest[depth] = latest[here] + later
        level[depth] = max(level[here], tier[x])
        row = level[depth]
        if depth < requests:
            if not backfilling:
                ready = p[here - 1] if here else 0
                p[here] = earliest(s, o, p, here, s[here], o[here], ready, memory)
                spent[depth] = spent[here] + p[here] + o[here]
                finish[depth] = max(finish[here], p[here] + o[here])
            elif depth + 1 == requests:
                spent[depth] = backfill(s, o, depth, memory, p, line)
            chosen[depth + 1] = tied_from[x] - 1
            depth += 1
            continue

        state[2] += 1
        least = max(lengths[depth], -(-mean[depth] // (2 * memory)))
        enough = record[row, 0] * least  # a cost exceeds the row only if cost * optimum > enough
        if backfilling:
            if latest[depth] * record[row, 1] <= enough:
                continue
            t = slips_in(line, here, s[here], o[here], memory)
            if t >= 0 and (spent[here] + t + o[here]) * record[row, 1] <= enough:
                continue
            cost = backfill(s, o, requests, memory, p, spare)
        else:
            if (spent[here] + finish[here] + o[here]) * record[row, 1] <= enough:
                continue
            ready = p[here - 1] if here else 0
            p[here] = earliest(s, o, p, here, s[here], o[here], ready, memory)
            cost = spent[here] + p[here] + o[here]
        if cost * record[row, 1] <= enough:
            continue
        state[3] += 1
        most = (cost * record[row, 1] - 1) // record[row, 0]
        best = cheapest(s, o, requests, memory, most, begin, spare)
        if best > most:
            continue
        for q in range(row, len(record)):
            if cost * record[q, 1] > record[q, 0] * best:
                record[q, 0] = cost
                record[q, 1] = best
                for i in range(requests):
                    record[q, 2 + i] = chosen[i + 1]
                    record[q, 2 + requests + i] = p[i]
                    record[q, 2 + 2 * requests + i] = begin[i]
    state[0] = depth
    return False
