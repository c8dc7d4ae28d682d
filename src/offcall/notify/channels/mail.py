"""E-mail over SMTP, text and HTML; updates thread under the first mail (RFC 5322, 3.6.4)."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Sequence
from datetime import datetime, tzinfo
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from urllib.parse import urlsplit

from offcall.core.errors import EstateError
from offcall.notify.channels.base import Receipt, SendError
from offcall.notify.message import Message
from offcall.notify.plan import Occasion
from offcall.notify.text import to_document, to_text

__all__ = ["Mail", "mail_of"]

TIMEOUT_SECONDS = 30
_PORTS = {"smtp": 587, "smtps": 465, "smtp+plain": 25}


class Mail:
    """See `Sender`.

    Raises:
        EstateError: the server is not a URL that we understand.
    """

    summaries = True

    def __init__(
        self,
        *,
        server: str,
        sender: str,
        to: Sequence[str],
        user: str | None,
        password: str | None,
        zone: tzinfo,
        now: datetime,
    ) -> None:
        self.secrets: tuple[str, ...] = (password,) if password else ()
        parts = urlsplit(server)
        try:
            port = parts.port
        except ValueError:
            port = -1
        if parts.scheme not in _PORTS or not parts.hostname or port == -1 or parts.password:
            raise EstateError(
                "not a mail server",
                expected="smtp://HOST:PORT, smtps://… or smtp+plain://…, without a password",
            )
        self._scheme, self._host = parts.scheme, parts.hostname
        self._port = port or _PORTS[parts.scheme]
        self._sender, self._to = sender, tuple(to)
        self._user, self._password = user, password
        self._zone, self._now = zone, now

    def send(self, message: Message, reference: dict[str, str] | None, token: str) -> Receipt:
        """Send to all addresses in one mail."""
        mail = mail_of(
            message,
            reference,
            token,
            sender=self._sender,
            to=self._to,
            zone=self._zone,
            now=self._now,
        )
        try:
            refused = self._deliver(mail)
        except smtplib.SMTPResponseException as error:
            said = error.smtp_error
            text = said.decode(errors="replace") if isinstance(said, bytes) else str(said)
            raise SendError(
                f"mail server: {error.smtp_code} {text}", retry=error.smtp_code < 500
            ) from error
        except smtplib.SMTPRecipientsRefused as error:
            codes = {code for code, _ in error.recipients.values()}
            raise SendError(
                f"mail server refused every address: {_refusals(error.recipients)}",
                retry=all(code < 500 for code in codes),
            ) from error
        except (smtplib.SMTPException, OSError) as error:
            raise SendError(f"mail server {self._host}: {error}", retry=True) from error
        note = f"; refused: {_refusals(refused)}" if refused else ""
        return Receipt(
            f"mailed to {len(self._to) - len(refused)} of {len(self._to)} addresses{note}",
            # Replies go on naming the first mail, as mail programs thread by it.
            {}
            if reference
            else {"message_id": str(mail["Message-ID"]), "subject": str(mail["Subject"])},
        )

    def _deliver(self, mail: EmailMessage) -> dict[str, tuple[int, bytes]]:
        context = ssl.create_default_context()
        server = (
            smtplib.SMTP_SSL(self._host, self._port, timeout=TIMEOUT_SECONDS, context=context)
            if self._scheme == "smtps"
            else smtplib.SMTP(self._host, self._port, timeout=TIMEOUT_SECONDS)
        )
        with server:
            server.ehlo()
            if self._scheme == "smtp" and server.has_extn("starttls"):
                server.starttls(context=context)
                server.ehlo()
            elif self._scheme == "smtp" and self._password:
                raise SendError(
                    "mail server: it offers no encryption, so the password is not sent",
                    retry=False,
                    hint="use smtps://, or smtp+plain:// if the network is trusted",
                )
            if self._user and self._password:
                server.login(self._user, self._password)
            return server.send_message(mail, from_addr=parseaddr(self._sender)[1])


def mail_of(
    message: Message,
    reference: dict[str, str] | None,
    token: str,
    *,
    sender: str,
    to: Sequence[str],
    zone: tzinfo,
    now: datetime,
) -> EmailMessage:
    """The mail. Its Message-ID comes from `token`, so that one sent twice is one to a mailbox."""
    from offcall.core.render import View
    from offcall.core.render.html import to_html

    mail = EmailMessage()
    first = reference or {}
    subject = first.get("subject")
    if message.occasion is Occasion.REOPENED:
        # Who has put the thread away as done must see that it is not.
        subject = None
    mail["Subject"] = f"Re: {subject}" if subject else " ".join(message.headline.split())
    mail["From"] = sender
    mail["To"] = ", ".join(to)
    mail["Date"] = format_datetime(now)
    domain = parseaddr(sender)[1].rpartition("@")[2] or "offcall.invalid"
    mail["Message-ID"] = f"<offcall.{token}@{domain}>"
    if first.get("message_id"):
        mail["In-Reply-To"] = first["message_id"]
        mail["References"] = first["message_id"]
    # RFC 3834: keeps out-of-office replies away.
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(to_text(message))
    view = View(now=now, zone=zone, width=100)
    mail.add_alternative(to_html(to_document(message), view), subtype="html")
    return mail


def _refusals(refused: dict[str, tuple[int, bytes]]) -> str:
    return "; ".join(
        f"{address} {code} {text.decode(errors='replace')}"
        for address, (code, text) in refused.items()
    )
