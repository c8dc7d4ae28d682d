"""What people name, as files."""

from __future__ import annotations

import gc
import gzip
import io
import os
import random
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from offcall.accesslogs.reading.rejects import Tally
from offcall.accesslogs.reading.stream import File, read
from offcall.accesslogs.sources.cache import Cache
from offcall.accesslogs.sources.resolving import resolve
from offcall.core.aws import AwsDenied
from offcall.core.context import Silent
from offcall.core.errors import UserError
from tests.accesslogs.sources.conftest import Logs, key_of, utc, window
from tests.accesslogs.sources.proxy import Asked, Fault, denied


class Notes(Silent):
    def __init__(self) -> None:
        self.said: list[str] = []

    def note(self, text: str) -> None:
        self.said.append(text)


def content(file: File) -> bytes:
    with file.open() as opened:
        return opened.read()


def names(files: list[File], root: Path) -> list[str]:
    return [Path(one.name).relative_to(root).as_posix() for one in files]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    root = tmp_path / "logs"
    for name in (
        "b/2.log.gz",
        "a.log",
        "b/1.log",
        "c/d/e.log",
        ".hidden",
        "b/ELBAccessLogTestFile",
    ):
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
    return root


def test_a_folder_is_read_with_all_below_it_in_order(folder: Path, cache: Cache) -> None:
    notes = Notes()
    files = resolve([str(folder)], None, cache=cache, progress=notes)
    assert names(files, folder) == ["a.log", "b/1.log", "b/2.log.gz", "c/d/e.log"]
    assert content(files[1]) == b"b/1.log"
    assert files[1].size == 7
    assert notes.said == [
        "not read: 1 file with which AWS tried the bucket, 1 hidden file",
    ]


def test_files_and_patterns(folder: Path, cache: Cache) -> None:
    files = resolve([f"{folder}/c/d/e.log", f"{folder}/**/[12].log*"], None, cache=cache)
    assert names(files, folder) == ["c/d/e.log", "b/1.log", "b/2.log.gz"]


def test_a_name_with_brackets_is_a_name(folder: Path, cache: Cache) -> None:
    (folder / "x[1].log").write_text("brackets")
    (one,) = resolve([f"{folder}/x[1].log"], None, cache=cache)
    assert content(one) == b"brackets"


def test_what_is_named_twice_is_read_once(
    folder: Path, cache: Cache, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder)
    notes = Notes()
    files = resolve([str(folder / "b"), "b/1.log", "./b"], None, cache=cache, progress=notes)
    assert names(files, folder) == ["b/1.log", "b/2.log.gz"]
    assert "3 files that were named twice" in notes.said[0]


def test_standard_input(cache: Cache, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"lines")))
    files = resolve(["-", "-"], None, cache=cache)
    assert [one.name for one in files] == ["-"]
    assert content(files[0]) == b"lines"


def test_a_pipe(tmp_path: Path, cache: Cache) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    (one,) = resolve([str(pipe)], None, cache=cache)
    assert one.size is None
    thread = threading.Thread(target=pipe.write_bytes, args=(b"through",))
    thread.start()
    assert content(one) == b"through"
    thread.join()


def test_the_names_in_a_folder_are_pruned_as_those_in_s3(tmp_path: Path, cache: Cache) -> None:
    for region in ("eu-west-1", "us-east-1"):
        for hour in (9, 12):
            path = tmp_path / key_of(utc(f"2026-11-25 {hour:02d}:00"), region=region)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("x")
    notes = Notes()
    asked = window("2026-11-25 08:50", "2026-11-25 09:10")
    files = resolve([str(tmp_path)], asked, cache=cache, progress=notes, regions=["eu-west-1"])
    assert names(files, tmp_path) == [key_of(utc("2026-11-25 09:00"))]
    assert notes.said == [
        "not read: 1 file or folder of another time, 1 file or folder of another region"
    ]


def test_a_file_that_is_named_itself_is_read_whatever_its_name_says(
    tmp_path: Path, cache: Cache
) -> None:
    path = tmp_path / key_of(utc("2026-11-25 09:00")).rpartition("/")[2]
    path.write_text("x")
    asked = window("2026-11-26 08:50", "2026-11-26 09:10")
    assert len(resolve([str(path)], asked, cache=cache)) == 1


@pytest.mark.parametrize(
    ("place", "said"),
    [
        ("{0}/a.lgo", "did you mean 'a.log'?"),
        ("{0}/nowhere/a.log", "there is no folder"),
        ("{0}/zzz*", "no file matches this pattern"),
        ("{0}/empty", "there is no log here"),
        ("{0}/link", "this link leads nowhere"),
        ("{0}/" + "x" * 300, "cannot be looked at: File name too long"),
        ("~nobody-at-all/x.log", "no such file or folder"),
        ("", "empty name"),
        ("  ", "empty name"),
        ("s3://", "names no bucket"),
    ],
)
def test_what_is_not_there_is_named(folder: Path, cache: Cache, place: str, said: str) -> None:
    (folder / "empty").mkdir()
    (folder / "link").symlink_to("gone")
    with pytest.raises(UserError) as caught:
        resolve([place.format(folder)], None, cache=cache)
    assert said in str(caught.value)
    assert place.format(folder) in str(caught.value)


