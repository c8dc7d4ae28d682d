"""What extended support costs, by region where a price is known, else labelled as us-east-1's.

Sources
    RDS and Aurora: $0.10 a vCPU-hour in years 1 and 2, $0.20 in year 3 (us-east-1):
        https://aws.amazon.com/rds/postgresql/pricing/ , https://vantage.sh/blog/amazon-rds-extended-support
        eu-west-1 0.112, eu-central-1 0.122, ap-northeast-2 0.120: usage records of 2026.
        Multi-AZ standbys are billed too:
        https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/extended-support-charges.html
    EKS: $0.60 an hour instead of $0.10: https://aws.amazon.com/eks/pricing/
    ElastiCache: 80 % of the node's on-demand price in years 1 and 2, 160 % in year 3:
        https://aws.amazon.com/elasticache/pricing/
    OpenSearch: $0.0065 a normalised instance hour (us-east-1):
        https://docs.aws.amazon.com/opensearch-service/latest/developerguide/what-is.html#calculating-charges
    DocumentDB: a price of its own for each class, region and year, which is not carried here.
"""

from __future__ import annotations

import functools
import json
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict

from offcall.lifecycle.machines import normalised_size, vcpus
from offcall.lifecycle.snapshot import Running

__all__ = ["HOURS", "Cost", "eks_cost", "elasticache_cost", "opensearch_cost", "rds_cost", "usd"]

HOURS = Decimal(730)
HOME = "us-east-1"

RDS_VCPU_HOUR = {
    "us-east-1": Decimal("0.100"),
    "us-east-2": Decimal("0.100"),
    "us-west-2": Decimal("0.100"),
    "eu-west-1": Decimal("0.112"),
    "eu-central-1": Decimal("0.122"),
    "ap-northeast-2": Decimal("0.120"),
}
RDS_ACU_HOUR = {
    "us-east-1": Decimal("0.085"),
    "us-east-2": Decimal("0.085"),
    "eu-central-1": Decimal("0.104"),
    "ap-northeast-2": Decimal("0.102"),
}
EKS_HOUR = Decimal("0.50")
OPENSEARCH_NIH = {HOME: Decimal("0.0065")}
ELASTICACHE_SHARE = {1: Decimal("0.8"), 3: Decimal("1.6")}


