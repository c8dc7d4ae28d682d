"""The reader says what an independent, slow implementation says."""

from __future__ import annotations

import random
from functools import cache
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from offcall.accesslogs.columns import CONNECTIONS, REQUESTS
from offcall.accesslogs.reading import buffer, stream, unzipping
from tests.accesslogs import lines, reference
from tests.accesslogs.reading import ALL, Found, check, in_memory, run, zipped


@pytest.mark.parametrize("kind", lines.KINDS)
@settings(max_examples=50)
@given(data=st.data())
def test_every_column(kind: str, data: st.DataObject) -> None:
    content = data.draw(lines.files(kind))
    found = run([in_memory("a.log", content)])
    check(found, "a.log", content)
    assert found.tally.lines == reference.read(content).lines


@cache
def many(kind: str) -> tuple[bytes, reference.Read]:
    content = lines.content(kind, 7, 2000)
    return content, reference.read(content)


@pytest.mark.parametrize("kind", lines.KINDS)
def test_many_lines(kind: str) -> None:
    content, expected = many(kind)
    assert expected.kind == kind
    assert len(expected.rows) > 1000
    assert len(expected.rejected) > 150
    found = run([in_memory("a.log", content)])
    check(found, "a.log", content)
    assert (found.tally.lines, found.tally.size) == (expected.lines, len(content))
    assert found.tally.rejected == len(expected.rejected)


def test_the_lines_try_everything() -> None:
    """Of every column there is a value, and none, in what the other tests read."""
    for table, columns in (("requests", REQUESTS), ("connections", CONNECTIONS)):
        rows = [
            row
            for kind in lines.KINDS
            if (read := many(kind)[1]).table == table
            for row in read.rows
        ]
        always = {"file", "log", "time", "second", "elb"}
        always |= {"listener_port"} if table == "connections" else set()
        for name in {one.name for one in columns} - always:
            assert {row.get(name) is None for row in rows} == {True, False}, name


FUZZED = [
    ("alb", 1, lines.moments),
    ("alb", 3, lines.addresses),
    ("alb", 6, lines.numbers),
    ("alb", 8, lines.numbers),
    ("alb", 12, lines.requests.map(lambda text: b'"' + text + b'"')),
    ("alb", 13, lines.raw.map(lambda text: b'"' + text + b'"')),
    ("classic", 11, lines.requests.map(lambda text: b'"' + text + b'"')),
    ("nlb", 7, lines.numbers),
    ("nlb", 20, lines.texts('"h2,')),
    ("alb-connections", 7, lines.texts('"-CN= ')),
    ("cloudfront", 7, lines.paths),
    ("cloudfront", 1, lines.texts("0123456789:")),
]


@pytest.mark.parametrize(("kind", "field", "values"), FUZZED)
@settings(max_examples=40)
@given(data=st.data())
def test_any_value(
    kind: str, field: int, values: st.SearchStrategy[bytes], data: st.DataObject
) -> None:
    """Whatever stands in a field."""
    of = random.Random(1)
    separator = b"\t" if kind == "cloudfront" else b" "
    made = [lines.good(kind, of)]
    for value in data.draw(st.lists(values, min_size=1, max_size=10)):
        fields = [one.encode() for one in lines.FIELDS[kind](of)]
        made.append(separator.join([*fields[:field], value, *fields[field + 1 :]]))
    content = (lines.HEADER if kind == "cloudfront" else b"") + b"\n".join(made)
    check(run([in_memory("a.log", content)]), "a.log", content)


def test_any_path() -> None:
    @given(paths=st.lists(lines.paths, min_size=1, max_size=10))
    def every(paths: list[bytes]) -> None:
        made = [lines.alb(random.Random(1), 33)] * len(paths)
        content = b"\n".join(
            b" ".join(
                [
                    *(one.encode() for one in fields[:12]),
                    b'"GET https://h:443/' + path + b' HTTP/1.1"',
                ]
                + [one.encode() for one in fields[13:]]
            )
            for fields, path in zip(made, paths, strict=True)
        )
        check(run([in_memory("a.log", content)]), "a.log", content)

    every()


@pytest.mark.parametrize("kind", lines.KINDS)
@settings(max_examples=25)
@given(
    seed=lines.seeds,
    chunk=st.integers(400, 3000),
    rows=st.integers(1, 9),
    piece=st.integers(1, 700),
    zip_it=st.booleans(),
    newline=st.booleans(),
)
def test_wherever_it_is_cut(
    kind: str, seed: int, chunk: int, rows: int, piece: int, zip_it: bool, newline: bool
) -> None:
    """Chunks, pieces and batches end anywhere; the last line may have no newline."""
    content = lines.content(kind, seed, 40)
    content = content if newline else content[:-1]
    with pytest.MonkeyPatch.context() as patch:
        # What tells the format must be in the first one.
        patch.setattr(buffer, "_CHUNK", chunk + (len(lines.HEADER) if kind == "cloudfront" else 0))
        patch.setattr(stream, "_ROWS", rows)
        patch.setattr(unzipping, "_PIECE", piece)
        patch.setattr(unzipping, "_READ", piece)
        found = run([in_memory("a.log", zipped(content) if zip_it else content)])
    check(found, "a.log", content)
    assert found.tally.size == len(content)


