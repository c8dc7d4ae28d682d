"""Finding checks and running them: nothing is lost, and nothing lost in silence."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

import offcall
from offcall.core.checks import BROKEN, Check, Example, Problem, check, checks_of, run_checks
from offcall.core.context import Context
from offcall.core.contributions import Contribution, ask_rooms
from offcall.core.errors import SourceError
from offcall.core.estate import Estate
from offcall.core.findings import Evidence, Finding, Fix, Resource, Severity
from offcall.core.registry import find_tool
from offcall.core.snapshots import Snapshot

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)


class Facts(Snapshot):
    kind = "offcall.test/1"


FACTS = Facts(taken_at=NOW, source="a test")


WHERE = Resource(kind="k", id="i")


def made(name: str, problem: Problem | None = None, **more: Any) -> Check:
    example = Example(lambda: FACTS, NOW)

    @check(
        id=name,
        title="t",
        severity=Severity.LOW,
        category="open",
        rationale="r",
        source="https://example.org",
        fails=example,
        passes=example,
        **more,
    )
    def one(facts: Any, now: datetime) -> Iterator[Problem]:
        yield problem or Problem(WHERE, f"of {type(facts).__name__}", "do it")
        if name == "broken":
            raise KeyError("who would have thought")

    return one


def test_a_finding_has_what_its_check_declares() -> None:
    (found,) = run_checks([made("a")], FACTS, NOW)
    assert found == Finding(
        rule="a",
        severity=Severity.LOW,
        title="of Facts",
        resource=WHERE,
        why="r",
        source="https://example.org",
        fix=Fix(steps=("do it",)),
        category="open",
    )


def test_a_problem_may_say_it_better() -> None:
    fix = Fix(steps=("one", "two"), command="ls")
    later = NOW + timedelta(days=1)
    said = {"key": "k", "severity": Severity.HIGH, "why": "w", "source": "https://x.org"}
    facts = [Evidence(name="n", value="v")]
    problem = Problem(WHERE, "t", fix, iter(facts), starts=NOW, deadline=later, **said)  # type: ignore[arg-type]
    (found,) = run_checks([made("a", problem)], FACTS, NOW)
    assert {name: getattr(found, name) for name in said} == said
    assert (found.fix, found.evidence) == (fix, tuple(facts))
    assert (found.starts, found.deadline) == (NOW, later)


def test_what_several_checks_judge_is_made_once() -> None:
    times: list[datetime] = []

    def index(snapshot: Facts, now: datetime) -> dict[str, Facts]:
        times.append(now)
        return {"it": snapshot}

    checks = [made("a", judges=index), made("b", judges=index), made("c")]
    found = run_checks(checks, FACTS, NOW)
    assert [(one.rule, one.title) for one in found] == [
        ("a", "of dict"),
        ("b", "of dict"),
        ("c", "of Facts"),
    ]
    assert times == [NOW]
    assert [one.title for one in checks[0](FACTS, NOW)] == ["of dict"]


def test_an_index_that_cannot_be_made_breaks_its_own_checks_only() -> None:
    def index(snapshot: Facts, now: datetime) -> Facts:
        raise KeyError("no such thing")

    found = run_checks([made("a", judges=index), made("b", judges=index), made("c")], FACTS, NOW)
    assert [one.rule for one in found] == [BROKEN, BROKEN, "c"]
    assert {one.resource.id for one in found[:2]} == {"a", "b"}


def test_a_broken_check_is_a_finding_and_hides_no_other() -> None:
    found = run_checks([made("a"), made("broken"), made("b")], FACTS, NOW)
    assert {one.rule for one in found} >= {"a", "b", BROKEN}
    (broken,) = [one for one in found if one.rule == BROKEN]
    assert broken.title == "The check broken could not be made"
    assert "who would have thought" in broken.why
    # The same problem from run to run.
    assert broken.fingerprint == run_checks([made("broken")], FACTS, NOW)[0].fingerprint


@pytest.fixture
def room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A room whose checks come from files of a test."""
    folder = tmp_path / "sampleroom" / "checks"
    (folder / "deeper").mkdir(parents=True)
    for one in (folder.parent, folder, folder / "deeper"):
        (one / "__init__.py").touch()
    monkeypatch.setattr(offcall, "__path__", [*offcall.__path__, str(tmp_path)])
    yield folder
    for name in [name for name in sys.modules if name.startswith("offcall.sampleroom")]:
        del sys.modules[name]


def write(file: Path, name: str) -> None:
    file.write_text(f"from tests.core.test_checks import made\n\none = made({name!r})\n")


def test_checks_in_folders_are_found(room: Path) -> None:
    write(room / "first.py", "b")
    write(room / "deeper" / "second.py", "a")
    assert [one.id for one in checks_of("sampleroom")] == ["a", "b"]


def test_two_checks_of_one_name_are_refused(room: Path) -> None:
    write(room / "first.py", "a")
    write(room / "second.py", "a")
    with pytest.raises(TypeError, match="two checks are called 'a'"):
        checks_of("sampleroom")


def test_a_check_that_is_imported_is_the_same(room: Path) -> None:
    write(room / "first.py", "a")
    (room / "second.py").write_text("from offcall.sampleroom.checks.first import one\n")
    assert [one.id for one in checks_of("sampleroom")] == ["a"]


def away(ctx: Context, window: object) -> Contribution:
    raise SourceError("it is away", hint="wait")


def broken(ctx: Context, window: object) -> Contribution:
    return Contribution(tuple(run_checks([made("broken"), made("a")], FACTS, NOW)))


@pytest.fixture
def rooms(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "offcall.core.contributions.contributors", lambda: {"away": away, "broken": broken}
    )


@pytest.mark.usefixtures("rooms")
def test_what_rooms_could_not_say_is_named() -> None:
    ctx = Context(Estate(), now=NOW)
    parts = ask_rooms(ctx, ctx.window("next week"))
    assert [one.why for one in parts["away"].unread] == ["it is away"]
    assert [one.rule for one in parts["broken"].findings] == ["a", "broken"]
    assert [one.what for one in parts["broken"].unread] == ["The check broken could not be made"]


@pytest.mark.usefixtures("rooms")
def test_the_catalog_is_checked_all_the_same(tmp_path: Path) -> None:
    with Context(Estate({"history": f"sqlite:///{tmp_path}/h.sqlite"}), now=NOW) as ctx:
        result = find_tool("catalog check").call(ctx)
    assert "away: it is away" in list(result.incomplete())