class Cost(BaseModel):
    """A monthly price in US dollars and how it came about.

    `monthly_usd` is None when it is not known; `basis` then says what is missing. `region` is the
    one whose price was used, which is not the resource's own when that has none here.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    monthly_usd: Decimal | None
    basis: str
    region: str | None = None
    source: str

    @property
    def text(self) -> str:
        """ "$146.00/month", or that it is not known."""
        return f"{usd(self.monthly_usd)}/month" if self.monthly_usd is not None else "price unknown"


def usd(amount: Decimal) -> str:
    """ "$1,234" from a hundred dollars up, with cents below."""
    places = "1" if amount >= 100 else "0.01"
    return f"${amount.quantize(Decimal(places), ROUND_HALF_UP):,}"


def _rate(table: dict[str, Decimal], region: str | None) -> tuple[Decimal, str, str]:
    """The price, the region it is of, and what to say when that is another one."""
    if region in table:
        return table[region], region or HOME, ""
    said = f" ({HOME} price; {region or 'the region'} may differ)"
    return table[HOME], HOME, said


SERVERLESS = "db.serverless"
RDS_SOURCE = "https://aws.amazon.com/rds/postgresql/pricing/"


def rds_cost(item: Running, year: int) -> Cost:
    """Extended support of an RDS instance or Aurora cluster; `year` is 1 (and 2) or 3."""
    twice = 2 if year >= 3 else 1
    if item.engine_mode == "serverless":
        basis = "the price of Aurora Serverless v1 in extended support is not known here"
        return Cost(monthly_usd=None, basis=basis, source=RDS_SOURCE)
    machines = item.machines
    capacity = machines.pop(SERVERLESS, 0)
    if item.acu is not None and not capacity:
        # A file that gives ACUs and names no serverless class means all its machines.
        capacity, machines = max(item.instances, 1), {}
    total = 0
    parts = []
    for machine, count in machines.items():
        each = item.vcpu if item.vcpu and machine == item.instance_class else vcpus(machine)
        if each is None:
            return Cost(
                monthly_usd=None,
                basis=f"vCPUs of {machine} are not known; give 'vcpu' in the inventory",
                source=RDS_SOURCE,
            )
        total += each * count
        parts.append(f"{count} x {each} vCPU ({machine})")
    if not machines and not capacity and item.vcpu:
        standby = 2 if item.multi_az and item.kind == "rds instance" else 1
        total = item.vcpu * item.instances * standby
        parts.append(f"{item.instances * standby} x {item.vcpu} vCPU")
    if capacity and item.acu is None:
        basis = f"the ACUs of {capacity} x {SERVERLESS} are not known; give 'acu' in the inventory"
        return Cost(monthly_usd=None, basis=basis, source=RDS_SOURCE)
    if not parts and not capacity:
        return Cost(monthly_usd=None, basis="the instance class is not known", source=RDS_SOURCE)
    amount = Decimal(0)
    said = []
    region = HOME
    if parts:
        rate, region, note = _rate(RDS_VCPU_HOUR, item.region)
        amount += total * rate * twice * HOURS
        said.append(f"{' + '.join(parts)} x ${rate * twice} x 730 h{note}")
    if capacity and item.acu is not None:
        rate, region, note = _rate(RDS_ACU_HOUR, item.region)
        amount += item.acu * capacity * rate * twice * HOURS
        most = f" (up to {item.acu_max})" if item.acu_max is not None else ""
        said.append(f"at least {item.acu} ACU{most} x {capacity} x ${rate * twice} x 730 h{note}")
    return _cost(amount, " + ".join(said), region, RDS_SOURCE)


def eks_cost(item: Running) -> Cost:
    """Extended support of one EKS cluster: what it adds to the standard $0.10 an hour.

    The price is the same in every region but those of China, which have price lists of their own.
    """
    basis = "$0.60 instead of $0.10 an hour x 730 h"
    if (item.region or "").startswith("cn-"):
        basis += f" ({HOME} price; {item.region} may differ)"
    return _cost(EKS_HOUR * HOURS, basis, None, "https://aws.amazon.com/eks/pricing/")


def opensearch_cost(item: Running) -> Cost:
    """Extended support of an OpenSearch domain."""
    source = (
        "https://docs.aws.amazon.com/opensearch-service/latest/developerguide/"
        "what-is.html#calculating-charges"
    )
    total = Decimal(0)
    parts = []
    for machine, count in item.machines.items():
        size = normalised_size(machine)
        if size is None:
            basis = f"the size factor of {machine} is not known"
            return Cost(monthly_usd=None, basis=basis, source=source)
        total += Decimal(str(size)) * count
        parts.append(f"{count} x {size:g} ({machine})")
    if not parts:
        return Cost(monthly_usd=None, basis="the instance class is not known", source=source)
    rate, region, said = _rate(OPENSEARCH_NIH, item.region)
    return _cost(
        total * rate * HOURS, f"{' + '.join(parts)} NIH x ${rate} x 730 h{said}", region, source
    )


@functools.cache
def _nodes() -> dict[str, Any]:
    file = Path(__file__).with_name("data") / "elasticache_redis_prices.json"
    body: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return body


def elasticache_cost(item: Running, year: int) -> Cost:
    """Extended support of an ElastiCache cluster: a share of its on-demand price."""
    source = "https://aws.amazon.com/elasticache/pricing/"
    share = ELASTICACHE_SHARE[3 if year >= 3 else 1]
    body = _nodes()
    regions = body["regions"]
    region = item.region if item.region in regions else HOME
    said = (
        ""
        if region == item.region
        else f" ({HOME} price; {item.region or 'the region'} may differ)"
    )
    amount = Decimal(0)
    parts = []
    for machine, count in item.machines.items():
        price = regions[region].get(machine.removeprefix("cache."))
        if price is None:
            basis = f"no on-demand price of {machine} in {region} is known here"
            return Cost(monthly_usd=None, basis=basis, source=source)
        amount += Decimal(str(price)) * count
        parts.append(f"{count} x ${price} ({machine})")
    if not parts:
        return Cost(monthly_usd=None, basis="the node type is not known", source=source)
    basis = (
        f"{share:.0%} of {' + '.join(parts)} x 730 h, list prices of "
        f"{body['provenance']['date']}{said}"
    )
    return _cost(amount * share * HOURS, basis, region, source)


def _cost(amount: Decimal, basis: str, region: str | None, source: str) -> Cost:
    cents = amount.quantize(Decimal("0.01"), ROUND_HALF_UP)
    return Cost(monthly_usd=cents, basis=basis, region=region, source=source)
