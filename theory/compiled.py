"""Loops that numba compiles to machine code, once: the result is kept in a cache on disk.

A compiled function takes integers and arrays of integers and knows no overflow: whoever calls
one first checks that its numbers stay below 2^62.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, TypeVar, cast

import numba

F = TypeVar("F", bound=Callable[..., Any])


def compiled(function: F) -> F:
    """The function as machine code; other compiled functions may call it."""
    before = numba.config.CACHE_DIR
    numba.config.CACHE_DIR = _cache_folder()  # read while the function is decorated
    try:
        return cast(F, numba.njit(cache=True, nogil=True)(function))
    finally:
        numba.config.CACHE_DIR = before


@cache
def _cache_folder() -> str:
    """A folder for these very sources, in NUMBA_CACHE_DIR or beside them.

    numba renews a cached function when its own file changes, not when a compiled function that
    it calls does, in another file. So the name depends on every file that may hold one.
    """
    here = Path(__file__).parent
    digest = hashlib.sha256()
    for package in (here, here.parent / "adversaries"):
        for source in sorted(package.rglob("*.py")):
            stamp = source.stat()
            digest.update(f"{source} {stamp.st_mtime_ns} {stamp.st_size}\n".encode())
    base = os.environ.get("NUMBA_CACHE_DIR") or here / "__pycache__"
    return str(Path(base) / f"kvcr-{digest.hexdigest()[:16]}")
