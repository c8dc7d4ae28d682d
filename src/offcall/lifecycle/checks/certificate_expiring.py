"""Server certificates of databases, and the authorities that signed them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from shlex import quote

from offcall.core.checks import Problem, check
from offcall.core.findings import Evidence, Fix, Severity
from offcall.lifecycle.checks.examples import example, running
from offcall.lifecycle.judging import by_days
from offcall.lifecycle.regimes.commands import arn_of, in_region
from offcall.lifecycle.snapshot import Certificate, Inventory, Running

__all__ = ["certificate_expiring"]

WINDOW = timedelta(days=180)

# The last days of authorities, for inventories in which the certificate's own was not read.
AUTHORITIES = {
    "rds-ca-2015": datetime(2020, 3, 5, tzinfo=UTC),
    "rds-ca-2019": datetime(2024, 8, 22, tzinfo=UTC),
}

# A server may keep its kind of key: clients can be bound to it.
USUAL = "rds-ca-rsa2048-g1"
FAMILIES = {"rsa4096": "rds-ca-rsa4096-g1", "ecc384": "rds-ca-ecc384-g1"}


def _with(till: str) -> Running:
    certificate = {"authority": "rds-ca-rsa2048-g1", "valid_till": till}
    return running("postgres", "17.10", certificate=certificate)


@check(
    id="lifecycle-certificate-expiring",
    title="The database's server certificate expires",
    severity=Severity.HIGH,
    category="support",
    rationale="Clients that verify the certificate cannot connect after that moment. Rotation may "
    "restart the database, and clients need the new authority in their trust store first.",
    source="https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.SSL-certificate-rotation.html",
    fails=example(_with("2026-12-20T00:00:00Z")),
    passes=example(_with("2027-11-20T00:00:00Z")),
)
def certificate_expiring(snapshot: Inventory, now: datetime) -> Iterator[Problem]:
    """Certificates that expired or will within 180 days."""
    for item in snapshot.resources:
        held = item.certificate
        till = (held.valid_till or AUTHORITIES.get(held.authority)) if held else None
        if held is None or till is None or till - now > WINDOW:
            continue
        days = (till.date() - now.astimezone(UTC).date()).days
        over = till <= now
        yield Problem(
            item.resource,
            f"the server certificate ({held.authority}) "
            f"{'expired' if over else 'expires'} on {till.date()}",
            _fix(item, held),
            _evidence(item, held, till),
            key=held.authority,
            severity=Severity.CRITICAL if over or days <= 14 else by_days(days),
            why="Clients that verify the server's certificate cannot connect after that. RDS "
            "renews it by itself only if the engine can do so without a restart.",
            deadline=till,
        )


def _evidence(item: Running, held: Certificate, till: datetime) -> Iterator[Evidence]:
    source = item.file or "rds.CertificateDetails.ValidTill"
    if held.valid_till is None:
        source = "the authority's own end"
    yield Evidence(name="authority", value=held.authority)
    yield Evidence(name="valid until", value=till.strftime("%Y-%m-%dT%H:%MZ"), source=source)


def _fix(item: Running, held: Certificate) -> Fix:
    """Rotate to today's authority of the same key family, or renew what that one signed."""
    target = next((name for part, name in FAMILIES.items() if part in held.authority), USUAL)
    trust = "put the new authority into the trust store of every client"
    if target == held.authority:
        return Fix(
            steps=(
                f"{target} itself stays: only the server certificate is renewed. RDS does it by "
                "itself where the engine needs no restart; else apply the pending rotation, which "
                "restarts the database",
            ),
            command="\n".join(_commands(item, None)),
        )
    return Fix(
        steps=(
            trust,
            "rotate the certificate in a maintenance window; it may restart the database",
        ),
        command="\n".join(_commands(item, target)),
    )


def _commands(item: Running, target: str | None) -> Iterator[str]:
    """Rotation to `target`, or a look at the pending rotation.

    A Multi-AZ DB cluster has one setting; of other clusters each instance has its own.
    """
    service = item.resource.service
    cli = service if service in ("docdb", "neptune") else "rds"
    region = in_region(item)
    if target is None:
        yield (
            f"aws {cli} describe-pending-maintenance-actions --resource-identifier "
            f"{arn_of(item)}{region}"
        )
        return
    change = f"--ca-certificate-identifier {target} --no-apply-immediately{region}"
    if item.kind == "rds cluster":
        yield f"aws rds modify-db-cluster --db-cluster-identifier {quote(item.name)} {change}"
    elif "cluster" not in item.kind:
        yield f"aws {cli} modify-db-instance --db-instance-identifier {quote(item.name)} {change}"
    elif item.members:
        for name in item.members:
            yield f"aws {cli} modify-db-instance --db-instance-identifier {quote(name)} {change}"
    else:
        yield (
            f"for one in $(aws {cli} describe-db-clusters --db-cluster-identifier "
            f"{quote(item.name)} --query 'DBClusters[0].DBClusterMembers[].DBInstanceIdentifier' "
            f"--output text{region}); do aws {cli} modify-db-instance --db-instance-identifier "
            f'"$one" {change}; done'
        )
