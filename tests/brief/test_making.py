"""A brief over a history: new, resolved, muted, taken, filtered, saved."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from offcall.brief.remembering import remember
from offcall.brief.result import Brief
from offcall.core import contributions
from offcall.core.contributions import Contribution
from offcall.core.errors import MissingExtra, SourceError
from offcall.core.estate import Estate
from offcall.core.findings import Finding, Owner, Severity
from offcall.core.registry import find_tool
from offcall.core.render import View, render
from offcall.core.snapshots import Unread
from offcall.history import findings as kept
from offcall.history import open_history
from tests.brief.build import DAY, NOW, finding, run

Say = Callable[..., None]


@pytest.fixture(autouse=True)
def own_history(history_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every test runs on SQLite and on PostgreSQL."""
    monkeypatch.setenv("OFFCALL_HISTORY", history_url)


@pytest.fixture
def say(monkeypatch: pytest.MonkeyPatch) -> Say:
    """Replace the rooms by one that says this."""

    def rooms(*findings: Finding, error: Exception | None = None, **more: object) -> None:
        def contribute(ctx: object, window: object) -> Contribution:
            return Contribution(findings=findings, **more)  # type: ignore[arg-type]

        def fail(ctx: object, window: object) -> Contribution:
            assert error is not None
            raise error

        found = {"room": contribute} | ({"broken": fail} if error else {})
        monkeypatch.setattr(contributions, "contributors", lambda: found)

    return rooms


def brief(folder: Path, *, now: datetime = NOW, estate: str = "name: test\n", **more) -> Brief:
    with run(folder, now=now, estate=estate) as ctx:
        result = find_tool("brief").call(ctx, **more)
    assert isinstance(result, Brief)
    return result


def titles(findings: Sequence) -> list[str]:
    return [getattr(one, "finding", one).resource.label for one in findings]


def test_new_still_and_resolved_from_brief_to_brief(tmp_path: Path, say: Say) -> None:
    say(finding("a"), finding("b"))
    first = brief(tmp_path, now=NOW - 7 * DAY)
    assert first.compared_to is None
    assert first.new() == []
    say(finding("b"), finding("c"))
    second = brief(tmp_path)
    assert second.compared_to == NOW - 7 * DAY
    assert titles(second.new()) == ["c"]
    assert titles(second.resolved) == ["a"]
    again = brief(tmp_path, now=NOW + timedelta(minutes=10))
    assert (titles(again.new()), titles(again.resolved)) == (["c"], ["a"])
    say(finding("b"), finding("c"), finding("a"))
    third = brief(tmp_path, now=NOW + DAY)
    assert third.compared_to == NOW + timedelta(minutes=10)
    assert (titles(third.new()), titles(third.resolved)) == (["a"], [])


def test_since_a_time(tmp_path: Path, say: Say) -> None:
    say(finding("a"))
    brief(tmp_path, now=NOW - 9 * DAY)
    say(finding("a"), finding("b"))
    brief(tmp_path, now=NOW - 2 * DAY)
    found = brief(tmp_path, since="5 days ago")
    assert titles(found.new()) == ["b"]
    assert found.compared_to == NOW - 5 * DAY


def test_no_record_leaves_no_trace(tmp_path: Path, say: Say) -> None:
    say(finding("a"))
    brief(tmp_path, now=NOW - 3 * DAY)
    say(finding("b"))
    assert titles(brief(tmp_path, now=NOW - 2 * DAY, no_record=True).new()) == ["b"]
    later = brief(tmp_path)
    assert later.compared_to == NOW - 3 * DAY
    assert titles(later.new()) == ["b"]


def test_windows_do_not_resolve_each_others_findings(tmp_path: Path, say: Say) -> None:
    say(finding("a"), finding("far", days=25))
    brief(tmp_path, now=NOW - 2 * DAY)
    say(finding("a"), later=(finding("far", days=25),))
    near = brief(tmp_path, now=NOW - DAY, window="next 7 days")
    assert titles(near.all_findings()) == ["a"]
    assert near.resolved == ()
    say(finding("a"), finding("far", days=25))
    found = brief(tmp_path)
    assert (found.new(), found.resolved) == ([], ())


