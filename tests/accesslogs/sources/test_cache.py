"""The cache: kept, found, bounded, shared."""

from __future__ import annotations

import multiprocessing
import os
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

import pytest

from offcall.accesslogs.sources.bucket import Remote
from offcall.accesslogs.sources.cache import Cache
from offcall.core.errors import SourceError, UserError

SIZE = 1000


def remote(number: int, etag: str = "e") -> Remote:
    return Remote("b", f"k{number}", etag, SIZE, datetime(2026, 11, 25, tzinfo=UTC))


def writer(text: bytes = b"x" * SIZE) -> object:
    def fill(part: BinaryIO) -> None:
        part.write(text)

    return fill


def never(part: BinaryIO) -> None:
    raise AssertionError("it is kept")


def put(cache: Cache, number: int, age: int = 0) -> None:
    cache.open(remote(number), writer()).close()  # type: ignore[arg-type]
    path = cache._path(remote(number))
    when = path.stat().st_mtime - age
    os.utime(path, (when, when))


def kept(cache: Cache, count: int) -> list[int]:
    return [number for number in range(count) if cache.has(remote(number))]


def test_what_was_read_is_kept(cache: Cache) -> None:
    with cache.open(remote(1), writer(b"once")) as first:  # type: ignore[arg-type]
        assert first.read() == b"once"
    with cache.open(remote(1), never) as second:
        assert second.read() == b"once"
    assert cache.has(remote(1))


def test_what_was_replaced_is_not_what_is_kept(cache: Cache) -> None:
    put(cache, 1)
    assert not cache.has(remote(1, "another"))
    assert not cache.has(remote(2))


def test_what_is_cut_off_is_kept_for_the_next_time_and_is_not_whole(cache: Cache) -> None:
    def half(part: BinaryIO) -> None:
        part.write(b"half")
        raise SourceError("away")

    with pytest.raises(SourceError, match="away"):
        cache.open(remote(1), half)
    assert not cache.has(remote(1))

    def rest(part: BinaryIO) -> None:
        assert part.read() == b"half"
        part.write(b" and half")

    with cache.open(remote(1), rest) as file:
        assert file.read() == b"half and half"


def test_it_does_not_grow_over_its_limit(tmp_path: Path) -> None:
    cache = Cache(tmp_path, limit=10 * SIZE)
    for number in range(50):
        put(cache, number, age=50 - number)
        total = sum(path.stat().st_size for path in tmp_path.glob("??/*"))
        assert total <= 10 * SIZE
    assert kept(cache, 50) == list(range(41, 50))


def test_what_was_used_last_is_kept_longest(tmp_path: Path) -> None:
    cache = Cache(tmp_path, limit=10 * SIZE)
    for number in range(9):
        put(cache, number, age=100 - number)
    cache.open(remote(0), never).close()
    for number in range(9, 14):
        put(cache, number, age=50 - number)
    assert 0 in kept(cache, 14)
    assert 1 not in kept(cache, 14)


def test_what_is_in_use_is_not_deleted(tmp_path: Path) -> None:
    cache = Cache(tmp_path, limit=3 * SIZE)
    put(cache, 0, age=1000)
    with cache.open(remote(0), never) as file:
        for number in range(1, 20):
            put(cache, number, age=-number)
        assert cache.has(remote(0))
        assert file.read() == b"x" * SIZE
    put(cache, 21, age=-30)
    put(cache, 22, age=-31)
    assert not cache.has(remote(0))


def test_parts_count_too_and_are_deleted_when_nobody_writes_them(tmp_path: Path) -> None:
    cache = Cache(tmp_path, limit=3 * SIZE)

    def half(part: BinaryIO) -> None:
        part.write(b"y" * SIZE)
        raise SourceError("away")

    with pytest.raises(SourceError):
        cache.open(remote(0), half)
    (part,) = tmp_path.glob("??/*.part")
    os.utime(part, (0, 0))
    for number in range(1, 5):
        put(cache, number)
    assert not part.exists()


def test_one_of_several_threads_fetches(cache: Cache) -> None:
    calls = []
    together = threading.Barrier(8)

    def fill(part: BinaryIO) -> None:
        calls.append(1)
        part.write(b"x" * SIZE)

    def use(_: int) -> bytes:
        together.wait(10)
        with cache.open(remote(1), fill) as file:
            return file.read()

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(use, range(8))) == {b"x" * SIZE}
    assert len(calls) == 1


def _use_many(root: Path, seed: int, results: object) -> None:
    """What one of two processes does: read all, in another order, again and again."""
    cache = Cache(root, limit=8 * SIZE)
    made = wrong = 0

    for round_ in range(30):
        for number in range(20):
            one = (number * 7 + seed * 3 + round_) % 20

            def fill(part: BinaryIO, text: bytes = b"%04d" % one * (SIZE // 4)) -> None:
                nonlocal made
                made += 1
                part.seek(0)
                part.truncate()
                part.write(text)

            with cache.open(remote(one), fill) as file:
                wrong += file.read() != b"%04d" % one * (SIZE // 4)
    results.put((made, wrong))  # type: ignore[attr-defined]


def test_two_processes_share_it(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    results = context.Queue()
    workers = [
        context.Process(target=_use_many, args=(tmp_path, seed, results)) for seed in range(2)
    ]
    for one in workers:
        one.start()
    said = [results.get(timeout=60) for _ in workers]
    for one in workers:
        one.join(10)
        assert one.exitcode == 0
    results.close()
    assert [wrong for _, wrong in said] == [0, 0]
    assert all(made for made, _ in said)
    total = sum(path.stat().st_size for path in tmp_path.glob("??/*"))
    assert total <= 8 * SIZE


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(UserError, match="the cache cannot be made"):
        Cache(tmp_path / "file" / "cache")


def test_where_it_is_by_default(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert Cache.default().root == tmp_path / "offcall" / "accesslogs"
    assert Cache.default(tmp_path / "own").root == tmp_path / "own"
