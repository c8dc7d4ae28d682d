"""`logs fetch`: what it copies, what it leaves alone, what it says."""

from __future__ import annotations

import contextlib
import random
import shutil
import threading
from collections import namedtuple
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from offcall.accesslogs.fetching import Fetched, fetch, fetch_logs
from offcall.accesslogs.sources.bucket import Remote
from offcall.accesslogs.sources.copying import target_of
from offcall.accesslogs.sources.selecting import Selection
from offcall.core.context import Context, Silent
from offcall.core.errors import UserError
from offcall.core.estate import Estate
from offcall.core.render.terminal import to_terminal
from offcall.core.render.view import View
from tests.accesslogs.sources.conftest import ACCOUNT, Logs, key_of, utc
from tests.accesslogs.sources.proxy import Asked, Fault, denied

BODY = random.Random(2).randbytes(400_000)


class Shown(Silent):
    """Progress that remembers."""

    def __init__(self) -> None:
        self.said: list[str] = []
        self.total: float | None = None
        self.done = 0.0

    @contextlib.contextmanager
    def task(self, title: str, total: float | None = None) -> Iterator[Callable[[float], None]]:
        def advance(amount: float) -> None:
            if title == "copying":
                self.done += amount

        if title == "copying":
            self.total = total
        yield advance

    def note(self, text: str) -> None:
        self.said.append(text)


def fetched(logs: Logs, to: Path, *places: str, progress: Any = None, **more: Any) -> Fetched:
    return fetch(
        places or [logs.url],
        to,
        more.pop("selection", Selection()),
        options=logs.options,
        progress=progress or Silent(),
        **more,
    )


def text_of(found: Fetched) -> str:
    return to_terminal(found.document(UTC), View(utc("2026-11-25 10:00"), width=200))


def files(folder: Path) -> list[str]:
    return sorted(one.relative_to(folder).as_posix() for one in folder.rglob("*") if one.is_file())


def test_a_copy_keeps_the_layout(logs: Logs, tmp_path: Path) -> None:
    keys = logs.put_interval("2026-11-25 09:00", "2026-11-25 09:30", prefix="prod/")
    logs.put(f"prod/AWSLogs/{ACCOUNT}/ELBAccessLogTestFile", body=b"x")
    logs.put(*keys, body=BODY)
    progress = Shown()
    found = fetched(logs, tmp_path, f"{logs.url}/prod", progress=progress)
    assert files(tmp_path) == keys
    assert all((tmp_path / key).read_bytes() == BODY for key in keys)
    assert (found.copied, found.copied_bytes, found.failed()) == (6, 6 * len(BODY), False)
    assert found.left_out == "1 file with which AWS tried the bucket"
    assert progress.total == progress.done == 6 * len(BODY)
    assert progress.said[0] == "6 objects, 2.3 MiB"
    modified = logs.s3.head_object(Bucket="logs", Key=keys[0])["LastModified"]
    assert (tmp_path / keys[0]).stat().st_mtime == modified.timestamp()


def test_a_dry_run_copies_nothing_and_says_what_it_costs(logs: Logs, tmp_path: Path) -> None:
    logs.put_interval("2026-11-25 09:00", "2026-11-25 09:30")
    found = fetched(logs, tmp_path / "to", dry_run=True)
    assert not (tmp_path / "to").exists()
    assert logs.proxy.gets == []
    assert found.estimate.objects == found.estimate.get_requests == 6
    assert found.estimate.list_requests == len(logs.proxy.lists)
    assert found.estimate.cost > 0
    text = text_of(found)
    assert "6 objects" in text
    assert "by the prices of S3 Standard in us-east-1" in text
    assert "data transfer out to the internet" in text
    assert "Nothing was copied" in text