def test_a_finding_has_one_life_whoever_looks_and_however_far(tmp_path: Path, say: Say) -> None:
    say(finding("a"), finding("b"))
    for hours, window in enumerate(("next 7 days", "next 30 days", "until 2027-03-01")):
        brief(tmp_path, now=NOW - DAY + timedelta(hours=hours), window=window)
    with run(tmp_path, now=NOW - timedelta(hours=12)) as ctx:
        assert remember(ctx).still == 2
    say(finding("b"))
    with run(tmp_path, now=NOW - timedelta(hours=2)) as ctx:
        assert remember(ctx).resolved == 1
    with run(tmp_path) as ctx, open_history(ctx).read() as conn:
        lives = {one.finding.resource.name: one for one in kept.lookup(conn, now=NOW)}
        assert len(kept.lookup(conn, now=NOW)) == 2
    assert {name: one.state for name, one in lives.items()} == {"a": "resolved", "b": "open"}
    assert {one.scope for one in lives.values()} == {"room"}
    assert titles(brief(tmp_path, window="until 2027-03-01").resolved) == ["a"]


def test_what_came_and_went_between_two_briefs_is_no_news(tmp_path: Path, say: Say) -> None:
    say()
    brief(tmp_path, now=NOW - DAY)
    for hours, there in ((20, [finding("a")]), (10, [])):
        say(*there)
        with run(tmp_path, now=NOW - timedelta(hours=hours)) as ctx:
            remember(ctx)
    found = brief(tmp_path)
    assert (found.new(), found.resolved) == ([], ())


def test_the_same_window_is_compared_else_any(tmp_path: Path, say: Say) -> None:
    say()
    brief(tmp_path, now=NOW - 7 * DAY, window="next  30 Days")
    brief(tmp_path, now=NOW - DAY, window="tomorrow")
    assert brief(tmp_path, no_record=True).compared_to == NOW - 7 * DAY
    assert brief(tmp_path, no_record=True, window="next 9 days").compared_to == NOW - DAY


def test_only_a_room_that_was_read_completely_resolves(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    away = Unread(what="rds in us-east-1", why="access denied", hint="grant it")

    def rooms(*there: Finding, unread: tuple[Unread, ...] = ()) -> None:
        parts = {
            "whole": Contribution(findings=tuple(f for f in there if f.resource.name == "a")),
            "torn": Contribution(tuple(f for f in there if f.resource.name == "b"), unread),
        }
        found = {name: lambda ctx, window, part=part: part for name, part in parts.items()}
        monkeypatch.setattr(contributions, "contributors", lambda: found)

    rooms(finding("a"), finding("b"))
    brief(tmp_path, now=NOW - 2 * DAY)
    rooms(unread=(away,))
    assert titles(brief(tmp_path, now=NOW - DAY).resolved) == ["a"]
    rooms()
    assert titles(brief(tmp_path).resolved) == ["b"]


def test_what_could_not_be_read_is_not_resolved(tmp_path: Path, say: Say) -> None:
    say(finding("a"))
    brief(tmp_path, now=NOW - DAY)
    say(unread=(Unread(what="rds in us-east-1", why="access denied", hint="grant it"),))
    found = brief(tmp_path)
    assert found.resolved == ()
    assert found.incomplete() == ("rds in us-east-1: access denied",)
    text = render(found, "plain", View(now=NOW))
    assert "Could not be read" in text
    assert "access denied (grant it)" in text


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (
            SourceError("the Health API does not answer", hint="try later"),
            "the Health API does not answer (try later)",
        ),
        (
            MissingExtra("duckdb", "logs"),
            "this needs the Python package 'duckdb', which is not installed"
            " (pip install 'offcall[logs]')",
        ),
    ],
)
def test_a_room_that_cannot_be_read_does_not_stop_the_others(
    tmp_path: Path, say: Say, error: Exception, said: str
) -> None:
    say(finding("a"), error=error)
    found = brief(tmp_path)
    assert titles(found.parts.support) == ["a"]
    assert found.incomplete() == (f"broken: {error}".splitlines()[0],)
    assert said in " ".join(render(found, "plain", View(now=NOW)).split())