@settings(max_examples=25)
@given(
    cuts=st.lists(st.integers(0, 20_000), max_size=5),
    padding=st.integers(0, 5),
    read=st.integers(1, 99),
)
def test_members_of_gzip(cuts: list[int], padding: int, read: int) -> None:
    content = lines.content("alb", 3, 40)
    places = sorted({0, len(content), *(cut for cut in cuts if cut < len(content))})
    members = [zipped(content[a:b]) for a, b in pairwise(places)]
    packed = (b"\0" * padding).join(members) + b"\0" * padding
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(unzipping, "_READ", read)
        found = run([in_memory("a.log.gz", packed)])
    assert not found.tally.problems
    check(found, "a.log.gz", content)


def same(one: Found, other: Found) -> None:
    assert one.rows == other.rows
    assert one.rejected == other.rejected


@pytest.mark.parametrize("threads", [1, 2, 5])
def test_many_files_and_threads(threads: int) -> None:
    contents = {
        f"{kind}-{seed}": lines.content(kind, seed, 50) for seed in range(5) for kind in lines.KINDS
    }
    files = [
        in_memory(name, zipped(content) if name.endswith(("1", "3")) else content)
        for name, content in contents.items()
    ]
    found = run(files, threads=threads)
    for name, content in contents.items():
        check(found, name, content)
    assert found.tally.files == dict.fromkeys(lines.KINDS, 5)


@pytest.mark.parametrize("kind", lines.KINDS)
@settings(max_examples=25)
@given(data=st.data())
def test_any_columns(kind: str, data: st.DataObject) -> None:
    """Whichever columns are asked for: the same values, and the same lines rejected."""
    content = lines.content(kind, data.draw(lines.seeds), 40)
    everything = run([in_memory("a.log", content)])
    table = reference.read(content).table
    names = data.draw(st.lists(st.sampled_from(ALL[table]), unique=True))
    some = run([in_memory("a.log", content)], {table: names})
    rows = [
        {name: ("a.log" if name == "file" else row[name]) for name in names if name != "file"}
        for row in everything.rows.get("a.log", [])
    ]
    if names:
        assert some.rows.get("a.log" if "file" in names else "", []) == rows
    assert some.rejected == everything.rejected
    assert some.tally.lines == everything.tally.lines


def test_no_columns_and_other_tables() -> None:
    """Lines are counted, and batches without columns have rows."""
    content = lines.content("alb", 1, 50)
    expected = reference.read(content)
    tally = stream.Tally()
    batches = [
        batch
        for _, batch in stream.read([in_memory("a", content)], {"requests": ()}, tally, threads=1)
    ]
    assert sum(batch.num_rows for batch in batches) == len(expected.rows)
    tally = stream.Tally()
    assert not list(
        stream.read([in_memory("a", content)], {"connections": ["time"]}, tally, threads=1)
    )
    assert (tally.lines, tally.rejected) == (expected.lines, len(expected.rejected))


def test_another_header_in_the_middle() -> None:
    """CloudFront's files one after another, whose fields differ."""
    second = b"#Version: 1.0\n#Fields: date time sc-status cs-uri-stem\r\n"
    second += b"2026-11-24\t10:00:00\t404\t/x\r\n"
    content = lines.content("cloudfront", 5, 30) + second + lines.content("cloudfront", 6, 30)
    check(run([in_memory("a.log", content)]), "a.log", content)


def test_done_is_called_for_each_file() -> None:
    files = [in_memory(str(number), lines.content("alb", number, 3)) for number in range(4)]
    seen: list[str] = []
    for _ in stream.read(
        files,
        {"requests": ["time"]},
        stream.Tally(),
        threads=2,
        done=lambda file: seen.append(file.name),
    ):
        pass
    assert sorted(seen) == ["0", "1", "2", "3"]


def test_stopping_early() -> None:
    """Whoever asks may stop, and nothing goes on in the background."""
    content = lines.content("alb", 1, 500, wrong=0)
    batches = stream.read(
        [in_memory(str(number), content) for number in range(50)],
        {"requests": ["time"]},
        stream.Tally(),
        threads=2,
    )
    next(batches)
    batches.close()  # type: ignore[attr-defined]
