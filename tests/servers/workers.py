"""`offcall health watch` in processes of its own, that a test kills as it likes."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Workers"]

READY = "stop with Ctrl-C"
"""A worker says this when it takes messages and listens to signals."""


@dataclass(frozen=True, slots=True)
class _Worker:
    process: subprocess.Popen[bytes]
    log: Path


class Workers:
    """So many workers at once, each killed one replaced by another.

    Args:
        env: of the processes: the history, and where AWS is.
        folder: for what they print, a file each.
    """

    def __init__(self, count: int, queue: str, env: Mapping[str, str], folder: Path) -> None:
        self._queue, self._env, self._folder = queue, dict(env), folder
        self._started = 0
        self.killed = 0
        self._running = [self._start() for _ in range(count)]

    def _start(self) -> _Worker:
        self._started += 1
        log = self._folder / f"worker-{self._started:02d}.log"
        command = ["health", "watch", "--queue", self._queue, "--batch", "30", "-v"]
        with log.open("wb") as out:
            process = subprocess.Popen(
                [sys.executable, "-m", "offcall", *command],
                env={**os.environ, **self._env},
                stdout=out,
                stderr=out,
            )
        return _Worker(process, log)

    def kill(self, chance: random.Random, *, many: int = 1) -> None:
        """SIGKILL for `many` of them at once, whatever they do, and others in their place."""
        victims = chance.sample(range(len(self._running)), many)
        for number in victims:
            self._running[number].process.kill()
        for number in victims:
            assert self._running[number].process.wait(10) == -signal.SIGKILL
            self.killed += 1
            self._running[number] = self._start()

    def check(self) -> None:
        """None has ended by itself."""
        ended = [one for one in self._running if one.process.poll() is not None]
        assert not ended, f"a worker ended by itself\n{self.logs()}"

    def stop(self, patience_seconds: float) -> list[int]:
        """SIGTERM for each, as soon as it listens; their exit codes."""
        deadline = time.monotonic() + patience_seconds
        while any(READY not in one.log.read_text() for one in self._running):
            self.check()
            assert time.monotonic() < deadline, f"a worker does not begin\n{self.logs()}"
            time.sleep(0.05)
        for one in self._running:
            one.process.terminate()
        return [one.process.wait(patience_seconds) for one in self._running]

    def end(self) -> None:
        """Whatever happened, none is left."""
        for one in self._running:
            if one.process.poll() is None:
                one.process.kill()
                one.process.wait(10)

    def logs(self) -> str:
        """The end of what each has printed."""
        return "\n".join(
            f"== {path.name}\n{path.read_text(errors='replace')[-2000:]}"
            for path in sorted(self._folder.glob("worker-*.log"))
        )
