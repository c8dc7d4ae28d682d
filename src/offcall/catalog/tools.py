"""The catalog's tools: list, owner, runbook, check."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from offcall.catalog.results import CatalogCheck, CatalogList, OwnerAnswer, RunbookAnswer
from offcall.core.parameters import Owner
from offcall.core.registry import Param, tool

if TYPE_CHECKING:
    from offcall.core.context import Context
    from offcall.core.findings import Resource

__all__ = ["check_catalog", "list_catalog", "owner_of", "runbook_for"]

Name = Annotated[str, Param("an ARN, or a name", positional=True, metavar="RESOURCE")]
Account = Annotated[str | None, Param("the account that it is in", metavar="ID")]
Tags = Annotated[list[str] | None, Param("a tag that it has; may be repeated", metavar="KEY=VALUE")]


@tool("catalog list")
def list_catalog(
    ctx: Context,
    owner: Owner | None = None,
    kind: Annotated[
        str | None, Param("only entities of this kind, such as component", metavar="KIND")
    ] = None,
) -> CatalogList:
    """Entities of the catalog, with owner and runbook.

    Reads the Backstage files under `catalog.files` and the runbooks under `catalog.runbook_files`.
    """
    from offcall.catalog import open_catalog
    from offcall.catalog.listing import items
    from offcall.core.findings import Runbook

    catalog = open_catalog(ctx)
    wanted = catalog.owner_filter([owner] if owner else ())
    found = [
        item
        for item in items(catalog)
        if wanted(item.owner) and (kind is None or item.kind == kind.casefold())
    ]
    return CatalogList(
        items=tuple(found),
        files=tuple(catalog.files),
        runbooks=tuple(
            Runbook(title=page.title, url=page.url, rule=f"{page.place} front matter")
            for page in catalog.pages
        ),
        problems=tuple(map(str, catalog.problems)),
    )


@tool("catalog owner")
def owner_of(
    ctx: Context, resource: Name, account: Account = None, tag: Tags = None
) -> OwnerAnswer:
    """Who owns a resource, which rule says so, and which others lost.

    In this order, which `catalog.order` in the estate changes: the estate's rules, the Backstage
    entity that names it (or what that is part of), its tags, its account's owner, the default.
    What offcall has seen of the resource (its tags, its account) counts; --tag and --account add
    to it.
    """
    from offcall.catalog import open_catalog

    catalog = open_catalog(ctx)
    one = _resource(ctx, resource, account, tag)
    claims = catalog.explain(one)
    claim = claims[0] if claims else None
    return OwnerAnswer(
        resource=one,
        owner=claim.owner if claim else None,
        rule=claim.rule if claim else None,
        lost=claims[1:],
        runbook=catalog.runbook_for(one),
        pagerduty=catalog.pagerduty_service(one),
    )


@tool("catalog runbook")
def runbook_for(
    ctx: Context,
    resource: Name,
    topic: Annotated[
        str | None, Param("an event type code or a rule's id, such as AWS_RDS_STORAGE_FAILURE")
    ] = None,
    account: Account = None,
    tag: Tags = None,
) -> RunbookAnswer:
    """Which runbook applies to a resource, and which rule says so.

    In this order: the estate's `catalog.runbooks`, Markdown runbooks by their front matter, the
    resource's runbook tag, the links of its Backstage entity and of what that is part of.
    """
    from offcall.catalog import open_catalog

    catalog = open_catalog(ctx)
    one = _resource(ctx, resource, account, tag)
    found = catalog.runbooks_for(one, topic)
    unique = tuple({(book.url, book.title): book for book in reversed(found)}.values())[::-1]
    return RunbookAnswer(
        resource=one, topic=topic, runbook=unique[0] if unique else None, others=unique[1:]
    )


@tool("catalog check", snapshot=True)
def check_catalog(ctx: Context) -> CatalogCheck:
    """What is wrong with the catalog, and which resources have no owner.

    Looks at every resource that the rooms know: of inventories, of Health events, of findings.
    Documents that cannot be read, relations in a circle, owners that no group is called, and
    runbook links without an address are findings too.
    """
    from offcall.catalog import open_catalog
    from offcall.catalog.resources import can_be_owned, contributed
    from offcall.catalog.snapshot import CatalogFacts, facts_of
    from offcall.core.checks import checks_of, run_checks
    from offcall.core.contributions import ask_rooms

    def read() -> CatalogFacts:
        window = ctx.window("next 365 days")
        parts = list(ask_rooms(ctx, window).values())
        unread = tuple(one for part in parts for one in part.unread)
        resources = filter(can_be_owned, contributed(parts))
        return facts_of(open_catalog(ctx), ctx.estate, resources, now=ctx.now, unread=unread)

    facts = ctx.snapshot(CatalogFacts, read)
    return CatalogCheck(
        source=facts.source,
        taken_at=facts.taken_at,
        entities=len(facts.entities),
        resources=len(facts.resources),
        findings=tuple(run_checks(checks_of("catalog"), facts, ctx.now)),
        unread=tuple(f"{one.what}: {one.why}" for one in facts.unread),
    )


def _resource(ctx: Context, text: str, account: str | None, tags: list[str] | None) -> Resource:
    """What was typed, joined with what is known of it."""
    from offcall.catalog.resources import named, seen
    from offcall.core.errors import UserError

    one = named(text, seen(ctx))
    more = dict(one.tags)
    for tag in tags or ():
        key, equals, value = tag.partition("=")
        if not (key and equals):
            raise UserError("not a tag", value=tag, expected="KEY=VALUE, such as team=payments")
        more[key] = value
    return one.model_copy(update={"account": account or one.account, "tags": more})
