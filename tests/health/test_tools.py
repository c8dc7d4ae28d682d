"""The health commands on real files, a real history and the demo."""

from __future__ import annotations

import gzip
import io
import json
import random
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from offcall.core.context import Context
from offcall.core.errors import UserError
from offcall.core.estate import Estate
from offcall.core.registry import find_tool
from offcall.core.render import View, render
from offcall.history import journal
from tests.health.messages import arn_of, message

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
Call = Callable[..., Any]


@pytest.fixture
def call(history_url: str) -> Call:
    """Runs a tool on one history; the result."""

    def run(name: str, /, estate: dict[str, Any] | None = None, **arguments: Any) -> Any:
        node = {"history": history_url, **(estate or {})}
        with Context(Estate(node), now=NOW, journal=journal) as ctx:
            result = find_tool(name).call(ctx, **arguments)
            for output in ("plain", "markdown", "html", "json", "sarif"):
                assert render(result, output, View(now=NOW))  # type: ignore[arg-type]
            return result

    return run


def write(path: Path, *bodies: str) -> Path:
    path.write_text("\n".join(bodies) + "\n", encoding="utf-8")
    return path


def test_import_twice(call: Call, tmp_path: Path) -> None:
    file = write(tmp_path / "events.jsonl", message(1), message(2), "{ broken", message(1))
    rejects = tmp_path / "rejects"
    first = call("health import", files=[file], rejects=rejects)
    assert (first.messages, first.new, first.duplicates, first.rejected) == (4, 2, 1, 1)
    assert first.refused[0].where == f"{file}:3"
    assert rejects.read_bytes() == b"{ broken\n"
    again = call("health import", files=[file])
    assert (again.new, again.duplicates, again.events_new) == (0, 3, 0)


def test_import_folders_gzip_and_standard_input(
    call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "events" / "deep"
    folder.mkdir(parents=True)
    write(folder / "a.json", message(1))
    (folder / "b.jsonl.gz").write_bytes(gzip.compress(f"{message(2)}\n{message(3)}\n".encode()))
    write(folder / "notes.txt", "not an event")
    assert call("health import", files=[tmp_path / "events"]).new == 3
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(message(4).encode())))
    assert call("health import", files=[Path("-")]).new == 1


def test_what_firehose_and_logs_left_in_a_folder(call: Call, tmp_path: Path) -> None:
    folder = tmp_path / "2026" / "11"
    folder.mkdir(parents=True)
    (folder / "health-1-2026-11-24-09-00-00-4b51").write_text(message(1) + message(2))
    (folder / "health-1-2026-11-24-09-05-00-77aa").write_bytes(gzip.compress(message(3).encode()))
    exported = gzip.compress(f"2026-11-24T09:00:00.000Z {message(4)}\n".encode())
    (folder / "000000.gz").write_bytes(exported)
    (folder / "manual.1.gz").write_bytes(gzip.compress(b".TH MANUAL 1"))
    (folder / "aws-logs-write-test").write_text("Permission Check Successful")
    result = call("health import", files=[tmp_path / "2026"])
    assert (result.new, result.rejected) == (4, 0)


def test_import_counts_what_is_odd_and_list_shows_it(call: Call, tmp_path: Path) -> None:
    odd = message(1, startTime="soon")
    closed = message(2, status="closed", lastUpdatedTime="Tue, 02 Nov 2026 10:00:00 GMT")
    malformed = json.dumps({**json.loads(message(4)), "account": "acme"})
    file = write(tmp_path / "e.jsonl", odd, closed, message(3), malformed)
    result = call("health import", files=[file])
    assert result.noted == 3
    text = render(result, "plain", View(now=NOW))
    assert "3 new messages have something odd: offcall health list --noted --status all" in text
    assert call("health import", files=[file]).noted == 0

    def notes(**asked: Any) -> dict[str, tuple[str, ...]]:
        found = call("health list", noted=True, **asked)
        shown = render(found, "plain", View(now=NOW, width=400))
        assert all(note in shown for one in found.events for note in one.notes)
        return {one.arn[-1]: one.notes for one in found.events}

    assert notes().keys() == {"1", "4"}
    assert notes(status="all") == {
        "1": ("startTime is not a time: 'soon'",),
        "2": ("lastUpdatedTime names a wrong weekday: Tue for 2026-11-02",),
        "4": ("the receiving account is not 12 digits: 'acme'",),
    }


