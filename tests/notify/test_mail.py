"""E-mail through a real SMTP server on loopback."""

from __future__ import annotations

import email
import email.policy
from collections.abc import Iterator
from datetime import UTC
from email.message import EmailMessage
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from offcall.core.errors import EstateError
from offcall.notify.alerts import Alert
from offcall.notify.channels.base import SendError
from offcall.notify.channels.mail import Mail, mail_of
from offcall.notify.message import message_of
from offcall.notify.plan import Occasion
from tests.notify.build import NOW, alert


class Mailbox:
    """Keeps what arrives; `refuse` names addresses that do not exist here."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.refuse: dict[str, str] = {}
        self.answer = "250 OK"

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, server: Any, session: Any, envelope: Any, address: str, options: Any
    ) -> str:
        if address in self.refuse:
            return self.refuse[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        if self.answer.startswith("250"):
            mail = email.message_from_bytes(envelope.content, policy=email.policy.default)
            assert isinstance(mail, EmailMessage)
            self.mails.append(mail)
        return self.answer


class Listening(Controller):
    """On a free port."""

    def __init__(self, box: Mailbox) -> None:
        super().__init__(box, hostname="127.0.0.1", port=0)

    def _trigger_server(self) -> None:
        # With port 0 the port is known only now.
        assert self.server is not None
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


@pytest.fixture
def box() -> Mailbox:
    return Mailbox()


@pytest.fixture
def server(box: Mailbox) -> Iterator[str]:
    controller = Listening(box)
    controller.start()
    yield f"127.0.0.1:{controller.port}"
    controller.stop()


def sender(at: str, **changes: Any) -> Mail:
    assert NOW.tzinfo is not None
    given = {
        "server": f"smtp+plain://{at}",
        "sender": "offcall <offcall@shop.example>",
        "to": ["oncall@shop.example", "payments@shop.example"],
        "user": None,
        "password": None,
        "zone": NOW.tzinfo,
        "now": NOW,
    }
    return Mail(**{**given, **changes})


def send(mail: Mail, one: Alert, occasion: Occasion, reference: Any, token: str) -> Any:
    assert NOW.tzinfo is not None
    told = alert() if occasion is Occasion.UPDATE else None
    return mail.send(message_of(one, occasion, told, now=NOW, zone=NOW.tzinfo), reference, token)


def test_updates_thread_under_the_first_mail(server: str, box: Mailbox) -> None:
    mail = sender(server)
    first = send(mail, alert(), Occasion.NEW, None, "aaaa")
    send(mail, alert(status="open"), Occasion.UPDATE, first.reference, "bbbb")
    top, reply = box.mails
    assert top["Message-ID"] == "<offcall.aaaa@shop.example>"
    assert top["Subject"] == "[HIGH] RDS maintenance scheduled: orders-db"
    assert reply["Subject"] == f"Re: {top['Subject']}"
    assert reply["In-Reply-To"] == reply["References"] == top["Message-ID"]
    assert reply["Auto-Submitted"] == "auto-generated"
    assert first.outcome == "mailed to 2 of 2 addresses"


def test_text_and_html_say_the_same(server: str, box: Mailbox) -> None:
    send(sender(server), alert(), Occasion.NEW, None, "aaaa")
    plain = box.mails[0].get_body(("plain",))
    html = box.mails[0].get_body(("html",))
    assert plain is not None
    assert html is not None
    for part in ("orders-db", "in 14 days, Tue 8 Dec 2026 03:00 UTC", "payments (offcall.yaml:12)"):
        assert part in plain.get_content()
        assert part in html.get_content()
    assert 'href="https://runbooks.shop.example/rds"' in html.get_content()


def test_html_of_hostile_text_is_text(server: str, box: Mailbox) -> None:
    hostile = alert(what="<script>alert(1)</script>", title="a\r\nBcc: x@evil.example")
    send(sender(server), hostile, Occasion.NEW, None, "aaaa")
    html = box.mails[0].get_body(("html",))
    assert html is not None
    assert "<script>alert" not in html.get_content()
    assert box.mails[0]["Bcc"] is None


def test_one_refused_address_does_not_stop_the_others(server: str, box: Mailbox) -> None:
    box.refuse["oncall@shop.example"] = "550 no such user"
    receipt = send(sender(server), alert(), Occasion.NEW, None, "aaaa")
    assert receipt.outcome.startswith(
        "mailed to 1 of 2 addresses; refused: oncall@shop.example 550"
    )
    assert len(box.mails) == 1


def test_refusals_and_passing_problems(server: str, box: Mailbox) -> None:
    box.answer = "451 try again later"
    with pytest.raises(SendError, match="451") as caught:
        send(sender(server), alert(), Occasion.NEW, None, "aaaa")
    assert caught.value.retry
    box.answer = "554 spam"
    with pytest.raises(SendError, match="554 spam") as caught:
        send(sender(server), alert(), Occasion.NEW, None, "aaaa")
    assert not caught.value.retry
    box.refuse = dict.fromkeys(("oncall@shop.example", "payments@shop.example"), "550 no")
    with pytest.raises(SendError, match="every address") as caught:
        send(sender(server), alert(), Occasion.NEW, None, "aaaa")
    assert not caught.value.retry


def test_nobody_there() -> None:
    with pytest.raises(SendError, match=r"127\.0\.0\.1") as caught:
        send(sender("127.0.0.1:9"), alert(), Occasion.NEW, None, "aaaa")
    assert caught.value.retry


def test_a_password_does_not_go_over_an_open_line(server: str, box: Mailbox) -> None:
    mail = sender(server, server=f"smtp://{server}", user="u", password="secret-password")
    with pytest.raises(SendError, match="no encryption") as caught:
        send(mail, alert(), Occasion.NEW, None, "aaaa")
    assert not caught.value.retry
    assert box.mails == []


@pytest.mark.parametrize(
    "bad", ["mail.example", "http://mail.example", "smtp://u:p@h", "smtp://h:x"]
)
def test_not_a_mail_server(bad: str) -> None:
    with pytest.raises(EstateError, match="not a mail server"):
        sender("x", server=bad)


def test_what_is_open_again_has_a_subject_of_its_own() -> None:
    over = alert(state="resolved", status="closed by AWS")
    again = message_of(alert(), Occasion.REOPENED, over, now=NOW, zone=UTC)
    first = {"message_id": "<1@x>", "subject": "[HIGH] RDS maintenance scheduled: orders-db"}
    mail = mail_of(again, first, "t", sender="a@b.example", to=["c@d.example"], zone=UTC, now=NOW)
    assert mail["Subject"] == "Open again: [HIGH] RDS maintenance scheduled: orders-db"
    assert mail["In-Reply-To"] == "<1@x>"
    text = mail.get_body(("plain",))
    assert text is not None
    assert "Open again, after it was told as over: status: closed by AWS → upcoming." in (
        text.get_content()
    )
