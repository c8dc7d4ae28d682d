"""Finding a byte: the C library's `memchr`, called from compiled code.

It looks at 32 bytes in one step, where a loop looks at one.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numpy as np
from llvmlite import ir
from numba import njit, types
from numba.core import cgutils
from numba.extending import intrinsic

__all__ = ["compiled", "find"]

F = TypeVar("F", bound=Callable[..., Any])


def compiled(function: F) -> F:
    """Compile once and keep it on disk; it runs beside other threads.

    Where nothing can be kept, as on a read-only disk, it is compiled anew in each process.
    """
    how: dict[str, Any] = {"nogil": True, "boundscheck": False, "error_model": "numpy"}
    try:
        made = njit(cache=True, **how)(function)
    except RuntimeError:  # Numba finds no folder to keep it in.
        made = njit(**how)(function)
    return cast("F", made)


def _call_memchr(_context: Any, _address: Any, _byte: Any, _count: Any) -> Any:
    def code(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        pointer, word = ir.IntType(8).as_pointer(), ir.IntType(64)
        kind = ir.FunctionType(pointer, [pointer, ir.IntType(32), word])
        declare: Any = cgutils.get_or_insert_function
        function = declare(builder.module, kind, "memchr")
        start = builder.inttoptr(arguments[0], pointer)
        return builder.ptrtoint(builder.call(function, [start, *arguments[1:]]), word)

    return types.intp(types.intp, types.int32, types.intp), code


_memchr: Any = intrinsic(_call_memchr)


@compiled
def find(text: Any, byte: int, start: int, end: int) -> int:
    """Where `byte` first stands in `text[start:end]`; `end` if nowhere."""
    base = text.ctypes.data
    found: Any = _memchr(base + start, np.int32(byte), end - start)
    return end if found == 0 else found - base
