"""Inventory files: good ones, and what bad ones are told."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from offcall.core.errors import UserError
from offcall.lifecycle.engines import engine_of
from offcall.lifecycle.reading.file import read_file

ROOT = Path(__file__).parents[2]


CERTIFIED = "engine,version,name,certificate_valid_till\npostgres,13.20,x,"


def put(folder: Path, body: str | bytes, name: str = "inventory.yaml") -> Path:
    file = folder / name
    file.write_bytes(body if isinstance(body, bytes) else body.encode())
    return file


def example(language: str) -> str:
    text = (ROOT / "docs" / "lifecycle.md").read_text()
    found = re.search(rf"```{language}\n(.*?)```", text, re.DOTALL)
    assert found is not None
    return found[1]


def test_the_documented_yaml_example(tmp_path: Path) -> None:
    read = read_file(put(tmp_path, example("yaml")))
    assert read.taken_at == datetime(2026, 11, 24, 6, tzinfo=UTC)
    assert [(one.kind, one.name) for one in read.resources] == [
        ("rds instance", "orders-db"),
        ("aurora cluster", "carts"),
        ("eks cluster", "prod"),
        ("eks nodegroup", "workers"),
        ("lambda function", "resize-images"),
    ]
    first, second, *_ = read.resources
    assert (first.account, first.region, first.line) == ("111122223333", "eu-west-1", 6)
    assert first.machines == {"db.r6g.xlarge": 2}
    assert second.machines == {"db.r6g.large": 3}
    assert second.account == "111122223333"
    assert read.live[0].source == "eks.DescribeClusterVersions"


def test_the_documented_csv_example(tmp_path: Path) -> None:
    first, second = read_file(put(tmp_path, example("csv"), "inventory.csv")).resources
    assert (first.multi_az, first.extended_support, first.tags) == (
        True,
        True,
        {"owner": "team-orders"},
    )
    assert (second.kind, second.version, second.line) == ("lambda function", "python3.9", 3)


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_delimiters_and_byte_order_marks(tmp_path: Path, delimiter: str) -> None:
    rows = [
        ["Engine", "Version", "Name", "Instance class", "tag:Cost Center"],
        ["mysql", "8.0.41", "a,b", "db.t3.micro", "42"],
    ]
    lines = [delimiter.join(f'"{cell}"' for cell in row) for row in rows]
    body = "\ufeff" + "\r\n".join(lines) + "\r\n\r\n"
    [one] = read_file(put(tmp_path, body, "x.csv")).resources
    assert (one.name, one.instance_class, one.tags) == ("a,b", "db.t3.micro", {"Cost Center": "42"})


@pytest.mark.parametrize("line", ["sep=;", "sep=;\r", '"sep=;"', "SEP=;"])
def test_the_line_with_which_excel_names_its_delimiter(tmp_path: Path, line: str) -> None:
    [one] = read_file(
        put(tmp_path, f"{line}\nengine;version;name\neks;1.31;a,b\n", "x.csv")
    ).resources
    assert (one.name, one.line) == ("a,b", 3)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_what_a_spreadsheet_calls_unicode(tmp_path: Path, encoding: str) -> None:
    text = "engine\tversion\tname\r\neks\t1.31\tb\u00fccher\r\n"
    mark = "" if encoding == "utf-16" else "\ufeff"
    [one] = read_file(put(tmp_path, (mark + text).encode(encoding), "x.csv")).resources
    assert one.name == "b\u00fccher"


@pytest.mark.parametrize(
    ("word", "on"),
    [
        ("STANDARD", False),
        ("Extended", True),
        ("open-source-rds-extended-support", True),
        ("open-source-rds-extended-support-disabled", False),
        ("yes", True),
        ("0", False),
    ],
)
def test_extended_support_in_the_words_of_aws(tmp_path: Path, word: str, on: bool) -> None:
    table = put(tmp_path, f"engine,version,name,extended_support\neks,1.31,x,{word}\n", "x.csv")
    row = f"{{engine: eks, version: '1.31', name: x, extended_support: {word}}}"
    for file in (table, put(tmp_path, f"resources:\n  - {row}\n")):
        assert read_file(file).resources[0].extended_support is on


@pytest.mark.parametrize(
    ("engine", "version", "kind", "title"),
    [
        ("aurora", "5.6.10a", "aurora cluster", "Aurora MySQL"),
        ("oracle-ee", "19.0.0.0.ru-2025-04.rur-2025-04.r1", "rds instance", "RDS for Oracle"),
        ("custom-oracle-ee", "19.my", "rds instance", "RDS for Oracle"),
        ("sqlserver-se", "15.00.4430.1.v1", "rds instance", "RDS for SQL Server"),
        ("db2-se", "11.5.9.0", "rds instance", "RDS for Db2"),
    ],
)
def test_engines_under_other_names(
    tmp_path: Path, engine: str, version: str, kind: str, title: str
) -> None:
    row = f"{{engine: {engine}, version: {version}, name: x}}"
    [one] = read_file(put(tmp_path, f"resources:\n  - {row}\n")).resources
    assert (one.kind, engine_of(one.engine).title) == (kind, title)


def test_json_is_yaml(tmp_path: Path) -> None:
    body = '{"resources": [{"engine": "eks", "version": "1.31", "name": "prod"}]}'
    assert read_file(put(tmp_path, body, "x.json")).resources[0].version == "1.31"


def test_an_unknown_engine_is_read(tmp_path: Path) -> None:
    body = "resources:\n  - {engine: Frobnicator, version: '3', name: x}\n"
    [one] = read_file(put(tmp_path, body)).resources
    assert (one.engine, one.kind) == ("frobnicator", "software")


def test_a_name_that_findings_use(tmp_path: Path) -> None:
    file = put(tmp_path, "resources:\n  - {engine: eks, version: '1.31', name: prod}\n")
    assert read_file(file, shown="inventory.yaml").resources[0].file == "inventory.yaml"


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("", "the file is empty"),
        ("\n  \n", "the file is empty"),
        ("# nothing but a comment\n", "the file is empty"),
        ("---\n", "the file is empty"),
        ("{}", "the file is empty"),
        ("taken_at: 2026-11-24T06:00:00Z\n", "the inventory has no 'resources'"),
        ("defaults: {region: eu-west-1}\n", "the inventory has no 'resources'"),
    ],
)
def test_a_file_with_nothing_in_it_is_a_failed_export(
    tmp_path: Path, body: str, words: str
) -> None:
    with pytest.raises(UserError) as caught:
        read_file(put(tmp_path, body))
    assert words in caught.value.message
    assert "resources: []" in (caught.value.expected or "")


@pytest.mark.parametrize("body", ["resources: []\n", '{"resources": []}'])
def test_an_inventory_of_nothing_says_so(tmp_path: Path, body: str) -> None:
    assert read_file(put(tmp_path, body)).resources == ()


def test_dates_may_stand_in_a_file_of_their_own(tmp_path: Path) -> None:
    body = """live:
  - {engine: eks, version: '1.31', standard_end: 2026-11-26, source: eks.X,
     read_at: 2026-11-24T06:00:00Z}
