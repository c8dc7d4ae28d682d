"""Server certificates of databases, and the authorities that signed them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from offcall.core.checks import Example, check
from offcall.core.findings import Evidence, Finding, Fix, Severity
from offcall.lifecycle.examples import NOW, inventory, running
from offcall.lifecycle.judging import by_days
from offcall.lifecycle.snapshot import Certificate, Inventory, Running

__all__ = ["expiring"]

SOURCE = "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.SSL-certificate-rotation.html"
WINDOW = timedelta(days=180)

# The last days of authorities, for inventories in which the certificate's own was not read.
AUTHORITIES = {
    "rds-ca-2015": datetime(2020, 3, 5, tzinfo=UTC),
    "rds-ca-2019": datetime(2024, 8, 22, tzinfo=UTC),
}


def _with(till: str) -> Running:
    certificate = {"authority": "rds-ca-rsa2048-g1", "valid_till": till}
    return running("postgres", "17.10", certificate=certificate)


@check(
    id="lifecycle-certificate-expiring",
    title="The database's server certificate expires",
    severity=Severity.HIGH,
    rationale="Clients that verify the certificate cannot connect after that moment. Rotation may "
    "restart the database, and clients need the new authority in their trust store first.",
    source=SOURCE,
    fails=Example(lambda: inventory(_with("2026-12-20T00:00:00Z")), NOW),
    passes=Example(lambda: inventory(_with("2027-11-20T00:00:00Z")), NOW),
)
def expiring(snapshot: Inventory, now: datetime) -> Iterator[Finding]:
    """Certificates that expired or will within 180 days."""
    for item in snapshot.resources:
        held = item.certificate
        till = (held.valid_till or AUTHORITIES.get(held.authority)) if held else None
        if held is None or till is None or till - now > WINDOW:
            continue
        days = (till.date() - now.astimezone(UTC).date()).days
        over = till <= now
        yield Finding(
            rule="lifecycle-certificate-expiring",
            severity=Severity.CRITICAL if over or days <= 14 else by_days(days),
            title=f"the server certificate ({held.authority}) "
            + ("expired" if over else "expires")
            + f" on {till.date()}",
            resource=item.resource,
            key=held.authority,
            evidence=(
                Evidence(name="authority", value=held.authority),
                Evidence(
                    name="valid until",
                    value=till.strftime("%Y-%m-%dT%H:%MZ"),
                    source=_source(item, held),
                ),
            ),
            why="Clients that verify the server's certificate cannot connect after that. RDS "
            "renews it by itself only if the engine can do so without a restart.",
            source=SOURCE,
            fix=Fix(
                steps=(
                    "put the new authority into the trust store of every client",
                    "rotate the certificate in a maintenance window; it may restart the database",
                ),
                command=_command(item),
            ),
            deadline=till,
            category="support",
        )


def _source(item: Running, held: Certificate) -> str:
    if held.valid_till is None:
        return "the authority's own end"
    return item.file or "rds.CertificateDetails.ValidTill"


def _command(item: Running) -> str:
    """A Multi-AZ DB cluster has one setting; of other clusters each instance has its own."""
    region = f" --region {item.region}" if item.region else ""
    noun = "db-cluster" if item.kind == "rds cluster" else "db-instance"
    name = item.name
    if "cluster" in item.kind and item.kind != "rds cluster":
        name = f"INSTANCE_OF_{item.name}"
    return (
        f"aws rds modify-{noun} --{noun}-identifier {name} "
        f"--ca-certificate-identifier rds-ca-rsa2048-g1 --no-apply-immediately{region}"
    )
