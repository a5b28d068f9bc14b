"""Workers side by side: processes of this machine, or a cluster through dask.distributed."""

from __future__ import annotations

import multiprocessing
import os
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from importlib import import_module
from multiprocessing.connection import wait
from typing import TypeVar

from theory.errors import InputError

Job = TypeVar("Job")
Result = TypeVar("Result")

CONNECT = "20s"
"""How long a cluster may take to answer."""


def in_processes(work: Callable[[Job], Result], jobs: Sequence[Job]) -> list[Result]:
    """The results of ``work``, a process for each job. Raises what the first failure raised.

    The processes end with this one, even when it is killed.

    >>> in_processes(abs, [-1, 2])
    [1, 2]
    """
    context = multiprocessing.get_context("spawn")  # a fork would copy the locks of threads
    with ProcessPoolExecutor(len(jobs), context, _end_with_parent) as pool:
        running = [pool.submit(work, job) for job in jobs]
        try:
            return [each.result() for each in running]
        except BaseException:
            for process in list((pool._processes or {}).values()):  # they would go on to the end
                process.terminate()
            raise


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    assert parent is not None

    def watch() -> None:
        wait([parent.sentinel])
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def on_cluster(work: Callable[[Job], Result], jobs: Sequence[Job], address: str) -> list[Result]:
    """The same on the workers of the dask scheduler at ``address``, such as tcp://host:8786.

    Raises InputError when the package distributed is missing or nobody answers.
    """
    try:
        distributed = import_module("distributed")
    except ImportError:
        raise InputError("dask: needs the package distributed (pip install distributed)") from None
    try:
        client = distributed.Client(address, timeout=CONNECT, set_as_default=False)
    except (OSError, ValueError) as error:
        reason = " ".join(str(error).split())[:200]
        raise InputError(f"dask: no scheduler at {address}: {reason}") from None
    with client:
        results: list[Result] = client.gather(client.map(work, jobs, pure=False))
        return results