def test_what_is_there_already_is_not_copied_again(logs: Logs, tmp_path: Path) -> None:
    logs.put_interval("2026-11-25 09:00", "2026-11-25 09:15")
    fetched(logs, tmp_path)
    logs.put(key_of(utc("2026-11-25 09:20")))
    logs.proxy.asked.clear()
    found = fetched(logs, tmp_path)
    assert (found.copied, found.estimate.present) == (1, 3)
    assert [one.key for one in logs.proxy.gets] == [key_of(utc("2026-11-25 09:20"))]
    assert "3 were there already" in text_of(found)


def test_a_copy_is_known_by_its_checksum_too(logs: Logs, tmp_path: Path) -> None:
    logs.put("x/1.log", body=b"same")
    (tmp_path / "x").mkdir()
    (tmp_path / "x/1.log").write_bytes(b"same")
    assert fetched(logs, tmp_path).estimate.present == 1


def test_another_file_stays_as_it_is(logs: Logs, tmp_path: Path) -> None:
    logs.put("x/1.log", body=b"from S3")
    logs.put("x/2.log", body=b"from S3")
    (tmp_path / "x").mkdir()
    (tmp_path / "x/1.log").write_bytes(b"my own ")
    found = fetched(logs, tmp_path)
    assert (tmp_path / "x/1.log").read_bytes() == b"my own "
    assert (tmp_path / "x/2.log").read_bytes() == b"from S3"
    assert [one.name for one in found.different] == ["s3://logs/x/1.log"]
    assert found.failed()
    assert "Not overwritten" in text_of(found)

    assert not fetched(logs, tmp_path, overwrite=True).failed()
    assert (tmp_path / "x/1.log").read_bytes() == b"from S3"


def test_what_was_interrupted_goes_on(logs: Logs, tmp_path: Path) -> None:
    logs.put("x/1.log", body=BODY)
    logs.proxy.breaks = lambda asked: (
        (Fault(cut=100_000) if asked.range is None else Fault(cut=0)) if asked.key else None
    )
    found = fetched(logs, tmp_path)
    assert [one.name for one in found.problems] == ["s3://logs/x/1.log"]
    assert "breaks off after" in found.problems[0].why
    (part,) = files(tmp_path)
    assert part.startswith("x/.1.log.")
    begun = (tmp_path / part).stat().st_size
    assert begun > 0

    logs.proxy.breaks = lambda _: None
    logs.proxy.asked.clear()
    assert not fetched(logs, tmp_path).failed()
    assert [one.range for one in logs.proxy.gets] == [f"bytes={begun}-"]
    assert files(tmp_path) == ["x/1.log"]
    assert (tmp_path / "x/1.log").read_bytes() == BODY


def test_what_cannot_be_copied_is_named_and_the_rest_is(logs: Logs, tmp_path: Path) -> None:
    logs.put("x/1.log", "x/2.log", "x/3.log", body=b"x")
    logs.proxy.breaks = lambda asked: denied() if asked.key == "x/2.log" else None
    found = fetched(logs, tmp_path)
    assert files(tmp_path) == ["x/1.log", "x/3.log"]
    assert [one.name for one in found.problems] == ["s3://logs/x/2.log"]
    assert "s3:GetObject" in found.problems[0].why
    assert found.failed()
    assert "Not copied (1)" in text_of(found)


def test_an_interrupt_stops_what_runs(logs: Logs, tmp_path: Path) -> None:
    """Ctrl-C comes while all connections wait for an answer."""
    logs.put(*(f"x/{number}.log" for number in range(20)), body=BODY)
    go_on = threading.Event()

    def breaks(asked: Asked) -> Fault | None:
        if asked.key:
            go_on.wait(20)
        return None

    class Interrupted(Shown):
        @contextlib.contextmanager
        def task(self, title: str, total: float | None = None) -> Iterator[Callable[[float], None]]:
            def advance(amount: float) -> None:
                if title == "copying":
                    go_on.set()
                    raise KeyboardInterrupt

            yield advance

    logs.proxy.breaks = breaks
    with pytest.raises(KeyboardInterrupt):
        fetched(logs, tmp_path, progress=Interrupted())
    assert len(logs.proxy.gets) <= logs.options.workers
    assert not [name for name in files(tmp_path) if not name.endswith(".part")]
    logs.proxy.breaks = lambda _: None
    assert fetched(logs, tmp_path).copied == 20


