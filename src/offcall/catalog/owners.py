"""Who owns a resource: every place that says something, in the order in which they are believed.

1. `rules`: the estate's own rules, in the order of the file.
2. `backstage`: the entity that names the resource (by ARN, by pattern, by name), or the nearest
   one that ownership comes from: what it is part of, its system, its domain, what depends on it.
3. `tags`: the resource's owner tags.
4. `account`: the owner of its account.
5. `default`.

`catalog.order` in the estate changes the order.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict

from offcall.catalog.entities import KIND_RANK, Entity, owner_name, parse_ref
from offcall.catalog.estate import OwnerRule, Section, Step, account_key
from offcall.catalog.patterns import any_of, matcher, names_of
from offcall.core.arn import parse
from offcall.core.findings import Owner, Resource

if TYPE_CHECKING:
    from offcall.core.estate import Estate

__all__ = ["Claim", "Entities", "Owners"]


class Claim(BaseModel):
    """One place that names an owner for a resource."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    step: Step
    owner: str
    rule: str

    def as_owner(self) -> Owner:
        """As a finding carries it."""
        return _owner(self.owner, self.rule)


@lru_cache(maxsize=4096)
def _owner(name: str, rule: str) -> Owner:
    return Owner(name=name, rule=rule)


class Entities:
    """Backstage entities, found by what they say of resources."""

    def __init__(self, entities: dict[str, Entity]) -> None:
        self.by_ref = entities
        self._arns: dict[str, list[Entity]] = {}
        self._names: dict[str, list[Entity]] = {}
        # By service, account, region and name: AWS itself names resources without their ARNs.
        self._places: dict[tuple[str, str | None, str | None, str], list[Entity]] = {}
        self._patterns: list[tuple[Callable[[str], bool], str, Entity]] = []
        self._dependents: dict[str, list[Entity]] = {}
        self.people: dict[str, str] = {}
        for entity in entities.values():
            self._index(entity)
        for found in self._names.values():
            found.sort(key=lambda entity: KIND_RANK[entity.kind])

    def _index(self, entity: Entity) -> None:
        for arn in entity.arns:
            self._arns.setdefault(arn.casefold(), []).append(entity)
            if (parts := parse(arn)) is not None:
                place = (parts.service, parts.account, parts.region, parts.name.casefold())
                self._places.setdefault(place, []).append(entity)
        for pattern in entity.patterns:
            self._patterns.append((matcher(pattern), pattern, entity))
        for ref in entity.depends_on:
            self._dependents.setdefault(ref, []).append(entity)
        if entity.kind in KIND_RANK:
            self._names.setdefault(entity.name.casefold(), []).append(entity)
        if entity.kind in ("group", "user"):
            for known in (entity.name, entity.title, entity.email):
                if known:
                    self.people.setdefault(known.casefold(), owner_name(entity.ref))

    def naming(self, resource: Resource) -> Iterator[tuple[Entity, str]]:
        """Entities that mean the resource, the most exact first, and how they name it."""
        if not self.by_ref:
            return
        for entity in self._arns.get(resource.id.casefold(), ()):
            yield entity, "ARN"
        if not resource.id.startswith("arn:") and resource.service and resource.account:
            place = (resource.service.casefold(), resource.account, resource.region)
            for entity in self._places.get((*place, resource.label.casefold()), ()):
                yield entity, "ARN, by account, region and name"
        names = names_of(resource)
        for fits, pattern, entity in self._patterns:
            if any(map(fits, names)):
                yield entity, f"pattern {pattern}"
        if resource.kind == "aws account":
            # An account that is called "payments" is not the component of that name.
            return
        for name in names:
            for entity in self._names.get(name.casefold(), ()):
                yield entity, "name"

    def line_of_descent(self, entity: Entity) -> Iterator[tuple[Entity, str, int | None]]:
        """The entity, then those that ownership comes from, nearest first, each once.

        With each the way to it (`system payments`) and the line where that is written. Cycles end
        where they close; `cycles.py` reports them.
        """
        waiting: list[tuple[Entity, str, int | None]] = [(entity, "", entity.place.line)]
        seen = {entity.ref}
        while waiting:
            one, way, line = waiting.pop(0)
            yield one, way, line
            for relation, ref, at in self.above(one):
                above = self.by_ref.get(ref)
                if above is not None and ref not in seen:
                    seen.add(ref)
                    step = f"{relation} {above.name}"
                    waiting.append((above, f"{way}, {step}" if way else step, at))

    def above(self, entity: Entity) -> Iterator[tuple[str, str, int | None]]:
        """What an entity's ownership may come from: relation, reference, line."""
        for parent in entity.parents:
            yield parent.relation, parent.ref, parent.line
        for dependent in self._dependents.get(entity.ref, ()):
            yield "needed by", dependent.ref, dependent.place.line


