"""A worker that is killed at any moment loses nothing and stores nothing twice.

Real worker processes take 10,000 messages (some several times, 1 % malformed) from a moto queue,
and are killed with SIGKILL at random, again and again.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from offcall.health.storage import quarantine, store
from offcall.history.opening import open_url
from tests.health.messages import arn_of, message
from tests.servers.aws import Aws

MESSAGES = 10_000
MALFORMED = 100
REPEATED = 1_400
KILLS = 6
# Moto counts the whole queue on every call, so it is fed as it empties.
DEPTH = 60
PATIENCE_SECONDS = 240

WORKER = "from offcall.surfaces.cli import main; main()"


def bodies(chance: random.Random) -> tuple[list[str], set[str], set[bytes]]:
    """The messages in random order; the ARNs and the malformed bodies among them."""
    unique = MESSAGES - MALFORMED - REPEATED
    good = [message(number) for number in range(unique)]
    bad = [message(number)[: 100 + number] for number in range(MALFORMED)]
    sent = [*good, *chance.choices(good, k=REPEATED), *bad]
    chance.shuffle(sent)
    assert len(sent) == MESSAGES
    return sent, {arn_of(number) for number in range(unique)}, {one.encode() for one in bad}


class Workers:
    """`offcall health watch` in processes of their own."""

    def __init__(self, count: int, queue: str, env: dict[str, str], log: Path) -> None:
        self._queue, self._env, self._log = queue, env, log
        self._running = [self._start() for _ in range(count)]
        self.killed = 0

    def _start(self) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-c", WORKER, "health", "watch", "--queue", self._queue]
        with self._log.open("ab") as log:
            return subprocess.Popen(
                [*command, "--batch", "30"], env=self._env, stdout=log, stderr=log
            )

    def kill_one(self, chance: random.Random) -> None:
        """SIGKILL for one of them, and another in its place."""
        number = chance.randrange(len(self._running))
        victim = self._running[number]
        victim.kill()
        assert victim.wait(10) == -signal.SIGKILL
        self.killed += 1
        self._running[number] = self._start()

    def check(self) -> None:
        """None has ended by itself."""
        ended = [one.poll() for one in self._running if one.poll() is not None]
        assert not ended, f"a worker ended by itself:\n{self._log.read_text()}"

    def stop(self) -> list[int]:
        """SIGTERM for all; their exit codes."""
        for one in self._running:
            one.terminate()
        return [one.wait(30) for one in self._running]

    def end(self) -> None:
        """Whatever happened, none is left."""
        for one in self._running:
            if one.poll() is None:
                one.kill()
                one.wait(10)


class Feeder(threading.Thread):
    """Puts the messages into the queue, keeping it short."""

    def __init__(self, aws: Aws, queue: str, sent: list[str]) -> None:
        super().__init__()
        self._aws, self._queue, self._sent = aws, queue, sent
        self.fed = 0
        self.over = threading.Event()
        self.failed: BaseException | None = None

    def run(self) -> None:
        """Until all are sent, or the test is over."""
        try:
            while self.fed < len(self._sent) and not self.over.is_set():
                if self._aws.depth(self._queue) > DEPTH:
                    time.sleep(0.02)
                    continue
                self._aws.send(self._queue, self._sent[self.fed : self.fed + 50])
                self.fed += 50
        except BaseException as error:
            self.failed = error
            raise


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize(("database", "count"), [("sqlite", 1), ("postgres", 2)])
def test_killed_at_random(
    aws: Aws, database: str, count: int, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    seed = random.randrange(1_000_000)
    print(f"seed {seed}")
    chance = random.Random(seed)
    url = (
        f"sqlite:///{tmp_path / 'history.sqlite'}"
        if database == "sqlite"
        else request.getfixturevalue("postgres").create()
    )
    sent, arns, malformed = bodies(chance)
    queue = aws.queue(VisibilityTimeout="3")
    env = {**os.environ, **aws.env, "OFFCALL_HISTORY": url, "HOME": str(tmp_path)}
    feeder = Feeder(aws, queue, sent)
    workers = Workers(count, queue, env, tmp_path / "workers.log")
    feeder.start()
    try:
        step = MESSAGES // (KILLS + 1)
        next_kill = chance.randrange(step)
        give_up = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < give_up:
            workers.check()
            if feeder.fed > next_kill and workers.killed < KILLS:
                workers.kill_one(chance)
                next_kill = workers.killed * step + chance.randrange(step)
            if not feeder.is_alive() and aws.depth(queue) == 0:
                break
            time.sleep(chance.uniform(0, 0.1))
        codes = workers.stop()
    finally:
        workers.end()
        feeder.over.set()
        feeder.join(30)
    log = (tmp_path / "workers.log").read_text()
    assert feeder.failed is None
    assert feeder.fed == MESSAGES, log
    assert aws.depth(queue) == 0, log
    assert codes == [0] * count, log
    assert workers.killed == KILLS
    with open_url(url) as history:
        found = store.events(history)
        assert len(found) == len(arns)
        assert {one.arn for one in found} == arns
        assert all(len(store.messages(history, one)) == 1 for one in found[:200])
        with history.read() as conn:
            stored = conn.exec_driver_sql("SELECT count(*) FROM health_delivery").scalar()
        assert stored == len(arns)
        held = quarantine.listed(history)
        assert len(held) == MALFORMED
        assert {one.body for one in held} == malformed
