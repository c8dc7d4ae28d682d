"""Names of regions, services and accounts that people type: whether there is such a one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any

from offcall.core.errors import UserError
from offcall.core.text import did_you_mean
from offcall.health.guidance import guides
from offcall.health.model import EventState

__all__ = ["NOTHING", "check_account", "doubts"]

NOTHING = (
    "no event was ever taken in, so nothing can be said: `offcall health import FILE`, `sync` or "
    "`watch` brings them, `offcall health doctor` says what is missing"
)

_REGION = re.compile(
    r"[a-z]{2,4}(-[a-z]{2,5})?-"
    r"(north|south|east|west|central|northeast|northwest|southeast|southwest)-[0-9]{1,2}\Z"
)
"""How AWS names regions; one that is newer than this offcall is named so too."""

_ONLY_HEALTH = frozenset((
    "abuse", "account", "aurora", "billing", "cloudshell", "docdb", "ebs",
    "elasticloadbalancing", "fargate", "internetconnectivity", "kafka", "management-console",
    "msk", "multiple", "notifications", "operations", "risk", "security", "support",
    "trustedadvisor", "vpc", "vpn",
))  # fmt: skip
"""What AWS Health calls a service and boto3 does not."""


def check_account(account: str | None) -> None:
    """Refuse what cannot be an account.

    Raises:
        UserError: it has not 12 digits.
    """
    if account is not None and not re.fullmatch(r"[0-9]{12}", account):
        raise UserError("this is no AWS account", value=account, expected="12 digits")


def doubts(region: str | None, service: str | None, found: Iterable[EventState]) -> Iterator[str]:
    """Why an answer may be empty for the names in the question.

    Args:
        found: events that fit; what they name is known.

    Raises:
        UserError: there can be no region of that name.
    """
    events = list(found)
    if region is not None and all(one.region != region.lower() for one in events):
        yield from _about_region(region.lower())
    if service is not None and all(one.service != service.upper() for one in events):
        yield from _about_service(service.lower())


def _about_region(region: str) -> Iterator[str]:
    known = _regions()
    if region in known or region == "global":
        return
    near = did_you_mean(region, known)
    if not _REGION.match(region):
        expected = "the name of a region, such as us-east-1, or global"
        raise UserError("there is no such region", value=region, expected=expected, hint=near)
    if known:
        yield f"offcall does not know the region {region}" + (f": {near}" if near else "")


def _about_service(service: str) -> Iterator[str]:
    known = _services()
    if not known or _plain(service) in {_plain(one) for one in known}:
        return
    near = did_you_mean(service, _usual_services()) or did_you_mean(service, known)
    said = f"offcall does not know that AWS Health names a service {service.upper()}"
    yield said + (f": {near}" if near else "")


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name)


def _botocore(name: str) -> Any:
    """A file of botocore's data, or {} where botocore is not installed."""
    try:
        from botocore.loaders import Loader
    except ImportError:
        return {}
    return Loader().load_data(name)


@lru_cache(maxsize=1)
def _regions() -> frozenset[str]:
    data = _botocore("partitions")
    names = {region for one in data.get("partitions", ()) for region in one["regions"]}
    return frozenset(one for one in names if not one.endswith("-global"))


@lru_cache(maxsize=1)
def _services() -> frozenset[str]:
    data = _botocore("endpoints")
    names = {name for one in data.get("partitions", ()) for name in one["services"]}
    plain = (one.removeprefix("api.") for one in names)
    return _ONLY_HEALTH.union(plain) if names else frozenset()


def _usual_services() -> frozenset[str]:
    """Those of which events are usual: the likeliest to be meant."""
    codes = (code for guide in guides() for code in guide.codes if code.startswith("AWS_"))
    return _ONLY_HEALTH.union(code.split("_")[1].lower() for code in codes if "*" not in code[4:8])
