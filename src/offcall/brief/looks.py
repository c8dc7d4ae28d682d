"""A brief as blocks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from offcall.brief.words import due, headline, notices, said, subtitle
from offcall.core.documents import (
    Block,
    Bullets,
    Cell,
    Code,
    Column,
    Document,
    FindingList,
    Heading,
    Line,
    Span,
    Table,
    Tone,
    tone_of,
)
from offcall.core.findings import Finding, Fix
from offcall.core.render.humane import time_text
from offcall.core.text import plural

if TYPE_CHECKING:
    from offcall.brief.lines import BriefLine
    from offcall.brief.result import Brief

__all__ = ["document"]

MANY = 50
"""Lines of one part that are written out; the rest is counted, and in the JSON."""


def document(brief: Brief) -> Document:
    """What to do first, then part by part, then what changed since the last brief."""
    title = f"Brief: {brief.estate}" if brief.configured else "Brief"
    if not brief.configured:
        return Document(title, None, tuple(_first_steps()))
    return Document(title, subtitle(brief), tuple(_blocks(brief)))


def _blocks(brief: Brief) -> Iterator[Block]:
    need = brief.needing
    yield Line(headline(brief), Tone.STRONG)
    if need:
        yield Heading("Nobody has taken")
        yield _table(brief, need)
    parts = brief.parts
    for name, lines in (
        ("Wrong now", parts.open),
        ("Changing", parts.changing),
        ("Nearing end of support", parts.support),
    ):
        if lines:
            yield Heading(name)
            yield from _cards(brief, lines)
    if parts.later:
        yield Heading("Later")
        yield from _cards(brief, parts.later)
    yield from _difference(brief)
    yield from _estate(brief)


def _cards(brief: Brief, lines: Sequence[BriefLine]) -> Iterator[Block]:
    yield FindingList(tuple(_shown(brief, line) for line in lines[:MANY]))
    if len(lines) > MANY:
        yield Line(f"and {len(lines) - MANY:,} more: see --output json, or ask for one --owner")


def _shown(brief: Brief, line: BriefLine) -> Finding:
    """The finding with what the brief knows of it in its title."""
    finding = line.finding
    title = f"{finding.title} (new)" if line.new else finding.title
    # One step is enough here: commands, and the rules behind owners, are in the rooms' own tools.
    step = " · ".join(filter(None, (line.taken, finding.next_step)))
    owner = finding.owner.model_copy(update={"rule": ""}) if finding.owner else None
    resource = finding.resource
    account = brief.accounts.get(resource.account or "", resource.account)
    return finding.model_copy(
        update={
            "title": title,
            "fix": Fix(steps=(step,) if step else ()),
            "owner": owner,
            "resource": resource.model_copy(update={"account": account, "file": None}),
        }
    )


def _table(brief: Brief, lines: Sequence[BriefLine]) -> Table:
    columns = (Column("due"), Column("what", wide=True), Column("owner"))
    return Table(columns, tuple(_row(brief, line) for line in lines[:MANY]))


def _row(brief: Brief, line: BriefLine) -> tuple[Cell, ...]:
    finding = line.finding
    return (
        due(brief, line),
        Span(said(line), tone_of(finding.severity)),
        finding.owner.name if finding.owner else Span("nobody", Tone.WARN),
    )


def _difference(brief: Brief) -> Iterator[Block]:
    if brief.compared_to is None:
        yield Line(
            "This is the first brief of this window; the next says what is new and what was "
            "resolved since.",
            Tone.MUTED,
        )
        return
    when = time_text(brief.compared_to, brief.zone)
    yield Heading(f"Since {when}")
    new = brief.new()
    if not new and not brief.resolved:
        yield Line("Nothing is new, and nothing was resolved.")
    items: list[Cell] = []
    for line in new[:MANY]:
        owner = line.finding.owner
        whose = f" ({owner.name if owner else 'nobody owns it'})"
        # What offcall says of itself belongs to whoever runs it.
        items.append(f"new: {said(line)}{'' if line.finding.category == 'setup' else whose}")
    items += [
        Span(f"resolved: {one.resource.label}: {one.title}", Tone.OK)
        for one in brief.resolved[:MANY]
    ]
    hidden = max(len(new) - MANY, 0) + max(len(brief.resolved) - MANY, 0)
    if hidden:
        items.append(f"and {hidden:,} more, in --output json")
    if items:
        yield Bullets(tuple(items))


def _estate(brief: Brief) -> Iterator[Block]:
    """What offcall does not see or know, and what nobody needs to read."""
    if brief.parts.setup:
        yield Heading("Offcall itself")
        yield from _cards(brief, brief.parts.setup)
    if brief.unread:
        yield Heading("Could not be read")
        yield Bullets(
            tuple(
                Span(f"{one.what}: {one.why}{f' ({one.hint})' if one.hint else ''}", Tone.WARN)
                for one in brief.unread[:MANY]
            )
        )
    if brief.ownerless:
        names = ", ".join(brief.ownerless[:6])
        more = len(brief.ownerless) - 6
        yield Line(
            f"Nobody owns {names}{f' and {more:,} more' if more > 0 else ''}: "
            "offcall catalog check says how to name an owner.",
            Tone.WARN,
        )
    if brief.parts.notices:
        yield Line(notices(brief), Tone.MUTED)
    if brief.muted:
        yield Line(f"{plural(brief.muted, 'finding')} muted.", Tone.MUTED)


def _first_steps() -> Iterator[Block]:
    yield Line("offcall has nothing to look at yet. To begin:", Tone.STRONG)
    yield Bullets(
        (
            "see what a brief looks like: offcall brief --demo",
            "bring in Health events from a file: offcall health import FILE",
            "look at the versions that run: offcall lifecycle list --inventory FILE",
            "write down what there is, once, in an estate file: offcall estate init",
        ),
        numbered=True,
    )
    yield Code(
        "name: our shop\n"
        "catalog:\n"
        "  files: [catalog-info.yaml]      # Backstage: who owns what\n"
        "  owner_tags: [team, owner]\n"
        "lifecycle:\n"
        "  regions: [us-east-1, eu-west-1] # read with your AWS credentials",
        "yaml",
    )
