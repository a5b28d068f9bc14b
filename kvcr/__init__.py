"""Machine-checked competitive ratios for LLM-serving schedulers: the public API.

>>> from kvcr import Instance, named_policy, optimum, simulate, cost
>>> instance = Instance.of(12, (0, 9), (1, 5), (4, 8), (2, 6))
>>> cost(instance, simulate(instance, named_policy("svf"))), optimum(instance).upper
(48, 47)
"""

from theory.bounds import LowerBounds, lower_bounds
from theory.claims import Cell, Evidence, Information, Interval, Traffic, Verdict
from theory.errors import InputError, PolicyError
from theory.files import instance_to_data, read_instance
from theory.literature import policy_by_name
from theory.optimum import Optimum, Status, optimum
from theory.policy import (
    POLICIES,
    Action,
    Admission,
    Job,
    OnlinePolicy,
    Policy,
    Restarter,
    Scheduler,
    named_policy,
)
from theory.request import Instance, Request
from theory.restart import RestartSchedule
from theory.schedule import Schedule, cost, is_feasible, require_feasible
from theory.simulator import execute, simulate, worst_schedule
from theory.traces import Trace, read_trace

__version__ = "0.1.0"

__all__ = [
    "POLICIES",
    "Action",
    "Admission",
    "Cell",
    "Evidence",
    "Information",
    "InputError",
    "Instance",
    "Interval",
    "Job",
    "LowerBounds",
    "OnlinePolicy",
    "Optimum",
    "Policy",
    "PolicyError",
    "Request",
    "RestartSchedule",
    "Restarter",
    "Schedule",
    "Scheduler",
    "Status",
    "Trace",
    "Traffic",
    "Verdict",
    "cost",
    "execute",
    "instance_to_data",
    "is_feasible",
    "lower_bounds",
    "named_policy",
    "optimum",
    "policy_by_name",
    "read_instance",
    "read_trace",
    "require_feasible",
    "simulate",
    "worst_schedule",
]
