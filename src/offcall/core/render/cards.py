"""Findings as every form shows them: grouped, with deadline, owner, runbook, next step in words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from offcall.core.documents import Tone, tone_of
from offcall.core.findings import Finding, Severity
from offcall.core.render.humane import deadline_text, deadline_tone, place_text
from offcall.core.render.view import View
from offcall.core.text import plural, printable, safe_url

__all__ = ["MARKS", "Card", "Member", "cards_of", "summary_text"]

MARKS = {
    Severity.CRITICAL: "✖",
    Severity.HIGH: "▲",
    Severity.MEDIUM: "◆",
    Severity.LOW: "●",
    Severity.INFO: "○",
}


@dataclass(frozen=True, slots=True)
class Member:
    """One resource that a card is about, with what may differ from resource to resource.

    `due` and `starts` are in words; `owner_rule` says where the owner comes from.
    """

    label: str
    place: str
    id: str
    due: str | None
    due_tone: Tone
    starts: str | None
    owner: str | None
    owner_rule: str | None
    runbook: str | None
    runbook_url: str | None
    evidence: tuple[tuple[str, str], ...]
    where: str | None
    fingerprint: str


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
    members: tuple[Member, ...]

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
        key = (one.rule, one.severity, one.title, one.why, one.source, one.fix.model_dump_json())
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
        members=tuple(_member(one, view) for one in group),
    )


def _member(one: Finding, view: View) -> Member:
    resource = one.resource
    where = resource.file
    if where is not None and resource.line is not None:
        where = f"{where}:{resource.line}"
    deadline, starts = one.deadline, one.starts
    return Member(
        label=_line(resource.label),
        place=_line(place_text(resource)),
        id=_line(resource.id),
        due=deadline_text(deadline, view.now, view.zone) if deadline else None,
        due_tone=deadline_tone(deadline, view.now) if deadline else Tone.PLAIN,
        starts=deadline_text(starts, view.now, view.zone)
        if starts and starts != deadline
        else None,
        owner=_line(one.owner.name) if one.owner else None,
        owner_rule=_line(one.owner.rule) if one.owner else None,
        runbook=_line(one.runbook.title) if one.runbook else None,
        runbook_url=safe_url(one.runbook.url) if one.runbook else None,
        evidence=tuple(
            (
                _line(fact.name),
                _line(fact.value + (f" {fact.unit}" if fact.unit else ""))
                + (f" ({_line(fact.source)})" if fact.source else ""),
            )
            for fact in one.evidence
        ),
        where=where,
        fingerprint=one.fingerprint,
    )


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
