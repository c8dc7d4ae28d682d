"""Run the compiled modules over hostile lines, in memory that ends where the lines end.

`test_checked` runs it with modules that sanitizers watch: `python -m tests.accesslogs.checked`.
With `outside` it reads what it must not.
"""

from __future__ import annotations

import ctypes
import random
import sys
from array import array

from offcall.accesslogs.columns import columns_of
from offcall.accesslogs.formats.detecting import detect
from offcall.accesslogs.formats.model import Format
from offcall.accesslogs.reading import splitting
from offcall.accesslogs.reading.batches import Batches
from offcall.accesslogs.reading.counting import SORTS, Counts
from offcall.accesslogs.reading.lines import Lines
from offcall.accesslogs.reading.texts import Encoder
from tests.accesslogs import lines
from tests.accesslogs.reading import check, in_memory, run

LINES = 250
ALPHABETS = (
    b"/0129abfABFxyzXYZ-_.;@%4",
    b"/0.-;",
    b"1a:.[]-",
    b"0123456789.-",
    b'GETHTP/1. :?-[]ab%"',
    bytes(range(11, 256)),
)


def exactly(content: bytes) -> memoryview:
    """A copy with nothing after it: the next byte is not ours."""
    return memoryview((ctypes.c_ubyte * len(content)).from_buffer_copy(content)).cast("B")


def fuzzed(kind: str, of: random.Random) -> bytes:
    """A line with anything in one of its fields."""
    fields = [one.encode() for one in lines.FIELDS[kind](of)]
    at = of.randrange(len(fields))
    value = bytes(of.choices(of.choice(ALPHABETS), k=of.randrange(60)))
    fields[at] = b'"' + value + b'"' if fields[at].startswith(b'"') else value
    return (b"\t" if kind == "cloudfront" else b" ").join(fields)


def read(found: Format, content: bytes, rows: int, counts: list[Counts]) -> int:
    """Everything that can be asked of these lines; how many were good."""
    wanted = [name for name in columns_of(found.table) if name != "file"]
    each = Lines(found, wanted, rows)
    batches = Batches(found, wanted, "a.log", rows)
    text, at, good = exactly(content), 0, 0
    while at < len(text) and each.split(text, at, len(text), 1):  # type: ignore[arg-type]
        at = each.end
        each.rejected()
        good += batches.take(each).num_rows
        if found.table == "requests":
            status, sent, received = map(
                each.numbers, ("elb_status_code", "sent_bytes", "received_bytes")
            )
            for name, one in zip(("path", "route", "user_agent"), counts, strict=True):
                times = each.numbers("target_processing_time")
                one.add(each.slice(name), each.rows, each.marks, status, times, sent, received)
    return good


def hostile(kind: str, seed: int) -> int:
    """Each line alone, and all together; how many were good."""
    of = random.Random(seed)
    makers = (lines.good, lines.hostile, fuzzed, fuzzed)
    every = [of.choice(makers)(kind, of) for _ in range(LINES)]
    header = lines.HEADER if kind == "cloudfront" else b""
    found = detect([*header.splitlines(), lines.good(kind, of)])
    assert found is not None
    counts = [Counts(), Counts(), Counts()]
    good = sum(read(found, line + b"\n", 1, counts) for line in every)
    assert read(found, b"\n".join([*every, b""]), 7, counts) == good
    for one in counts:
        one.columns()
        for sort in SORTS:
            one.rows(one.leaders(sort, 20))
        one.rename(dict.fromkeys(list(one.names())[::2], "one of two"))
    content = lines.content(kind, seed, LINES)
    check(run([in_memory("a.log", content)]), "a.log", content)
    return good


def outside() -> None:
    starts, ends, codes = (memoryview(array("i", [one])) for one in (0, 4096, 0))
    Encoder(1).encode(exactly(b"short"), starts, ends, 1, codes, bytearray(1))


if __name__ == "__main__":
    print(splitting.__file__)
    if sys.argv[1:] == ["outside"]:
        outside()
    else:
        print(*(hostile(kind, seed) for kind in lines.KINDS for seed in range(2)))
