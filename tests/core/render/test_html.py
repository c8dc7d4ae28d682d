from __future__ import annotations

import re
from html.parser import HTMLParser

from hypothesis import given
from hypothesis import strategies as st

from offcall.core.documents import (
    Bar,
    Bullets,
    Code,
    Column,
    Document,
    Facts,
    FindingList,
    Heading,
    Line,
    Mark,
    Span,
    Table,
    Timeline,
    Tone,
)
from offcall.core.findings import Owner, Runbook
from offcall.core.render.html import to_html
from offcall.core.text import printable
from tests.core.render.sample import DOCUMENT, FINDINGS, FORCED, NOW, VIEW, at

VOID = {"circle", "meta", "line", "rect", "path", "br", "hr", "img", "link", "input"}


class Page(HTMLParser):
    """Tags in balance, the text that is shown, the addresses."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.stack: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.feed(text)
        self.close()
        assert self.stack == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.stack.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.stack.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" not in self.stack:
            self.texts.append(data)

    @property
    def text(self) -> str:
        return " ".join("".join(self.texts).replace("\xa0", " ").split())

    def all(self, name: str) -> list[dict[str, str | None]]:
        return [attrs for tag, attrs in self.tags if tag == name]


def test_document() -> None:
    page = Page(to_html(DOCUMENT, VIEW))
    assert page.text.startswith("Next week")
    for words in (
        "demo estate · as of Tue 24 Nov 2026 09:00 UTC",
        "✖ CRITICAL PostgreSQL 11.19 will be upgraded",
        "Due in 9 days, Thu 3 Dec 2026 09:00 UTC",
        "Owner team-payments (catalog-info.yaml:12)",
        "Owner nobody",
        "Next Upgrade in your own window",
        "thumbs, export, sync",
        "✔ nothing is open",
        "no rows",
        "3 Dec 2026 forced upgrade",
    ):
        assert words in page.text, words
    for one in FINDINGS:
        assert one.title in page.text
    links = [attrs["href"] for attrs in page.all("a")]
    assert "https://wiki.example.com/rds" in links
    assert "https://docs.example.com/a" in links


def test_full_findings_have_evidence_source_and_steps() -> None:
    page = Page(to_html(Document("T", None, (FindingList((FORCED,), brief=False),)), VIEW))
    for words in (
        "Evidence connections: 412 peak (CloudWatch)",
        "Why The minor version has reached its end of support.",
        "Source https://docs.aws.amazon.com/",
        "1. Upgrade in your own window",
        "2. Run ANALYZE",
        "aws rds modify-db-instance",
    ):
        assert words in page.text, words


def test_self_contained_and_without_scripts() -> None:
    text = to_html(DOCUMENT, VIEW)
    page = Page(text)
    names = {tag for tag, _ in page.tags}
    assert not names & {"script", "link", "img", "iframe", "object", "form"}
    assert "url(" not in text.replace("url(#", "")
    assert "@import" not in text
    assert not [a for _, attrs in page.tags for a in attrs if a.startswith("on") or a == "src"]


def test_what_mail_clients_keep_is_inline() -> None:
    page = Page(to_html(DOCUMENT, VIEW))
    for tag in ("td", "th", "h1", "h2", "a", "li"):
        assert all("style" in attrs for attrs in page.all(tag)), tag
    assert "max-width:720px" in (page.all("table")[1]["style"] or "")
    assert {attrs.get("content") for attrs in page.all("meta") if attrs.get("name")} >= {
        "light dark",
        "width=device-width, initial-scale=1",
    }


def test_timeline_is_a_picture_with_words() -> None:
    page = Page(to_html(DOCUMENT, VIEW))
    svg, *swatches = page.all("svg")
    assert all(attrs["aria-hidden"] == "true" for attrs in swatches)
    assert svg["role"] == "img"
    assert svg["aria-label"] == "Timeline from 1 Jan 2026 to 1 Jan 2028"
    # Three spans, a texture on two of them, and both again in the legend.
    assert len(page.all("rect")) == 3 + 2 + 2
    assert {attrs["id"] for attrs in page.all("pattern")} == {"oc-warn", "oc-bad"}
    assert len(page.all("path")) == 1
    sizes = [float(attrs["font-size"] or 0) for attrs in page.all("text")]
    assert min(sizes) >= 11
    for words in ("Q1 26", "orders-prod", "standard", "extended", "forced", "now"):
        assert words in page.text


def test_nothing_on_the_timeline() -> None:
    assert "nothing on the timeline" in to_html(
        Document("T", None, (Timeline(NOW, at(2027, 1, 1), NOW, ()),)), VIEW
    )


def test_every_tone_and_class_has_a_dark_colour() -> None:
    text = to_html(DOCUMENT, VIEW)
    dark = text.partition("prefers-color-scheme: dark")[2].partition("</style>")[0]
    for tone in Tone:
        if tone is not Tone.PLAIN:
            assert f".oc-{tone}" in dark


nasty = st.one_of(
    st.text(max_size=30),
    st.sampled_from(
        [
            "<script>alert(1)</script>",
            '"><img src=x onerror=y>',
            "'&amp;<",
            "{{ 7 * 7 }}",
            "</style>",
        ]
    ),
)


@given(text=nasty)
def test_text_is_only_text_everywhere(text: str) -> None:
    finding = FORCED.model_copy(
        update={
            "title": text,
            "why": text,
            "owner": Owner(name=text, rule=text),
            "runbook": Runbook(title=text, url="javascript:" + text, rule=text),
            "source": text,
        }
    )
    bar = Bar(text, ((NOW, at(2027, 1, 1), Tone.OK, text),), (Mark(NOW, text),))
    document = Document(
        text,
        text,
        (
            Heading(text),
            Line(text),
            Facts(((text, Span(text, url="data:" + text)),)),
            Table((Column(text),), ((text,),)),
            Bullets((text,)),
            Code(text),
            FindingList((finding,), brief=False),
            Timeline(NOW, at(2027, 2, 1), NOW, (bar,)),
        ),
    )
    harmless = Page(to_html(DOCUMENT, VIEW))
    page = Page(to_html(document, VIEW))
    assert {tag for tag, _ in page.tags} <= {tag for tag, _ in harmless.tags} | {"ul"}
    for attrs in page.all("a"):
        assert re.match(r"(https?|mailto):", attrs["href"] or "", re.IGNORECASE)
    assert " ".join(printable(text).split()) in page.text or not text.strip()
