"""What the checks share: severity by days, evidence with its sources, the way out."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

from offcall.core.findings import Evidence, Fix, Severity
from offcall.lifecycle.regimes.model import Outlook, Step

__all__ = ["HORIZON", "at", "by_days", "ends", "proof", "sentence", "way_out"]

HORIZON = 180
"""Days ahead at which a date becomes a finding."""


def by_days(days: int) -> Severity:
    """30 days or fewer are high, 90 medium, more low."""
    if days <= 30:
        return Severity.HIGH
    return Severity.MEDIUM if days <= 90 else Severity.LOW


def at(day: date) -> datetime:
    """The first moment of a day, in UTC."""
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def ends(day: date) -> datetime:
    """The end of a last day, which still belongs to its period: the first moment after it."""
    return at(day) + timedelta(days=1)


def proof(outlook: Outlook, step: Step | None = None) -> Iterator[Evidence]:
    """The version, the days with their sources, and the price of `step`."""
    yield Evidence(name="version", value=f"{outlook.title} {outlook.version}")
    for name, day in outlook.dates.named() if outlook.dates else ():
        source = f"{day.source}, {day.as_of}"
        yield Evidence(name=name, value=str(day.on or "over"), source=source)
    if step is not None and step.cost is not None:
        cost = step.cost
        if cost.monthly_usd is None:
            said = f"price unknown: {cost.basis}"
            yield Evidence(name="extended support", value=said, source=cost.source)
        else:
            yield Evidence(
                name="extended support",
                value=f"{cost.monthly_usd:,}",
                unit="USD/month",
                source=cost.source,
            )
            yield Evidence(name="computed as", value=cost.basis)


def sentence(words: str) -> str:
    """The words with a capital at the beginning and a full stop at the end."""
    return f"{words[0].upper()}{words[1:].removesuffix('.')}."


def way_out(outlook: Outlook, first: str | None = None, *, minor: bool = False) -> Fix:
    """The versions to move to and the commands; `first` is said before all else.

    With `minor`, the move within the major version is the way out; without, it is not.
    """
    steps = [first] if first else []
    fitting = [move for move in outlook.moves if move.minor is minor]
    steps += [move.text for move in fitting or outlook.moves]
    if not steps:
        steps.append("find out which supported version it can move to, and plan the move")
    commands = dict.fromkeys(one for move in fitting or outlook.moves for one in move.commands)
    return Fix(steps=tuple(steps), command="\n".join(commands) or None)
