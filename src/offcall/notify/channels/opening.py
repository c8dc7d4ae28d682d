"""A sender from the estate, with its secrets looked up."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import datetime, tzinfo
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from offcall.core.errors import EstateError
from offcall.core.extras import require
from offcall.core.secrets import shown
from offcall.notify.channels.base import Sender
from offcall.notify.estate import (
    AppriseChannel,
    Channel,
    EmailChannel,
    PagerDutyChannel,
    SlackChannel,
    SnsChannel,
    TeamsChannel,
    WebhookChannel,
)
from offcall.notify.secrets import Place, resolve

if TYPE_CHECKING:
    from offcall.core.estate import Estate

__all__ = ["open_sender"]

_HTTP = ("httpx", "notify")
_NEEDS = {
    "slack": _HTTP,
    "teams": _HTTP,
    "pagerduty": _HTTP,
    "webhook": _HTTP,
    "sns": ("boto3", "aws"),
    "apprise": ("apprise", "notify"),
}
"""The optional package of each kind, and the extra that brings it."""


def open_sender(
    name: str, channel: Channel, estate: Estate, *, zone: tzinfo, now: datetime
) -> Sender:
    """The sender of a configured channel.

    Raises:
        EstateError: a variable that is not set, a file that cannot be read, a URL that is none;
            with file and line.
        MissingExtra: a package that this kind needs.
    """
    file = str(estate.path) if estate.path else None

    def secret(field: str, text: str) -> str:
        place = Place(
            file, estate.line("notify", "channels", name, field), f"channel '{name}', {field}"
        )
        return resolve(text, env=os.environ, folder=estate.folder, place=place)

    if channel.kind in _NEEDS:
        # Now, and not when the first message is to be sent.
        require(*_NEEDS[channel.kind])
    try:
        return _open(channel, secret, zone, now)
    except EstateError as error:
        if error.line is not None or file is None:
            raise
        field = "server" if isinstance(channel, EmailChannel) else "url"
        raise EstateError(
            f"channel '{name}': {error.message}",
            file=file,
            line=estate.line("notify", "channels", name, field),
            value=error.value or shown(getattr(channel, field, "")),
            expected=error.expected,
        ) from error


def _open(
    channel: Channel, secret: Callable[[str, str], str], zone: tzinfo, now: datetime
) -> Sender:
    if isinstance(channel, SlackChannel):
        from offcall.notify.channels.slack import Slack

        token = secret("token", channel.token)
        return Slack(
            token=token, channel=channel.channel, api_url=_web(secret("api_url", channel.api_url))
        )
    if isinstance(channel, TeamsChannel):
        from offcall.notify.channels.teams import Teams

        return Teams(url=_web(secret("url", channel.url)))
    if isinstance(channel, PagerDutyChannel):
        from offcall.notify.channels.pagerduty import PagerDuty

        return PagerDuty(
            routing_key=secret("routing_key", channel.routing_key),
            api_url=_web(secret("api_url", channel.api_url)),
            event_class=channel.event_class,
        )
    if isinstance(channel, EmailChannel):
        from offcall.notify.channels.mail import Mail

        return Mail(
            server=secret("server", channel.server),
            sender=channel.sender,
            to=channel.to,
            user=channel.user,
            password=secret("password", channel.password) if channel.password else None,
            zone=zone,
            now=now,
        )
    if isinstance(channel, SnsChannel):
        from offcall.notify.channels.sns import Sns

        return Sns(topic=channel.topic, region=channel.region, profile=channel.profile)
    if isinstance(channel, WebhookChannel):
        from offcall.notify.channels.webhook import Webhook

        headers = {name: secret("headers", value) for name, value in channel.headers.items()}
        return Webhook(
            url=_web(secret("url", channel.url)), headers=headers, limit_kb=channel.limit_kb
        )
    assert isinstance(channel, AppriseChannel)
    from offcall.notify.channels.other import Other

    return Other(url=secret("url", channel.url))


def _web(url: str) -> str:
    """The URL, if something can be posted to it."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise EstateError(
            "not a web address", value=shown(url) if url else "", expected="https://HOST/…"
        )
    return url
