"""Where to go: the versions to move to, and the commands that do it (text, never run)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from offcall.lifecycle.columns import MEANINGS, USUAL, periods
from offcall.lifecycle.engines import engine_of
from offcall.lifecycle.products import Product, Release
from offcall.lifecycle.regimes.model import Dates, Move
from offcall.lifecycle.snapshot import Running
from offcall.lifecycle.values import numbers, plain_version

__all__ = ["commands_of", "moves_of"]


def moves_of(item: Running, product: Product | None, dates: Dates, today: date) -> tuple[Move, ...]:
    """The nearest move first (same major), then the one that lasts longest."""
    moves = [*_minors(item, dates), *_majors(item, product, dates, today)]
    seen: dict[str, Move] = {}
    for move in moves:
        seen.setdefault(move.version, move)
    return tuple(seen.values())


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
        yield Move(
            version=target.version,
            why="newest major version that AWS lets it upgrade to",
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
        yield from _one_by_one(item, product, good)
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


def _one_by_one(item: Running, product: Product, good: list[Release]) -> Iterator[Move]:
    """EKS goes up one minor version at a time."""
    first = min(good, key=lambda one: numbers(one.cycle))
    last = max(good, key=lambda one: numbers(one.cycle))
    running = numbers(item.version)
    step = f"{running[0]}.{running[1] + 1}" if len(running) > 1 else first.cycle
    hops = numbers(last.cycle)[1] - running[1] if len(running) > 1 else 0
    yield Move(
        version=step,
        why="next version; EKS goes one at a time",
        supported_until=_until(product, step),
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


def commands_of(item: Running, moves: tuple[Move, ...]) -> tuple[str, ...]:
    """Commands for the last move, with the resource's own names; nothing here runs them."""
    if not moves:
        return ()
    region = f" --region {item.region}" if item.region else ""
    engine = engine_of(item.engine)
    to = moves[-1].version
    major = numbers(to)[:1] != numbers(plain_version(item.version))[:1] or engine.name == "mysql"
    if engine.service == "rds":
        return tuple(_database(item, moves, region, major=major))
    if engine.name == "eks" and item.kind == "eks nodegroup":
        return (
            f"aws eks update-nodegroup-version --cluster-name {item.cluster or 'CLUSTER'} "
            f"--nodegroup-name {item.name}{region}",
        )
    templates = {
        "eks": (
            f"aws eks list-insights --cluster-name {item.name} "
            f"--filter categories=UPGRADE_READINESS{region}",
            f"aws eks update-cluster-version --name {item.name} "
            f"--kubernetes-version {moves[0].version}{region}",
        ),
        "redis": (
            f"aws elasticache modify-replication-group --replication-group-id {item.name} "
            f"--engine redis --engine-version {to} --apply-immediately{region}",
        ),
        "lambda": (
            f"aws lambda update-function-configuration --function-name {item.name} "
            f"--runtime {to}{region}",
        ),
        "opensearch": (
            f"aws opensearch upgrade-domain --domain-name {item.name} "
            f"--target-version OpenSearch_{to} --perform-check-only{region}",
            f"aws opensearch upgrade-domain --domain-name {item.name} "
            f"--target-version OpenSearch_{to}{region}",
        ),
        "kafka": (
            f"aws kafka get-compatible-kafka-versions --cluster-arn {item.arn or 'ARN'}{region}",
            f"aws kafka update-cluster-kafka-version --cluster-arn {item.arn or 'ARN'} "
            f"--current-version CURRENT --target-kafka-version {to}{region}",
        ),
        "docdb": (
            f"aws docdb modify-db-cluster --db-cluster-identifier {item.name} "
            f"--engine-version {to}.0 --allow-major-version-upgrade{region}",
        ),
        "neptune": (
            f"aws neptune modify-db-cluster --db-cluster-identifier {item.name} "
            f"--engine-version {to}{region}",
        ),
    }
    return templates.get(engine.name, ())


def _database(item: Running, moves: tuple[Move, ...], region: str, *, major: bool) -> Iterator[str]:
    cluster = "cluster" in item.kind
    noun, flag = (
        ("db-cluster", "--db-cluster-identifier")
        if cluster
        else ("db-instance", "--db-instance-identifier")
    )
    first, last = moves[0].version, moves[-1].version
    yield (
        f"aws rds describe-db-engine-versions --engine {item.engine} --engine-version "
        f"{item.version} --query 'DBEngineVersions[].ValidUpgradeTarget[].EngineVersion'{region}"
    )
    if len(moves) > 1 or not major:
        yield (
            f"aws rds modify-{noun} {flag} {item.name} --engine-version {first} "
            f"--apply-immediately{region}"
        )
    if major:
        source = item.arn or f"ARN_OF_{item.name}"
        yield (
            f"aws rds create-blue-green-deployment --blue-green-deployment-name {item.name}-"
            f"{last.replace('.', '-')} --source {source} --target-engine-version {last}{region}"
        )