"""
    read = read_file(put(tmp_path, body))
    assert (read.resources, len(read.live)) == ((), 1)


@pytest.mark.parametrize(
    ("body", "line", "words"),
    [
        ("- a\n- b\n", 1, "an inventory is a mapping"),
        ("resources: 3\n", 1, "resources"),
        ("resourcs: []\n", 1, "did you mean 'resources'"),
        ("resources:\n  - eks\n", 2, "a resource is a mapping"),
        ("resources:\n  - {engine: eks, name: x}\n", 2, "version is missing"),
        ("resources:\n  - {engine: eks, version: '1'}\n", 2, "name is missing"),
        (
            "resources:\n  - engine: eks\n    version: 1.30\n    name: x\n",
            3,
            "put the value in quotes",
        ),
        ("resources:\n  - engine: eks\n    version: '1'\n    nam: x\n", None, "nam"),
        ("resources:\n  - {engine: eks, version: '1', name: x, instances: -1}\n", 2, "instances"),
        (
            "resources:\n  - engine: mysql\n    version: '8'\n    name: x\n    certificate:\n"
            "      authority: a\n      valid_till: 2026-01-01T00:00:00\n",
            7,
            "a time needs a zone",
        ),
        ("live:\n  - {engine: eks, version: '1.31', standard_end: soon}\n", 2, "live.0"),
        ("live:\n  - {engine: eks, version: '1.31', standard_end: 02/28/2026}\n", 2, "a day such"),
        ("live:\n  - {engine: eks, version: '1.31', standard_end: 46350}\n", 2, "a day such as"),
        ("resources:\n  - {engine: eks, version: 1.30, name: x}\n", 2, 'such as "1.30"'),
        ("resources:\n  - {engine: eks, version: '1', name: x, account: '1.1E+11'}\n", 2, "sprea"),
        (
            "resources:\n  - {engine: eks, version: '1', name: x, extended_support: 2}\n",
            2,
            "yes or",
        ),
        ("resources: [\n", None, "not valid YAML"),
        ("resources: []\nresources: []\n", None, "not valid YAML"),
    ],
)
def test_bad_yaml(tmp_path: Path, body: str, line: int | None, words: str) -> None:
    file = put(tmp_path, body)
    with pytest.raises(UserError) as caught:
        read_file(file)
    said = str(caught.value)
    assert said.startswith(f"{file}:{line}: " if line else str(file))
    assert words in said


def test_a_column_is_named_once(tmp_path: Path) -> None:
    with pytest.raises(UserError) as caught:
        read_file(put(tmp_path, "", "inventory.csv"))
    said = (caught.value.expected or "").removeprefix("a header: ").split(", ")
    assert {"engine", "engine_mode"} < set(said)
    assert len(said) == len(set(said))


@pytest.mark.parametrize(
    ("body", "line", "words"),
    [
        ("", None, "the file is empty"),
        ("engine,name\nmysql,x\n", 1, "no column 'version'"),
        ("engine,version,nmae\n", 1, "did you mean 'name'"),
        ("engine,version,name\nmysql,8.0\n", 2, "2 cells under a header of 3"),
        ("engine,version,name\n\nmysql,,x\n", 3, "version is missing"),
        ("engine,version,name,instances\nmysql,8.0,x,many\n", 2, "instances"),
        ("engine,version,name,multi_az\nmysql,8.0,x,perhaps\n", 2, "multi_az"),
        ('engine,version,name\n"a\nb",8.0,x\nmysql,8.0,"x\n', 4, "not CSV"),
        (b"engine,version,name\nmysql,8.0,\xff\n", 2, "not UTF-8"),
        ("engine,version,name,engine\n", 1, "the columns 1 and 4 are both 'engine'"),
        ("engine,version,name,class,Instance Class\n", 1, "the columns 4 and 5 are both 'class'"),
        ("engine,version,name,owner,tag:owner\n", 1, "the columns 4 and 5 are both 'tag:owner'"),
        ("engine,version,name\n", 1, "a header, and no resource below it"),
        ("\nengine,version,name\n\n", 2, "a header, and no resource below it"),
        ("engine,version,name,account\neks,1.31,x,1.11122E+11\n", 2, "a spreadsheet turned"),
        ('engine,version,name,account\neks,1.31,x,"1,11E+11"\n', 2, "a spreadsheet turned"),
        (f"{CERTIFIED}11/24/2026\n", 2, "a day such as 2026-11-24, or a time with its zone"),
        (f"{CERTIFIED}24.11.2026\n", 2, "a day such as 2026-11-24, or a time with its zone"),
        (f"{CERTIFIED}46350\n", 2, "a day such as 2026-11-24, or a time with its zone"),
        (f"{CERTIFIED}2026-02-31\n", 2, "a day such as 2026-11-24, or a time with its zone"),
        ("engine,version,name,extended_support\neks,1.31,x,maybe\n", 2, "EXTENDED or STANDARD"),
    ],
)
def test_bad_csv(tmp_path: Path, body: str | bytes, line: int | None, words: str) -> None:
    file = put(tmp_path, body, "x.csv")
    with pytest.raises(UserError) as caught:
        read_file(file)
    said = str(caught.value)
    assert said.startswith(f"{file}:{line}: " if line else str(file))
    assert words in said


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    for name in ("none.yaml", "none.csv"):
        with pytest.raises(UserError, match="cannot read"):
            read_file(tmp_path / name)
