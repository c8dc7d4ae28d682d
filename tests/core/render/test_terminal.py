from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from offcall.core.documents import (
    Bullets,
    Column,
    Document,
    Facts,
    FindingList,
    Heading,
    Line,
    Span,
    Table,
    Tone,
)
from offcall.core.findings import Resource
from offcall.core.render import View, render
from offcall.core.render.terminal import to_terminal
from tests.core.render.sample import (
    DOCUMENT,
    FINDINGS,
    FORCED,
    NOW,
    RETIRED,
    RUNTIMES,
    TABLE,
    VIEW,
    Sample,
)

ANSI = re.compile(r"\x1b(?:\[[0-9;]*m|\]8;[^\x1b]*\x1b\\)")


def plain(*blocks: object, width: int = 100) -> str:
    document = Document("T", None, tuple(blocks))  # type: ignore[arg-type]
    return to_terminal(document, replace(VIEW, width=width)).removeprefix("T\n").lstrip("\n")


def test_a_finding_says_everything_that_one_needs() -> None:
    assert plain(FindingList((FORCED,))) == (
        "✖ CRITICAL  PostgreSQL 11.19 will be upgraded in the next maintenance window\n"
        "            orders-prod · rds instance · 111122223333 · us-east-1\n"
        "  due       in 9 days, Thu 3 Dec 2026 09:00 UTC · owner team-payments "
        "(catalog-info.yaml:12)\n"
        "  runbook   Upgrade RDS  https://wiki.example.com/rds\n"
        "  next      Upgrade in your own window\n"
        "            $ aws rds modify-db-instance --db-instance-identifier orders-prod\n"
    )


def test_a_finding_in_full() -> None:
    assert plain(FindingList((FORCED,), brief=False)) == (
        "✖ CRITICAL  PostgreSQL 11.19 will be upgraded in the next maintenance window\n"
        "            orders-prod · rds instance · 111122223333 · us-east-1\n"
        "            arn:aws:rds:us-east-1:111122223333:db:orders-prod\n"
        "  due       in 9 days, Thu 3 Dec 2026 09:00 UTC · owner team-payments "
        "(catalog-info.yaml:12)\n"
        "  runbook   Upgrade RDS  https://wiki.example.com/rds\n"
        "  next      1. Upgrade in your own window\n"
        "            2. Run ANALYZE\n"
        "            $ aws rds modify-db-instance --db-instance-identifier orders-prod\n"
        "  why       The minor version has reached its end of support.\n"
        "  evidence  connections: 412 peak (CloudWatch)\n"
        "  source    https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Maintenance.html\n"
        f"  id        lifecycle-forced-upgrade {FORCED.fingerprint}\n"
    )


def test_no_owner_is_said() -> None:
    assert "owner nobody" in plain(FindingList((RETIRED,)))


def test_what_has_begun_is_said_so() -> None:
    began = RETIRED.model_copy(update={"starts": NOW, "deadline": None})
    assert "  since     now, Tue 24 Nov 2026 09:00 UTC · owner nobody" in plain(
        FindingList((began,))
    )


def test_long_names_stay_whole() -> None:
    arn = "arn:aws:health:us-east-1::event/" + "X" * 100
    long = FORCED.model_copy(update={"resource": Resource(kind="event", id=arn, name="event")})
    assert arn in plain(FindingList((long,), brief=False), width=60)


def test_columns_of_words_wrap_before_a_table_becomes_records() -> None:
    table = Table(
        (Column("What is it"), Column("Then", wide=True), Column("Days", right=True)),
        (("one two three four five six", "word " * 12, "1,000"),),
    )
    lines = plain(table, width=50).splitlines()
    assert lines[0].split() == ["WHAT", "IS", "IT", "THEN", "DAYS"]
    assert lines[1].startswith("one two")
    assert all(len(line) <= 50 for line in lines)


def test_equal_findings_share_a_card() -> None:
    text = plain(FindingList(RUNTIMES))
    assert text == (
        "3 medium findings\n\n"
        "◆ MEDIUM    Lambda runtime python3.9 is deprecated\n"
        "            thumbs, export, sync · lambda function · 111122223333 · us-east-1\n"
        "  owner     team-data (tag team)\n"
    )


def test_grouped_findings_keep_what_differs() -> None:
    other = RUNTIMES[1].model_copy(update={"deadline": NOW, "owner": None})
    text = plain(FindingList((RUNTIMES[0], other)))
    assert text.count("Lambda runtime") == 1
    assert "owner     team-data (tag team)" in text
    assert "due       now, Tue 24 Nov 2026 09:00 UTC · owner nobody" in text


@pytest.mark.parametrize("width", range(60, 201, 7))
def test_nothing_is_wider_than_the_terminal_but_what_is_copied(width: int) -> None:
    text = to_terminal(DOCUMENT, replace(VIEW, width=width))
    for line in text.splitlines():
        copied = re.search(r"\$ aws|https?://|arn:aws", line)
        assert cell_len(line) <= width or copied, line
        assert line == line.rstrip()
    assert "\n\n\n" not in text


