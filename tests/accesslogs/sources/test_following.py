"""What lands is given once, whenever it lands."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from offcall.accesslogs.reading.stream import File
from offcall.accesslogs.sources.bucket import Place
from offcall.accesslogs.sources.cache import Cache
from offcall.accesslogs.sources.following import LOOK_BACK, Follower, follow
from offcall.core.aws import AwsDenied, AwsError
from offcall.core.errors import UserError
from offcall.core.service import Stop
from tests.accesslogs.sources.conftest import Logs, key_of
from tests.accesslogs.sources.proxy import Fault, denied

# Moto stamps objects with the true time.
NOW = datetime.now(UTC).replace(second=0, microsecond=0)
SINCE = NOW - timedelta(minutes=30)


def follower(logs: Logs, cache: Cache, state: Path | None = None, **more: Any) -> Follower:
    place = Place.parse(logs.url)
    return Follower(place, SINCE, cache=cache, state=state, options=logs.options, **more)


def ago(minutes: int, **more: Any) -> str:
    return key_of(NOW - timedelta(minutes=minutes), **more)


def keys(files: list[File]) -> list[str]:
    return [one.name.removeprefix("s3://logs/") for one in files]


def taken(one: Follower, now: datetime = NOW) -> list[str]:
    files = one.look(now)
    one.done()
    return keys(files)


def test_each_file_once(logs: Logs, cache: Cache) -> None:
    logs.put(ago(5), ago(120))
    one = follower(logs, cache)
    assert taken(one) == [ago(5)]
    assert taken(one) == []
    logs.put(ago(0))
    assert taken(one) == [ago(0)]


def test_late_ones_and_ones_out_of_order(logs: Logs, cache: Cache) -> None:
    logs.put(ago(5))
    one = follower(logs, cache)
    assert taken(one) == [ago(5)]
    logs.put(ago(25), ago(20), ago(5, node="10.0.0.2"))
    assert sorted(taken(one)) == sorted([ago(25), ago(20), ago(5, node="10.0.0.2")])
    # Its time is before any that is wanted.
    logs.put(ago(300))
    assert taken(one) == []


def test_a_file_that_lands_hours_late_is_given(logs: Logs, cache: Cache) -> None:
    one = Follower(
        Place.parse(logs.url), NOW - timedelta(hours=20), cache=cache, options=logs.options
    )
    assert one.look(NOW) == []  # nothing has landed yet, and that is no error
    one.done()
    logs.put(ago(600))
    assert taken(one) == [ago(600)]


def test_what_was_not_dealt_with_comes_again(logs: Logs, cache: Cache) -> None:
    logs.put(ago(5))
    one = follower(logs, cache)
    assert keys(one.look(NOW)) == [ago(5)]
    assert keys(one.look(NOW)) == [ago(5)]
    one.done()
    assert one.look(NOW) == []


def test_a_new_run_goes_on_where_the_one_before_ended(
    logs: Logs, cache: Cache, tmp_path: Path
) -> None:
    state = tmp_path / "kept" / "state.json"
    logs.put(ago(10), ago(5))
    assert sorted(taken(follower(logs, cache, state))) == sorted([ago(10), ago(5)])
    logs.put(ago(0))
    killed = follower(logs, cache, state)
    assert keys(killed.look(NOW)) == [ago(0)]
    assert taken(follower(logs, cache, state)) == [ago(0)]
    assert taken(follower(logs, cache, state)) == []
    assert [path.name for path in state.parent.iterdir()] == ["state.json"]


def test_what_is_kept_does_not_grow(logs: Logs, cache: Cache, tmp_path: Path) -> None:
    state = tmp_path / "state.json"
    logs.put(*(ago(minutes) for minutes in range(0, 30, 5)))
    one = follower(logs, cache, state)
    taken(one)
    assert state.read_text().count("_elasticloadbalancing_") == 6
    assert taken(one, NOW + LOOK_BACK + timedelta(minutes=10)) == []
    assert "_elasticloadbalancing_" not in state.read_text()
    # Nor is it given again.
    assert taken(one, NOW + LOOK_BACK + timedelta(minutes=11)) == []


def test_names_that_tell_nothing_count_by_when_they_landed(logs: Logs, cache: Cache) -> None:
    logs.put("x/1.log")
    one = follower(logs, cache)
    assert taken(one) == ["x/1.log"]
    logs.put("x/2.log")
    assert taken(one) == ["x/2.log"]
    later = Follower(
        Place.parse(logs.url), NOW + timedelta(hours=1), cache=cache, options=logs.options
    )
    assert taken(later) == []


def test_an_object_that_is_replaced_is_new(logs: Logs, cache: Cache) -> None:
    logs.put("x/1.log")
    one = follower(logs, cache)
    assert taken(one) == ["x/1.log"]
    logs.put("x/1.log", body=b"other")
    assert taken(one) == ["x/1.log"]


def test_what_is_refused_is_told_once(logs: Logs, cache: Cache) -> None:
    logs.put(ago(5), ago(5, account="444455556666"))
    logs.proxy.breaks = lambda asked: denied() if asked.prefix == "AWSLogs/444455556666/" else None
    one = follower(logs, cache)
    files = one.look(NOW)
    one.done()
    assert keys(files) == [ago(5), "AWSLogs/444455556666/"]
    with pytest.raises(AwsDenied):
        files[1].open()
    assert taken(one) == []


def test_what_could_not_be_listed_is_not_lost(logs: Logs, cache: Cache) -> None:
    logs.put(ago(5), ago(5, account="444455556666"))
    body = b"<Error><Code>InternalError</Code><Message>x</Message></Error>"
    logs.proxy.breaks = lambda asked: (
        Fault(500, body) if asked.prefix == "AWSLogs/444455556666/" else None
    )
    one = follower(logs, cache)
    assert taken(one)[0] == ago(5)
    logs.proxy.breaks = lambda _: None
    # Long after: had the look counted, it would only go back an hour from then.
    assert taken(one, NOW + timedelta(hours=5)) == [ago(5, account="444455556666")]


def test_only_what_is_asked_for(logs: Logs, cache: Cache) -> None:
    logs.put(ago(5), ago(5, region="us-east-1"), ago(5, balancer="app.other.1"))
    one = follower(logs, cache, regions=["eu-west-1"], balancers=["shop"])
    assert taken(one) == [ago(5)]


def test_the_loop_says_that_a_batch_was_dealt_with(logs: Logs, cache: Cache) -> None:
    stop = Stop()
    one = follower(logs, cache)
    batches = follow(one, stop=stop, pause_seconds=0, clock=lambda: NOW)
    logs.put(ago(10))
    assert keys(next(batches)) == [ago(10)]
    logs.put(ago(5))
    assert keys(next(batches)) == [ago(5)]
    stop.set()
    assert list(batches) == []
    assert one.look(NOW) == []


def test_the_loop_goes_on_after_an_error(logs: Logs, cache: Cache) -> None:
    one = follower(logs, cache)
    logs.put(ago(5))
    logs.proxy.breaks = lambda _: Fault(500, b"<Error><Code>InternalError</Code></Error>")
    with pytest.raises(AwsError):
        next(follow(one, stop=Stop(), pause_seconds=0, clock=lambda: NOW))
    logs.proxy.breaks = lambda _: None
    assert keys(next(follow(one, stop=Stop(), pause_seconds=0, clock=lambda: NOW))) == [ago(5)]


@pytest.mark.parametrize("text", ["", "{", "[]", '{"since": 1}', '{"since": "x", "looked": null}'])
def test_a_state_that_is_none(logs: Logs, cache: Cache, tmp_path: Path, text: str) -> None:
    state = tmp_path / "state.json"
    state.write_text(text)
    with pytest.raises(UserError, match="not what an earlier run kept"):
        follower(logs, cache, state)


def test_the_state_of_another_place(logs: Logs, cache: Cache, tmp_path: Path) -> None:
    state = tmp_path / "state.json"
    taken(follower(logs, cache, state))
    with pytest.raises(UserError, match="followed something else"):
        Follower(Place.parse("s3://logs/other"), SINCE, cache=cache, state=state)


def test_a_state_that_cannot_be_written(logs: Logs, cache: Cache, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(UserError, match="cannot be"):
        taken(follower(logs, cache, tmp_path / "file" / "state.json"))
