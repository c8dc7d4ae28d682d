"""What identifies an event's row: short, unique, and made so that all accounts of an ARN stand
together."""

from __future__ import annotations

from functools import lru_cache
from hashlib import blake2b

__all__ = ["arn_range", "event_key"]


def event_key(account: str, arn: str) -> bytes:
    """The key of an event for an affected account ("" for a public one)."""
    return blake2b(arn.encode(), digest_size=8).digest() + _of_account(account)


def arn_range(arn: str) -> tuple[bytes, bytes]:
    """The first and the last key that an event of this ARN can have."""
    begin = blake2b(arn.encode(), digest_size=8).digest()
    return begin, begin + b"\xff" * 8


@lru_cache(maxsize=4096)
def _of_account(account: str) -> bytes:
    return blake2b(account.encode(), digest_size=8).digest()
