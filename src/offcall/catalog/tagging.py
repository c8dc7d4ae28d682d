"""The tags of a resource, however it is described: an inventory knows them, an event does not."""

from __future__ import annotations

from collections.abc import Iterable

from offcall.catalog.patterns import names_of
from offcall.core.findings import Resource

__all__ = ["Tags"]


class Tags:
    """Tags by what resources are called."""

    def __init__(self, resources: Iterable[Resource]) -> None:
        self._by_id: dict[str, dict[str, str]] = {}
        # None is a name that several have, with different tags.
        self._by_name: dict[tuple[str, str, str], dict[str, str] | None] = {}
        for one in resources:
            if one.tags:
                self._by_id[one.id] = one.tags
                self._name(one)

    def _name(self, one: Resource) -> None:
        if not (one.account and one.region):
            return
        for name in names_of(one):
            key = (one.account, one.region, name)
            self._by_name[key] = one.tags if self._by_name.get(key, one.tags) == one.tags else None

    def on(self, resource: Resource) -> Resource:
        """The resource with all tags that are known of it; what it says itself wins."""
        known = self._by_id.get(resource.id)
        if known is None and not resource.id.startswith("arn:"):
            # A bare id or name means one thing in one account and region.
            key = (resource.account or "", resource.region or "", resource.id)
            known = self._by_name.get(key)
        if not known or known is resource.tags:
            return resource
        return resource.model_copy(update={"tags": {**known, **resource.tags}})
