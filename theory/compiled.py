"""Loops that numba compiles to machine code, once: the result is cached beside the source.

A compiled function takes integers and arrays of integers and knows no overflow: whoever calls
one first checks that its numbers stay below 2^62.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba

F = TypeVar("F", bound=Callable[..., Any])

_compile = numba.njit(cache=True, nogil=True)


def compiled(function: F) -> F:
    """The function as machine code; other compiled functions may call it."""
    return cast(F, _compile(function))
