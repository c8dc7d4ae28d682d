"""Reading ahead in a process of its own gives what reading in this one gives."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from offcall.core.errors import SourceError, UserError
from offcall.health.sources import files as importing
from offcall.health.sources.files import batches_of
from offcall.health.storage.ahead import read_ahead
from offcall.health.storage.gather import Gathered
from offcall.health.storage.store import events, ingest_batches
from offcall.history.database import History
from tests.health.messages import message

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Events, updates of some of them, a copy, and two lines that are no events."""
    lines = [message(number) for number in range(300)]
    lines += [
        message(
            number,
            status="closed",
            communicationId=f"{number:040x}-u",
            lastUpdatedTime="Thu, 05 Nov 2026 10:00:00 GMT",
        )
        for number in range(0, 300, 7)
    ]
    lines += [message(3), '{"cut": ', "[1]"]
    path = tmp_path / "events.jsonl"
    path.write_text("\n".join(lines) + "\n")
    return path


def test_the_same_is_stored(file: Path, history: History, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importing, "LARGE", 1)
    monkeypatch.setattr(importing, "can_read_ahead", lambda: True)
    ahead = list(batches_of(file, NOW, history.timestamp))
    monkeypatch.setattr(importing, "can_read_ahead", lambda: False)
    here = list(batches_of(file, NOW, history.timestamp))
    assert ahead == here
    report = ingest_batches(history, ahead, NOW)
    assert (report.created, report.rejected, report.duplicates) == (300, 2, 1)
    found = events(history, status="closed")
    assert len(found) == len(range(0, 300, 7))
    again = ingest_batches(history, here, NOW)
    assert (again.new, again.created, again.changed) == (0, 0, 0)


def empty(messages: int) -> Gathered:
    return Gathered([], [], [], messages)


def test_an_error_comes_after_what_came_before() -> None:
    def make() -> Iterator[Gathered]:
        yield empty(1)
        yield empty(2)
        raise UserError("damaged", file="x.gz", hint="copy it anew")

    source = read_ahead(make)
    assert (next(source).messages, next(source).messages) == (1, 2)
    with pytest.raises(UserError, match="damaged") as raised:
        next(source)
    assert (raised.value.file, raised.value.hint) == ("x.gz", "copy it anew")


def test_an_end_from_outside_is_told() -> None:
    def make() -> Iterator[Gathered]:
        yield empty(1)
        os.kill(os.getpid(), signal.SIGKILL)

    with pytest.raises(SourceError, match="ended from outside"):
        list(read_ahead(make))


def test_nothing_stays_behind_when_the_reader_stops_early() -> None:
    def make() -> Iterator[Gathered]:
        while True:
            yield empty(1)

    before = set(multiprocessing.active_children())
    source = read_ahead(make)
    assert next(source).messages == 1
    source.close()  # type: ignore[attr-defined]  # a generator has it
    assert set(multiprocessing.active_children()) == before