@pytest.mark.parametrize("key", ["../out.log", "a/../../out.log", "a/./b.log", "/", "a\0b"])
def test_a_key_that_leads_out_of_the_folder_is_no_path(key: str, tmp_path: Path) -> None:
    one = Remote("b", key, "e", 1, datetime(2026, 11, 25, tzinfo=UTC))
    assert target_of(one, tmp_path) is None


def test_such_a_key_is_named(logs: Logs, tmp_path: Path) -> None:
    logs.put("x/..", "x/1.log", body=b"x")
    found = fetched(logs, tmp_path / "to")
    assert files(tmp_path) == ["to/x/1.log"]
    assert [one.why for one in found.problems] == ["its key is no path below a folder"]


def test_a_key_that_is_a_folder_of_another_one(logs: Logs, tmp_path: Path) -> None:
    logs.put("x/a", "x/a/b", body=b"x")
    found = fetched(logs, tmp_path, f"{logs.url}/x/")
    assert found.copied == 1
    assert len(found.problems) == 1


def test_an_empty_object(logs: Logs, tmp_path: Path) -> None:
    logs.s3.put_object(Bucket="logs", Key="x/empty.log", Body=b"")
    assert not fetched(logs, tmp_path).failed()
    assert files(tmp_path) == ["x/empty.log"]


def test_several_buckets_have_a_folder_each(logs: Logs, tmp_path: Path) -> None:
    logs.s3.create_bucket(Bucket="more-logs")
    logs.s3.put_object(Bucket="more-logs", Key="1.log", Body=b"more")
    logs.put("1.log", body=b"x")
    fetched(logs, tmp_path, logs.url, "s3://more-logs", "s3://more-logs/1.log")
    assert files(tmp_path) == ["logs/1.log", "more-logs/1.log"]


def test_there_is_not_enough_room(
    logs: Logs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    logs.put("x/1.log", body=BODY)
    usage = namedtuple("usage", "total used free")(1000, 0, 1000)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)
    with pytest.raises(UserError, match="not enough room"):
        fetched(logs, tmp_path / "to")
    assert logs.proxy.gets == []


@pytest.mark.parametrize(
    ("place", "said"),
    [("/var/log", "only what is in S3"), ("s3://logs/nowhere", "there is no log here")],
)
def test_places_with_nothing_to_fetch(logs: Logs, tmp_path: Path, place: str, said: str) -> None:
    with pytest.raises(UserError, match=said):
        fetched(logs, tmp_path, place)


def test_the_tool(logs: Logs, tmp_path: Path) -> None:
    logs.put_interval("2026-11-25 08:00", "2026-11-25 10:00")
    logs.put_interval("2026-11-25 08:00", "2026-11-25 10:00", region="us-east-1")
    logs.put_interval("2026-11-25 08:00", "2026-11-25 10:00", balancer="net.other.1")
    with Context(Estate(), now=utc("2026-11-25 10:00"), zone=UTC) as ctx:
        found = fetch_logs.call(
            ctx,
            places=[logs.url],
            to=tmp_path,
            since="2026-11-25T08:30Z",
            until="2026-11-25T08:31Z",
            region=["eu-west-1"],
            balancer=["app/shop/50dc6c495c0c9188"],
            requester_pays=True,
        )
        with pytest.raises(UserError, match="ends before it begins"):
            fetch_logs.call(ctx, places=[logs.url], to=tmp_path, since="10:00", until="09:00")
    assert isinstance(found, Fetched)
    ends = [name.split("Z_")[0][-4:] for name in files(tmp_path)]
    assert ends == ["0820", "0825", "0830", "0835", "0840", "0845", "0850"]
    assert {one.payer for one in logs.proxy.asked} == {"requester"}
    assert found.estimate.cost < Decimal("0.001")
    assert found.model_dump(mode="json")["estimate"]["currency"] == "USD"
