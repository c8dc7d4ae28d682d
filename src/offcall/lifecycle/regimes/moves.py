"""Where to go: the versions to move to, nearest first."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from offcall.lifecycle.columns import MEANINGS, USUAL, periods
from offcall.lifecycle.engines import engine_of
from offcall.lifecycle.products import Product, Release
from offcall.lifecycle.regimes.commands import commands_of
from offcall.lifecycle.regimes.model import Dates, Move
from offcall.lifecycle.snapshot import Running
from offcall.lifecycle.values import numbers, plain_version

__all__ = ["moves_of"]


def moves_of(item: Running, product: Product | None, dates: Dates, today: date) -> tuple[Move, ...]:
    """The nearest move first (same major), then the one that lasts longest."""
    moves = [*_minors(item, dates), *_majors(item, product, dates, today)]
    seen: dict[str, Move] = {}
    for move in moves:
        seen.setdefault(move.version, move)
    chosen = list(seen.values())
    eks = engine_of(item.engine).name == "eks"
    return tuple(
        # EKS can only take the next version; the later ones show where the way leads.
        move if eks and index else move.model_copy(update={"commands": commands_of(item, move)})
        for index, move in enumerate(chosen)
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
    elif dates.latest and numbers(item.version)[:3] < numbers(dates.latest):
        yield Move(version=dates.latest, why="latest minor, same major", minor=True)


def _majors(item: Running, product: Product | None, dates: Dates, today: date) -> Iterator[Move]:
    targets = [one for one in item.upgrade_targets if one.major]
    if targets:
        target = max(targets, key=lambda one: numbers(one.version))
        # OpenSearch names its targets with the engine: OpenSearch_2.19.
        yield Move(
            version=plain_version(target.version),
            why="newest version that AWS lets it upgrade to",
            supported_until=_until(product, target.version),
        )
        return
    if product is None:
        return
    if item.engine == "lambda":
        yield from _runtimes(item, product, today)
        return
    later = [one for one in _majors_of(product) if numbers(one.cycle) > numbers(dates.cycle)]
    good = [one for one in later if (_end(product, one) or date.max) > today]
    if not good:
        return
    if engine_of(item.engine).name == "eks":
        yield from _one_by_one(item, product, good, today)
        return
    best = max(good, key=lambda one: (_end(product, one) or date.max, numbers(one.cycle)))
    lasting = [one for one in good if one.lts]
    if lasting and _end(product, best) is None:
        best = max(lasting, key=lambda one: numbers(one.cycle))
    yield Move(
        version=best.cycle,
        why="long-term support" if best.lts else "longest standard support",
        supported_until=_end(product, best),
    )


def _one_by_one(
    item: Running, product: Product, good: list[Release], today: date
) -> Iterator[Move]:
    """EKS goes up one minor version at a time."""
    first = min(good, key=lambda one: numbers(one.cycle))
    last = max(good, key=lambda one: numbers(one.cycle))
    running = numbers(item.version)
    step = f"{running[0]}.{running[1] + 1}" if len(running) > 1 else first.cycle
    hops = numbers(last.cycle)[1] - running[1] if len(running) > 1 else 0
    until = _until(product, step)
    over = until is not None and until < today
    yield Move(
        version=step,
        why="next version; EKS goes one at a time"
        + (f"; standard support over since {until}" if over else ""),
        supported_until=None if over else until,
    )
    if first.cycle not in (step, last.cycle):
        yield Move(
            version=first.cycle,
            why="first version in standard support",
            supported_until=_end(product, first),
        )
    yield Move(
        version=last.cycle,
        why=f"longest standard support, {hops} upgrades away",
        supported_until=_end(product, last),
    )


def _runtimes(item: Running, product: Product, today: date) -> Iterator[Move]:
    """The runtime of the same language that lasts longest."""
    family = _family(item.version)
    # Go has no runtime of its own any more.
    family = {"go": "provided"}.get(family, family)
    same = [
        one
        for one in product.releases
        if _family(one.cycle) == family
        and one.cycle != item.version
        and "container" not in (one.label or "")
        and (_end(product, one) or date.min) > today
    ]
    here = _until(product, item.version) or date.min
    better = [one for one in same if (_end(product, one) or date.min) > here]
    if better:
        best = max(better, key=lambda one: (_end(product, one) or date.min, numbers(one.cycle)))
        yield Move(
            version=best.cycle, why="longest supported runtime", supported_until=_end(product, best)
        )


def _family(runtime: str) -> str:
    found = re.match(r"[a-z]+", runtime.lower())
    return (found[0] if found else runtime).removesuffix("core")


def _majors_of(product: Product) -> list[Release]:
    if MEANINGS.get(product.name, USUAL).minor:
        return [one for one in product.releases if len(numbers(one.cycle)) == 2]
    return [one for one in product.releases if numbers(one.cycle)]


def _end(product: Product, release: Release) -> date | None:
    """The last day of standard support; None when none is set."""
    end = periods(product, release).standard
    if end is True:
        return date.min
    return end if isinstance(end, date) else None


def _until(product: Product | None, version: str) -> date | None:
    from offcall.lifecycle.dataset import match

    release = match(product, version) if product else None
    end = _end(product, release) if product and release else None
    return None if end == date.min else end
