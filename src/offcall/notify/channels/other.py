"""Everything that Apprise knows, by its URL: Discord, Mattermost, Matrix, Telegram, Opsgenie, …"""

from __future__ import annotations

import logging
from typing import Any

from offcall.core.errors import EstateError
from offcall.core.extras import require
from offcall.core.findings import Severity
from offcall.notify.channels.base import Receipt, SendError
from offcall.notify.channels.http import quieten
from offcall.notify.message import Message
from offcall.notify.text import to_text

__all__ = ["Other"]


class Other:
    """See `Sender`.

    Raises:
        EstateError: not a URL that Apprise understands, or one for which it needs a package that
            is not installed.
        MissingExtra: Apprise is not installed.
    """

    summaries = True

    def __init__(self, *, url: str) -> None:
        apprise = require("apprise", "notify")
        quieten()
        # Apprise's log quotes keys and URLs; what matters comes by `log_callback`, masked.
        log = logging.getLogger("apprise")
        log.propagate = False
        if not log.handlers:
            log.addHandler(logging.NullHandler())
        self.secrets: tuple[str, ...] = (url,)
        self._apprise: Any = apprise.Apprise()
        self._types: Any = apprise.NotifyType
        self._text: Any = apprise.NotifyFormat.TEXT
        if not self._apprise.add(url):
            scheme = url.partition("://")[0].lower()
            if missing := _packages_of(scheme, self._apprise):
                raise EstateError(f"needs a package for {scheme}: pip install {' '.join(missing)}")
            raise EstateError(
                "not a URL that Apprise understands",
                expected="as on https://appriseit.com/services/, such as discord://ID/TOKEN",
            )

    def send(self, message: Message, reference: dict[str, str] | None, token: str) -> Receipt:
        """Hand the text over."""
        said: list[str] = []
        ok = self._apprise.notify(
            title=message.headline,
            body=to_text(message, headline=False),
            notify_type=self._type(message),
            body_format=self._text,
            log_callback=lambda entry, _plugin: said.append(str(entry.message)),
            log_level=logging.WARNING,
        )
        if not ok:
            # Apprise does not tell a refusal from an outage, so it is tried again.
            raise SendError(f"Apprise: {said[-1] if said else 'not delivered'}", retry=True)
        return Receipt("delivered")

    def _type(self, message: Message) -> Any:
        if message.resolved:
            return self._types.SUCCESS
        if message.severity.rank >= Severity.HIGH.rank:
            return self._types.FAILURE
        return self._types.WARNING if message.severity is Severity.MEDIUM else self._types.INFO


def _packages_of(scheme: str, apprise: Any) -> list[str]:
    """What Apprise asks for before it can send to such URLs; empty for those it can send to."""
    for one in apprise.details(show_requirements=True, show_disabled=True)["schemas"]:
        if not one["enabled"] and scheme in {
            *(one["protocols"] or ()),
            *(one["secure_protocols"] or ()),
        }:
            return [f"'{name}'" for name in one["requirements"]["packages_required"]]
    return []
