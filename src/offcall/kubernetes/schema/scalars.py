"""The scalar types of Kubernetes' schemas, by the names that they have in the data."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Iterable
from datetime import date, datetime
from typing import Any

from offcall.kubernetes.schema.types import Scalar

__all__ = ["SCALARS", "one_of"]

# https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/
_QUANTITY = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([numkMGTPE]|[KMGTPE]i|[eE][+-]?\d+)?")
_NEARLY_QUANTITY = re.compile(r"\s*(\d+(?:\.\d+)?)\s*([kKmMgGtT])(i?)[bB]?\s*")
_TIME = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)")


def _integer(bits: int) -> Callable[[Any], str | None]:
    limit = 2 ** (bits - 1)

    def test(value: Any) -> str | None:
        if isinstance(value, float) and not value.is_integer():
            return "not a whole number"
        return None if -limit <= value < limit else f"it does not fit into {bits} bits"

    return test


def _quantity(value: Any) -> str | None:
    if not isinstance(value, str) or _QUANTITY.fullmatch(value):
        return None
    meant = _NEARLY_QUANTITY.fullmatch(value)
    if meant is None:
        return f"'{value}' is not a quantity"
    number, unit, _ = meant.groups()
    binary = f"{number}{unit.upper()}i"
    decimal = f"{number}{'k' if unit in 'kK' else unit.upper()}"
    return f"'{value}' is not a quantity; {binary} or {decimal} is"


def _int_or_string(value: Any) -> str | None:
    return None if isinstance(value, str) else _integer(32)(value)


def _time(value: Any) -> str | None:
    if not isinstance(value, str) or _TIME.fullmatch(value):
        return None
    return f"'{value}' is not a time such as 2026-01-31T12:00:00Z"


def _bytes(value: Any) -> str | None:
    # What it is stays unsaid: it may be a secret.
    try:
        base64.b64decode("".join(value.split("\n")), validate=True)
    except (binascii.Error, ValueError):
        return "the text is not base64"
    return None


# Dates without quotes are strings to Kubernetes, whatever a reader of YAML makes of them.
_TEXT = frozenset({str, date, datetime})
_NUMBER = frozenset({int, float})

SCALARS = {
    "boolean": Scalar("a boolean", frozenset({bool})),
    "byte": Scalar("base64", _TEXT, _bytes),
    "int-or-string": Scalar("a number or a string", _TEXT | _NUMBER, _int_or_string),
    "int32": Scalar("a whole number", _NUMBER, _integer(32)),
    "int64": Scalar("a whole number", _NUMBER, _integer(64)),
    "number": Scalar("a number", _NUMBER),
    "quantity": Scalar("a quantity such as 500m or 64Mi", _TEXT | _NUMBER, _quantity),
    "string": Scalar("a string", _TEXT),
    "time": Scalar("a time", _TEXT, _time),
}


def one_of(values: Iterable[str], *, required: bool) -> Scalar:
    """A string of these; an empty one is as none, where none is allowed."""
    return Scalar("a string", _TEXT, values=frozenset(values) | (set() if required else {""}))
