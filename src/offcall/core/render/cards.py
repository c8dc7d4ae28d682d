"""Findings as every form shows them: grouped, with deadline, owner, runbook, next step in words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from offcall.core.documents import Tone, tone_of
from offcall.core.findings import Evidence, Finding, Severity
from offcall.core.render.humane import deadline_text, deadline_tone
from offcall.core.render.view import View
from offcall.core.text import plural, printable, safe_url

__all__ = ["MARKS", "Card", "Cluster", "Member", "cards_of", "summary_text"]

MARKS = {
    Severity.CRITICAL: "✖",
    Severity.HIGH: "▲",
    Severity.MEDIUM: "◆",
    Severity.LOW: "●",
    Severity.INFO: "○",
}


@dataclass(frozen=True, slots=True)
class Member:
    """One resource that a card is about.

    `place` is its kind, account, region, file and line, and the field; `id` its whole name when
    that is another.
    """

    label: str
    place: tuple[str, ...]
    id: str | None
    evidence: tuple[tuple[str, str], ...]
    fingerprint: str


@dataclass(frozen=True, slots=True)
class Cluster:
    """Resources of a card that share deadline, owner and runbook.

    `due` and `starts` are in words; `owner_rule` says where the owner comes from.
    """

    due: str | None
    due_tone: Tone
    starts: str | None
    starts_word: str
    owner: str | None
    owner_rule: str | None
    runbook: str | None
    runbook_url: str | None
    members: tuple[Member, ...]

    @property
    def names(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """The labels, those in one place together, with that place."""
        places: dict[tuple[str, ...], list[str]] = {}
        for member in self.members:
            places.setdefault(member.place, []).append(member.label)
        return tuple((", ".join(labels), place) for place, labels in places.items())


@dataclass(frozen=True, slots=True)
class Card:
    """Findings that say the same of several resources; mostly of one."""

    severity: Severity
    title: str
    rule: str
    why: str
    source: str | None
    step: str | None
    steps: tuple[str, ...]
    command: str | None
    sql: str | None
    patch: str | None
    clusters: tuple[Cluster, ...]

    @property
    def members(self) -> tuple[Member, ...]:
        """All resources."""
        return tuple(member for cluster in self.clusters for member in cluster.members)

    @property
    def evidence(self) -> tuple[tuple[str, str], ...]:
        """Names and values, with the resource's label before the name when there are several."""
        several = len(self.members) > 1
        return tuple(
            (f"{member.label}: {name}" if several else name, value)
            for member in self.members
            for name, value in member.evidence
        )

    @property
    def mark(self) -> str:
        """A shape that tells severities apart without colour."""
        return MARKS[self.severity]

    @property
    def word(self) -> str:
        """The severity in words."""
        return self.severity.value.upper()

    @property
    def tone(self) -> Tone:
        """The severity as a tone."""
        return tone_of(self.severity)


def cards_of(findings: Iterable[Finding], view: View) -> list[Card]:
    """The findings as cards, in their order; equal ones on several resources share a card."""
    groups: dict[object, list[Finding]] = {}
    for one in findings:
        key = (
            one.rule,
            one.severity,
            one.title,
            one.why,
            one.source,
            one.fix.model_dump_json(exclude={"edits"}),
        )
        groups.setdefault(key, []).append(one)
    return [_card(group, view) for group in groups.values()]


def _card(group: list[Finding], view: View) -> Card:
    first = group[0]
    fix = first.fix
    return Card(
        severity=first.severity,
        title=_line(first.title),
        rule=first.rule,
        why=printable(first.why).strip(),
        source=first.source,
        step=_line(fix.steps[0]) if fix.steps else None,
        steps=tuple(_line(step) for step in fix.steps),
        command=_code(fix.command),
        sql=_code(fix.sql),
        patch=_code(fix.patch),
        clusters=_clusters(group, view),
    )


def _clusters(group: list[Finding], view: View) -> tuple[Cluster, ...]:
    together: dict[object, list[Finding]] = {}
    for one in group:
        key = (one.deadline, one.starts, one.owner, one.runbook)
        together.setdefault(key, []).append(one)
    return tuple(_cluster(some, view) for some in together.values())


def _cluster(some: list[Finding], view: View) -> Cluster:
    one = some[0]
    deadline, starts = one.deadline, one.starts
    return Cluster(
        due=deadline_text(deadline, view.now, view.zone) if deadline else None,
        due_tone=deadline_tone(deadline, view.now) if deadline else Tone.PLAIN,
        starts=deadline_text(starts, view.now, view.zone)
        if starts and starts != deadline
        else None,
        starts_word="since" if starts and starts <= view.now else "starts",
        owner=_line(one.owner.name) if one.owner else None,
        owner_rule=_line(one.owner.rule) if one.owner else None,
        runbook=_line(one.runbook.title) if one.runbook else None,
        runbook_url=safe_url(one.runbook.url) if one.runbook else None,
        members=tuple(map(_member, some)),
    )


def _member(one: Finding) -> Member:
    resource = one.resource
    where = resource.file
    if where is not None and resource.line is not None:
        where = f"{where}:{resource.line}"
    return Member(
        label=_line(resource.label),
        place=tuple(
            _line(part)
            for part in (resource.kind, resource.account, resource.region, where, resource.field)
            if part
        ),
        id=_line(resource.id) if resource.id != resource.label else None,
        evidence=tuple((_line(fact.name), _fact(fact)) for fact in one.evidence),
        fingerprint=one.fingerprint,
    )


def _fact(fact: Evidence) -> str:
    unit = f" {fact.unit}" if fact.unit else ""
    source = f" ({fact.source})" if fact.source else ""
    return _line(f"{fact.value}{unit}{source}")


def summary_text(findings: Iterable[Finding]) -> str:
    """ "3 findings: 1 critical, 2 high"; the one severity alone when all have it."""
    counts = Counter(one.severity for one in findings)
    total = sum(counts.values())
    if len(counts) == 1:
        return plural(total, f"{next(iter(counts))} finding")
    parts = [f"{counts[one]:,} {one}" for one in reversed(Severity) if counts[one]]
    return f"{plural(total, 'finding')}: {', '.join(parts)}"


def _line(text: str) -> str:
    return " ".join(printable(text).split())


def _code(text: str | None) -> str | None:
    return printable(text).strip("\n") if text else None
