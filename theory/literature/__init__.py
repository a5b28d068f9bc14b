"""Policies of the literature: reconstructions, since their sources' bodies were not at hand."""

from theory.literature.belief import AMax, AMin
from theory.literature.geometric import GBA, GSA
from theory.literature.named import LITERATURE, MC_SF, VLLM_FCFS, policy_by_name
from theory.literature.sorted_f import InOrder, sorted_f

__all__ = [
    "GBA",
    "GSA",
    "LITERATURE",
    "MC_SF",
    "VLLM_FCFS",
    "AMax",
    "AMin",
    "InOrder",
    "policy_by_name",
    "sorted_f",
]
