"""Resources to ask about: from what a person typed, and those that offcall has seen."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from offcall.catalog.patterns import names_of
from offcall.core.arn import parse
from offcall.core.findings import Finding, Resource

if TYPE_CHECKING:
    from offcall.core.context import Context
    from offcall.core.contributions import Contribution

__all__ = ["can_be_owned", "contributed", "is_about_ours", "named", "noted", "seen"]


def named(text: str, known: Iterable[Resource]) -> Resource:
    """The resource that a person means: one that is known by that ARN or name, else as typed.

    An ARN gives kind, name, account, region and service.
    """
    wanted = text.casefold()
    for one in known:
        if wanted in (name.casefold() for name in names_of(one)):
            return one
    if arn := parse(text):
        return Resource(
            kind=arn.kind,
            id=arn.text,
            name=arn.name,
            account=arn.account,
            region=arn.region,
            service=arn.service.upper(),
        )
    if len(text) == 12 and text.isdigit():
        return Resource(kind="aws account", id=text, account=text)
    return Resource(kind="resource", id=text, name=text)


def seen(ctx: Context) -> list[Resource]:
    """The resources that the history knows: those looked at, and those of present findings."""
    from offcall.history import findings, open_history, resources

    history = open_history(ctx)
    with history.read() as conn:
        known = findings.lookup(conn, now=ctx.now, present=True)
        looked_at = resources.known(conn)
    found = {one.finding.resource.id: one.finding.resource for one in known}
    return list((found | {one.id: one for one in looked_at}).values())


def noted(ctx: Context) -> list[Resource] | None:
    """The resources that were looked at, when this run has the history open; else None.

    What needs no history works without one, and makes none.
    """
    if not ctx.has("history"):
        return None
    from offcall.history import open_history, resources

    with open_history(ctx).read() as conn:
        return resources.known(conn)


def contributed(parts: Iterable[Contribution]) -> list[Resource]:
    """What the rooms looked at: the most telling description of each resource, by id."""
    found: dict[str, Resource] = {}
    for part in parts:
        ours = (one.resource for one in part.findings if is_about_ours(one))
        for one in (*part.resources, *ours):
            before = found.get(one.id)
            if before is None or len(one.tags) > len(before.tags):
                found[one.id] = one
    return list(found.values())


def can_be_owned(resource: Resource) -> bool:
    """Whether it is a thing of ours, not an AWS service or an account that stands for one."""
    return resource.kind not in ("aws service", "aws account")


def is_about_ours(finding: Finding) -> bool:
    """Whether a finding is about something that runs, not about offcall's own feeds and files."""
    return finding.category != "setup"
