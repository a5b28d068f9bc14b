"""The first half of T3: tiles that are u full, where requests have a shape.

As in L3, a tile (t, t + k] ends at a step in which requests of age at least k hold D tokens. If
s >= sigma o, each of them held on average over the tile at least u = (2 sigma + 1)/(2 sigma + 2)
of what it holds at the end. So a tile's area is at least u k D, and u D p_j <= V_{j-1}.
"""

from lemmas.obligation import Obligation, Twin

WAITING = (
    Obligation(
        name="a ramp holds u of its box",
        note="g: the job's age at the end of a tile of length k; both sides times 2 sigma + 2",
        given={
            "H_shape": "s - sigma*o",
            "H_sigma": "sigma",
            "H_alive": "o - g",
            "H_present": "g - k",
            "H_length": "k - 1",
        },
        goal="(2*sigma + 2)*(k*(s + g) - k*(k - 1)/2) - (2*sigma + 1)*k*(s + g)",
        proof="(H_length + 1)*(H_shape + H_sigma*H_alive + (H_sigma + 1)*H_present + H_sigma + 1)",
        twin=Twin(
            "the shape is dropped",
            drop=("H_shape",),
            model={"s": 0, "sigma": 2, "o": 3, "g": 3, "k": 3},
        ),
        witness={"s": 3, "sigma": 1, "o": 3, "g": 3, "k": 2},
    ),
    Obligation(
        name="a tile of length k has area at least u k D",
        given={
            "H_area": "area - u*k*load",
            "H_load": "load - D",
            "H_u": "u",
            "H_length": "k - 1",
        },
        goal="area - u*k*D",
        proof="H_area + H_u*(H_length + 1)*H_load",
        twin=Twin(
            "the load is not bounded",
            drop=("H_load",),
            model={"area": 0, "u": 1, "k": 1, "load": 0, "D": 1},
        ),
        witness={"area": 2, "u": 1, "k": 1, "load": 2, "D": 1},
    ),
    Obligation(
        name="tiles add up",
        given={"H_before": "area - u*x*D", "H_tile": "tile - u*k*D"},
        goal="(area + tile) - u*(x + k)*D",
        proof="H_before + H_tile",
        twin=Twin(
            "the tile's area is not counted",
            goal="area - u*(x + k)*D",
            model={"area": 0, "u": 1, "x": 0, "D": 1, "tile": 1, "k": 1},
        ),
        witness={"area": 1, "u": 1, "x": 1, "D": 1, "tile": 1, "k": 1},
    ),
    Obligation(
        name="the area belongs to the requests before j",
        given={
            "H_tiles": "area - u*x*D",
            "H_cover": "x - p_j",
            "H_volume": "V - area",
            "H_u": "u",
            "H_slack": "D",
        },
        goal="V - u*D*p_j",
        proof="H_tiles + H_u*H_slack*H_cover + H_volume",
        twin=Twin(
            "the tiles need not cover p_j",
            drop=("H_cover",),
            model={"area": 0, "u": 1, "x": 0, "D": 1, "p_j": 1, "V": 0},
        ),
        witness={"area": 1, "u": 1, "x": 1, "D": 1, "p_j": 1, "V": 1},
    ),
    Obligation(
        name="waiting adds up: u D times the sum of starts is at most A",
        note="A = sum of V_{j-1} so far; V: the volume before the next request; uD = u D",
        given={"H_so_far": "A - uD*starts", "H_wait": "V - uD*p"},
        goal="(A + V) - uD*(starts + p)",
        proof="H_so_far + H_wait",
        twin=Twin("the next request's wait is not bounded", drop=("H_wait",)),
    ),
)
