"""The estate's `notify:` section: channels, routes, quiet hours, digests.

Secrets are references, never values: `${NAME}` is an environment variable, `file:PATH` the first
line of a file. They are resolved when a message is sent, and masked wherever they are shown.
"""

from __future__ import annotations

import re
from datetime import time
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BeforeValidator, Field

from offcall.core.estate import EstateModel
from offcall.core.findings import Severity
from offcall.core.secrets import Secret

__all__ = [
    "DAYS",
    "AppriseChannel",
    "Channel",
    "Digest",
    "EmailChannel",
    "Filters",
    "Match",
    "PagerDutyChannel",
    "QuietHours",
    "Retry",
    "Route",
    "Section",
    "SlackChannel",
    "SnsChannel",
    "TeamsChannel",
    "WebhookChannel",
]

Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
DAYS: tuple[Day, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def _clock(value: Any) -> Any:
    if isinstance(value, str) and re.fullmatch(r"([01]?\d|2[0-3]):[0-5]\d", value):
        hour, _, minute = value.partition(":")
        return time(int(hour), int(minute))
    if isinstance(value, time):
        return value
    raise ValueError("a time of day such as 22:00 is expected")


def _zone(value: str | None) -> str | None:
    if value is not None:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise ValueError("an IANA time zone such as Europe/Vienna is expected") from error
    return value


def _listed(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


def _topic(value: str) -> str:
    if not re.fullmatch(r"arn:[^:]+:sns:[^:]+:\d{12}:[^:]+", value):
        raise ValueError(
            "a topic ARN such as arn:aws:sns:eu-west-1:111122223333:alerts is expected"
        )
    return value


Clock = Annotated[time, BeforeValidator(_clock)]
Zone = Annotated[str | None, AfterValidator(_zone)]
Globs = Annotated[tuple[str, ...], BeforeValidator(_listed)]
Names = Annotated[tuple[str, ...], BeforeValidator(_listed)]
Days = Annotated[tuple[int, ...], AfterValidator(lambda days: tuple(sorted(set(days))))]


class _Channel(EstateModel):
    time_zone: Zone = Field(
        default=None, description="Zone in which its readers see times; the estate's by default."
    )
    quiet: str | None = Field(default=None, description="Name of quiet hours that hold here.")
    burst: int = Field(
        default=20,
        ge=1,
        description="More messages than this in one run become one summary message.",
    )


class SlackChannel(_Channel):
    """Slack through a bot token: updates are replies in the thread of the first message."""

    kind: Literal["slack"]
    token: Secret = Field(description="Bot token with chat:write, as ${NAME} or file:PATH.")
    channel: str = Field(description="Channel id, such as C0123456789.")
    api_url: Secret = Field(
        default="https://slack.com/api",
        description="Base of the Web API: GovSlack is https://slack-gov.com/api; a proxy fits too.",
    )


class TeamsChannel(_Channel):
    """Microsoft Teams: an adaptive card to a Workflows webhook."""

    kind: Literal["teams"]
    url: Secret = Field(description="The webhook's URL (it is a secret), as ${NAME} or file:PATH.")


class PagerDutyChannel(_Channel):
    """PagerDuty Events API v2: one alert an event, updated and resolved by its dedup key."""

    kind: Literal["pagerduty"]
    routing_key: Secret = Field(description="Integration key, as ${NAME} or file:PATH.")
    api_url: Secret = Field(
        default="https://events.pagerduty.com",
        description="Base of the Events API: https://events.eu.pagerduty.com in the EU.",
    )
    event_class: str = Field(
        default="AWS Provider Change",
        alias="class",
        description="PD-CEF class of AWS Health alerts: tells them from internal incidents.",
    )


class EmailChannel(_Channel):
    """E-mail over SMTP: updates thread under the first mail."""

    kind: Literal["email"]
    server: Secret = Field(
        description="smtp://HOST:PORT (STARTTLS when offered), smtps://…, or smtp+plain://…"
    )
    sender: str = Field(alias="from", description="Address that the mail comes from.")
    to: Names = Field(description="Addresses.", min_length=1)
    user: str | None = Field(default=None, description="Login name.")
    password: Secret | None = Field(default=None, description="As ${NAME} or file:PATH.")


class SnsChannel(_Channel):
    """An SNS topic, through boto3's usual credentials."""

    kind: Literal["sns"]
    topic: Annotated[str, AfterValidator(_topic)] = Field(description="Topic ARN.")
    region: str | None = Field(default=None, description="The topic's own region by default.")
    profile: str | None = Field(default=None, description="AWS profile.")


class WebhookChannel(_Channel):
    """The alert as JSON, by POST."""

    kind: Literal["webhook"]
    url: Secret = Field(description="Where to; ${NAME} and file:PATH are possible.")
    headers: dict[str, Secret] = Field(
        default_factory=dict, description="More headers; values may be ${NAME} or file:PATH."
    )
    limit_kb: int = Field(
        default=256,
        ge=16,
        description="The most that is posted, in KB; resources and text beyond it are left out.",
    )


class AppriseChannel(_Channel):
    """Anything that Apprise knows: Discord, Mattermost, Matrix, Telegram, Opsgenie, …"""

    kind: Literal["apprise"]
    url: Secret = Field(description="Apprise URL, as ${NAME} or file:PATH where it has secrets.")


Channel = Annotated[
    SlackChannel
    | TeamsChannel
    | PagerDutyChannel
    | EmailChannel
    | SnsChannel
    | WebhookChannel
    | AppriseChannel,
    Field(discriminator="kind"),
]


class QuietHours(EstateModel):
    """Messages wait until they are over; nothing is lost."""

    start: Clock = Field(alias="from", description="When they begin, such as 22:00.")
    end: Clock = Field(
        alias="to", description="When they end, such as 07:00, the same or next day."
    )
    days: tuple[Day, ...] = Field(default=DAYS, description="Days on which they begin.")
    time_zone: Zone = Field(default=None, description="The channel's zone by default.")
    unless: Severity | None = Field(
        default=Severity.CRITICAL, description="This severity and above does not wait; null: none."
    )


class Digest(EstateModel):
    """Messages are gathered and sent as one, daily or weekly."""

    every: Literal["day", "week"] = Field(default="day", description="How often.")
    at: Clock = Field(default=time(9), description="Time of day.")
    on: Day = Field(default="mon", description="Day of a weekly digest.")
    time_zone: Zone = Field(default=None, description="The channel's zone by default.")


class Filters(EstateModel):
    """Globs, case-insensitive; an empty list says nothing."""

    kind: Globs = Field(default=(), description="event, finding.")
    category: Globs = Field(default=(), description="issue, scheduledChange, support, setup, …")
    service: Globs = Field(default=(), description="RDS, EC2, …")
    code: Globs = Field(default=(), description="Event type code or rule id: AWS_VPN_*.")
    owner: Globs = Field(default=(), description="Owner, as the catalog says.")
    account: Globs = Field(default=(), description="Account id.")
    region: Globs = Field(default=(), description="Region.")
    resource: Globs = Field(default=(), description="Any of its resources: ARN or name.")


class Match(Filters):
    """What a route takes: every field that is given must match, and nothing in `exclude`."""

    severity: Severity = Field(default=Severity.INFO, description="At least this severe.")
    exclude: Filters = Field(default=Filters(), description="Any of these: not this route.")


class Route(EstateModel):
    """Which alerts go where."""

    name: str | None = Field(default=None, description="How it is called in answers.")
    match: Match = Field(default=Match(), description="Which alerts; all by default.")
    to: Names = Field(description="Names of channels; empty to drop what matches.")
    then: Literal["continue", "stop"] = Field(
        default="continue", description="Whether later routes are asked too."
    )
    digest: str | None = Field(default=None, description="Name of the digest to gather in.")
    quiet: str | None = Field(default=None, description="Quiet hours, before the channel's.")
    reminders: Days | None = Field(default=None, description="Before the section's.")


class Retry(EstateModel):
    """What happens when a message cannot be sent: 1, 2, 4 … minutes later, an hour at most."""

    limit: int = Field(default=8, ge=1, description="Attempts before it is given up.")
    claim_minutes: int = Field(
        default=10, ge=1, description="After this a worker that says nothing is taken for dead."
    )


class Section(EstateModel):
    """Telling people: channels, routes, quiet hours, digests."""

    channels: dict[str, Channel] = Field(default_factory=dict, description="Where, by name.")
    routes: tuple[Route, ...] = Field(default=(), description="Asked in this order.")
    default: Names = Field(default=(), description="Channels for what no route takes.")
    quiet_hours: dict[str, QuietHours] = Field(default_factory=dict, description="By name.")
    digests: dict[str, Digest] = Field(default_factory=dict, description="By name.")
    reminders: Days = Field(
        default=(1, 7, 14, 30), description="Days before a deadline on which to remind, each once."
    )
    retry: Retry = Field(default=Retry(), description="When a message cannot be sent.")
