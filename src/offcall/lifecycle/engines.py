"""Engines as AWS names them: their kind of resource, their service, and their product.

`product` is the name in the dataset. `regime` names the rules that say what happens at the end of
support (`regimes/`). An engine that is not here is looked up as a product by its own name.
"""

from __future__ import annotations

from dataclasses import dataclass

from offcall.core.arn import Arn

__all__ = [
    "ENGINES",
    "Engine",
    "default_kind",
    "engine_in_version",
    "engine_of",
    "kind_of_arn",
    "products_of",
    "service_of",
]


@dataclass(frozen=True, slots=True)
class Engine:
    """How AWS's word for an engine maps to our own."""

    name: str
    title: str
    service: str
    kind: str
    product: str | None
    regime: str


_ALL = (
    Engine("postgres", "RDS for PostgreSQL", "rds", "rds instance", "amazon-rds-postgresql", "rds"),
    Engine("mysql", "RDS for MySQL", "rds", "rds instance", "amazon-rds-mysql", "rds"),
    Engine("mariadb", "RDS for MariaDB", "rds", "rds instance", "amazon-rds-mariadb", "mariadb"),
    Engine(
        "aurora-postgresql",
        "Aurora PostgreSQL",
        "rds",
        "aurora cluster",
        "amazon-aurora-postgresql",
        "rds",
    ),
    Engine("aurora-mysql", "Aurora MySQL", "rds", "aurora cluster", "amazon-aurora-mysql", "rds"),
    Engine("eks", "EKS", "eks", "eks cluster", "amazon-eks", "eks"),
    Engine("redis", "ElastiCache for Redis OSS", "elasticache", "elasticache cluster",
           "amazon-elasticache-redis", "elasticache"),
    Engine("valkey", "ElastiCache for Valkey", "elasticache", "elasticache cluster",
           None, "plain"),
    Engine("memcached", "ElastiCache for Memcached", "elasticache", "elasticache cluster",
           None, "plain"),
    Engine("opensearch", "OpenSearch Service", "opensearch", "opensearch domain",
           "amazon-opensearch", "opensearch"),
    Engine("elasticsearch", "OpenSearch Service (Elasticsearch)", "opensearch", "opensearch domain",
           "amazon-elasticsearch", "opensearch"),
    Engine("lambda", "Lambda", "lambda", "lambda function", "aws-lambda", "lambda"),
    Engine("kafka", "MSK", "kafka", "msk cluster", "amazon-msk", "msk"),
    Engine("docdb", "DocumentDB", "docdb", "documentdb cluster", "amazon-documentdb", "documentdb"),
    Engine("neptune", "Neptune", "neptune", "neptune cluster", "amazon-neptune", "neptune"),
)  # fmt: skip

ENGINES = {engine.name: engine for engine in _ALL}
_ALIASES = {
    "postgresql": "postgres",
    "rds-postgres": "postgres",
    "rds-mysql": "mysql",
    "kubernetes-eks": "eks",
    # What the API called Aurora MySQL 1.
    "aurora": "aurora-mysql",
    "msk": "kafka",
    "documentdb": "docdb",
    "aws-lambda": "lambda",
    **{engine.product: engine.name for engine in _ALL if engine.product},
}


# Engines that RDS runs whose calendar is their vendor's licence, which nothing here carries.
NOT_JUDGED = {
    "oracle-": "RDS for Oracle",
    "sqlserver-": "RDS for SQL Server",
    "db2-": "RDS for Db2",
}


def engine_of(name: str) -> Engine:
    """The engine of that name; one that AWS does not run is a product with the plain regime."""
    key = _ALIASES.get(name, name)
    if key in ENGINES:
        return ENGINES[key]
    for prefix, title in NOT_JUDGED.items():
        if name.removeprefix("custom-").startswith(prefix):
            return Engine(name, title, "rds", "rds instance", None, "plain")
    return Engine(name, name, "", "software", name, "plain")


def default_kind(engine: str) -> str:
    """The usual kind of resource for an engine, when an inventory file does not say."""
    return engine_of(engine).kind


def service_of(engine: str) -> str | None:
    """The AWS service, or None for software that AWS does not run."""
    return engine_of(engine).service or None


def engine_in_version(engine: str, version: str) -> str:
    """The engine that a version names itself, as OpenSearch Service writes it.

    A domain of the service runs `OpenSearch_2.19` or `Elasticsearch_7.10`, whichever of the two
    names an inventory gives it.
    """
    named = version.partition("_")[0].lower()
    pair = ("opensearch", "elasticsearch")
    return named if named in pair and engine_of(engine).name in pair else engine


def products_of(engine: str) -> tuple[str, ...]:
    """The products whose releases are needed: its own, and that of what it can be upgraded to."""
    own = engine_of(engine)
    names = (own.product, "amazon-opensearch" if own.name == "elasticsearch" else None)
    return tuple(name for name in names if name)


_TYPES = {
    ("rds", "cluster"),
    ("rds", "db"),
    ("eks", "cluster"),
    ("eks", "nodegroup"),
    ("elasticache", "cluster"),
    ("elasticache", "replicationgroup"),
    ("es", "domain"),
    ("kafka", "cluster"),
    ("lambda", "function"),
}
"""The ARNs, by service and type, of what runs a version."""
_CLUSTERS = {
    "aurora-mysql": "aurora cluster",
    "aurora-postgresql": "aurora cluster",
    "docdb": "documentdb cluster",
    "neptune": "neptune cluster",
}
_SERVICES = {"docdb": "rds", "neptune": "rds", "opensearch": "es"}
"""What stands in the ARN where it is not the service's own name."""


def kind_of_arn(engine: str, arn: Arn) -> str | None:
    """The kind of resource that an ARN names; None where ARNs of that kind say nothing.

    Raises:
        ValueError: the ARN is of a service that does not run this engine.
    """
    known = ENGINES.get(engine_of(engine).name)
    if known is not None and arn.service in {one for one, _ in _TYPES}:
        expected = _SERVICES.get(known.service, known.service)
        if arn.service != expected:
            raise ValueError(f"the ARN is of {arn.service}, which does not run {known.name}")
    if (arn.service, arn.type) not in _TYPES:
        return None
    if arn.kind == "rds cluster":
        return _CLUSTERS.get(engine_of(engine).name, arn.kind)
    return arn.kind
