"""What is read, and how, for whatever engine answers here."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from offcall.accesslogs.reading.stream import File, nothing, read

if TYPE_CHECKING:
    import pyarrow as pa

    from offcall.accesslogs.columns import Table
    from offcall.accesslogs.reading.rejects import Tally

__all__ = ["Logs", "Rows"]

Rows = list[tuple[Any, ...]]


@dataclass
class Logs:
    """What is read, and how.

    Attributes:
        threads: how many files at a time, and how many threads DuckDB has.
        done: called for each file that was read.
        failure: what went wrong while DuckDB was reading; it would hide it.
    """

    files: Sequence[File]
    tally: Tally
    threads: int
    done: Callable[[File], object] = nothing
    failure: BaseException | None = field(default=None, init=False)

    def batches(self, table: Table, columns: Sequence[str]) -> Iterator[pa.RecordBatch]:
        """The lines of a table."""
        wanted = {table: columns}
        try:
            for _, batch in read(
                self.files, wanted, self.tally, threads=self.threads, done=self.done
            ):
                yield batch
        except BaseException as error:
            self.failure = error
            raise