def test_import_says_what_is_wrong_with_a_file(call: Call, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no such file or folder"):
        call("health import", files=[tmp_path / "nothing.json"])
    (tmp_path / "empty").mkdir()
    with pytest.raises(UserError, match="no event files"):
        call("health import", files=[tmp_path / "empty"])
    with pytest.raises(UserError, match="no file given"):
        call("health import", files=[])


@pytest.mark.parametrize(
    ("text", "said"),
    [("", "there is no message"), ("<html>403</html>", "1 message: not understood")],
)
def test_a_file_without_an_event_is_an_error(
    call: Call, tmp_path: Path, text: str, said: str
) -> None:
    result = call("health import", files=[write(tmp_path / "x.json", text)])
    assert result.failed()
    assert said in result.incomplete()[0]


def test_some_that_is_not_understood_is_warned_of_and_strictly_an_error(
    call: Call, tmp_path: Path
) -> None:
    file = write(tmp_path / "x.jsonl", message(1), "{ broken")
    result = call("health import", files=[file])
    assert not result.failed()
    assert result.incomplete() == (
        "1 message: not understood, and kept in quarantine (see `offcall health quarantine`)",
    )
    assert call("health import", files=[file], strict=True).failed()
    whole = write(tmp_path / "y.jsonl", message(1))
    assert not call("health import", files=[whole], strict=True).failed()


@pytest.mark.parametrize("hurt", ["cut off", "overwritten"])
def test_what_comes_before_the_damage_is_imported(call: Call, tmp_path: Path, hurt: str) -> None:
    whole = gzip.compress("\n".join(message(n) for n in range(3000)).encode())
    half = len(whole) // 2
    noise = random.Random(1).randbytes(half)
    file = tmp_path / "damaged.json.gz"
    file.write_bytes(whole[:half] + (b"" if hurt == "cut off" else noise))
    result = call("health import", files=[file])
    assert 500 < result.new < 2500
    assert len(call("health list", limit=3000).events) == result.new
    said, *_ = result.incomplete()
    assert f"damaged or cut off: {'it is cut off' if hurt == 'cut off' else 'Error'}" in said
    assert f"{result.new:,} events before the damage imported" in said
    assert result.failed()
    assert call("health quarantine").held, "the line that the damage cut, and the rest"


def test_gzip_files_of_several_members(call: Call, tmp_path: Path) -> None:
    members = (gzip.compress(f"{message(n)}\n".encode()) for n in range(3))
    (tmp_path / "m.json.gz").write_bytes(b"\0\0".join(members) + b"\0" * 512)
    result = call("health import", files=[tmp_path / "m.json.gz"])
    assert (result.new, result.rejected, result.failed()) == (3, 0, False)


def test_a_ten_megabyte_event_is_answered(call: Call, tmp_path: Path) -> None:
    text = [{"language": "en_US", "latestDescription": "a long story " * 800_000}]
    big = message(1, eventDescription=text)
    assert len(big) > 10_000_000
    result = call("health import", files=[write(tmp_path / "big.jsonl", big, message(2))])
    assert result.messages == 2
    assert result.new + result.rejected == 2
    assert {one.arn for one in call("health list").events} >= {arn_of(2)}


def test_list_filters(call: Call, tmp_path: Path) -> None:
    file = write(
        tmp_path / "e.jsonl",
        message(1),
        message(2, region="eu-west-1"),
        message(3, status="closed"),
        message(4, code="AWS_RDS_OPERATIONAL_ISSUE", category="issue", status="open"),
        message(5, code="AWS_CLOUDSHELL_PERSISTENCE_EXPIRING", category="accountNotification"),
    )
    call("health import", files=[file])

    def numbers(**arguments: Any) -> set[int]:
        found = call("health list", **arguments).events
        return {int(one.arn.rpartition("/")[2]) for one in found}

    assert numbers() == {1, 2, 4, 5}
    assert numbers(status="closed") == {3}
    assert numbers(status="all") == {1, 2, 3, 4, 5}
    assert numbers(region="eu-west-1") == {2}
    assert numbers(service="rds") == {4}
    assert numbers(category="issue") == {4}
    assert numbers(estate={"health": {"ignore": ["AWS_CLOUDSHELL_*"]}}) == {1, 2, 4}
    limited = call("health list", limit=1)
    assert len(limited.events) == 1
    assert limited.left_out == 3


def test_changes_next_week_by_owner(call: Call, tmp_path: Path) -> None:
    file = write(
        tmp_path / "e.jsonl",
        message(1, start=datetime(2026, 12, 3, 14, tzinfo=UTC), entities=("i-shop",)),
        message(2, start=datetime(2026, 12, 8, tzinfo=UTC)),
        message(3, start=datetime(2026, 11, 20, tzinfo=UTC)),
        message(4, start=datetime(2026, 12, 4, tzinfo=UTC), region="eu-west-1"),
        message(5, start=datetime(2026, 12, 4, tzinfo=UTC), status="closed"),
    )
    call("health import", files=[file])
    estate = {
        "catalog": {
            "rules": [{"match": "i-shop", "owner": "shop"}],
        }
    }
    found = call("health changes", window="next week", region="us-east-1", estate=estate)
    (one,) = found.changes
    assert one.resource.id == "i-shop"
    assert one.owner is not None
    assert one.owner.name == "shop"
    assert one.deadline == datetime(2026, 12, 3, 14, tzinfo=UTC)
    assert one.next_step
    assert [past.key for past in found.overdue] == [arn_of(3)]
    assert "now: its date, 2026-11-20, has passed" in found.overdue[0].next_step
    mine = call("health changes", window="next week", owner="shop", estate=estate)
    assert [one.resource.id for one in mine.all_findings()] == ["i-shop"]


def test_show_and_what_people_say(call: Call, tmp_path: Path) -> None:
    call("health import", files=[write(tmp_path / "e.jsonl", message(1, entities=("i-a", "i-b")))])
    done = call("health plan", event="000001", on="2026-12-01 03:00", resource="i-a", by="ana")
    assert done.said == "planned by ana for 2026-12-01 03:00 UTC"
    call("health close", event="000001", resource="i-b", by="bo", note="gone")
    shown = call("health show", event="000001", raw=True)
    taken = {row.resource.id: row.taken for row in shown.resources}
    assert taken == {
        "i-a": "planned by ana for 2026-12-01 03:00 UTC",
        "i-b": "closed by bo: gone",
    }
    assert json.loads(shown.raw[0])
    assert [one.resource.id for one in shown.findings] == ["i-a"]
    assert len(shown.people) == 2
    left = call("health reopen", event="000001", resource="i-b", by="bo").left
    assert {one.resource.id for one in left} == {"i-a", "i-b"}
    call("health ack", event="000001", by="cy")
    with pytest.raises(UserError, match="no such event"):
        call("health show", event="999999")


def test_a_plan_for_after_the_date_of_aws_is_doubted(call: Call, tmp_path: Path) -> None:
    file = write(tmp_path / "e.jsonl", message(1, start=NOW + timedelta(days=2)))
    call("health import", files=[file])
    early = call("health plan", event="000001", on="tomorrow", by="ana", note="CHG-1")
    assert early.said == f"planned by ana for {NOW + timedelta(days=1):%Y-%m-%d} 00:00 UTC: CHG-1"
    assert early.doubt is None
    late = call("health plan", event="000001", on="in 3 days", by="ana")
    assert late.doubt is not None
    assert late.doubt.startswith("the plan is for after the date of AWS")
    assert call("health reopen", event="000001", by="ana").said == "reopened by ana"


def test_what_people_closed_is_listed_only_when_asked_for(call: Call, tmp_path: Path) -> None:
    file = write(tmp_path / "e.jsonl", message(1, entities=("i-a", "i-b")), message(2))
    call("health import", files=[file])

    def numbers(**arguments: Any) -> set[int]:
        found = call("health list", **arguments).events
        return {int(one.arn.rpartition("/")[2]) for one in found}

    call("health close", event="000001", resource="i-a", by="bo")
    assert numbers() == {1, 2}, "one of its resources is left"
    call("health close", event="000001", resource="i-b", by="bo")
    call("health close", event="000002", by="bo")
    assert numbers() == set()
    assert numbers(status="closed") == numbers(status="all") == {1, 2}
    call("health reopen", event="000002", by="bo")
    assert numbers() == {2}


def test_an_engine_upgrade_has_its_command(call: Call, tmp_path: Path) -> None:
    text = "RDS for MySQL version 8.0 reaches the end of RDS standard support."
    one = message(
        1,
        code="AWS_RDS_PLANNED_LIFECYCLE_EVENT",
        eventMetadata={"deprecated_versions": "8.0"},
        eventDescription=[{"language": "en_US", "latestDescription": text}],
    )
    later = message(
        1,
        code="AWS_RDS_PLANNED_LIFECYCLE_EVENT",
        start=datetime(2026, 12, 5, 14, tzinfo=UTC),
        communicationId="2-1",
        lastUpdatedTime="Tue, 03 Nov 2026 10:00:00 GMT",
    )
    call("health import", files=[write(tmp_path / "e.jsonl", one)])
    (found,) = call("health changes", window="next 14 days").changes
    assert "--engine mysql --engine-version 8.0 " in found.fix.command
    call("health import", files=[write(tmp_path / "later.jsonl", later)])
    changes = [said for one in call("health show", event="000001").timeline for said in one.changes]
    assert "start: Thu 3 Dec 2026 14:00 UTC → Sat 5 Dec 2026 14:00 UTC" in changes


def test_during(call: Call, tmp_path: Path) -> None:
    nothing = call("health during", at="2026-11-18T02:15Z", resource="orders")
    assert nothing.likelihood == "unknown"
    assert nothing.verdict.startswith("Nothing can be said: offcall never got an event")
    assert "no event was ever taken in" in nothing.unsure[0]
    issue = message(
        1,
        code="AWS_RDS_OPERATIONAL_ISSUE",
        category="issue",
        status="open",
        start=datetime(2026, 11, 18, 2, tzinfo=UTC),
        entities=("arn:aws:rds:us-east-1:111122223333:db:orders",),
    )
    call("health import", files=[write(tmp_path / "e.jsonl", issue)])
    found = call("health during", at="2026-11-18T02:15Z", resource="orders")
    assert found.likelihood == "likely"
    assert found.verdict.startswith("Probably yes")
    assert found.ranks[0].reasons[0] == "it names orders itself"
    calm = call("health during", at="2026-10-18T02:15Z", resource="orders", within="PT1H")
    assert calm.verdict.startswith("Nothing from AWS explains this")
    assert "Dashboard" not in calm.verdict
    strange = call("health during", at="2026-10-18T02:15Z", resource="shop", within="PT1H")
    assert strange.likelihood == "unknown"
    assert strange.verdict.startswith("Nothing can be said of shop: offcall does not know what it")
    asked = {"at": "2026-11-23T02:15Z", "service": "rds", "region": "us-east-1"}
    later = call("health during", **asked, resource="shop", within="PT1H")
    assert later.likelihood in ("none", "unlikely")
    assert later.verdict.endswith(
        "no message came after that time; see the AWS Health Dashboard too."
    )


def test_who_never_got_an_event_is_told_so(call: Call) -> None:
    for name in ("health list", "health changes"):
        found = call(name)
        assert "no event was ever taken in" in found.incomplete()[0]
    shown = render(found, "plain", View(now=NOW))
    assert "Nothing is known that AWS changes next 7 days." in shown
    assert "\u2714" not in shown


def test_quarantine(call: Call, tmp_path: Path) -> None:
    call("health import", files=[write(tmp_path / "e.jsonl", message(1), "{ no")])
    (held,) = call("health quarantine").held
    assert call("health quarantine", id=held.id).held[0].body == "{ no"
    assert call("health quarantine-retry").held[0].settled is None
    out = call("health quarantine-discard", id=held.id, why="a test", by="ana")
    assert out.held[0].settled == "discarded: a test (by ana)"
    assert call("health quarantine").held == ()
    assert len(call("health quarantine", settled=True).held) == 1


@pytest.mark.parametrize("limit", [0, -5])
@pytest.mark.parametrize(
    ("name", "more"),
    [
        ("health list", {}),
        ("health during", {"at": "2026-11-18T02:15Z"}),
        ("health quarantine", {}),
    ],
)
def test_a_limit_is_at_least_one(call: Call, name: str, more: dict[str, Any], limit: int) -> None:
    with pytest.raises(UserError, match=r"limit: Input should be greater than or equal to 1"):
        call(name, limit=limit, **more)


def test_an_empty_name_is_no_file(call: Call) -> None:
    with pytest.raises(UserError, match="files: the name of a file is empty"):
        call("health import", files=[""])
    with pytest.raises(UserError, match="rejects: the name of a file is empty"):
        call("health import", files=["x.json"], rejects="")


def test_quarantine_shows_the_newest(call: Call, tmp_path: Path) -> None:
    bad = [f"{{ broken {number}" for number in range(5)]
    call("health import", files=[write(tmp_path / "e.jsonl", message(1), *bad)])
    found = call("health quarantine", limit=2)
    assert (len(found.held), found.left_out) == (2, 3)
    call("health quarantine-discard", id=found.held[0].id, why="a test", by="ana")
    assert call("health quarantine", limit=2).left_out == 2
    assert call("health quarantine", limit=2, settled=True).left_out == 3


def test_lengths(call: Call) -> None:
    assert call("health during", at="2026-11-18T02:15Z", within="90m").within == (
        "1 hour 30 minutes"
    )
    with pytest.raises(UserError):
        call("health during", at="2026-11-18T02:15Z", within="soon")


def test_the_demo_has_no_aws() -> None:
    for name in ("health sync", "health watch"):
        with (
            Context(
                Estate({"health": {"queues": ["https://sqs.x.amazonaws.com/1/q"]}}),
                demo=True,
                journal=journal,
            ) as ctx,
            pytest.raises(UserError, match="sample estate has no AWS"),
        ):
            find_tool(name).call(ctx)


def test_watch_without_a_queue(call: Call) -> None:
    with pytest.raises(UserError, match="no queue to watch"):
        call("health watch")
