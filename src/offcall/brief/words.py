"""The sentences of a brief."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from offcall.brief.lines import SOON_DAYS
from offcall.brief.merging import event_type
from offcall.core.render.humane import date_text, deadline_text, relative_text, span_text, time_text
from offcall.core.text import has_word, plural

if TYPE_CHECKING:
    from offcall.brief.lines import BriefLine
    from offcall.brief.result import Brief

__all__ = ["due", "headline", "notices", "said", "subtitle"]

MANY = 6


def headline(brief: Brief) -> str:
    """ "3 things need somebody within 7 days. Worst: … Nearest deadline: …"."""
    if not brief.configured:
        return "Nothing to look at yet."
    need = brief.needing
    lines = brief.parts.all()
    if need:
        count = plural(len(need), "thing")
        verb = "needs" if len(need) == 1 else "need"
        parts = [f"{count} {verb} somebody within {SOON_DAYS} days."]
        # Of two that are as bad, the one that is wrong now: it does its harm already.
        worst = max(
            need, key=lambda line: (line.finding.severity.rank, line.finding.category == "open")
        )
        parts.append(f"Worst: {said(worst)}.")
    else:
        parts = [f"Nothing within {SOON_DAYS} days that nobody has taken."]
    ahead = [line for line in (need or lines) if line.at and line.at >= brief.now]
    if ahead:
        nearest = min(ahead, key=lambda line: line.at or brief.now)
        assert nearest.at is not None
        when = deadline_text(nearest.at, brief.now, brief.zone)
        parts.append(f"Nearest deadline: {nearest.finding.resource.label}, {when}.")
    return " ".join(parts)


def said(line: BriefLine) -> str:
    """The resource and what is with it."""
    label, title = line.finding.resource.label, line.finding.title
    return title if has_word(title, label) else f"{label}: {title}"


def due(brief: Brief, line: BriefLine) -> str:
    """ "Thu 26 Nov 2026, in 2 days"; "now" for what is wrong now."""
    if line.at is None or (line.finding.category == "open" and line.at <= brief.now):
        return "now"
    day = date_text(line.at.astimezone(brief.zone), weekday=True)
    return f"{day}, {relative_text(line.at, brief.now, brief.zone)}"


def subtitle(brief: Brief) -> str:
    """When, how far, of what, against what."""
    parts = [time_text(brief.now, brief.zone)]
    span = span_text(brief.start, brief.end, brief.zone)
    if brief.start == brief.now and brief.end:
        span = f"until {date_text(brief.end.astimezone(brief.zone), weekday=True)}"
    parts.append(f"{brief.window} ({span})")
    parts.append(plural(brief.looked_at, "resource"))
    if brief.owners:
        parts.append(f"only {', '.join(brief.owners)}")
    if brief.compared_to:
        ago = relative_text(brief.compared_to, brief.now, brief.zone)
        parts.append(f"compared with {time_text(brief.compared_to, brief.zone)}, {ago}")
    return " · ".join(parts)


def notices(brief: Brief) -> str:
    """One line for everything that needs nothing."""
    found = brief.parts.notices
    kinds = Counter(event_type(line.finding) or line.finding.rule for line in found)
    named = [f"{count} {kind}" for kind, count in kinds.most_common(MANY)]
    more = len(kinds) - MANY
    return (
        f"{plural(len(found), 'notice')} that {'asks' if len(found) == 1 else 'ask'} for nothing: "
        + ", ".join(named)
        + (f" and {plural(more, 'other kind')}" if more > 0 else "")
        + "."
    )
