"""Damaged, foreign and hostile files: what can be had is given, and what is missing is said."""

from __future__ import annotations

import gzip
import io
import json
import os
import subprocess
import sys
from contextlib import AbstractContextManager
from pathlib import Path
from typing import BinaryIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from offcall.accesslogs.reading.lines import LONGEST
from offcall.accesslogs.reading.rejects import Problem, Tally
from offcall.accesslogs.reading.stream import File, read
from offcall.core.errors import SourceError
from tests.accesslogs import lines, reference
from tests.accesslogs.reading import check, in_memory, run, zipped

GOOD = lines.content("alb", 1, 30, wrong=0)


def problem_of(files: list[File]) -> Problem:
    found = run(files)
    (problem,) = found.tally.problems
    return problem


# ---- gzip


@settings(max_examples=30)
@given(cut=st.integers(0, len(zipped(GOOD)) - 1))
def test_cut_off(cut: int) -> None:
    """All whole lines before the cut; the line at which it is cut is none."""
    packed = zipped(GOOD)[:cut]
    before = io.BytesIO()
    with gzip.open(io.BytesIO(packed)) as file:
        try:
            while byte := file.read(1):
                before.write(byte)
        except (EOFError, gzip.BadGzipFile):
            pass
    whole = before.getvalue()[: before.getvalue().rfind(b"\n") + 1]
    found = run([in_memory("a.log.gz", packed), in_memory("b.log", GOOD)], threads=2)
    check(found, "b.log", GOOD)
    if cut == 0:
        assert found.tally.problems == []
        assert found.tally.files == {"empty": 1, "alb": 1}
    elif cut == 1:
        (problem,) = found.tally.problems
        assert "is no known kind of log" in problem.reason
    else:
        assert found.rows.get("a.log.gz", []) == found.rows["b.log"][: whole.count(b"\n")]
        (problem,) = found.tally.problems
        assert problem.file == "a.log.gz"
        assert "is cut off" in problem.reason
        assert problem.reason.endswith(f" (after line {len(whole.splitlines()):,})")
    assert not found.rejected


