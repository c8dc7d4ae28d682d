"""What the catalog's tools answer."""

from __future__ import annotations

from datetime import datetime, tzinfo

from pydantic import Field

from offcall.catalog.owners import Claim
from offcall.core.documents import (
    Block,
    Bullets,
    Column,
    Document,
    Facts,
    FindingList,
    Heading,
    Line,
    Span,
    Table,
    Tone,
)
from offcall.core.findings import Finding, Resource, Runbook
from offcall.core.results import Result
from offcall.core.text import plural

__all__ = ["CatalogCheck", "CatalogList", "Item", "OwnerAnswer", "RunbookAnswer"]


class Item(Result):
    """One entity, and what the catalog makes of it."""

    ref: str
    kind: str
    name: str
    owner: str | None
    owner_from: str | None = Field(description="The rule that says so, with file and line.")
    runbook: Runbook | None
    place: str


class CatalogList(Result):
    """The catalog's entities."""

    items: tuple[Item, ...]
    files: tuple[str, ...]
    runbooks: tuple[Runbook, ...] = Field(description="Markdown runbooks.")
    problems: tuple[str, ...]

    def document(self, zone: tzinfo) -> Document:
        rows = tuple(
            (
                item.name,
                item.kind,
                item.owner or Span("nobody", Tone.WARN),
                Span(item.runbook.title, url=item.runbook.url) if item.runbook else "",
                Span(item.owner_from or item.place, Tone.MUTED),
            )
            for item in self.items
        )
        columns = (
            Column("name"),
            Column("kind"),
            Column("owner"),
            Column("runbook", wide=True),
            Column("from", wide=True),
        )
        files = plural(len(self.files), "file")
        blocks: list[Block] = [
            Table(columns, rows, empty="no entities; name files under catalog.files")
        ]
        if self.runbooks:
            blocks += [
                Heading("Runbooks"),
                Bullets(tuple(Span(one.title, url=one.url) for one in self.runbooks)),
            ]
        return Document(
            "Catalog",
            f"{plural(len(self.items), 'entity', 'entities')} from {files}",
            tuple(blocks),
        )

    def incomplete(self) -> tuple[str, ...]:
        return self.problems


class OwnerAnswer(Result):
    """Who owns a resource, why, and what else was said."""

    resource: Resource
    owner: str | None
    rule: str | None
    lost: tuple[Claim, ...] = Field(description="What other places say, in order of belief.")
    runbook: Runbook | None
    pagerduty: str | None = Field(description="PagerDuty service of its Backstage entity.")

    def document(self, zone: tzinfo) -> Document:
        pairs: list[tuple[str, Span | str]] = [
            ("owner", Span(self.owner, Tone.STRONG) if self.owner else Span("nobody", Tone.WARN)),
        ]
        if self.rule:
            pairs.append(("because", self.rule))
        if self.runbook:
            pairs.append(("runbook", Span(self.runbook.title, url=self.runbook.url)))
        if self.pagerduty:
            pairs.append(("PagerDuty service", self.pagerduty))
        blocks: list[Block] = [Facts(tuple(pairs))]
        if self.owner is None:
            blocks.append(
                Line(
                    "No rule, no Backstage entity, no tag and no default says anything about it. "
                    "Add a tag, an entity of its name, or a rule under catalog.rules."
                )
            )
        if self.lost:
            blocks += [
                Heading("Also said, and not believed", 3),
                Bullets(tuple(f"{claim.owner}: {claim.rule}" for claim in self.lost)),
            ]
        return Document(f"Owner of {self.resource.label}", self.resource.id, tuple(blocks))


class RunbookAnswer(Result):
    """The runbooks that apply to a resource and a topic."""

    resource: Resource
    topic: str | None
    runbook: Runbook | None
    others: tuple[Runbook, ...]

    def document(self, zone: tzinfo) -> Document:
        about = f" about {self.topic}" if self.topic else ""
        title = f"Runbook for {self.resource.label}{about}"
        if self.runbook is None:
            return Document(title, self.resource.id, (Line("no runbook applies", Tone.WARN),))
        first = self.runbook
        blocks: list[Block] = [
            Facts(
                (
                    ("runbook", Span(first.title, Tone.STRONG, first.url)),
                    ("address", first.url),
                    ("because", first.rule),
                )
            )
        ]
        if self.others:
            blocks += [
                Heading("Also", 3),
                Bullets(
                    tuple(Span(f"{one.title} ({one.rule})", url=one.url) for one in self.others)
                ),
            ]
        return Document(title, self.resource.id, tuple(blocks))


class CatalogCheck(Result):
    """What is wrong with the catalog, and what has no owner."""

    source: str
    taken_at: datetime
    entities: int
    resources: int
    findings: tuple[Finding, ...]
    unread: tuple[str, ...] = ()

    def document(self, zone: tzinfo) -> Document:
        looked = (
            f"{plural(self.entities, 'entity', 'entities')}, "
            f"{plural(self.resources, 'resource')} that offcall knows"
        )
        owned = sum(one.rule == "catalog-no-owner" for one in self.findings)
        line = Line(
            f"{plural(len(self.findings), 'finding')}; {owned} of {self.resources:,} "
            "resources have no owner",
            Tone.WARN if self.findings else Tone.OK,
        )
        return Document(
            "Catalog check",
            f"{looked} · {self.source}",
            (line, FindingList(self.findings, empty="everything has an owner")),
        )

    def all_findings(self) -> tuple[Finding, ...]:
        return self.findings

    def incomplete(self) -> tuple[str, ...]:
        return self.unread
