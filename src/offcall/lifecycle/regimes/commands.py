"""Commands that make a move, with the resource's own names. They are text: nothing runs them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from offcall.lifecycle.engines import engine_of
from offcall.lifecycle.regimes.model import Move
from offcall.lifecycle.snapshot import Running

__all__ = ["commands_of"]


def commands_of(item: Running, move: Move) -> tuple[str, ...]:
    """What to run for one move; empty for software that AWS does not run."""
    engine = engine_of(item.engine)
    write = _databases if engine.service == "rds" else WRITERS.get(engine.name)
    if write is None:
        return ()
    region = f" --region {item.region}" if item.region else ""
    return tuple(command + region for command in write(item, move))


def _databases(item: Running, move: Move) -> Iterator[str]:
    """RDS and Aurora: in place for a minor version, blue/green for a major one."""
    noun = "db-cluster" if "cluster" in item.kind else "db-instance"
    yield (
        f"aws rds describe-db-engine-versions --engine {item.engine} --engine-version "
        f"{item.version} --query 'DBEngineVersions[].ValidUpgradeTarget[].EngineVersion'"
    )
    if move.minor:
        yield (
            f"aws rds modify-{noun} --{noun}-identifier {item.name} "
            f"--engine-version {move.version} --apply-immediately"
        )
        return
    yield (
        "aws rds create-blue-green-deployment --blue-green-deployment-name "
        f"{item.name}-{move.version.replace('.', '-')} --source {item.arn or 'ARN'} "
        f"--target-engine-version {move.version}"
    )


def _eks(item: Running, move: Move) -> Iterator[str]:
    if item.kind == "eks nodegroup":
        yield (
            f"aws eks update-nodegroup-version --cluster-name {item.cluster or 'CLUSTER'} "
            f"--nodegroup-name {item.name}"
        )
        return
    yield (
        f"aws eks list-insights --cluster-name {item.name} --filter categories=UPGRADE_READINESS"
    )
    yield (f"aws eks update-cluster-version --name {item.name} --kubernetes-version {move.version}")


def _redis(item: Running, move: Move) -> Iterator[str]:
    yield (
        f"aws elasticache modify-replication-group --replication-group-id {item.name} "
        f"--engine redis --engine-version {move.version} --apply-immediately"
    )


def _function(item: Running, move: Move) -> Iterator[str]:
    yield (
        f"aws lambda update-function-configuration --function-name {item.name} "
        f"--runtime {move.version}"
    )


def _search(item: Running, move: Move) -> Iterator[str]:
    upgrade = (
        f"aws opensearch upgrade-domain --domain-name {item.name} "
        f"--target-version OpenSearch_{move.version}"
    )
    yield f"aws opensearch get-compatible-versions --domain-name {item.name}"
    yield f"{upgrade} --perform-check-only"
    yield upgrade


def _kafka(item: Running, move: Move) -> Iterator[str]:
    arn = item.arn or "ARN"
    yield f"aws kafka get-compatible-kafka-versions --cluster-arn {arn}"
    yield (
        f"aws kafka update-cluster-kafka-version --cluster-arn {arn} "
        f"--current-version CURRENT --target-kafka-version {move.version}"
    )


def _docdb(item: Running, move: Move) -> Iterator[str]:
    yield (
        f"aws docdb modify-db-cluster --db-cluster-identifier {item.name} "
        f"--engine-version {move.version}.0 --allow-major-version-upgrade"
    )


def _neptune(item: Running, move: Move) -> Iterator[str]:
    yield (
        f"aws neptune modify-db-cluster --db-cluster-identifier {item.name} "
        f"--engine-version {move.version}"
    )


WRITERS: Mapping[str, Callable[[Running, Move], Iterator[str]]] = {
    "docdb": _docdb,
    "eks": _eks,
    "kafka": _kafka,
    "lambda": _function,
    "neptune": _neptune,
    "opensearch": _search,
    "redis": _redis,
}
