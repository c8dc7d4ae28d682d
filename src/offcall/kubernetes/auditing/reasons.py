"""Why a finding is suppressed, and until when: "reason [until 2027-01-31]"."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

__all__ = ["Reason", "parse_reason"]

_UNTIL = re.compile(r"\s*\buntil\s+(\S+)\s*$")


@dataclass(frozen=True, slots=True)
class Reason:
    """A reason, and the last day on which it counts."""

    text: str
    until: date | None = None

    def is_over(self, today: date) -> bool:
        """Whether it no longer counts."""
        return self.until is not None and today > self.until


def parse_reason(text: str) -> Reason:
    """The reason in a text.

    Raises:
        ValueError: there is none, or what follows "until" is no date.
    """
    until = None
    if found := _UNTIL.search(text):
        try:
            until = date.fromisoformat(found[1])
        except ValueError:
            raise ValueError(f"'until {found[1]}': a date such as 2027-01-31 is expected") from None
        text = text[: found.start()]
    text = text.strip()
    if not text:
        raise ValueError('a reason is expected, such as "waits for the new nodes"')
    return Reason(text, until)
