"""The `catalog:` section of the estate: where owners and runbooks come from."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, field_validator, model_validator

from offcall.catalog.patterns import Pattern
from offcall.core.estate import Estate, EstateModel

__all__ = ["Account", "OwnerRule", "RunbookRule", "Section", "Step", "account_key"]


def _as_list(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


# One value may be written without the brackets of a list.
Patterns = Annotated[tuple[Pattern, ...], BeforeValidator(_as_list)]
Words = Annotated[tuple[str, ...], BeforeValidator(_as_list)]


class Step(StrEnum):
    """The places where an owner is looked for."""

    RULES = "rules"
    BACKSTAGE = "backstage"
    TAGS = "tags"
    ACCOUNT = "account"
    DEFAULT = "default"


class OwnerRule(EstateModel):
    """Resources that fit every condition belong to `owner`; the first rule that fits wins."""

    owner: str = Field(min_length=1, description="The owner: a team, a person, a group's name.")
    match: Patterns = Field(
        default=(), description="ARNs or names, as globs or `re:` expressions; one must fit."
    )
    accounts: Patterns = Field(default=(), description="Account ids.")
    regions: Patterns = Field(default=(), description="Regions.")
    services: Patterns = Field(default=(), description="Services, such as RDS.")
    kinds: Patterns = Field(default=(), description="Kinds, such as `rds instance`.")
    tags: dict[str, Pattern] = Field(
        default_factory=dict, description="Tags that the resource has, and what they must be."
    )

    @model_validator(mode="after")
    def _says_something(self) -> OwnerRule:
        if not any((self.match, self.accounts, self.regions, self.services, self.kinds, self.tags)):
            raise ValueError(
                "a rule needs a condition (match, accounts, regions, services, kinds or tags); "
                "for an owner of everything else use default_owner"
            )
        return self


class RunbookRule(EstateModel):
    """What to read about topics (event type codes, rule ids) on resources."""

    url: str = Field(min_length=1, description="The runbook: a URL or a path.")
    title: str = Field(default="", description="What it is called; the URL if not given.")
    topics: Patterns = Field(
        default=(), description="Event type codes or rule ids, such as AWS_RDS_*."
    )
    resources: Patterns = Field(default=(), description="ARNs or names.")


class Account(EstateModel):
    """What is known of an AWS account."""

    name: str | None = Field(default=None, description="How people call it.")
    owner: str | None = Field(default=None, description="Who owns what nobody else owns there.")
    environment: str | None = Field(default=None, description="production, staging, ...")


class Section(EstateModel):
    """Owners, runbooks, accounts."""

    files: Words = Field(
        default=(),
        description="Backstage files (catalog-info.yaml): paths or globs, relative to the estate.",
    )
    rules: tuple[OwnerRule, ...] = Field(default=(), description="Owners by pattern.")
    owner_tags: Words = Field(
        default=("owner", "team"),
        description="Resource tags that name the owner, most wanted first; case does not matter.",
    )
    runbook_tags: Words = Field(
        default=("runbook",), description="Resource tags that hold a runbook's URL."
    )
    accounts: dict[str, Account] = Field(
        default_factory=dict, description="AWS accounts by their 12 digits."
    )
    default_owner: str | None = Field(
        default=None, description="Who owns what nothing else says anything about."
    )
    order: tuple[Step, ...] = Field(
        default=tuple(Step), description="Where owners are looked for, in this order."
    )
    runbooks: tuple[RunbookRule, ...] = Field(
        default=(), description="Runbooks by topic and resource; the first that fits wins."
    )
    runbook_files: Words = Field(
        default=(), description="Markdown runbooks with front matter, as paths or globs."
    )
    runbook_url: str | None = Field(
        default=None,
        description="Where those Markdown files are read, with {path} for the file's path.",
    )

    @field_validator("accounts", mode="before")
    @classmethod
    def _account_ids(cls, value: Any) -> Any:
        # YAML reads 012345678901 without quotes as a number: the zeros in front are put back.
        if not isinstance(value, dict):
            return value
        ids = {str(key).zfill(12) if isinstance(key, int) else key: v for key, v in value.items()}
        for key in ids:
            if not (isinstance(key, str) and len(key) == 12 and key.isdigit()):
                raise ValueError(f"{key!r} is not an account id: 12 digits are expected")
        return ids

    @field_validator("runbook_url")
    @classmethod
    def _has_path(cls, value: str | None) -> str | None:
        if value is not None and "{path}" not in value:
            raise ValueError("{path} must stand in it, where the file's path goes")
        return value


def account_key(estate: Estate, number: str) -> str | int:
    """How an account is written in the file, where its line is found: perhaps as a number."""
    section = estate.node.get("catalog")
    accounts = section.get("accounts") if isinstance(section, dict) else None
    written: dict[str, str | int] = {str(key).zfill(12): key for key in accounts or ()}
    return written.get(number, number)
