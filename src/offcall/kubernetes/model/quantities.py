"""Quantities and counts-or-percents, exactly as Kubernetes reads them.

https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/
"""

from __future__ import annotations

import re
from decimal import Decimal
from functools import lru_cache
from typing import Any

__all__ = ["cores", "int_or_percent", "is_percent", "quantity"]

_QUANTITY = re.compile(
    r"([+-]?(?:\d+\.?\d*|\.\d+))(Ki|Mi|Gi|Ti|Pi|Ei|n|u|m|k|M|G|T|P|E|[eE][+-]?\d+)?"
)
_FACTORS: dict[str | None, Decimal] = {
    None: Decimal(1), "Ki": Decimal(2**10), "Mi": Decimal(2**20), "Gi": Decimal(2**30),
    "Ti": Decimal(2**40), "Pi": Decimal(2**50), "Ei": Decimal(2**60),
    "n": Decimal("1e-9"), "u": Decimal("1e-6"), "m": Decimal("1e-3"), "k": Decimal("1e3"),
    "M": Decimal("1e6"), "G": Decimal("1e9"), "T": Decimal("1e12"), "P": Decimal("1e15"),
    "E": Decimal("1e18"),
}  # fmt: skip
_PERCENT = re.compile(r"(\d{1,9})%")


@lru_cache(maxsize=4096)
def _parsed(text: str) -> Decimal | None:
    found = _QUANTITY.fullmatch(text)
    if found is None:
        return None
    number, suffix = found.groups()
    if suffix in _FACTORS:
        return Decimal(number) * _FACTORS[suffix]
    assert suffix is not None
    power = int(suffix[1:])
    return Decimal(number).scaleb(power) if abs(power) < 100 else None


def quantity(value: Any) -> Decimal | None:
    """The number: bytes of "128Mi", cores of "100m"; None when there is none or it is not one."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    return _parsed(str(value).strip())


def cores(value: Decimal) -> str:
    """Cores as people write them: "250m", "2"."""
    return f"{value.normalize():f}" if value == value.to_integral() else f"{value * 1000:.0f}m"


def is_percent(value: Any) -> bool:
    """Whether a count is written as a percentage: "25%"."""
    return isinstance(value, str) and _PERCENT.fullmatch(value) is not None


def int_or_percent(value: Any, total: int, *, up: bool) -> int | None:
    """A count, or a percentage of `total` rounded up or down; None when it is neither.

    `GetScaledValueFromIntOrPercent` of apimachinery/pkg/util/intstr/intstr.go.
    """
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value
    found = _PERCENT.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        return None
    share = int(found[1]) * total
    return -(-share // 100) if up else share // 100
