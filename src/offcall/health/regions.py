"""Where AWS sends a region's Health events besides to the region itself. Pure.

https://docs.aws.amazon.com/health/latest/ug/choosing-a-region.html, and for China
https://docs.amazonaws.cn/en_us/health/latest/ug/choosing-a-region.html
"""

from __future__ import annotations

from collections.abc import Iterable

__all__ = ["backup_of", "global_of", "to_read"]

_OREGON, _VIRGINIA, _GOVCLOUD = "us-west-2", "us-east-1", "us-gov-west-1"
_CHINA = {"cn-north-1": "cn-northwest-1", "cn-northwest-1": "cn-north-1"}


def backup_of(region: str) -> str | None:
    """The region that gets a copy, or None where AWS names none (GovCloud)."""
    if region.startswith("cn-"):
        return _CHINA.get(region)
    if region.startswith(("us-gov-", "us-iso", "eusc-", "eu-iso")):
        return None
    return _VIRGINIA if region == _OREGON else _OREGON


def global_of(wanted: Iterable[str]) -> tuple[str, ...]:
    """Where the events of global services arrive, for the partitions of these regions."""
    regions = list(wanted)
    found = []
    if not regions or any(backup_of(one) in (_OREGON, _VIRGINIA) for one in regions):
        found.append(_VIRGINIA)
    if any(one.startswith("us-gov-") for one in regions):
        found.append(_GOVCLOUD)
    return tuple(found)


def to_read(wanted: Iterable[str]) -> tuple[str, ...]:
    """Every region whose rules matter to who runs something in these."""
    regions = tuple(wanted)
    everywhere = (*regions, *global_of(regions))
    return tuple(dict.fromkeys((*everywhere, *filter(None, map(backup_of, everywhere)))))
