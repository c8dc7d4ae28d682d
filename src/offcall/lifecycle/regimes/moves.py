"""Where to go: the versions that AWS allows as the next upgrade, and where the way leads then."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from offcall.lifecycle.engines import engine_of
from offcall.lifecycle.products import Product
from offcall.lifecycle.regimes.commands import commands_of
from offcall.lifecycle.regimes.model import Dates, Move
from offcall.lifecycle.regimes.paths import PATHS, Way
from offcall.lifecycle.regimes.rds import serverless_v1
from offcall.lifecycle.snapshot import Inventory, Running
from offcall.lifecycle.values import numbers

__all__ = ["moves_of"]


def moves_of(
    item: Running, inventory: Inventory, product: Product | None, dates: Dates, today: date
) -> tuple[Move, ...]:
    """The nearest move first (same major), then the next major, then what that one leads to."""
    if serverless_v1(item):
        # Its way out is another mode, not another version.
        return ()
    way = Way(item, product, dates, today, inventory)
    moves = [*_minors(item, dates), *_majors(way)]
    seen: dict[str | None, Move] = {}
    for move in moves:
        seen.setdefault(move.version, move)
    return tuple(
        # What only a later upgrade reaches has no command yet.
        move if move.then else move.model_copy(update={"commands": commands_of(item, move)})
        for move in seen.values()
    )


def _minors(item: Running, dates: Dates) -> Iterator[Move]:
    if engine_of(item.engine).regime not in ("rds", "mariadb"):
        return
    own = [one for one in item.upgrade_targets if not one.major]
    if own:
        auto = next((one for one in own if one.auto), None)
        best = auto or max(own, key=lambda one: numbers(one.version))
        why = "AWS's own choice of minor" if auto else "latest minor that it can go to"
        yield Move(version=best.version, why=f"{why}, same major", minor=True)
    elif "limitless" in item.version:
        # Aurora PostgreSQL Limitless has versions of its own beside those of the dataset.
        return
    elif dates.latest and numbers(item.version)[:3] < numbers(dates.latest):
        yield Move(version=dates.latest, why="latest minor, same major", minor=True)


def _majors(way: Way) -> Iterator[Move]:
    item = way.item
    targets = [one.version for one in item.upgrade_targets if one.major]
    if targets:
        # OpenSearch is ahead of Elasticsearch, whatever the numbers say.
        best = max(targets, key=lambda one: (not one.lower().startswith("elastic"), numbers(one)))
        yield Move(
            version=best,
            why="newest version that AWS lets it upgrade to",
            supported_until=way.until(best),
        )
        return
    if way.product is None:
        return
    goal = way.goal()
    if engine_of(item.engine).service == "rds" and item.upgrade_targets and goal is not None:
        yield Move(
            version=None,
            goal=goal.cycle,
            why="AWS allows no major upgrade from this minor version: upgrade the minor first, "
            "then ask again",
        )
        return
    path = PATHS.get(engine_of(item.engine).name)
    if path is not None:
        yield from path(way)
    elif goal is not None:
        yield way.move(goal, "long-term support" if goal.lts else "longest standard support")
