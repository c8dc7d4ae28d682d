"""Datasets from outside: every shape, bad ones, the diff, and the update itself."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from offcall.core.context import Context
from offcall.core.errors import UserError
from offcall.core.estate import Estate
from offcall.core.registry import find_tool
from offcall.lifecycle.dataset import bundled, installed, user_file
from offcall.lifecycle.facts import Updated
from offcall.lifecycle.importing import diff, read_products

TODAY = date(2026, 11, 24)

V1 = {
    "schema_version": "1.2.0",
    "last_modified": "2026-11-20T10:00:00+00:00",
    "result": {
        "name": "amazon-eks",
        "label": "Amazon EKS",
        "category": "service",
        "links": {"releasePolicy": "https://docs.aws.amazon.com/eks/"},
        "releases": [
            {
                "name": "1.37",
                "label": "1.37",
                "releaseDate": "2026-10-01",
                "isLts": False,
                "isEol": False,
                "eolFrom": "2027-12-01",
                "isEoes": False,
                "eoesFrom": "2028-12-01",
                "latest": {"name": "1.37-eks-1", "date": "2026-10-01", "link": None},
            },
            {
                "name": "1.31",
                "isEol": True,
                "eolFrom": None,
                "isEoes": True,
                "eoesFrom": "2027-01-26",
            },
        ],
    },
}


def put(folder: Path, name: str, body: Any) -> Path:
    file = folder / name
    file.write_text(body if isinstance(body, str) else json.dumps(body))
    return file


def test_api_v1(tmp_path: Path) -> None:
    [product] = read_products(put(tmp_path, "x.json", V1), TODAY).products
    new, old = product.releases
    assert (product.name, product.title) == ("amazon-eks", "Amazon EKS")
    assert (str(new.eol), str(new.eoes), new.latest) == ("2027-12-01", "2028-12-01", "1.37-eks-1")
    assert (old.eol, str(old.eoes)) == (True, "2027-01-26")
    assert str(product.provenance.date) == "2026-11-20"


def test_api_v1_of_all_products(tmp_path: Path) -> None:
    other = {**V1["result"], "name": "debian"}  # type: ignore[dict-item]
    found = read_products(put(tmp_path, "full.json", {"result": [V1["result"], other]}), TODAY)
    assert [one.name for one in found.products] == ["amazon-eks", "debian"]


def test_api_v0_is_named_by_its_file(tmp_path: Path) -> None:
    body = [
        {"cycle": "13", "releaseDate": "2025-08-09", "eol": False, "lts": True, "latest": "13.1"}
    ]
    [product] = read_products(put(tmp_path, "debian.json", body), TODAY).products
    assert product.name == "debian"
    assert product.releases[0].eol is False
    assert product.releases[0].lts


def test_release_data_in_a_folder_with_an_index(tmp_path: Path) -> None:
    put(
        tmp_path,
        "INDEX.json",
        {"source": "s", "commit": "c", "commit_date": "2026-09-01T00:00:00Z"},
    )
    put(
        tmp_path,
        "amazon-aurora-mysql.json",
        {
            "product": "amazon-aurora-mysql",
            "title": "Amazon Aurora MySQL",
            "releases": [{"releaseCycle": "8.0", "auroraMajor": "3", "eol": "2028-04-30"}],
        },
    )
    found = read_products(tmp_path, TODAY)
    [product] = found.products
    assert product.releases[0].alias == "3"
    assert (product.provenance.source, str(product.provenance.date)) == ("s", "2026-09-01")


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("{", "not JSON"),
        ("", "not JSON"),
        ("3", "no list of releases"),
        ({"result": {"name": "x"}}, "no list of releases"),
        ({"name": "x", "releases": [3]}, "a release is an object"),
        ({"name": "x", "releases": [{"cycle": "1", "eol": "soon"}]}, "x 1: releases.0.eol"),
        ({"name": "x", "releases": [{"eol": "2026-01-01"}]}, "releases.0.cycle"),
        ({"name": "x", "releases": [{"cycle": "1", "eol": 3}]}, "a day such as"),
        ([{"cycle": "1", "releaseDate": "yesterday"}], "releases.0.released"),
        ({"result": []}, "no product in it"),
    ],
)
def test_bad_input_names_the_file_and_the_place(tmp_path: Path, body: Any, words: str) -> None:
    file = put(tmp_path, "bad.json", body)
    with pytest.raises(UserError) as caught:
        read_products(file, TODAY)
    assert words in str(caught.value)
    assert str(file) in str(caught.value)


def test_missing_files_and_empty_folders(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="cannot read"):
        read_products(tmp_path / "none.json", TODAY)
    with pytest.raises(UserError, match=r"no \*.json file"):
        read_products(tmp_path, TODAY)
    (tmp_path / "latin.json").write_bytes(b'"\xe9"')
    with pytest.raises(UserError, match="not UTF-8"):
        read_products(tmp_path, TODAY)


def test_the_diff_names_every_change(tmp_path: Path) -> None:
    found = read_products(put(tmp_path, "x.json", V1), TODAY)
    changes = diff(bundled(), found.products)
    assert any(one.cycle == "1.37" and one.after == "added" for one in changes)
    assert any(one.cycle == "1.30" and one.after == "removed" for one in changes)
    said = {(one.column, one.before, one.after) for one in changes if one.cycle == "1.31"}
    assert ("eol", "2025-11-26", "over") in said
    assert ("eoes", "2026-11-26", "2027-01-26") in said


@pytest.fixture
def ctx(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Context:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    return Context(Estate(), now=datetime(2026, 11, 24, 9, tzinfo=UTC))


def update(ctx: Context, source: Path, *, yes: bool) -> Updated:
    result = find_tool("lifecycle update").call(ctx, from_=str(source), yes=yes)
    assert isinstance(result, Updated)
    return result


def test_nothing_is_written_without_yes(ctx: Context, tmp_path: Path) -> None:
    result = update(ctx, put(tmp_path, "x.json", V1), yes=False)
    assert result.changes
    assert result.written is None
    assert not user_file().exists()


def test_an_update_replaces_what_it_has_and_keeps_the_rest(ctx: Context, tmp_path: Path) -> None:
    source = put(tmp_path, "x.json", V1)
    result = update(ctx, source, yes=True)
    assert result.written == user_file()
    dataset = installed()
    eks = dataset.get("amazon-eks")
    debian = dataset.get("debian")
    assert eks is not None
    assert [one.cycle for one in eks.releases] == ["1.37", "1.31"]
    assert debian is not None
    # What stayed is still of its own date.
    assert str(debian.provenance.date) == "2026-08-22"
    assert update(ctx, source, yes=True).changes == []


def test_a_bad_file_changes_nothing(ctx: Context, tmp_path: Path) -> None:
    update(ctx, put(tmp_path, "x.json", V1), yes=True)
    before = user_file().read_text()
    bad = {"result": [V1["result"], {"name": "y", "releases": [{"name": "1", "eolFrom": "soon"}]}]}
    with pytest.raises(UserError):
        update(ctx, put(tmp_path, "bad.json", bad), yes=True)
    assert user_file().read_text() == before


def test_a_broken_own_copy_can_be_replaced(ctx: Context, tmp_path: Path) -> None:
    user_file().parent.mkdir(parents=True)
    user_file().write_text("{")
    assert update(ctx, put(tmp_path, "x.json", V1), yes=True).written
    assert installed().get("amazon-eks") is not None


def test_a_folder_that_cannot_be_written_is_a_readable_error(ctx: Context, tmp_path: Path) -> None:
    user_file().parent.parent.mkdir(parents=True)
    user_file().parent.write_text("a file in the way")
    with pytest.raises(UserError, match="cannot write the dataset"):
        update(ctx, put(tmp_path, "x.json", V1), yes=True)
