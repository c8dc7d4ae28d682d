"""A worker that is killed at any moment loses nothing and stores nothing twice.

10,000 messages are in a moto queue before the first worker starts: events, their pages and updates,
some of them several times, 1 % malformed in twenty ways. Two worker processes take them, and are
killed with SIGKILL at random, one or both, again and again.
"""

from __future__ import annotations

import json
import random
import time
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from offcall.health.schema import deliveries
from offcall.health.storage import quarantine, store
from offcall.history.database import History
from offcall.history.opening import open_url
from tests.health.malformed import KINDS, malformed
from tests.health.messages import arn_of, message
from tests.servers.aws import Aws
from tests.servers.workers import Workers

MESSAGES = 10_000
MALFORMED = MESSAGES // 100
REPEATED = 1_400
IN_PAGES, PAGES = 500, 3
UPDATED, UPDATES = 1_000, 2
KILLS = 8
WORKERS = 2
PATIENCE_SECONDS = 200

END = datetime(2026, 12, 3, 15, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Sent:
    """What is put into the queue, and what must come of it."""

    bodies: list[str]
    messages_of: dict[str, int]
    """For each event how many messages differ."""
    held: set[bytes]


def make(chance: random.Random) -> Sent:
    """The messages in random order."""
    bad = malformed(MALFORMED)
    in_pages = [
        message(
            number,
            entities=(f"i-{number:05x}{page:012x}",),
            communicationId=f"{number:040x}-{page}",
            page=str(page),
            totalPages=str(PAGES),
        )
        for number in range(IN_PAGES)
        for page in range(1, PAGES + 1)
    ]
    updated = [
        body
        for number in range(IN_PAGES, IN_PAGES + UPDATED)
        for body in (
            message(number),
            message(
                number,
                status="closed",
                end=END,
                communicationId=f"{number:040x}-later-1",
                lastUpdatedTime="Thu, 03 Dec 2026 15:00:00 GMT",
            ),
        )
    ]
    rest = MESSAGES - MALFORMED - REPEATED - len(in_pages) - len(updated)
    plain = [message(IN_PAGES + UPDATED + number) for number in range(rest)]
    different = [*in_pages, *updated, *plain, *(body for body, _ in bad)]
    bodies = [*different, *chance.choices(different, k=REPEATED)]
    chance.shuffle(bodies)
    assert len(bodies) == MESSAGES
    good = Counter(json.loads(one)["detail"]["eventArn"] for one in [*in_pages, *updated, *plain])
    return Sent(bodies, dict(good), {body for _, body in bad})


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize("database", ["sqlite", "postgres"])
def test_killed_at_random(
    aws: Aws, database: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    seed = random.randrange(1_000_000)
    print(f"seed {seed}")
    chance = random.Random(seed)
    url = (
        f"sqlite:///{tmp_path / 'history.sqlite'}"
        if database == "sqlite"
        else request.getfixturevalue("postgres").create()
    )
    sent = make(chance)
    # What a killed worker held comes again after this many seconds.
    queue = aws.queue(VisibilityTimeout="3")
    aws.send(queue, sent.bodies)
    assert aws.depth(queue) == MESSAGES
    env = {**aws.env, "OFFCALL_HISTORY": url, "HOME": str(tmp_path)}
    workers = Workers(WORKERS, queue, env, tmp_path)
    try:
        _kill_until_empty(workers, aws, queue, chance)
        codes = workers.stop(PATIENCE_SECONDS / 4)
    finally:
        workers.end()
    log = workers.logs()
    assert codes == [0] * WORKERS, log
    assert workers.killed >= KILLS
    assert "Traceback" not in log
    with open_url(url) as history:
        _all_there_once(history, sent)


def _kill_until_empty(workers: Workers, aws: Aws, queue: str, chance: random.Random) -> None:
    """Kill at random depths of the queue, then wait until it is empty."""
    at = sorted((chance.randrange(MESSAGES // 50, MESSAGES) for _ in range(KILLS)), reverse=True)
    give_up = time.monotonic() + PATIENCE_SECONDS
    while depth := aws.depth(queue):
        assert time.monotonic() < give_up, f"{depth} messages are left\n{workers.logs()}"
        workers.check()
        if at and depth <= at[0]:
            at = [one for one in at if one < depth]
            workers.kill(chance, many=chance.choice([1, 1, WORKERS]))
        time.sleep(chance.uniform(0, 0.1))
    assert not at


def _all_there_once(history: History, sent: Sent) -> None:
    found = store.events(history)
    assert len(found) == len(sent.messages_of)
    assert {one.arn for one in found} == sent.messages_of.keys()
    with history.read() as conn:
        rows = conn.execute(deliveries.select()).all()
    assert len({(row.event_id, bytes(row.key)) for row in rows}) == len(rows)
    assert Counter(Counter(row.event_id for row in rows).values()) == Counter(
        sent.messages_of.values()
    )
    by_arn = {one.arn: one for one in found}
    for number in range(IN_PAGES):
        event = by_arn[arn_of(number)]
        assert event.missing_pages == ()
        named = {one.value for one in event.entities}
        assert named == {f"i-{number:05x}{page:012x}" for page in range(1, PAGES + 1)}
    for number in range(IN_PAGES, IN_PAGES + UPDATED):
        event = by_arn[arn_of(number)]
        assert (event.status, event.end, len(event.timeline)) == ("closed", END, UPDATES)
    held = quarantine.listed(history)
    assert len(held) == MALFORMED
    assert {one.body for one in held} == sent.held


@pytest.mark.parametrize("kind", KINDS)
def test_a_queue_takes_each_kind(kind: str) -> None:
    """https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html"""
    body = KINDS[kind](7)
    assert 0 < len(body.encode()) <= 262_144
    assert all(
        one in "\t\n\r" or " " <= one <= "\ud7ff" or "\ue000" <= one <= "\ufffd" for one in body
    )
