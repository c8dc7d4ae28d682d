"""What was promised: "99.9% under 200 ms over 30 days"."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from offcall.core.errors import UserError

__all__ = ["BURNS", "Burn", "Objective", "parse_objective"]

_FORM = re.compile(
    r"\s*(?P<share>\d+(?:\.\d+)?)\s*%\s+"
    r"(?:under\s+(?P<bound>\d+(?:\.\d+)?)\s*(?P<unit>ms|s)|(?P<answered>without\s+5xx))"
    r"(?:\s+over\s+(?P<days>\d+)\s*(?:d|days?))?\s*",
    re.IGNORECASE,
)
_EXPECTED = "such as 99.9% under 200 ms over 30 days, or 99.95% without 5xx over 30 days"


@dataclass(frozen=True, slots=True)
class Burn:
    """A pair of windows of time; when the budget burns so fast in both, somebody must know.

    The short one ends the alert soon after the trouble is over.
    Source: The Site Reliability Workbook, "Alerting on SLOs".
    """

    long: timedelta
    short: timedelta
    rate: float
    page: bool


BURNS = (
    Burn(timedelta(hours=1), timedelta(minutes=5), 14.4, page=True),
    Burn(timedelta(hours=6), timedelta(minutes=30), 6, page=True),
    Burn(timedelta(days=1), timedelta(hours=2), 3, page=False),
    Burn(timedelta(days=3), timedelta(hours=6), 1, page=False),
)
"""For a budget of 30 days: 2 %, 5 %, 10 % and 10 % of it are gone before the alert."""


@dataclass(frozen=True, slots=True)
class Objective:
    """A share of requests that are to be good.

    A request is good when it was answered without a 5xx and, if there is a bound, within it. What
    the balancer answers itself, such as a redirect, is within any bound; a request that a client
    gave up before its target answered is not.

    Attributes:
        share: percent of requests.
        under: seconds, or None when any time is good.
        days: over which the share counts.
        text: as it was written.
    """

    share: Decimal
    under: Decimal | None
    days: int
    text: str

    @property
    def budget(self) -> float:
        """Which share of requests may be bad, 0 to 1."""
        return float((100 - self.share) / 100)

    def good(self) -> str:
        """Whether a request is good, as SQL."""
        answered = "elb_status_code BETWEEN 100 AND 499"
        if self.under is None:
            return answered
        # A connection that was upgraded to a WebSocket has no time of an answer.
        in_time = f"target_processing_time <= {self.under} OR elb_status_code = 101"
        return f"{answered} AND ({in_time} OR (target IS NULL AND target_status_code IS NULL))"


def parse_objective(text: str) -> Objective:
    """Understand an objective.

    Raises:
        UserError: it is none, or promises everything.
    """
    found = _FORM.fullmatch(text)
    if found is None:
        raise UserError("this is no objective", value=text, expected=_EXPECTED)
    share = Decimal(found["share"])
    if not 0 < share < 100:
        raise UserError(
            "an objective is more than 0 % and less than 100 %, which leaves no budget",
            value=text,
            expected=_EXPECTED,
        )
    under = None
    if found["bound"] is not None:
        under = Decimal(found["bound"]) / (1000 if found["unit"].lower() == "ms" else 1)
    days = int(found["days"] or 30)
    if not 1 <= days <= 400:
        raise UserError("an objective is over 1 to 400 days", value=text, expected=_EXPECTED)
    return Objective(share, under, days, text.strip())
