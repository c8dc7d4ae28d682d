"""What runs, in which version, and what is known about its support: the facts that checks judge.

Dates are calendar days, as AWS publishes them; the day itself still belongs to the period that it
ends (RDS charges for extended support "beginning the day after" the end of standard support).
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, ClassVar

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    field_validator,
    model_validator,
)

from offcall.core.arn import parse
from offcall.core.findings import Resource
from offcall.core.snapshots import Snapshot
from offcall.lifecycle.products import Product
from offcall.lifecycle.values import (
    account_id,
    aware,
    calendar_day,
    printable,
    support_setting,
    text,
)

__all__ = [
    "Certificate",
    "Inventory",
    "LiveSupport",
    "Pending",
    "Running",
    "Target",
]

Day = Annotated[date, BeforeValidator(calendar_day)]
Moment = Annotated[datetime, BeforeValidator(aware)]
Text = Annotated[str, BeforeValidator(text)]
Name = Annotated[str, BeforeValidator(text), AfterValidator(printable)]
"""Text of one line without control characters: it stands in tables and in commands."""


class _Fact(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class Certificate(_Fact):
    """A server certificate: the authority that signed it (`rds-ca-2019`) and its last day."""

    authority: Name
    valid_till: Moment | None = None


class Pending(_Fact):
    """Something that AWS wants to do to a resource.

    `auto_applied_after`: done in the maintenance window after this time.
    `forced_apply`: done at this time whatever the window and the opt-in say.
    `current_apply`: when it is planned now, opt-in included.
    """

    action: Name
    description: str | None = None
    auto_applied_after: Moment | None = None
    forced_apply: Moment | None = None
    current_apply: Moment | None = None
    opt_in: str | None = None
    source: str | None = None


class Target(_Fact):
    """A version that this resource can be upgraded to."""

    version: Name
    major: bool = False
    auto: bool = Field(default=False, description="AWS's own choice for automatic upgrades.")


class LiveSupport(_Fact):
    """Support dates of one version that an AWS API gave; they win over the carried dataset.

    `version` is the cycle as the API names it ("13", "8.0", "1.31").
    """

    engine: Text
    version: Text
    standard_end: Day | None = None
    extended_start: Day | None = None
    extended_end: Day | None = None
    source: str = Field(description="The API call, such as rds.DescribeDBMajorEngineVersions.")
    read_at: Moment


def _words(kind: str) -> str:
    """A kind as it is written here: "EKS-nodegroup" is "eks nodegroup"."""
    return " ".join(kind.lower().replace("_", " ").replace("-", " ").split())


class Running(_Fact):
    """One resource and the version that it runs.

    `engine` is AWS's word (`postgres`, `aurora-mysql`, `eks`, `redis`, `lambda`, `kafka`, `docdb`,
    `opensearch`) or the name of a product of the dataset. For Lambda, `version` is the runtime.
    `instances` counts the machines of `instance_class` that are billed, Multi-AZ standby apart.
    """

    engine: Name
    version: Name
    name: Name
    kind: Name
    arn: Name | None = None
    account: Annotated[Name, BeforeValidator(account_id)] | None = None
    region: Name | None = None
    instance_class: Name | None = Field(default=None, alias="class")
    vcpu: int | None = Field(default=None, gt=0, description="Of one instance, if not by class.")
    instances: int = Field(default=1, ge=0)
    other_classes: dict[str, int] = Field(
        default_factory=dict, description="Further machines: class to count."
    )
    multi_az: bool | None = None
    acu: Decimal | None = Field(
        default=None, ge=0, description="Aurora Serverless: the least ACUs of each such machine."
    )
    acu_max: Decimal | None = Field(default=None, ge=0, description="... and the most.")
    engine_mode: Name | None = Field(
        default=None, description="Aurora's EngineMode, where it is not 'provisioned'."
    )
    auto_minor_version_upgrade: bool | None = None
    extended_support: Annotated[bool | None, BeforeValidator(support_setting)] = Field(
        default=None,
        description="EngineLifecycleSupport (RDS) or upgradePolicy.supportType (EKS); "
        "not given means AWS's default, which is enabled.",
    )
    maintenance_window: Text | None = None
    certificate: Certificate | None = None
    pending: tuple[Pending, ...] = ()
    upgrade_targets: tuple[Target, ...] = ()
    version_status: str | None = Field(
        default=None, description="What DescribeDBEngineVersions says: available, deprecated."
    )
    members: tuple[Name, ...] = Field(
        default=(), description="A database cluster's instances, by identifier."
    )
    cluster: Name | None = Field(default=None, description="The cluster that it belongs to.")
    cluster_version: Name | None = None
    tags: dict[str, Text] = Field(default_factory=dict)
    file: str | None = None
    line: int | None = None

    @model_validator(mode="before")
    @classmethod
    def _complete(cls, data: object) -> object:
        """Fill name, account, region from the ARN and the kind from the engine."""
        if not isinstance(data, dict):
            return data
        from offcall.lifecycle.engines import default_kind, engine_in_version, kind_of_arn

        full = {key: value for key, value in data.items() if value is not None}
        arn = parse(full.get("arn"))
        for key in ("account", "region", "name", "cluster") if arn else ():
            if getattr(arn, key):
                full.setdefault(key, getattr(arn, key))
        if "engine" in full:
            engine = str(full["engine"]).strip().lower()
            full["engine"] = engine_in_version(engine, str(full.get("version", "")).strip())
            if arn is not None:
                kind = kind_of_arn(full["engine"], arn)
                said = _words(str(full.get("kind", kind or "")))
                if kind is not None and said != kind:
                    raise ValueError(f"kind is '{said}', but the ARN is of kind '{kind}'")
                full.update({"kind": kind} if kind else {})
            full.setdefault("kind", default_kind(full["engine"]))
        return full

    @field_validator("kind")
    @classmethod
    def _kind(cls, value: str) -> str:
        return _words(value)

    @property
    def machines(self) -> dict[str, int]:
        """Every class of machine and how many of it; a Multi-AZ standby counts."""
        count = self.instances * (2 if self.multi_az and self.kind == "rds instance" else 1)
        first = {self.instance_class: count} if self.instance_class else {}
        return {**first, **self.other_classes}

    @property
    def resource(self) -> Resource:
        """Who this is, for a finding."""
        from offcall.lifecycle.engines import service_of

        place = "/".join(part for part in (self.region, self.account) if part)
        return Resource(
            kind=self.kind,
            id=self.arn or "/".join(part for part in (self.kind, place, self.name) if part),
            name=self.name,
            account=self.account,
            region=self.region,
            service=service_of(self.engine),
            file=self.file,
            line=self.line,
            tags=self.tags,
        )


class Inventory(Snapshot):
    """Everything that runs, the support dates read live, and the carried facts to judge by.

    `products` holds the dataset's releases of the products in use, so that a saved inventory is
    judged by the same facts anywhere.
    """

    kind: ClassVar[str] = "offcall.lifecycle/1"

    resources: tuple[Running, ...] = ()
    live: tuple[LiveSupport, ...] = ()
    products: tuple[Product, ...] = ()