def test_nothing_is_named(cache: Cache) -> None:
    with pytest.raises(UserError, match="no log is named"):
        resolve([], None, cache=cache)


def test_nothing_of_what_is_asked_for(tmp_path: Path, cache: Cache) -> None:
    path = tmp_path / key_of(utc("2026-11-25 09:00")).rpartition("/")[2]
    path.write_text("x")
    with pytest.raises(UserError) as caught:
        resolve([str(tmp_path)], None, cache=cache, balancers=["shpo"])
    assert "only 1 file of another balancer" in str(caught.value)
    assert "did you mean 'shop'?" in str(caught.value)


def test_one_of_several_places_may_have_nothing_of_what_is_asked_for(
    tmp_path: Path, cache: Cache
) -> None:
    for name, hour in (("a", 9), ("b", 12)):
        path = tmp_path / name / key_of(utc(f"2026-11-25 {hour:02d}:00")).rpartition("/")[2]
        path.parent.mkdir()
        path.write_text("x")
    notes = Notes()
    asked = window("2026-11-25 08:50", "2026-11-25 09:10")
    places = [str(tmp_path / "a"), str(tmp_path / "b")]
    assert len(resolve(places, asked, cache=cache, progress=notes)) == 1
    assert notes.said == ["not read: 1 file or folder of another time"]


def test_files_that_cannot_be_read_are_not_fatal(folder: Path, cache: Cache) -> None:
    files = resolve([str(folder / "b")], None, cache=cache)
    (folder / "b/1.log").unlink()
    (folder / "b/1.log").mkdir()
    with pytest.raises(IsADirectoryError):
        content(files[0])
    assert content(files[1]) == b"b/2.log.gz"


ALB = (
    "http 2026-11-25T09:00:00.000000Z app/shop/50dc6c495c0c9188 192.168.131.39:2817 10.0.0.1:80 "
    '0.000 0.001 0.000 200 200 34 366 "GET http://shop.example:80/ HTTP/1.1" "curl/7.46.0" - - '
    "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/t/73e2d6bc24d8a067 "
    '"Root=1-58337262-36d228ad5d99923122bbe354" "-" "-" 0 2026-11-25T09:00:00.000000Z "forward" '
    '"-" "-" "10.0.0.1:80" "200" "-" "-"\n'
)


def lines_of(files: list[File]) -> tuple[int, Tally]:
    tally = Tally()
    batches: Any = read(files, {"requests": ["time"]}, tally, threads=2)
    return sum(batch.num_rows for _, batch in batches), tally


def test_a_prefix_is_read_and_the_second_time_without_a_request(logs: Logs, cache: Cache) -> None:
    keys = logs.put_interval("2026-11-25 09:00", "2026-11-25 12:00")
    logs.put(*keys, body=gzip.compress(ALB.encode() * 10))
    place = f"{logs.url}/AWSLogs"
    assert lines_of(resolve([place], None, cache=cache, options=logs.options))[0] == 360
    assert sorted(one.key for one in logs.proxy.gets) == keys
    logs.proxy.asked.clear()
    assert lines_of(resolve([place], None, cache=cache, options=logs.options))[0] == 360
    assert logs.proxy.gets == []


def test_objects_that_cannot_be_had_are_missing_and_the_rest_is_read(
    logs: Logs, cache: Cache
) -> None:
    keys = logs.put_interval("2026-11-25 09:00", "2026-11-25 09:30")
    logs.put(*keys, body=gzip.compress(ALB.encode() * 10))
    refused, cut, vanished = keys[1], keys[3], keys[4]

    def breaks(one: Asked) -> Fault | None:
        if one.key == refused:
            return denied()
        return (
            Fault(cut=20)
            if one.key == cut and one.range is None
            else (Fault(cut=0) if one.key == cut else None)
        )

    files = resolve([logs.url], None, cache=cache, options=logs.options)
    logs.proxy.breaks = breaks
    logs.s3.delete_object(Bucket="logs", Key=vanished)
    count, tally = lines_of(files)
    assert count == 30
    said = {one.file: one.reason for one in tally.problems}
    assert set(said) == {f"s3://logs/{key}" for key in (refused, cut, vanished)}
    assert "s3:GetObject" in said[f"s3://logs/{refused}"]
    assert "breaks off after" in said[f"s3://logs/{cut}"]
    assert said[f"s3://logs/{vanished}"] == "is no longer there"


def test_a_prefix_that_cannot_be_listed_is_missing_too(logs: Logs, cache: Cache) -> None:
    at = utc("2026-11-25 09:00")
    logs.put(key_of(at), key_of(at, account="444455556666"), body=gzip.compress(ALB.encode()))
    logs.proxy.breaks = lambda one: denied() if one.prefix == "AWSLogs/444455556666/" else None
    count, tally = lines_of(resolve([logs.url], None, cache=cache, options=logs.options))
    assert count == 1
    assert [one.file for one in tally.problems] == ["s3://logs/AWSLogs/444455556666/"]
    assert "s3:ListBucket" in tally.problems[0].reason


