"""The catalog: every owner and runbook that the estate's files know."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from offcall.catalog.backstage import load
from offcall.catalog.entities import Entity
from offcall.catalog.estate import Section
from offcall.catalog.owners import Claim, Entities, Owners
from offcall.catalog.problems import Problem
from offcall.catalog.runbooks import Page, Runbooks, read_pages
from offcall.catalog.tagging import Tags
from offcall.core.contributions import EVENT_TYPE
from offcall.core.estate import Estate
from offcall.core.findings import Finding, Owner, Resource, Runbook
from offcall.core.text import did_you_mean

__all__ = ["NOBODY", "Catalog", "topics_of"]

NOBODY = "nobody"
"""How people ask for what has no owner."""


class Catalog:
    """Owners and runbooks. Made by `offcall.catalog.open_catalog(ctx)`.

    Attributes:
        section: the estate's `catalog:` section.
        entities: Backstage entities by reference.
        pages: Markdown runbooks.
        files: the Backstage files that were read.
        problems: what could not be used of them.
        remembered: the resources that were looked at before, or None while they cannot be known.
        doubt: told what somebody asks for that may be a mistake.
    """

    def __init__(
        self,
        section: Section,
        estate: Estate,
        *,
        entities: dict[str, Entity],
        pages: list[Page],
        files: list[str],
        problems: list[Problem],
    ) -> None:
        self.section = section
        self.entities = entities
        self.pages = pages
        self.files = files
        self.problems = problems
        file = estate.path.name if estate.path else "estate"
        self.index = Entities(entities)
        self._owners = Owners(section, estate, file, self.index)
        self._runbooks = Runbooks(section, estate, file, self.index, pages)
        self._tags: Tags | None = None
        self.remembered: Callable[[], list[Resource] | None] = lambda: None
        self.doubt: Callable[[str], object] = lambda _: None
        self._known_owners: dict[object, Owner | None] = {}
        self._known_runbooks: dict[object, Runbook | None] = {}

    @classmethod
    def of(cls, estate: Estate) -> Catalog:
        """Read the files that the estate names.

        Raises:
            EstateError: the `catalog:` section does not fit.
        """
        section = estate.section("catalog", Section)
        folder = Path(estate.folder)
        loaded = load(section.files, folder)
        problems = loaded.problems
        pages = read_pages(section, folder, problems)
        return cls(
            section,
            estate,
            entities=loaded.entities,
            pages=pages,
            files=loaded.files,
            problems=problems,
        )

    def owner_of(self, resource: Resource) -> Owner | None:
        """Who owns it and which rule says so; None when nothing says anything about it.

        Tags that were seen on it before count like those that it is described with.
        """
        return self._owner(resource, _key(resource))

    def explain(self, resource: Resource) -> tuple[Claim, ...]:
        """Every place that names an owner: the one that wins first, then those that lost."""
        return tuple(self._owners.claims(self._tagged(resource)))

    def learn(self, resources: Iterable[Resource]) -> None:
        """Let the tags of these count for every description of them."""
        self._tags = Tags((*(self.remembered() or ()), *resources))
        self._known_owners.clear()
        self._known_runbooks.clear()

    def _tagged(self, resource: Resource) -> Resource:
        if self._tags is None:
            before = self.remembered()
            if before is None:
                return resource
            self._tags = Tags(before)
        return self._tags.on(resource)

    def runbook_for(self, resource: Resource, topic: str | None = None) -> Runbook | None:
        """The runbook for a topic (an event type code or a rule id) on a resource, or None."""
        return self._runbook(resource, _key(resource), (topic,) if topic else ())

    def runbooks_for(self, resource: Resource, topic: str | None = None) -> tuple[Runbook, ...]:
        """Every runbook that applies, the one that wins first."""
        one = self._tagged(resource)
        return tuple(self._runbooks.candidates(one, (topic,) if topic else ()))

    def annotate(self, findings: Iterable[Finding]) -> tuple[Finding, ...]:
        """The findings with owner and runbook, where they had none and one is known."""
        return tuple(map(self._annotated, findings))

    def account_name(self, account: str | None) -> str | None:
        """What people call an account, or None."""
        known = self.section.accounts.get(account or "")
        return known.name if known else None

    def owner_called(self, owner: str) -> str:
        """One name for one owner: a group's reference, title or e-mail becomes its name."""
        return self._owners.called(owner)

    def owner_filter(self, names: Iterable[str]) -> Callable[[str | None], bool]:
        """What `--owner` means everywhere: whether the name of an owner is one of `names`.

        Case does not matter, a group's reference, title or e-mail is its name, and "nobody" is
        what has no owner. Without names everything is meant.
        """
        called = {self.owner_called(one).casefold(): one for one in names}
        wanted = set(called)
        known = self.owners() if called else set()
        folded = {one.casefold() for one in known} | {NOBODY}
        for unknown in wanted - folded:
            hint = did_you_mean(called[unknown], known)
            said = f"nobody here is known to own anything as {called[unknown]!r}"
            self.doubt(said + (f"; {hint}" if hint else ""))

        def is_wanted(owner: str | None) -> bool:
            return not wanted or self.owner_called(owner or NOBODY).casefold() in wanted

        return is_wanted

    def owners(self) -> set[str]:
        """Whoever is named as an owner: in rules, accounts, documents, and tags seen so far."""
        section = self.section
        named = {
            *(one.owner for one in section.rules),
            *(one.owner for one in section.accounts.values()),
            section.default_owner,
        }
        owned = [self.owner_of(one) for one in self.remembered() or ()]
        return {
            *(self.owner_called(one) for one in named if one),
            *self.index.people.values(),
            *(one.name for one in owned if one is not None),
            *(self.owner_called(one.owner) for one in self.entities.values() if one.owner),
        }

    def pagerduty_service(self, resource: Resource) -> str | None:
        """The PagerDuty service (id or integration key) of the entity that is the resource."""
        return next(
            (
                one.pagerduty
                for entity, _ in self.index.naming(resource)
                for one, _, _ in self.index.line_of_descent(entity)
                if one.pagerduty
            ),
            None,
        )

    def _annotated(self, finding: Finding) -> Finding:
        key = _key(finding.resource)
        news: dict[str, object] = {}
        if finding.owner is None and (owner := self._owner(finding.resource, key)):
            news["owner"] = owner
        if finding.runbook is None and (
            runbook := self._runbook(finding.resource, key, topics_of(finding))
        ):
            news["runbook"] = runbook
        return finding.model_copy(update=news) if news else finding

    def _owner(self, resource: Resource, key: object) -> Owner | None:
        if key not in self._known_owners:
            claim = next(self._owners.claims(self._tagged(resource)), None)
            self._known_owners[key] = claim.as_owner() if claim else None
        return self._known_owners[key]

    def _runbook(self, resource: Resource, key: object, topics: tuple[str, ...]) -> Runbook | None:
        of = (key, topics)
        if of not in self._known_runbooks:
            found = next(self._runbooks.candidates(self._tagged(resource), topics), None)
            self._known_runbooks[of] = found
        return self._known_runbooks[of]


def topics_of(finding: Finding) -> tuple[str, ...]:
    """What a finding is about, for runbooks: its event type code if it has one, and its rule."""
    codes = [one.value for one in finding.evidence if one.name == EVENT_TYPE]
    return (*codes, finding.rule)


def _key(resource: Resource) -> object:
    return (
        resource.id,
        resource.name,
        resource.account,
        resource.region,
        resource.service,
        resource.kind,
        tuple(sorted(resource.tags.items())) if resource.tags else (),
    )
