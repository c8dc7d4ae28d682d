"""Watching for long: what a watcher keeps, in memory and on disk, does not grow."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from offcall.accesslogs.anomalies import state as keeping
from offcall.accesslogs.anomalies.state import State
from offcall.accesslogs.anomalies.watching import Watch
from offcall.accesslogs.sources.bucket import Place
from offcall.accesslogs.sources.cache import Cache
from offcall.accesslogs.sources.following import Follower
from offcall.core.context import Context
from offcall.core.estate import Estate
from tests.accesslogs.sources.conftest import Logs, key_of, logs

__all__ = ["logs"]

ROUNDS, FILES, LINES = 24, 42, 40
CACHE = 256 << 10
MEMORY = 40 << 20

LINE = (
    "https {time} app/shop/50dc6c495c0c9188 198.51.100.{client}:40000 10.0.0.1:80 0.000 0.0{ms} "
    '0.000 200 200 100 2000 "GET https://shop.example:443/orders/{order} HTTP/1.1" "curl/8.5" '
    "ECDHE-RSA-AES128-GCM-SHA256 TLSv1.2 "
    "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/shop/73e2d6bc24d8a067 "
    '"Root=1-{order}" "-" "-" 0 {time} "forward" "-" "-" "10.0.0.1:80" "200" "-" "-"\n'
)


def body(start: datetime, number: int) -> bytes:
    return "".join(
        LINE.format(
            time=f"{start + timedelta(seconds=300 * n / LINES):%Y-%m-%dT%H:%M:%S.%fZ}",
            client=(number + n) % 250,
            ms=10 + (number * n) % 80,
            order=number * LINES + n,
        )
        for n in range(LINES)
    ).encode()


def resident() -> int:
    """Bytes of memory that this process has."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096


@pytest.mark.timeout(300)
def test_a_thousand_small_files(
    logs: Logs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeping, "KEPT_DAYS", 1 / 24)
    monkeypatch.setattr(keeping, "EXPLAINED_SECONDS", 1800)
    begin = datetime.now(UTC).replace(second=0, microsecond=0) - timedelta(minutes=5 * ROUNDS)
    cache = Cache(tmp_path / "cache", CACHE)
    place = Place.parse(logs.url)
    follower = Follower(place, begin, cache=cache, options=logs.options)
    memory: list[int] = []
    with Context(Estate()) as ctx, State(2) as state:
        watch = Watch(ctx, follower, state, record=False, place=str(place), since=begin)
        for round_ in range(ROUNDS):
            start = begin + timedelta(minutes=5 * round_)
            for number in range(FILES):
                end = start + timedelta(minutes=5)
                key = key_of(end, node=f"10.0.{round_}.{number}").removesuffix(".gz")
                logs.put(key, body=body(start, round_ * FILES + number))
            watch.step()
            memory.append(resident())
            kept = sum(one.stat().st_size for one in cache_files(tmp_path))
            assert kept <= CACHE, "the cache keeps to its bound"
        found = watch.result()
    assert found.files == ROUNDS * FILES
    assert found.lines == ROUNDS * FILES * LINES
    assert not found.problems
    # By then everything that is kept has been filled once.
    grown = memory[-1] - memory[ROUNDS // 2]
    assert grown < MEMORY, f"{grown >> 20} MiB more after {ROUNDS // 2 * FILES} files"
    assert not list(tmp_path.rglob("*.part"))


def cache_files(root: Path) -> list[Path]:
    return [one for one in (root / "cache").rglob("*") if one.is_file()]
