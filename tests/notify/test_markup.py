"""What comes from tags, descriptions and names is text: it never becomes markup of a channel."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC
from typing import Any

import pytest

from offcall.core.documents import (
    Bullets,
    Code,
    Column,
    Document,
    Facts,
    FindingList,
    Heading,
    Line,
    Table,
)
from offcall.core.findings import Finding, Fix, Owner, Resource, Runbook, Severity
from offcall.core.render import View
from offcall.core.render.html import to_html
from offcall.core.render.markdown import to_markdown
from offcall.core.render.terminal import to_terminal
from offcall.notify.alerts import Alert
from offcall.notify.channels.mail import mail_of
from offcall.notify.channels.pagerduty import event_of
from offcall.notify.channels.slack import blocks_of
from offcall.notify.channels.sns import publish_arguments
from offcall.notify.channels.teams import card_of
from offcall.notify.channels.webhook import body_of
from offcall.notify.message import Message, message_of, summary_of
from offcall.notify.plan import Occasion
from offcall.notify.text import to_document, to_text
from tests.notify.build import NOW, alert

EVIL = "<!channel> & <https://evil.example|click>\x1b[31m"


def nasty(url: str) -> Alert:
    return alert(
        title=EVIL,
        what=EVIL,
        next_step=EVIL,
        names=(EVIL,),
        owner=Owner(name=EVIL, rule=EVIL),
        runbook=Runbook(title=EVIL, url=url, rule="tag"),
        source=url,
        show=f"offcall health show '{EVIL}`'",
    )


def both(url: str) -> list[Message]:
    one = nasty(url)
    return [
        message_of(one, Occasion.NEW, None, now=NOW, zone=UTC),
        summary_of([(one, Occasion.NEW)] * 60, EVIL, now=NOW, zone=UTC),
    ]


def markup(blocks: Any) -> list[str]:
    """Every text of Slack's blocks that is read as markup."""
    if isinstance(blocks, list):
        return [text for one in blocks for text in markup(one)]
    if not isinstance(blocks, dict):
        return []
    if blocks.get("type") == "mrkdwn":
        return [blocks["text"]]
    return [text for one in blocks.values() for text in markup(one)]


URLS = [
    "https://x|Runbook> <!channel>",
    "https://x/a|b",
    "javascript:alert(1)",
    "docs/runbooks/<!here>.md",
    "https://wiki.example/page?a=1&b=(2)",
]


@pytest.mark.parametrize("url", URLS)
def test_slack(url: str) -> None:
    for message in both(url):
        texts = markup(blocks_of(message))
        assert texts
        for text in texts:
            # What is left of "<" begins a link to a web page.
            for piece in text.split("<")[1:]:
                link, end, _ = piece.partition(">")
                assert end
                assert link.startswith("https://")
                # Slack takes what follows the first bar for the title, which is escaped.
                assert "|" in link


@pytest.mark.parametrize("url", URLS)
def test_links_are_links(url: str) -> None:
    for message in both(url):
        links = [link for _, link in message.links]
        links += [one.runbook[1] for one in message.items if one.runbook and one.runbook[1]]
        assert all(link.startswith("https://") and "|" not in link for link in links)
        if message.alert:
            hrefs = [one["href"] for one in event_of(message, event_class="x").get("links", [])]
            opened = card_of(message)["attachments"][0]["content"].get("actions", [])
            assert hrefs == [one["url"] for one in opened] == links
            assert bool(links) == url.startswith(("https://x/", "https://wiki"))


def test_a_path_is_shown_as_text() -> None:
    for message in both("docs/runbooks/rds.md"):
        assert "docs/runbooks/rds.md" in to_text(message)
        assert "](docs" not in json.dumps(card_of(message))


def test_a_bracket_does_not_end_a_link_of_teams() -> None:
    summary = both("https://wiki.example/page_(1)")[1]
    assert "](https://wiki.example/page_%281%29)" in json.dumps(card_of(summary))


def test_control_characters_are_gone() -> None:
    for message in both("https://wiki.example/"):
        assert "\x1b" not in to_text(message)
        assert "\x1b" not in str(to_document(message))
        assert "\\u001b" not in json.dumps(card_of(message))
        assert "\\u001b" not in json.dumps(blocks_of(message))


HIDDEN = "\x00\x07\x1b\x9b\u00ad\u061c\u200b\u200d\u200e\u202e\u2060\u2066\ufeff\U000e0041"


def hidden() -> Alert:
    """Every text of it has what nobody sees."""
    text = f"a{HIDDEN}b"
    return alert(
        key=f"111122223333|{text}",
        status=text,
        category=text,
        title=text,
        code=text,
        service=text,
        account=text,
        region=text,
        resources=(text,),
        names=(text,),
        owner=Owner(name=text, rule=text),
        owners=(text, f"{text}2"),
        runbook=Runbook(title=text, url=f"https://x/{text}", rule=text),
        what=text,
        next_step=text,
        show=text,
        source=f"https://x/{text}",
        same_as=(text,),
        taken=text,
        revision="1",
    )


@pytest.mark.parametrize("occasion", list(Occasion))
def test_nothing_hidden_reaches_a_channel(occasion: Occasion) -> None:
    state = "resolved" if occasion in (Occasion.RESOLVED, Occasion.PASSED) else "open"
    now = hidden().model_copy(update={"state": state})
    told = now.model_copy(update={"what": f"other {HIDDEN}", "status": f"{HIDDEN}?"})
    one = message_of(now, occasion, told, now=NOW, zone=UTC)
    many = summary_of([(now, occasion)] * 3, f"Digest '{HIDDEN}'", now=NOW, zone=UTC)
    for message in (one, many):
        mail = mail_of(message, None, "t", sender="a@x", to=["b@x"], zone=UTC, now=NOW)
        topic = "arn:aws:sns:us-east-1:111122223333:t"
        sent: list[Any] = [
            blocks_of(message),
            card_of(message),
            body_of(message, "t"),
            publish_arguments(message, topic, "t"),
            to_text(message),
            str(mail["Subject"]),
            *(part.get_content() for part in mail.walk() if not part.is_multipart()),
        ]
        if message.alert:
            sent.append(event_of(message, event_class="x"))
        for body in sent:
            # A message that is no JSON, such as one with half a character, fails here.
            text = json.dumps(body, ensure_ascii=False).encode().decode()
            assert not set(HIDDEN) & set(text)
            assert not any(f"\\u{ord(mark):04x}" in text for mark in HIDDEN)


@pytest.mark.parametrize("write", [to_terminal, to_markdown, to_html])
def test_nothing_hidden_reaches_a_page(write: Callable[[Document, View], str]) -> None:
    finding = Finding(
        rule=f"r{HIDDEN}",
        severity=Severity.HIGH,
        title=f"t{HIDDEN}",
        resource=Resource(kind="aws service", id=f"i{HIDDEN}", name=f"n{HIDDEN}"),
        why=f"w{HIDDEN}",
        fix=Fix(steps=(f"s{HIDDEN}",)),
    )
    blocks = (
        FindingList((finding,), brief=False),
        FindingList((finding,)),
        Line(HIDDEN),
        Code(HIDDEN),
        Facts(((HIDDEN, HIDDEN),)),
        Bullets((HIDDEN,)),
        Heading(HIDDEN),
        Table((Column(HIDDEN),), ((HIDDEN,),)),
    )
    view = View(now=NOW, zone=UTC, width=100)
    shown = write(Document(f"T{HIDDEN}", f"a{HIDDEN}", blocks), view)
    assert not set(HIDDEN) & set(shown)
