"""Finding a byte: the C library's `memchr`, called from compiled code.

It looks at 32 bytes in one step, where a loop looks at one.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from llvmlite import ir
from numba import njit, types
from numba.core import cgutils
from numba.extending import intrinsic

__all__ = ["compiled", "find"]

compiled: Any = njit(cache=True, nogil=True, boundscheck=False, error_model="numpy")
"""Compiled once and kept on disk; runs beside other threads."""


@intrinsic
def _memchr(_context: Any, address: Any, byte: Any, count: Any) -> Any:
    def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        pointer, word = ir.IntType(8).as_pointer(), ir.IntType(64)
        kind = ir.FunctionType(pointer, [pointer, ir.IntType(32), word])
        function = cgutils.get_or_insert_function(builder.module, kind, "memchr")
        start = builder.inttoptr(arguments[0], pointer)
        return builder.ptrtoint(builder.call(function, [start, *arguments[1:]]), word)

    return types.intp(types.intp, types.int32, types.intp), code


@compiled
def find(text: Any, byte: int, start: int, end: int) -> int:
    """Where `byte` first stands in `text[start:end]`; `end` if nowhere."""
    base = text.ctypes.data
    found = _memchr(base + start, np.int32(byte), end - start)
    return end if found == 0 else found - base
