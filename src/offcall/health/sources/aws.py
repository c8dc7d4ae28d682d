"""The AWS clients of this room, as the estate wants them; the active endpoint of the Health API."""

from __future__ import annotations

import re
import socket
from dataclasses import dataclass
from urllib.parse import urlsplit

from offcall.core.aws import Client, account_of, client

__all__ = ["Access", "active_region"]

GLOBAL_HOST = "global.health.amazonaws.com"
_REGIONAL = re.compile(r"^health\.([a-z]{2}(?:-[a-z]+)+-\d)\.(?:amazonaws\.com|api\.aws)\.?$")


@dataclass(frozen=True, slots=True)
class Access:
    """With which credentials AWS is asked."""

    profile: str | None = None
    role_arn: str | None = None

    def client(self, service: str, region: str | None = None) -> Client:
        """A client of a service."""
        return client(service, region=region, profile=self.profile, role_arn=self.role_arn)

    def health(self) -> Client:
        """The Health API, at the endpoint that is active now.

        The API runs in two regions, one of them active; a DNS name tells which, and requests must
        be signed for it. A configured endpoint (AWS_ENDPOINT_URL_HEALTH, …) is left as it is.
        https://docs.aws.amazon.com/health/latest/ug/health-api.html
        """
        # us-east-1 makes botocore choose the global endpoint of the standard partition.
        standard = self.client("health", "us-east-1")
        if urlsplit(standard.endpoint).hostname != GLOBAL_HOST:
            return standard
        region = active_region()
        if region in (None, "us-east-1"):
            return standard
        return self.client("health", region)

    def account(self) -> str:
        """The account that we ask as."""
        return account_of(region="us-east-1", profile=self.profile, role_arn=self.role_arn)


def active_region(host: str = GLOBAL_HOST) -> str | None:
    """The region whose Health endpoint is active, by DNS; None when DNS does not say."""
    try:
        name, aliases, _ = socket.gethostbyname_ex(host)
    except OSError:
        return None
    return region_in([name, *aliases])


def region_in(names: list[str]) -> str | None:
    """The region in the name of a regional Health endpoint."""
    found = (_REGIONAL.match(name) for name in names)
    return next((match[1] for match in found if match), None)
