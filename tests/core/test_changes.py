"""What changes something outside: recorded by the spine, whoever wrote the tool."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import pytest

from offcall.core.changes import Change
from offcall.core.context import Context
from offcall.core.errors import StoreError, UserError
from offcall.core.estate import Estate
from offcall.core.registry import By, Effect, Param, tool
from offcall.core.secrets import Secret
from tests.core.sample_tools import Echo


class Kept:
    """A journal that remembers."""

    def __init__(self) -> None:
        self.lines: list[tuple[Change, str]] = []

    @contextmanager
    def __call__(self, _ctx: Context, change: Change) -> Iterator[Callable[[str], None]]:
        said: list[str] = []
        try:
            yield said.append
        except BaseException as error:
            said.append(f"failed: {error}")
            raise
        finally:
            self.lines.append((change, *said))  # type: ignore[arg-type]


@tool("sample kill", effect=Effect.CHANGE, confirm="yes")
def kill(
    ctx: Context,
    session: Annotated[int, Param("which one", positional=True)],
    url: Annotated[str, Param("where")] = "postgresql://ann:hunter2@db/x",
    pin: Annotated[Secret | None, Param("not by its name a secret")] = None,
    api_key: Annotated[str | None, Param("by its name a secret")] = None,
    file: Annotated[Path | None, Param("a file")] = None,
    tags: Annotated[list[str] | None, Param("several")] = None,
    yes: Annotated[bool, Param("really")] = False,
    fail: Annotated[bool, Param("fail half-way")] = False,
) -> Echo:
    """Kill a session."""
    if fail:
        raise StoreError("gone half-way")
    return Echo(said={"records": str(ctx.records), "session": str(session)})


@tool("sample serve", effect=Effect.CHANGE, ends_with=("once",))
def serve(ctx: Context, once: Annotated[bool, Param("once")] = False, by: By = None) -> Echo:
    """Serve."""
    return Echo(said={"by": str(by)})


@pytest.fixture
def kept() -> Kept:
    return Kept()


@pytest.fixture
def ctx(kept: Kept) -> Context:
    return Context(Estate(), now=datetime(2026, 11, 24, tzinfo=UTC), journal=kept)


def test_every_change_takes_who_wants_it() -> None:
    assert "by" in kill.input_model.model_fields
    assert [one.name for one in serve.parameters].count("by") == 1


def test_without_the_flag_nothing_is_recorded(ctx: Context, kept: Kept) -> None:
    assert kill.call(ctx, session=1).said["records"] == "False"  # type: ignore[attr-defined]
    assert kept.lines == []


def test_with_the_flag_it_is_one_record(ctx: Context, kept: Kept) -> None:
    result = kill.call(ctx, session=1, yes=True, by="ann")
    assert result.said["records"] == "True"  # type: ignore[attr-defined]
    (line,) = kept.lines
    assert line == (Change("ann", "sample kill", {"session": 1, "yes": True}), "done")
    assert ctx.records


def test_secrets_are_not_kept(ctx: Context, kept: Kept) -> None:
    kill.call(
        ctx,
        session=1,
        url="mysql://bob:hunter2@db/x?token=abc",
        pin="1234",
        api_key="k",
        file="/tmp/x",
        tags=["a", "https://u:secret@h/"],
        yes=True,
    )
    assert kept.lines[0][0].arguments == {
        "session": 1,
        "url": "mysql://bob:***@db/x?token=***",
        "pin": "***",
        "api_key": "***",
        "file": "/tmp/x",
        "tags": ["a", "https://u:***@h/"],
        "yes": True,
    }


def test_what_fails_half_way_is_recorded_too(ctx: Context, kept: Kept) -> None:
    with pytest.raises(StoreError, match="half-way"):
        kill.call(ctx, session=1, yes=True, fail=True)
    assert kept.lines[0][1] == "failed: gone half-way"
    assert ctx.records


def test_nobody_is_no_one_to_kill_for(
    ctx: Context, kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OFFCALL_USER")
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    with pytest.raises(UserError, match="nobody is named"):
        kill.call(ctx, session=1, yes=True)
    assert kept.lines == []
    # To look needs no name.
    kill.call(ctx, session=1)


def test_a_service_is_started_by_whoever_runs_it(
    ctx: Context, kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OFFCALL_USER")
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr("getpass.getuser", lambda: "root")
    assert serve.call(ctx).said == {"by": "root"}  # type: ignore[attr-defined]
    assert serve.call(ctx, by="ann").said == {"by": "ann"}  # type: ignore[attr-defined]
    assert [line[0].who for line in kept.lines] == ["root", "ann"]


def test_without_a_journal_nothing_is_changed() -> None:
    with pytest.raises(TypeError, match="without a journal"):
        kill.call(Context(Estate()), session=1, yes=True)


def test_the_next_round_of_a_service_has_the_journal_too(ctx: Context, kept: Kept) -> None:
    kill.call(ctx.again(), session=1, yes=True)
    assert len(kept.lines) == 1
