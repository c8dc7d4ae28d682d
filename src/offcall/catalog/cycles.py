"""Relations that go round in a circle: who is part of whom, who inherits ownership from whom."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from offcall.catalog.entities import Entity

__all__ = ["cycles"]


def cycles(entities: Iterable[Entity]) -> Iterator[tuple[Entity, ...]]:
    """Every group of entities that are above themselves, each once, in the order of the circle.

    Only entities that name no owner look above them, except for "part of" relations, which are
    wrong in a circle whoever owns them.
    """
    known = {one.ref: one for one in entities}
    edges = {ref: _above(one, known) for ref, one in known.items()}
    done: set[str] = set()
    for start in known:
        if start in done:
            continue
        # Depth first with our own stack: a chain of thousands is no reason to fail.
        path: list[str] = [start]
        on_path = {start: 0}
        todo = [iter(edges[start])]
        while todo:
            ref = next(todo[-1], None)
            if ref is None:
                todo.pop()
                done.add(path[-1])
                del on_path[path.pop()]
            elif ref in on_path:
                yield tuple(known[one] for one in path[on_path[ref] :])
            elif ref not in done:
                on_path[ref] = len(path)
                path.append(ref)
                todo.append(iter(edges[ref]))


def _above(entity: Entity, known: Mapping[str, Entity]) -> list[str]:
    return [
        parent.ref
        for parent in entity.parents
        if parent.ref in known and (entity.owner is None or parent.relation != "dependencyOf")
    ]