def test_an_empty_object_makes_no_request(logs: Logs, cache: Cache) -> None:
    logs.s3.put_object(Bucket="logs", Key="x/empty.log", Body=b"")
    (one,) = resolve([f"{logs.url}/x"], None, cache=cache, options=logs.options)
    assert content(one) == b""
    assert logs.proxy.gets == []


def test_a_cache_in_which_nothing_fits_still_reads_all(logs: Logs, tmp_path: Path) -> None:
    keys = logs.put_interval("2026-11-25 09:00", "2026-11-25 12:00")
    small = Cache(tmp_path / "small", limit=1)
    files = resolve([logs.url], None, cache=small, options=logs.options)
    assert [gzip.decompress(content(one)) for one in files] == [key.encode() for key in keys]


def test_files_are_fetched_side_by_side(logs: Logs, cache: Cache) -> None:
    """The first request is not answered before the second one is there."""
    logs.put("x/1.log", "x/2.log", body=b"x")
    together = threading.Barrier(2)

    def breaks(one: Asked) -> Fault | None:
        if one.key:
            together.wait(20)
        return None

    files = resolve([f"{logs.url}/x"], None, cache=cache, options=logs.options)
    logs.proxy.breaks = breaks
    assert [content(one) for one in files] == [b"x", b"x"]


def test_a_place_that_is_refused_is_an_error(logs: Logs, cache: Cache) -> None:
    logs.proxy.breaks = lambda _: denied()
    with pytest.raises(AwsDenied):
        resolve([logs.url], None, cache=cache, options=logs.options)


def test_nothing_below_a_prefix(logs: Logs, cache: Cache) -> None:
    with pytest.raises(UserError, match="there is no log here"):
        resolve([f"{logs.url}/nowhere"], None, cache=cache, options=logs.options)
    with pytest.raises(UserError, match="in S3 there are no patterns"):
        resolve([f"{logs.url}/*.gz"], None, cache=cache, options=logs.options)


def test_several_places_of_all_kinds(logs: Logs, folder: Path, cache: Cache) -> None:
    logs.put("x/1.log", body=b"one")
    places = [f"{logs.url}/x", str(folder / "a.log"), f"{logs.url}/x/1.log"]
    files = resolve(places, None, cache=cache, options=logs.options)
    assert [content(one) for one in files] == [b"one", b"a.log"]


def test_threads_end_with_the_files(logs: Logs, cache: Cache) -> None:
    """Also when nobody reads to the end."""
    logs.put(*(f"x/{number:02d}.log" for number in range(40)), body=b"x")
    files = resolve([f"{logs.url}/x"], None, cache=cache, options=logs.options)
    assert content(files[0]) == b"x"
    own = [one for one in threading.enumerate() if one.name.startswith("s3-")]
    assert own
    del files
    gc.collect()
    for one in own:
        one.join(10)
    assert not [one.name for one in own if one.is_alive()]


READ = """
import sys
from pathlib import Path
from offcall.accesslogs.sources.bucket import Options
from offcall.accesslogs.sources.cache import Cache
from offcall.accesslogs.sources.resolving import resolve

files = resolve([sys.argv[1]], None, cache=Cache(Path(sys.argv[2])), options=Options())
for file in files:
    with file.open() as opened:
        sys.stdout.buffer.write(opened.read())
"""


def start(logs: Logs, cache: Cache) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-c", READ, f"{logs.url}/x", str(cache.root)]
    return subprocess.Popen(command, stdout=subprocess.PIPE)


def test_two_processes_fetch_each_object_once(logs: Logs, cache: Cache) -> None:
    names = [f"x/{number:02d}.log" for number in range(60)]
    for name in names:
        logs.put(name, body=name.encode() * 1000)
    both = [start(logs, cache), start(logs, cache)]
    said = [one.communicate(timeout=60)[0] for one in both]
    assert [one.returncode for one in both] == [0, 0]
    assert said[0] == said[1] == b"".join(name.encode() * 1000 for name in names)
    assert sorted(one.key for one in logs.proxy.gets) == names


def test_what_a_killed_process_has_is_continued(logs: Logs, cache: Cache) -> None:
    body = random.Random(3).randbytes(2_000_000)
    logs.put("x/1.log", body=body)
    half, dead = threading.Event(), threading.Event()

    def breaks(one: Asked) -> Fault | None:
        if one.key and one.range is None:
            return Fault(cut=1_000_000)
        if one.key:
            half.set()
            dead.wait(30)
        return None

    logs.proxy.breaks = breaks
    killed = start(logs, cache)
    assert half.wait(60)
    killed.kill()
    killed.communicate()
    dead.set()
    logs.proxy.asked.clear()
    (one,) = resolve([f"{logs.url}/x"], None, cache=cache, options=logs.options)
    assert content(one) == body
    (get,) = logs.proxy.gets
    assert get.range is not None
    assert int(get.range.removeprefix("bytes=").removesuffix("-")) > 0
