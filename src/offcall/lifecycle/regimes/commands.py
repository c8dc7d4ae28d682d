"""Commands that make a move, with the resource's own names. They are text: nothing runs them.

Every name and version is quoted for the shell: an inventory may hold anything.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from shlex import quote

from offcall.core.arn import make
from offcall.lifecycle.engines import engine_of
from offcall.lifecycle.regimes.model import Move
from offcall.lifecycle.snapshot import Running
from offcall.lifecycle.values import numbers

__all__ = ["arn_of", "commands_of", "in_region"]

BLUE_GREEN = 60
"""The longest name that a blue/green deployment may have."""


def commands_of(item: Running, move: Move) -> tuple[str, ...]:
    """What to run for one move; empty for software that AWS does not run."""
    engine = engine_of(item.engine)
    write = _databases if engine.service == "rds" else WRITERS.get(engine.name)
    if write is None:
        return ()
    return tuple(command + in_region(item) for command in write(item, move))


def in_region(item: Running) -> str:
    """The option that names the resource's region, with a space before it."""
    return f" --region {quote(item.region)}" if item.region else ""


def arn_of(item: Running) -> str:
    """The ARN of a database for a command: known, composed, or asked for by the command itself."""
    noun = "cluster" if "cluster" in item.kind else "instance"
    if item.arn:
        return quote(item.arn)
    if item.region and item.account:
        short = {"cluster": "cluster", "instance": "db"}[noun]
        return quote(make("rds", item.region, item.account, f"{short}:{item.name}"))
    big = noun.capitalize()
    return (
        f'"$(aws rds describe-db-{noun}s --db-{noun}-identifier {quote(item.name)} '
        f"--query 'DB{big}s[0].DB{big}Arn' --output text{in_region(item)})\""
    )


def _databases(item: Running, move: Move) -> Iterator[str]:
    """RDS and Aurora: in place for a minor version, blue/green for a major one."""
    noun = "db-cluster" if "cluster" in item.kind else "db-instance"
    # A deprecated version is listed only with --include-all.
    yield (
        f"aws rds describe-db-engine-versions --engine {quote(engine_of(item.engine).name)} "
        f"--engine-version {quote(item.version)} --include-all "
        "--query 'DBEngineVersions[].ValidUpgradeTarget[].EngineVersion'"
    )
    if move.version is None:
        return
    if move.minor:
        yield (
            f"aws rds modify-{noun} --{noun}-identifier {quote(item.name)} "
            f"--engine-version {quote(move.version)} --apply-immediately"
        )
        return
    suffix = f"-{move.version.replace('.', '-').replace('_', '-')}"[:BLUE_GREEN]
    name = item.name[: BLUE_GREEN - len(suffix)].rstrip("-") + suffix
    yield (
        f"aws rds create-blue-green-deployment --blue-green-deployment-name {quote(name)} "
        f"--source {arn_of(item)} --target-engine-version {quote(move.version)}"
    )


def _eks(item: Running, move: Move) -> Iterator[str]:
    if item.kind == "eks nodegroup":
        cluster = quote(item.cluster or "CLUSTER")
        if move.version is None:
            yield f"aws eks describe-cluster --name {cluster} --query cluster.version"
            return
        yield (
            f"aws eks update-nodegroup-version --cluster-name {cluster} "
            f"--nodegroup-name {quote(item.name)} --kubernetes-version {quote(move.version)}"
        )
        return
    if move.version is None:
        return
    name = quote(item.name)
    yield f"aws eks list-insights --cluster-name {name} --filter categories=UPGRADE_READINESS"
    yield f"aws eks update-cluster-version --name {name} --kubernetes-version {quote(move.version)}"


def _redis(item: Running, move: Move) -> Iterator[str]:
    if move.version is None:
        return
    alone = ":cluster:" in (item.arn or "")
    what = (
        "modify-cache-cluster --cache-cluster-id"
        if alone
        else "modify-replication-group --replication-group-id"
    )
    yield (
        f"aws elasticache {what} {quote(item.name)} "
        f"--engine-version {quote(move.version)} --apply-immediately"
    )


def _function(item: Running, move: Move) -> Iterator[str]:
    if move.version is None:
        return
    name = quote(item.name)
    handler = ""
    if item.version.startswith("go"):
        yield (
            f"aws lambda update-function-code --function-name {name} --zip-file fileb://bootstrap.zip"
        )
        handler = " --handler bootstrap"
    yield (
        f"aws lambda update-function-configuration --function-name {name} "
        f"--runtime {quote(move.version)}{handler}"
    )


def _search(item: Running, move: Move) -> Iterator[str]:
    name = quote(item.name)
    yield f"aws opensearch get-compatible-versions --domain-name {name}"
    if move.version is None:
        return
    upgrade = (
        f"aws opensearch upgrade-domain --domain-name {name} --target-version {quote(move.version)}"
    )
    yield f"{upgrade} --perform-check-only"
    yield upgrade


def _kafka(item: Running, move: Move) -> Iterator[str]:
    arn = quote(item.arn) if item.arn else "CLUSTER_ARN"
    yield f"aws kafka get-compatible-kafka-versions --cluster-arn {arn}"
    if move.version is None:
        return
    # The version of the cluster's settings, not of Kafka; it changes with every update.
    current = (
        f"aws kafka describe-cluster-v2 --cluster-arn {arn} "
        f"--query ClusterInfo.CurrentVersion --output text{in_region(item)}"
    )
    yield (
        f"aws kafka update-cluster-kafka-version --cluster-arn {arn} "
        f'--current-version "$({current})" --target-kafka-version {quote(move.version)}'
    )


def _docdb(item: Running, move: Move) -> Iterator[str]:
    if move.version is not None:
        yield (
            f"aws docdb modify-db-cluster --db-cluster-identifier {quote(item.name)} "
            f"--engine-version {quote(move.version)}.0 --allow-major-version-upgrade"
        )


def _neptune(item: Running, move: Move) -> Iterator[str]:
    yield (
        f"aws neptune describe-db-engine-versions --engine neptune --engine-version "
        f"{quote(item.version)} --query 'DBEngineVersions[].ValidUpgradeTarget[].EngineVersion'"
    )
    if move.version is None:
        return
    major = numbers(move.version)[:2] != numbers(item.version)[:2]
    yield (
        f"aws neptune modify-db-cluster --db-cluster-identifier {quote(item.name)} "
        f"--engine-version {quote(move.version)}"
        + (" --allow-major-version-upgrade" if major else "")
    )


WRITERS: Mapping[str, Callable[[Running, Move], Iterator[str]]] = {
    "docdb": _docdb,
    "eks": _eks,
    "elasticsearch": _search,
    "kafka": _kafka,
    "lambda": _function,
    "neptune": _neptune,
    "opensearch": _search,
    "redis": _redis,
}
