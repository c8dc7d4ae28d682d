"""A snapshot of events answers every question as the history does."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from offcall.core.context import Context
from offcall.core.errors import SnapshotError, UserError
from offcall.core.estate import Estate
from offcall.core.registry import find_tool
from offcall.core.windows import Window
from offcall.health.model import Origin
from offcall.health.parse import parse
from offcall.health.saved import read_events
from offcall.health.seen import Asked, seen
from offcall.health.storage import store
from offcall.health.storage.phases import Phases
from offcall.history import open_history
from offcall.history.opening import open_url
from tests.health.messages import ACCOUNT, arn_of, message

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
Call = Callable[..., Any]


def bodies() -> list[str]:
    days = [NOW + timedelta(days=day) for day in (-40, -2, 0, 3, 30)]
    found = [
        message(
            10 * number + part,
            start=start,
            status=status,
            end=start + timedelta(hours=2) if part == 2 else None,
            region=("us-east-1", "eu-west-1", "global")[part],
            scope="PUBLIC" if part == 2 else "ACCOUNT_SPECIFIC",
            code=("AWS_RDS_OPERATIONAL_ISSUE", "AWS_EC2_INSTANCE_RETIREMENT_SCHEDULED")[part % 2],
            category=("issue", "scheduledChange")[part % 2],
        )
        for number, start in enumerate(days)
        for part, status in enumerate(("open", "upcoming", "closed"))
    ]
    undated = json.loads(message(90))
    del undated["detail"]["startTime"], undated["detail"]["statusCode"]
    return [*found, json.dumps(undated), message(91, affectedEntities=[], status="open")]


@pytest.fixture
def call(tmp_path: Path) -> Call:
    def run(name: str, /, load: Path | None = None, save: Path | None = None, **asked: Any) -> Any:
        where = "elsewhere.sqlite" if load else "history.sqlite"
        estate = Estate({"history": str(tmp_path / where)})
        with Context(estate, now=NOW, load=load, save=save) as ctx:
            return find_tool(name).call(ctx, **asked)

    file = tmp_path / "e.jsonl"
    file.write_text("\n".join(bodies()), encoding="utf-8")
    run("health import", files=[file])
    run("health ack", event=arn_of(0, "AWS_RDS_OPERATIONAL_ISSUE"), by="ana", note="mine")
    run("health close", event="000091", by="bo")
    return run


@pytest.mark.parametrize(
    ("name", "asked"),
    [
        ("health list", {}),
        ("health list", {"status": "all"}),
        ("health list", {"status": "closed", "region": "eu-west-1"}),
        ("health list", {"status": "all", "window": "last 24h"}),
        ("health list", {"status": "all", "account": ACCOUNT, "service": "rds"}),
        ("health list", {"status": "all", "noted": True}),
        ("health list", {"status": "all", "limit": 3}),
        ("health changes", {"window": "next 30 days"}),
        ("health changes", {"window": "2026-11-01..2026-12-31", "region": "us-east-1"}),
        ("health show", {"event": "000091"}),
        ("health show", {"event": arn_of(0, "AWS_RDS_OPERATIONAL_ISSUE")}),
        ("health during", {"at": "2026-11-24T09:30Z"}),
        ("health during", {"at": "2026-11-24T09:30Z", "resource": f"i-{1:017x}"}),
        ("health during", {"at": "2026-11-24T09:30Z", "service": "RDS", "region": "us-east-1"}),
        ("health during", {"at": "2026-12-24T09:30Z", "resource": "nothing"}),
    ],
)
def test_the_same_answer(call: Call, tmp_path: Path, name: str, asked: dict[str, Any]) -> None:
    file = tmp_path / "facts.json"
    fresh = call(name, **asked)
    assert call(name, save=file, **asked).model_dump() == fresh.model_dump()
    assert call(name, load=file, **asked).model_dump() == fresh.model_dump()
    assert not (tmp_path / "elsewhere.sqlite").exists(), "no history is needed"


def test_a_snapshot_that_one_command_saved_answers_the_others(call: Call, tmp_path: Path) -> None:
    file = tmp_path / "facts.json"
    call("health changes", save=file, region="us-east-1")
    body = json.loads(file.read_text())
    assert body["snapshot"] == "offcall.health/1"
    assert len(body["events"]) == len(bodies())
    listed = call("health list", load=file, status="all").events
    assert len(listed) == len(bodies())
    for row in listed:
        assert call("health show", load=file, event=row.id).event == row
    assert call("health show", load=file, event="000091").people


def test_messages_are_not_in_a_snapshot(call: Call, tmp_path: Path) -> None:
    call("health list", save=tmp_path / "facts.json")
    with pytest.raises(UserError, match="not in a snapshot"):
        call("health show", load=tmp_path / "facts.json", event="000091", raw=True)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"arn": 7}, "Expected `str`, got `int`"),
        ({"start": "yesterday"}, "Invalid RFC3339"),
        ({"start": "2026-11-24T09:00:00"}, "a time has no zone"),
    ],
)
def test_a_snapshot_that_somebody_changed(
    call: Call, tmp_path: Path, change: dict[str, Any], said: str
) -> None:
    file = tmp_path / "facts.json"
    call("health list", save=file)
    body = json.loads(file.read_text())
    body["events"][1].update(change)
    file.write_text(json.dumps(body))
    with pytest.raises(SnapshotError, match=rf"events\.1: .*{said}"):
        call("health list", load=file)


_days = st.integers(-60, 60).map(lambda day: NOW + timedelta(days=day))


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    begin=st.none() | _days,
    end=st.none() | _days,
    region=st.sampled_from([None, "us-east-1", "EU-WEST-1", "global", "ap-south-1"]),
    account=st.sampled_from([None, ACCOUNT, "999999999999"]),
    service=st.sampled_from([None, "RDS", "ec2"]),
    category=st.sampled_from([None, "issue", "scheduledChange"]),
    phases=st.none() | st.sets(st.sampled_from(["open", "upcoming", "closed"]), min_size=1),
)
def test_what_fits_is_what_the_database_finds(
    tmp_path: Path, begin: Any, end: Any, phases: Any, **asked: Any
) -> None:
    url = f"sqlite:///{tmp_path / 'history.sqlite'}"
    with open_url(url) as history:
        if not store.feeds(history):
            items = [one for body in bodies() for one in parse(body, origin=Origin(how="file"))]
            store.ingest(history, items, NOW)
        read_events(history, NOW).save(tmp_path / "facts.json")
    window = Window(begin, end, "", UTC) if begin or end else None
    wanted = Asked(window=window, phases=Phases(phases, NOW) if phases else None, **asked)
    estate = Estate({"history": str(tmp_path / "history.sqlite")})
    with Context(estate, now=NOW) as ctx:
        of_history = [one.key for one in seen(ctx).events(wanted)]
        assert open_history(ctx)
    with Context(estate, now=NOW, load=tmp_path / "facts.json") as ctx:
        assert [one.key for one in seen(ctx).events(wanted)] == of_history
