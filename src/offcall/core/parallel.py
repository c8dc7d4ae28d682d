"""Several slow things at once, in order, and stopped when somebody stops them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from offcall.core.context import Progress

__all__ = ["gather"]

T = TypeVar("T")

LOOK_SECONDS = 0.25
"""How often the caller's thread looks whether it is to stop."""


def gather(
    jobs: Sequence[Callable[[], T]], *, workers: int, progress: Progress, title: str
) -> list[T]:
    """The results of all jobs, in their order, some of them at a time in threads.

    Progress is shown from the caller's thread, which is where an MCP server hears of a
    cancellation. When that, Ctrl-C or a job raises, no further job is begun; those that run end
    by themselves, and nobody waits for them.

    Raises:
        Exception: what a job or `progress` raises.
    """
    pool = ThreadPoolExecutor(max_workers=workers, thread_name_prefix="gather")
    try:
        with progress.task(title, total=len(jobs)) as advance:
            running = [pool.submit(job) for job in jobs]
            open_: set[Future[T]] = set(running)
            while open_:
                done, open_ = wait(open_, timeout=LOOK_SECONDS, return_when=FIRST_COMPLETED)
                for one in done:
                    one.result()
                advance(len(done))
            return [one.result() for one in running]
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