def test_cut_off_in_a_large_file() -> None:
    """Several chunks before the cut."""
    content = lines.content("alb", 2, 3000, wrong=0)
    packed = zipped(content)
    found = run([in_memory("a.log.gz", packed[: len(packed) * 9 // 10])])
    expected = reference.read(content).rows
    count = len(found.rows["a.log.gz"])
    assert len(expected) * 0.8 < count < len(expected) * 0.95
    assert [row["time"] for row in found.rows["a.log.gz"]] == [
        row["time"] for row in expected[:count]
    ]
    assert found.tally.problems[0].reason.endswith(f"(after line {count:,})")


def test_cut_between_members() -> None:
    """A member that begins and says nothing."""
    problem = problem_of([in_memory("a.gz", zipped(GOOD) + zipped(GOOD)[:5])])
    assert problem.reason == "is cut off before the end of its gzip data (after line 30)"


def test_checksum() -> None:
    """What came before the last step is given; the file is named."""
    content = lines.content("alb", 3, 3000, wrong=0)
    packed = bytearray(zipped(content))
    packed[-6] ^= 1
    found = run([in_memory("a.log.gz", bytes(packed))])
    (problem,) = found.tally.problems
    assert "the rest cannot be unzipped: " in problem.reason
    assert "checksum" in problem.reason
    assert len(found.rows["a.log.gz"]) > 1500
    assert problem.reason.endswith(f"(after line {found.tally.lines:,})")


@settings(max_examples=25)
@given(at=st.integers(12, len(zipped(GOOD)) - 9), bit=st.integers(0, 7))
def test_a_bit_has_changed(at: int, bit: int) -> None:
    """Somewhere: the file is named, and nothing falls."""
    packed = bytearray(zipped(GOOD))
    packed[at] ^= 1 << bit
    (problem,) = run([in_memory("a.log.gz", bytes(packed))]).tally.problems
    assert problem.file == "a.log.gz"


def test_something_follows_the_gzip_data() -> None:
    found = run([in_memory("a.log.gz", zipped(GOOD) + b"junk")])
    check(found, "a.log.gz", GOOD)
    (problem,) = found.tally.problems
    assert problem.reason == "something else follows its gzip data (after line 30)"


# ---- files


def test_empty_files() -> None:
    contents = [
        b"",
        b"\n",
        b"\r\n\n",
        zipped(b""),
        b"Enable AccessLog for ELB: shop at 2026-11-24T09:00:00.000Z",
    ]
    found = run([in_memory(str(number), content) for number, content in enumerate(contents)])
    assert found.tally.files == {"empty": len(contents)}
    assert found.tally.problems == []


@pytest.mark.parametrize(
    "content",
    [
        bytes(range(256)) * 4000,
        b"\x7fELF" + b"\0" * 3_000_000,
        b"hello\n" * 50,
        b'{"a": 1}\n',
        b"\x1f",
        b"#Version: 1.0\n#Fields: sc-status cs-uri-stem\n200\t/\n",
        os.urandom(1000).replace(b"\n", b""),
    ],
    ids=["bytes", "ELF", "text", "JSON", "one byte", "no time", "random"],
)
def test_no_log(content: bytes) -> None:
    found = run([in_memory("a", content), in_memory("b", GOOD)])
    check(found, "b", GOOD)
    (problem,) = found.tally.problems
    assert problem.file == "a"
    assert problem.reason.startswith("is no known kind of log; it begins with b")
    assert found.tally.files == {"unknown": 1, "alb": 1}


def test_other_compression() -> None:
    problem = problem_of([in_memory("a.zst", b"\x28\xb5\x2f\xfd" + os.urandom(100))])
    assert "is no known kind of log" in problem.reason


def test_mixed_formats_in_one_folder_and_one_file() -> None:
    contents = {kind: lines.content(kind, 4, 30, wrong=0) for kind in lines.KINDS}
    mixed = contents["alb"] + contents["classic"] + contents["nlb"] + b"junk\n"
    found = run(
        [
            *(in_memory(kind, content) for kind, content in contents.items()),
            in_memory("mixed", mixed),
        ]
    )
    for name, content in (*contents.items(), ("mixed", mixed)):
        check(found, name, content)
    assert found.tally.files == {**dict.fromkeys(lines.KINDS, 1), "alb": 2}
    assert found.tables == {"requests", "connections"}
    assert found.tally.rejected == 61
    reasons = {one.reason for _, one in found.tally.examples}
    assert reasons == {"looks like a line of another format (Classic Load Balancer)"}


def test_files_that_cannot_be_opened(tmp_path: Path) -> None:
    def refused() -> AbstractContextManager[BinaryIO]:
        raise PermissionError(13, "Permission denied")

    files = [
        File("folder", lambda: tmp_path.open("rb")),
        File("gone", lambda: (tmp_path / "gone").open("rb")),
        File("refused", refused),
        in_memory("good", GOOD),
    ]
    found = run(files, threads=2)
    check(found, "good", GOOD)
    assert found.tally.problems == [
        Problem("folder", "Is a directory"),
        Problem("gone", "No such file or directory"),
        Problem("refused", "Permission denied"),
    ]


class Breaking(io.BytesIO):
    """A source that fails after so many bytes, as a network does."""

    def __init__(self, content: bytes, after: int, error: Exception) -> None:
        super().__init__(content)
        self._after = after
        self._error = error

    def read(self, size: int | None = -1) -> bytes:
        left = self._after - self.tell()
        if left <= 0:
            raise self._error
        return super().read(min(left, 1000))


@pytest.mark.parametrize(
    "error", [OSError(5, "Input/output error"), SourceError("a: Input/output error")]
)
def test_a_source_that_fails_halfway(error: Exception) -> None:
    after = len(GOOD) // 2
    found = run([File("a", lambda: Breaking(GOOD, after, error))])
    count = GOOD[:after].count(b"\n")
    assert found.rows["a"] == run([in_memory("a", GOOD)]).rows["a"][:count]
    assert found.tally.problems == [Problem("a", f"Input/output error (after line {count})")]
    assert not found.rejected


def test_a_mistake_of_ours_is_not_swallowed() -> None:
    with pytest.raises(ZeroDivisionError):
        run([in_memory("a", GOOD), File("b", lambda: Breaking(GOOD, 10, ZeroDivisionError()))])


def test_names_of_files_that_are_no_text() -> None:
    name = os.fsdecode(b"caf\xe9.log")
    (rows,) = run([in_memory(name, GOOD)]).rows.items()
    assert rows[0] == "caf�.log"


# ---- lines


def long(size: int) -> bytes:
    """A line whose URL makes it so long."""
    fields = GOOD.splitlines()[0].split(b" ")
    line = b" ".join(fields[:12]) + b' "GET http://h:80/%s HTTP/1.1" "-" - - - "-"'
    return line % (b"x" * (size - len(line) + 2))


@pytest.mark.parametrize("size", [32_768, 1_000_000, LONGEST - 1, LONGEST, LONGEST + 1, 20_000_000])
@pytest.mark.parametrize("zip_it", [False, True])
def test_long_lines(size: int, zip_it: bool) -> None:
    """Up to a mebibyte a line is one; a longer one is rejected, and the next ones are read."""
    line = long(size)
    assert len(line) == size
    last = GOOD.splitlines()[1]
    for content, others in ((GOOD + line + b"\n" + GOOD + b"junk\n" + last, 1), (GOOD + line, 0)):
        found = run([in_memory("a", zipped(content) if zip_it else content)])
        check(found, "a", content)
        assert found.tally.lines == content.count(b"\n") + 1
        assert found.tally.size == len(content)
        assert found.tally.rejected == (size > LONGEST) + others
    if size > LONGEST:
        ((_, rejected),) = found.tally.examples
        assert (rejected.line, rejected.reason) == (31, "is longer than 1 MiB")
        assert rejected.text == line[: 1 << 16]


def test_a_long_line_comes_first() -> None:
    """Nothing tells what such a file is: it is named."""
    assert (
        "is no known kind"
        in problem_of([in_memory("a", long(3_000_000)[4:] + b"\n" + GOOD)]).reason
    )


def test_a_long_line_with_a_bad_number() -> None:
    """Of a line of more than 64 KiB so much is kept."""
    line = long(100_000).replace(b"2026", b"9999x", 1).replace(b" app/", b" app/x/", 1)
    fields = line.split(b" ")
    fields[8] = b"teapot"
    line = b" ".join(fields)
    found = run([in_memory("a", GOOD + line + b"\n" + GOOD)])
    check(found, "a", GOOD + line + b"\n" + GOOD)
    assert found.rejected["a"] == [(31, line[: 1 << 16])]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ((b'"GET', b"GET"), "a quote is missing, or stands where there is none"),
        ((b'"last"', b'"last'), "a quote is not closed"),
        ((b" 200 ", b" ok "), "elb_status_code: 'ok' is not a number"),
        ((b" 200 ", b" "), "a quote is missing, or stands where there is none"),
        ((b"2026-11-24T", b"2026-11-31T"), "time: '2026-11-31T09:00:00.000000Z' is not a time"),
        ((b"2026-11-24T09:00:00.000000Z app", b"- app"), "time: '-' is not a time"),
        ((b" 0.001 ", b" 0.001s "), "request_processing_time: '0.001s' is not a number"),
        (
            (b' "h" TID_1 "-" "-" "last"', b""),
            "has not as many fields as a line of Application Load Balancer has",
        ),
    ],
)
def test_reasons(change: tuple[bytes, bytes], reason: str) -> None:
    line = (
        b"http 2026-11-24T09:00:00.000000Z app/a/1 10.0.0.1:1 10.0.0.2:2 0.001 0.002 0.003 200 404"
        b' 1 2 "GET http://h:80/ HTTP/1.1" "curl" - - - "-" "-" "-" 1 2026-11-24T09:00:00.000000Z'
        b' "forward" "-" "-" "-" "-" "-" "h" TID_1 "-" "-" "last"'
    )
    assert change[0] in line
    found = run([in_memory("a", line + b"\n" + line.replace(*change, 1))])
    (example,) = found.tally.examples
    assert example[1].reason == reason
    assert example[1].line == 2


def test_rejects_are_kept(tmp_path: Path) -> None:
    content = lines.content("alb", 9, 200, wrong=1)
    expected = reference.read(content).rejected
    tally = Tally(keep=tmp_path / "rejects.jsonl")
    list(read([in_memory("a.log", content)], {"requests": ["time"]}, tally, threads=1))
    kept = [json.loads(line) for line in (tmp_path / "rejects.jsonl").read_text().splitlines()]
    assert [(one["line"], one["text"].encode(errors="surrogateescape")) for one in kept] == expected
    assert {one["file"] for one in kept} == {"a.log"}
    assert all(one["reason"] for one in kept)
    assert tally.rejected == len(kept)
    assert len(tally.examples) == 5


# ---- memory


MEASURE = """
import io, sys
from contextlib import closing
from offcall.accesslogs.columns import REQUESTS
from offcall.accesslogs.reading.rejects import Tally
from offcall.accesslogs.reading.stream import File, read
from tests.accesslogs import lines

class Repeated:
    def __init__(self, size):
        self.left = size
    def read(self, size):
        part = head if self.left == total else tail[: self.left]
        self.left -= len(part)
        return part
    def close(self):
        pass

head = lines.content("alb", 1, 20, wrong=0)
fields = head.splitlines()[0].split(b" ")
tail = {
    "lines": lines.content("alb", 1, 300, wrong=0),
    "long lines": b"x" * 300_000,
    "rejects": b"x\\n" * 100_000,
    "long lines, wrong": b" ".join([*fields[:8], b"1" * 1_000_000, *fields[9:], b"\\n"]),
}[sys.argv[1]]
total = int(sys.argv[2]) // 4
files = [File(str(number), lambda: closing(Repeated(total))) for number in range(4)]
wanted = {"requests": [one.name for one in REQUESTS]}
tally = Tally()
rows = sum(batch.num_rows for _, batch in read(files, wanted, tally, threads=4))
# ru_maxrss would also count what the process was before it began to run this.
status = dict(line.split(":", 1) for line in open("/proc/self/status"))
print(rows, tally.lines, tally.size, int(status["VmHWM"].split()[0]) // 1024)
"""


@pytest.mark.parametrize(
    ("what", "megabytes"),
    [("lines", 300), ("long lines", 120), ("rejects", 8), ("long lines, wrong", 120)],
)
def test_memory_is_bounded(what: str, megabytes: int) -> None:
    """Four files at once, all columns: under 500 MB, whatever they hold."""
    done = subprocess.run(
        [sys.executable, "-c", MEASURE, what, str(megabytes * 1_000_000)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    rows, seen, size, peak = map(int, done.stdout.split())
    if what == "lines":
        assert seen - rows <= 4  # the last line of each file is cut somewhere
    else:
        assert rows == 80
        assert seen > rows
    assert size == megabytes * 1_000_000
    assert peak < 500