def test_muted_findings_are_counted_not_shown(tmp_path: Path, say: Say) -> None:
    say(finding("a"), finding("b"))
    brief(tmp_path, now=NOW - 2 * DAY)
    with run(tmp_path) as ctx:
        history = open_history(ctx)
        kept.mute(history, finding("a").fingerprint, "ana", "known", None, NOW - DAY)
    found = brief(tmp_path)
    assert titles(found.parts.all()) == ["b"]
    assert found.muted == 1
    assert "1 finding muted" in render(found, "plain", View(now=NOW))


def test_only_one_owner(tmp_path: Path, say: Say) -> None:
    say(
        finding("a", owner=Owner(name="orders", rule="r")),
        finding("b", owner=Owner(name="Payments", rule="r")),
        finding("c"),
    )
    assert titles(brief(tmp_path, owner=["group:default/payments"]).parts.all()) == ["b"]
    assert titles(brief(tmp_path, owner=["nobody", "orders"]).parts.all()) == ["a", "c"]
    assert titles(brief(tmp_path).new()) == [], "a filtered brief knows the other findings too"


def test_parts_and_what_needs_somebody(tmp_path: Path, say: Say) -> None:
    say(
        finding("issue", category="open", days=None),
        finding("known-issue", category="open", days=None, taken="acknowledged by ana"),
        finding("change", category="change", days=3, severity=Severity.MEDIUM),
        finding("small", category="change", days=3, severity=Severity.LOW),
        finding("support", days=20),
        finding("later", days=90, severity=Severity.MEDIUM),
        finding("urgent-but-late", days=90, severity=Severity.CRITICAL),
        finding("feed", category="setup", days=None, severity=Severity.MEDIUM),
        finding("bill", category="notice", code="AWS_BILLING_NOTIFICATION", days=None),
        finding("odd", category="nobody-knows", days=10),
    )
    found = brief(tmp_path)
    parts = found.parts
    assert titles(parts.open) == ["issue", "known-issue"]
    assert titles(parts.changing) == ["change", "small", "odd"]
    assert titles(parts.support) == ["urgent-but-late", "support"]
    assert titles(parts.later) == ["later"]
    assert titles(parts.setup) == ["feed"]
    assert titles(parts.notices) == ["bill"]
    assert titles(found.needing) == ["change", "issue"]
    assert found.headline.startswith("2 things need somebody within 7 days. Worst: ")
    assert "Nearest deadline: change, in 3 days" in found.headline
    assert len(found.all_findings()) == 10


def test_every_line_says_when_who_how(tmp_path: Path, say: Say) -> None:
    say(
        finding(
            "a",
            owner=Owner(name="orders", rule="r"),
            category="change",
            taken="planned by ana",
        )
    )
    estate = "catalog: {runbooks: [{title: The book, url: 'https://wiki/book'}]}\n"
    text = render(brief(tmp_path, estate=estate), "plain", View(now=NOW))
    for part in ("in 5 days, Sun 29 Nov 2026", "orders", "The book", "do it", "planned by ana"):
        assert part in text
    assert "aws do it" not in text


def test_saved_facts_are_judged_the_same_and_not_remembered(tmp_path: Path, say: Say) -> None:
    say(finding("a"), finding("b", category="change"))
    with run(tmp_path, save=tmp_path / "facts.json") as ctx:
        first = find_tool("brief").call(ctx, no_record=True)
    say()
    with run(tmp_path, load=tmp_path / "facts.json") as ctx:
        again = find_tool("brief").call(ctx)
    assert again == first
    assert brief(tmp_path, now=NOW + DAY).compared_to is None


def test_nothing_to_look_at_says_what_to_do(tmp_path: Path, say: Say) -> None:
    say()
    with run(tmp_path) as ctx:
        ctx.estate = Estate()
        result = find_tool("brief").call(ctx)
    text = render(result, "plain", View(now=NOW))
    assert "offcall brief --demo" in text
    assert "offcall health import FILE" in text


def test_all_well_says_so(tmp_path: Path, say: Say) -> None:
    say()
    assert brief(tmp_path).headline == "Nothing within 7 days that nobody has taken."


def test_thousands_of_lines_are_counted_not_printed(tmp_path: Path, say: Say) -> None:
    say(*(finding(f"db-{number}", title="it ends") for number in range(300)))
    found = brief(tmp_path)
    text = render(found, "plain", View(now=NOW))
    assert "250 more" in text
    assert len(found.parts.support) == 300
    assert "Nobody owns db-0, db-1, " in text
