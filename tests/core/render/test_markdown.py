from __future__ import annotations

import html
import re
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from offcall.core.documents import Code, Column, Document, FindingList, Line, Span, Table
from offcall.core.render.markdown import escape, to_markdown
from offcall.core.text import printable
from tests.core.render.sample import DOCUMENT, FINDINGS, FORCED, VIEW

READER = MarkdownIt("gfm-like", {"linkify": False, "html": False})


def words(text: str) -> str:
    return " ".join(printable(text).split())


def shown(markdown: str) -> str:
    """The text that a reader of the rendered page sees."""
    return words(html.unescape(re.sub(r"<[^>]+>", "", READER.render(markdown))))


# What a page cannot show as it is: other spaces, and characters that Unicode leaves unassigned.
texts = st.text(
    st.one_of(
        st.sampled_from("*_`[]()<>|~#+-=.!\\&:1 0a\n\t"),
        st.characters(exclude_categories=("C", "Z")),
    ),
    max_size=40,
)


@given(text=texts)
def test_a_paragraph_is_only_text(text: str) -> None:
    escaped = escape(text)
    assert "\n" not in escaped
    assert shown(escaped) == words(text)
    assert not re.search(r"<(?!/?p>)", READER.render(escaped))


@given(text=texts)
def test_a_cell_is_only_text(text: str) -> None:
    table = Table((Column("A"), Column("B")), ((text, "end"),))
    page = READER.render(to_markdown(Document("T", None, (table,)), VIEW))
    cells = re.findall(r"<td>(.*?)</td>", page, re.DOTALL)
    assert [words(html.unescape(cell)) for cell in cells] == [words(text), "end"]


@given(text=texts)
def test_code_is_fenced_whatever_is_in_it(text: str) -> None:
    page = READER.render(to_markdown(Document("T", None, (Code(text, "sql"),)), VIEW))
    found = re.search(r'<pre><code class="language-sql">(.*?)</code></pre>', page, re.DOTALL)
    assert found is not None
    assert html.unescape(found[1]).strip("\n") == printable(text).strip("\n")


def test_document() -> None:
    text = to_markdown(DOCUMENT, VIEW)
    page = READER.render(text)
    assert text.startswith("# Next week\n\ndemo estate")
    assert text.endswith("\n")
    assert "| Resource | Days | Then | Page |\n| --- | ---: | --- | --- |" in text
    assert '<a href="https://docs.example.com/a">notes</a>' in page
    assert "javascript" not in text
    assert "standard 1 Jan 2025 – 1 Jun 2026" in text
    for one in FINDINGS:
        assert one.title in shown(text)
    assert "✔ nothing is open" in text


def test_finding_has_everything() -> None:
    text = to_markdown(Document("T", None, (FindingList((FORCED,), brief=False),)), VIEW)
    page = READER.render(text)
    assert "**due in 9 days, Thu 3 Dec 2026 09:00 UTC**" in text
    assert "owner team-payments (catalog-info.yaml:12)" in text
    assert '<a href="https://wiki.example.com/rds">Upgrade RDS</a>' in page
    assert "connections: 412 peak" in text
    assert page.count("<li>") >= 7
    assert '<code class="language-sh">aws rds modify-db-instance' in page


def test_link_that_would_break_out() -> None:
    cell: Any = Span("x", url="https://e.com/a)b|c")
    table = Table((Column("A"), Column("B")), ((cell, "end"),))
    page = READER.render(to_markdown(Document("T", None, (table,)), VIEW))
    assert page.count("<td>") == 2
    assert 'href="https://e.com/a)b%7Cc"' in page
    assert escape("") == ""
    assert to_markdown(Document("T", None, (Line(""),)), VIEW) == "# T\n"
