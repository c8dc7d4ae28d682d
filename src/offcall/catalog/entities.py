"""Backstage entities: what offcall uses of them, and how they are called."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from offcall.catalog.problems import Place

__all__ = ["Entity", "Link", "Parent", "owner_name", "parse_ref"]

KIND_RANK = {"resource": 0, "component": 1, "api": 2, "system": 3, "domain": 4}
"""Which entity a resource's name means first, when several have that name."""


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Link(_Model):
    """One of an entity's links."""

    url: str
    title: str
    kind: str | None
    place: Place

    @property
    def is_runbook(self) -> bool:
        """Whether the link's type or title says that it is a runbook."""
        said = f"{self.kind or ''} {self.title}".casefold()
        return any(word in said for word in ("runbook", "run book", "playbook"))


class Parent(_Model):
    """Another entity that ownership may come from, and the relation that says so."""

    relation: str
    ref: str
    line: int | None = None


class Entity(_Model):
    """A Component, Resource, System, Domain, API, Group or User.

    `ref` is the whole reference in lower case: `resource:default/orders-db`. `owner` is one too.
    """

    ref: str
    kind: str
    name: str
    title: str | None = None
    place: Place
    owner: str | None = None
    owner_line: int | None = None
    arns: tuple[str, ...] = ()
    patterns: tuple[str, ...] = ()
    links: tuple[Link, ...] = ()
    parents: tuple[Parent, ...] = ()
    depends_on: tuple[str, ...] = ()
    pagerduty: str | None = None
    techdocs: str | None = None
    email: str | None = None

    @property
    def owner_place(self) -> Place:
        """Where the owner is written."""
        return Place(file=self.place.file, line=self.owner_line or self.place.line)


def parse_ref(text: str, *, kind: str, namespace: str = "default") -> str:
    """A reference as Backstage writes it, completed: `[kind:][namespace/]name`, lower case."""
    said, colon, rest = text.strip().casefold().rpartition(":")
    if colon:
        kind = said
    space, slash, name = rest.rpartition("/")
    return f"{kind}:{space if slash else namespace}/{name}"


def owner_name(ref: str) -> str:
    """A reference as people say it: `group:default/payments` is `payments`.

    A user keeps `user:`, and a namespace other than `default` stays.
    """
    kind, _, rest = ref.partition(":")
    rest = rest.removeprefix("default/")
    return rest if kind == "group" else f"{kind}:{rest}"