@pytest.mark.parametrize("width", [60, 100, 200])
def test_colour_changes_nothing_but_colour(width: int) -> None:
    view = replace(VIEW, width=width)
    coloured = to_terminal(DOCUMENT, replace(view, color=True))
    assert "\x1b[" in coloured
    # Links are written out where they cannot be links, so leave them out of the comparison.
    document = Document(
        DOCUMENT.title, None, tuple(b for b in DOCUMENT.blocks if not isinstance(b, Table | Facts))
    )
    coloured = to_terminal(document, replace(view, color=True))
    assert ANSI.sub("", coloured) == to_terminal(document, view)


def test_links_are_links_on_a_terminal_and_notes_without() -> None:
    coloured = to_terminal(Document("T", None, (TABLE,)), replace(VIEW, color=True))
    assert "\x1b]8;" in coloured
    assert "https://docs.example.com/a" in coloured
    assert "javascript" not in coloured
    text = plain(TABLE)
    assert "notes [1]" in text
    assert text.endswith("[1] https://docs.example.com/a\n")
    assert "javascript" not in text


def test_a_tone_ends_with_its_text() -> None:
    coloured = to_terminal(
        Document("T", None, (FindingList((FORCED,)),)), replace(VIEW, color=True)
    )
    assert "\x1b[1;31m✖ CRITICAL\x1b[0m" in coloured
    assert "\x1b[2mowner \x1b[0mteam-payments\x1b[2m (catalog-info.yaml:12)\x1b[0m" in coloured
    assert "\x1b[33min 9 days, Thu 3 Dec 2026 09:00 UTC\x1b[0m" in coloured


def test_plain_output_has_no_colour_even_when_asked() -> None:
    view = replace(VIEW, color=True)
    assert "\x1b" in render(Sample(), "terminal", view)
    assert "\x1b" not in render(Sample(), "plain", view)


def test_narrow_tables_become_records() -> None:
    table = Table(
        (*TABLE.columns, Column("Move to"), Column("Owner")),
        (("orders-prod", "-3", "words " * 12, "notes", "aurora-mysql-8", "team-payments"),),
    )
    assert plain(table, width=60) == (
        "orders-prod\n"
        "  Days: -3 · Page: notes · Move to: aurora-mysql-8\n"
        "  Owner: team-payments\n"
        "  Then: words words words words words words words words\n"
        "  words words words words\n"
    )


def test_wide_columns_give_way() -> None:
    lines = plain(TABLE, width=64).splitlines()
    assert lines[0].split() == ["RESOURCE", "DAYS", "THEN", "PAGE"]
    assert lines[1].startswith("orders-prod    -3  AWS upgrades it in the")
    assert lines[2].startswith(" " * 19 + "window, whatever the setting")


def test_empty_table_and_list_say_so() -> None:
    assert plain(Table((Column("A"),), (), empty="no rows")) == "no rows\n"
    assert plain(FindingList((), empty="all well")) == "✔ all well\n"


def test_wide_characters_keep_columns_straight() -> None:
    table = Table((Column("A"), Column("B")), (("日本語", "x"), ("abc", "y")))
    assert plain(table).splitlines() == ["A       B", "日本語  x", "abc     y"]


def test_control_characters_cannot_act_on_the_terminal() -> None:
    nasty = "a\x1b]0;owned\x07\x1b[31mred\x9b1m\u202eback"
    finding = FORCED.model_copy(update={"title": nasty})
    text = to_terminal(
        Document(
            nasty,
            nasty,
            (
                Heading(nasty),
                Line(nasty),
                Facts(((nasty, nasty),)),
                Table((Column(nasty),), ((nasty,),)),
                Bullets((Span(nasty, Tone.BAD, nasty),)),
                FindingList((finding,)),
            ),
        ),
        VIEW,
    )
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]", text)


anything = st.text(max_size=60)


@given(
    rows=st.lists(st.tuples(anything, anything, anything), min_size=1, max_size=4),
    width=st.integers(20, 200),
    wide=st.booleans(),
)
def test_any_table_fits(rows: list[tuple[str, str, str]], width: int, wide: bool) -> None:
    table = Table(
        (Column("one"), Column("two", right=True), Column("three", wide=wide)), tuple(rows)
    )
    text = to_terminal(Document("T", None, (table,)), View(now=NOW, width=width))
    for line in text.splitlines():
        # A word that is longer than a line stays whole.
        long = max((cell_len(word) for word in line.split()), default=0) > 15
        assert cell_len(line) <= max(40, width) or long


def test_findings_keep_their_order() -> None:
    text = plain(FindingList(FINDINGS))
    positions = [text.index(one.title) for one in (FORCED, RETIRED, RUNTIMES[0])]
    assert positions == sorted(positions)
    assert text.startswith("6 findings: 1 critical, 1 high, 3 medium, 1 low\n")
