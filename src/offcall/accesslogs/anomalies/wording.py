"""An incident in a sentence that a person understands in the middle of the night."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta, tzinfo

from offcall.accesslogs.anomalies.model import Contribution, Dimension, Incident, Kind
from offcall.core.render.figures import count, seconds_text, share
from offcall.core.render.humane import duration_text, zone_text

__all__ = [
    "KINDS",
    "causes_text",
    "headline",
    "mostly",
    "sentence",
    "size_text",
    "utc",
    "when_text",
]

KINDS: dict[Kind, str] = {
    "more-requests": "more requests than usual",
    "fewer-requests": "fewer requests than usual",
    "server-errors": "more answers with 5xx than usual",
    "client-errors": "more answers with 4xx than usual",
    "slow": "slower than usual",
}

_NOUNS: dict[Dimension, str] = {
    "route": "route",
    "target": "target",
    "client": "client",
    "status": "status",
    "agent": "user agents of the family",
}


def sentence(one: Incident, zone: tzinfo) -> str:
    """When, what, how much, and what made the difference."""
    return f"{when_text(one, zone)}: {headline(one)}. {causes_text(one)}."


def when_text(one: Incident, zone: tzinfo) -> str:
    """ "Since 08:31 UTC on 24 Nov", "24 Nov 08:31 – 08:59 UTC (28 minutes)"."""
    start, end = one.start.astimezone(zone), one.end.astimezone(zone)
    day = f"{start.day} {start:%b}"
    if one.ongoing:
        return f"Since {start:%H:%M} {zone_text(one.start, zone)} on {day}"
    until = f"{end:%H:%M}" if end.date() == start.date() else f"{end.day} {end:%b} {end:%H:%M}"
    length = duration_text(timedelta(seconds=(end - start).total_seconds()))
    return f"{day} {start:%H:%M} – {until} {zone_text(one.start, zone)} ({length})"


def headline(one: Incident) -> str:
    """What happened, and how much of it."""
    where = f"of {one.route or 'all requests'}"
    match one.kind:
        case "server-errors" | "client-errors":
            code = "5xx" if one.kind == "server-errors" else "4xx"
            return (
                f"{share(one.observed)} {where} answered with {code}, usually "
                f"{share(one.expected)}: {count(round(one.excess))} more than usual"
            )
        case "slow":
            return (
                f"p95 {where} is {seconds_text(one.observed)}, usually {seconds_text(one.expected)}"
            )
        case _ if one.observed == 0:
            of = f" to {one.route}" if one.route else ""
            return (
                f"no request{of} at all, usually {_rate(one.expected)} a minute: "
                "an outage in front of the balancer, or logs that are missing"
            )
        case _:
            of = f" to {one.route}" if one.route else ""
            return (
                f"{_rate(one.observed)} requests{of} a minute, usually {_rate(one.expected)}: "
                f"{_times(one.observed / max(one.expected, 0.1))} as many"
            )


def size_text(one: Incident) -> tuple[str, str]:
    """What was seen and what is usual, with units."""
    if one.kind == "slow":
        return seconds_text(one.observed), seconds_text(one.expected)
    if one.kind.endswith("-errors"):
        return share(one.observed), share(one.expected)
    return f"{_rate(one.observed)}/min", f"{_rate(one.expected)}/min"


def causes_text(one: Incident) -> str:
    """What the difference is made of."""
    said = list(_causes(one.causes))
    if not said:
        return "It is spread over all targets, clients and user agents"
    named = said[0] + "".join(f"; {each}" for each in said[1:])
    return f"Of the difference, {named}"


def _causes(causes: Sequence[Contribution]) -> Iterator[str]:
    for dimension in dict.fromkeys(one.dimension for one in causes):
        mine = [one for one in causes if one.dimension == dimension]
        values = " and ".join(one.value or "(none)" for one in mine)
        before = sum(one.before for one in mine)
        yield (
            f"{_percent(sum(one.share for one in mine))} is {_NOUNS[dimension]} {values} "
            f"({_percent(before)} of the requests before)"
        )


def mostly(one: Incident) -> str:
    """What explains most of it, in a few words that stay the same while it goes on."""
    named = [
        f"{_NOUNS[each]} "
        + " and ".join(sorted(x.value or "(none)" for x in one.causes if x.dimension == each))
        for each in dict.fromkeys(x.dimension for x in one.causes)
    ]
    return "mostly " + ", ".join(named) if named else "everywhere"


def _percent(part: float) -> str:
    return "none" if part == 0 else f"{min(part, 1):.0%}" if part >= 0.01 else "under 1%"


def _rate(number: float) -> str:
    return f"{number:,.0f}" if number >= 10 else f"{number:.1f}"


def _times(ratio: float) -> str:
    return f"{ratio:.1f} times" if ratio >= 1 else share(ratio)


def utc(at: datetime) -> str:
    """ "2026-11-24 08:31Z"."""
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M}Z"
