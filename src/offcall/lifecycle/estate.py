"""The `lifecycle:` section of an estate file: which accounts and regions run what.

lifecycle:
  inventory: [inventory.yaml]        # files, beside or instead of AWS
  regions: [eu-west-1, us-east-1]
  accounts:
    - {name: prod, profile: prod}
    - {name: staging, role_arn: "arn:aws:iam::444455556666:role/offcall", regions: [eu-west-1]}
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from offcall.core.estate import EstateModel

__all__ = ["SERVICES", "Account", "Section", "Service"]

Service = Literal["rds", "eks", "elasticache", "opensearch", "lambda", "kafka", "health"]
SERVICES: tuple[Service, ...] = (
    "rds",  # Aurora, DocumentDB and Neptune answer to the same API
    "eks",
    "elasticache",
    "opensearch",
    "lambda",
    "kafka",
    "health",
)


class Account(EstateModel):
    """One AWS account and how to get into it."""

    name: str | None = Field(default=None, description="How it is called in messages.")
    profile: str | None = Field(default=None, description="A profile of ~/.aws/config.")
    role_arn: str | None = Field(default=None, description="A role to assume for reading.")
    regions: tuple[str, ...] = Field(default=(), description="Instead of the section's regions.")


class Section(EstateModel):
    """What is read to know which versions run."""

    inventory: tuple[str, ...] = Field(
        default=(), description="Inventory files (CSV, YAML), relative to the estate file."
    )
    accounts: tuple[Account, ...] = Field(default=(), description="AWS accounts to read.")
    regions: tuple[str, ...] = Field(
        default=(), description="AWS regions to read; the profile's own when none is named."
    )
    services: tuple[Service, ...] = Field(default=SERVICES, description="What is asked in each.")

    @property
    def reads_aws(self) -> bool:
        """Whether AWS is asked at all."""
        return bool(self.accounts or self.regions)
