"""What `logs anomalies` and `logs watch` return, and how it looks."""

from __future__ import annotations

from datetime import datetime, timedelta, tzinfo

from pydantic import Field

from offcall.accesslogs.anomalies.model import Anomalies, Incident
from offcall.accesslogs.anomalies.wording import KINDS, causes_text, headline, size_text, when_text
from offcall.accesslogs.results.answers import Reading, first_of
from offcall.core.documents import Block, Column, Document, Facts, Heading, Line, Table, Tone
from offcall.core.findings import Finding
from offcall.core.render.humane import duration_text, time_text
from offcall.core.results import Result
from offcall.core.text import plural

__all__ = ["AnomalyList", "Watched", "looked_at"]


class AnomalyList(Result):
    """Stretches of time in which the traffic was not as usual."""

    asked: str = Field(default="", description="What narrowed it down, in words.")
    reading: Reading = Field(default_factory=Reading)
    anomalies: Anomalies = Field(default_factory=Anomalies)
    findings: tuple[Finding, ...] = ()

    def document(self, zone: tzinfo) -> Document:
        """A table, then each in words."""
        found = self.anomalies
        under = "; ".join(filter(None, (self.reading.words(), self.asked)))
        if not found.minutes:
            nothing = Line("no requests: nothing can be said of what is usual", Tone.WARN)
            return Document("Anomalies", under, (nothing,))
        blocks: list[Block] = [_table(found.incidents, zone)]
        for one in found.incidents:
            blocks += _told(one, zone)
        blocks += [Line(each, Tone.MUTED) for each in looked_at(found)]
        return Document("Anomalies", under, tuple(blocks))

    def all_findings(self) -> tuple[Finding, ...]:
        """One for each incident."""
        return self.findings

    def failed(self) -> bool:
        """More lines were malformed than was allowed."""
        return self.reading.too_many

    def incomplete(self) -> tuple[str, ...]:
        """Malformed lines, and files that could not be read."""
        return self.reading.warnings()


def _table(incidents: tuple[Incident, ...], zone: tzinfo) -> Table:
    rows = tuple(
        (
            time_text(one.start, zone, weekday=False),
            duration_text(one.end - one.start) + (", goes on" if one.ongoing else ""),
            KINDS[one.kind].removesuffix(" than usual"),
            one.route or "all",
            *size_text(one),
        )
        for one in incidents
    )
    columns = (
        Column("since"),
        Column("for"),
        Column("what"),
        Column("route", wide=True),
        Column("seen", right=True),
        Column("usual", right=True),
    )
    return Table(columns, rows, empty="everything was as usual")


def _told(one: Incident, zone: tzinfo) -> list[Block]:
    blocks: list[Block] = [
        Heading(when_text(one, zone)),
        Line(f"{headline(one)}."),
        Line(f"{causes_text(one)}."),
    ]
    if one.routes:
        more = f" and {len(one.routes) - 5} more" if len(one.routes) > 5 else ""
        blocks.append(Line(f"Seen in {', '.join(one.routes[:5])}{more} too.", Tone.MUTED))
    return blocks


def looked_at(found: Anomalies) -> list[str]:
    """What was looked at, and with what it was compared."""
    length = duration_text(timedelta(minutes=found.minutes))
    how = (
        "compared with the same time of other days"
        if found.seasonal
        else "compared with the time before; from two days on, with the same time of other days"
    )
    said = [f"{length} of logs, {how}."]
    coarse = f" ({found.coarse_routes} in steps over a minute)" if found.coarse_routes else ""
    skipped = ""
    if found.skipped_routes:
        skipped = (
            f"; {plural(found.skipped_routes, 'route')} with "
            f"{plural(found.skipped_requests, 'request')} too rare to be judged, but in the total"
        )
    said.append(
        f"All requests, and {plural(found.routes, 'route')} each by itself{coarse}{skipped}."
    )
    if found.left_out:
        said.append(f"{plural(found.left_out, 'more incident')}, nearer to usual, not shown.")
    return said


class Watched(Result):
    """What was seen until the watching stopped."""

    place: str
    since: datetime
    files: int = 0
    lines: int = 0
    rejected: int = 0
    incidents: tuple[Incident, ...] = ()
    findings: tuple[Finding, ...] = ()
    recorded: bool = Field(default=False, description="Findings are in the history.")
    problems: tuple[str, ...] = ()

    def document(self, zone: tzinfo) -> Document:
        """The counts, and every incident that was told."""
        pairs = (
            ("place", self.place),
            ("since", time_text(self.since, zone)),
            ("read", f"{plural(self.lines, 'line')} of {plural(self.files, 'file')}"),
            ("in the history", "yes: offcall notify tells them" if self.recorded else "no"),
        )
        blocks: list[Block] = [Facts(pairs), _table(self.incidents, zone)]
        for one in self.incidents:
            blocks += _told(one, zone)
        return Document("Watched", "", tuple(blocks))

    def all_findings(self) -> tuple[Finding, ...]:
        """One for each incident."""
        return self.findings

    def incomplete(self) -> tuple[str, ...]:
        """Files and lines that could not be read."""
        rejected = (f"{plural(self.rejected, 'line')} could not be read",) if self.rejected else ()
        return (*rejected, *first_of(self.problems))