class Owners:
    """Answers who owns a resource."""

    def __init__(self, section: Section, estate: Estate, file: str, entities: Entities) -> None:
        self._section = section
        self._estate = estate
        self._file = file
        self._entities = entities
        # Made once: thousands of resources get the same claims.
        self._named = any_of(pattern for rule in section.rules for pattern in rule.match)
        self._rules = [
            (
                _condition(rule),
                bool(rule.match),
                self._claim(Step.RULES, rule.owner, ("rules", index), _said(rule)),
            )
            for index, rule in enumerate(section.rules)
        ]
        self._accounts = {
            number: self._account_claim(number, account.owner, account.name)
            for number, account in section.accounts.items()
            if account.owner
        }
        default = section.default_owner
        self._default = (
            self._claim(Step.DEFAULT, default, ("default_owner",), "default_owner")
            if default
            else None
        )
        steps = {
            Step.RULES: self._by_rules,
            Step.BACKSTAGE: self._by_backstage,
            Step.TAGS: self._by_tags,
            Step.ACCOUNT: self._by_account,
            Step.DEFAULT: self._by_default,
        }
        self._steps = [steps[step] for step in dict.fromkeys(section.order)]

    def claims(self, resource: Resource) -> Iterator[Claim]:
        """Every place that names an owner, the one that wins first."""
        for step in self._steps:
            yield from step(resource)

    def _by_rules(self, resource: Resource) -> Iterator[Claim]:
        if not self._rules:
            return
        named = self._named(names_of(resource))
        for fits, by_name, claim in self._rules:
            # Most resources are named by no rule at all: one look says so.
            if (named or not by_name) and fits(resource):
                yield claim

    def _by_backstage(self, resource: Resource) -> Iterator[Claim]:
        seen: set[str] = set()
        for entity, how in self._entities.naming(resource):
            for one, way, line in self._entities.line_of_descent(entity):
                if one.ref in seen or one.kind not in KIND_RANK:
                    continue
                seen.add(one.ref)
                if one.owner is None:
                    continue
                through = f" through {way}, {entity.place.file}:{line}" if way else ""
                yield Claim(
                    step=Step.BACKSTAGE,
                    owner=owner_name(one.owner),
                    rule=f"{one.owner_place} spec.owner of {one.kind} {one.name}"
                    f" (found by {how}{through})",
                )

    def _by_tags(self, resource: Resource) -> Iterator[Claim]:
        if not resource.tags:
            return
        tags = {name.casefold(): (name, value) for name, value in resource.tags.items()}
        for wanted in self._section.owner_tags:
            name, value = tags.get(wanted.casefold(), ("", ""))
            if value.strip():
                owner = self.called(value.strip())
                yield Claim(step=Step.TAGS, owner=owner, rule=f"tag {name}={value}")

    def _by_account(self, resource: Resource) -> Iterator[Claim]:
        if (claim := self._accounts.get(resource.account or "")) is not None:
            yield claim

    def _by_default(self, resource: Resource) -> Iterator[Claim]:
        if self._default is not None:
            yield self._default

    def _account_claim(self, number: str, owner: str, name: str | None) -> Claim:
        where = ("accounts", account_key(self._estate, number))
        said = f"account {number}{f' ({name})' if name else ''}"
        return self._claim(Step.ACCOUNT, owner, where, said)

    def _claim(self, step: Step, owner: str, where: tuple[str | int, ...], said: str) -> Claim:
        return Claim(step=step, owner=self.called(owner), rule=f"{self._place(*where)} {said}")

    def called(self, owner: str) -> str:
        """One name for one owner: `group:default/payments`, its e-mail and title are `payments`."""
        if ":" in owner or "/" in owner:
            kind, colon, _ = owner.casefold().partition(":")
            if (colon and kind in ("group", "user")) or not colon:
                return owner_name(parse_ref(owner, kind="group"))
        return self._entities.people.get(owner.casefold(), owner)

    def _place(self, *where: str | int) -> str:
        line = self._estate.line("catalog", *where)
        return self._file if line is None else f"{self._file}:{line}"


def _said(rule: OwnerRule) -> str:
    """The rule's conditions in a few words."""
    parts = [
        f"{name} {', '.join(patterns)}"
        for name, patterns in (
            ("match", rule.match),
            ("account", rule.accounts),
            ("region", rule.regions),
            ("service", rule.services),
            ("kind", rule.kinds),
        )
        if patterns
    ]
    parts += [f"tag {name}={pattern}" for name, pattern in rule.tags.items()]
    return f"rule ({'; '.join(parts)})"


def _condition(rule: OwnerRule) -> Callable[[Resource], bool]:
    """A rule as one function: all its kinds of condition must hold, of each kind one pattern."""
    match = any_of(rule.match) if rule.match else None
    plain = [
        (_one_of(patterns), field)
        for patterns, field in (
            (rule.accounts, "account"),
            (rule.regions, "region"),
            (rule.services, "service"),
            (rule.kinds, "kind"),
        )
        if patterns
    ]
    tags = [(name.casefold(), matcher(pattern)) for name, pattern in rule.tags.items()]

    def fits(resource: Resource) -> bool:
        for is_wanted, field in plain:
            if not is_wanted(getattr(resource, field) or ""):
                return False
        if tags:
            have = {name.casefold(): value for name, value in resource.tags.items()}
            if not all(name in have and one(have[name]) for name, one in tags):
                return False
        return match is None or match(names_of(resource))

    return fits


def _one_of(patterns: Iterable[str]) -> Callable[[str], bool]:
    """Whether a value fits one of `patterns`; kept, as there are few regions and services."""
    fits = any_of(patterns)
    return lru_cache(maxsize=1024)(lambda value: fits((value,)))
