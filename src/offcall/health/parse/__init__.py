"""From bytes to deliveries: every shape in which AWS Health events reach people."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, BinaryIO

from offcall.health.model import Delivery, Origin, Reject

__all__ = ["MAX_BODY", "from_api", "parse", "parse_stream"]

MAX_BODY = 32 * 1024 * 1024
"""Bytes of the largest body that is understood; AWS sends at most 256 KB in one message."""


def parse(body: bytes | str, *, origin: Origin) -> list[Delivery | Reject]:
    """Understand one body (a message, a line, a document). Never raises on bad input."""
    raise NotImplementedError


def parse_stream(stream: BinaryIO, *, origin: Origin) -> Iterator[Delivery | Reject]:
    """Understand a file: JSON Lines are read line by line in flat memory; else one document."""
    raise NotImplementedError


def from_api(
    event: dict[str, Any],
    detail: dict[str, Any] | None,
    entities: list[dict[str, Any]],
    account: str | None,
    *,
    origin: Origin,
) -> Delivery | Reject:
    """A delivery from what the Health API answers.

    Args:
        event: an `Event` or `OrganizationEvent` as boto3 gives it.
        detail: the member of `successfulSet` for it (eventDescription, eventMetadata), if any.
        entities: its `AffectedEntity` items, for this account.
        account: the affected account; None for a public event.
    """
    raise NotImplementedError
