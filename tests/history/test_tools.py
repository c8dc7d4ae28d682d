"""The history's tools, as the command line and MCP call them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from offcall.core.context import Context
from offcall.core.errors import UserError
from offcall.core.estate import Estate
from offcall.core.registry import find_tool
from offcall.core.render import View, render
from offcall.history import open_history
from offcall.history.recording import record
from offcall.history.results import AuditList, FindingHistory, HistoryInfo
from offcall.surfaces.cli.app import run
from tests.history.build import A, B

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def ctx(history_url: str) -> Context:
    return Context(Estate({"history": history_url}), now=NOW)


def test_mute_list_and_unmute(ctx: Context) -> None:
    with ctx:
        record(open_history(ctx), "lifecycle", [A, B], NOW - timedelta(days=1))
        muted = find_tool("history mute").call(
            ctx, fingerprint=A.fingerprint, why="known", until="2026-03-15", by="ann"
        )
        assert isinstance(muted, FindingHistory)
        assert muted.findings[0].state == "muted"
        listed = find_tool("history findings").call(ctx)
        assert isinstance(listed, FindingHistory)
        assert {one.finding.resource.id: one.state for one in listed.findings} == {
            "a": "muted",
            "b": "new",
        }
        assert listed.all_findings() == (B,)
        shown = render(listed, "plain", View(now=NOW, zone=UTC))
        assert "muted until 2026-03-15" in shown
        assert "is muted by ann until Sun 15 Mar 2026 00:00 UTC: known" in shown
        only = find_tool("history findings").call(ctx, state="open", scope="lifecycle")
        assert isinstance(only, FindingHistory)
        assert [one.finding for one in only.findings] == [B]
        find_tool("history unmute").call(ctx, fingerprint=A.fingerprint[:6])
        audit = find_tool("history audit").call(ctx, subject=A.fingerprint)
        assert isinstance(audit, AuditList)
        assert [(one.who, one.action) for one in audit.lines] == [
            ("tester", "unmute finding"),
            ("ann", "mute finding"),
        ]
        assert "why: known" in render(audit, "plain", View(now=NOW, zone=UTC))


def test_new_until_the_next_brief_then_still_there(ctx: Context) -> None:
    from offcall.history.audit import record as note

    with ctx:
        history = open_history(ctx)
        record(history, "lifecycle", [A], NOW - timedelta(days=3))
        with history.write() as conn:
            note(conn, "offcall brief", "brief", "brief next week", {}, NOW - timedelta(days=2))
        record(history, "lifecycle", [A, B], NOW - timedelta(days=1))
        for state, expected in (("new", [B]), ("still", [A]), ("open", [B, A])):
            listed = find_tool("history findings").call(ctx, state=state)
            assert isinstance(listed, FindingHistory)
            assert [one.finding for one in listed.findings] == expected
        assert {one.state for one in listed.findings} == {"new", "still there"}


def test_resolved_ones_are_listed_too(ctx: Context) -> None:
    with ctx:
        record(open_history(ctx), "lifecycle", [A], NOW)
        record(open_history(ctx), "lifecycle", [], NOW)
        listed = find_tool("history findings").call(ctx, state="resolved")
        assert isinstance(listed, FindingHistory)
        assert [one.finding for one in listed.findings] == [A]
        assert listed.all_findings() == ()


def test_a_finding_that_is_not_there(ctx: Context) -> None:
    with ctx, pytest.raises(UserError, match="no such finding"):
        find_tool("history mute").call(ctx, fingerprint="ffff", why="x")


def test_info_says_where_and_how_much(ctx: Context) -> None:
    with ctx:
        record(open_history(ctx), "lifecycle", [A], NOW)
        info = find_tool("history info").call(ctx)
        assert isinstance(info, HistoryInfo)
        assert info.rows["finding"] == 1
        assert info.bytes is not None
        assert info.bytes > 0
        assert info.engine.startswith(("SQLite 3", "PostgreSQL 1"))
        shown = render(info, "plain", View(now=NOW, zone=UTC))
        assert info.url in shown
        assert "nothing stored yet" in shown


def test_on_the_command_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("OFFCALL_HISTORY", f"sqlite:///{tmp_path}/h.sqlite")
    assert run(["history", "info", "-o", "json"]) == 0
    assert '"quarantined"' in capsys.readouterr().out
    (tmp_path / "h.sqlite").write_bytes(b"not a database at all" * 1000)
    assert run(["history", "info"]) == 2
    said = capsys.readouterr().err
    assert "is not a SQLite database" in said
    assert "Traceback" not in said


def test_counting_needs_no_name_and_taking_out_does(
    ctx: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OFFCALL_USER")
    monkeypatch.setattr("os.geteuid", lambda: 0)
    with ctx:
        find_tool("history prune").call(ctx, older_than="400d")
        with pytest.raises(UserError, match="nobody is named"):
            find_tool("history prune").call(ctx, older_than="400d", yes=True)
