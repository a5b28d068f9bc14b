"""Schedules, policies and competitive ratios as constraints for Z3, quantifier-free and exact.

Every query has three kinds of answer: a finding, audited by code that shares nothing with the
encoding; a proof that there is none, within stated limits; or a reason for not knowing.
"""

from theory.encoding.policy import RANKED, head_of_line, rank_order, volume_term
from theory.encoding.ratio import ratio_query, ratio_query_up_to, worst_ratio
from theory.encoding.result import QueryResult, WorstRatio
from theory.encoding.schedule import (
    EncodingError,
    Job,
    Outcome,
    ScheduleResult,
    compact,
    feasible,
    numeric_jobs,
    optimum_query,
    unknown_jobs,
)

__all__ = [
    "RANKED",
    "EncodingError",
    "Job",
    "Outcome",
    "QueryResult",
    "ScheduleResult",
    "WorstRatio",
    "compact",
    "feasible",
    "head_of_line",
    "numeric_jobs",
    "optimum_query",
    "rank_order",
    "ratio_query",
    "ratio_query_up_to",
    "unknown_jobs",
    "volume_term",
    "worst_ratio",
]
