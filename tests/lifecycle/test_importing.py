"""Datasets from outside: every shape, bad ones, the diff, and the update itself."""

from __future__ import annotations

import contextlib
import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offcall.core.context import Context
from offcall.core.errors import UserError
from offcall.core.estate import Estate
from offcall.core.registry import find_tool
from offcall.core.render import View, render
from offcall.lifecycle.dataset import bundled, installed, user_file
from offcall.lifecycle.differing import diff
from offcall.lifecycle.facts import ProductList, Updated
from offcall.lifecycle.importing import read_products
from offcall.lifecycle.jsonfile import line_of_json
from offcall.surfaces.cli.command import command_of

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


ORIGIN = {"source": "x", "date": "2026-01-01"}
RELEASED = {"result": {"name": "x", "releases": [{"name": "1", "eolFrom": "2030-01-01"}]}}


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
        ("5" * 5000, "Exceeds the limit"),
        ('{"name": "x", "releases": [{"cycle": "1", "eol": NaN}]}', "NaN is no number"),
        ("[" * 200_000, "nested too deeply"),
        ('{"a":' * 100_000, "nested too deeply"),
        ({"last_modified": "garbage", **RELEASED}, "where it is from: date"),
        ({"name": "x", "links": "y", "releases": [{"cycle": "1"}]}, "links is an object"),
        ({"name": "x", "releases": [{"cycle": "1", "custom": "y"}]}, "custom is an object"),
        ({"provenance": 5, "products": {}}, "where it is from: provenance"),
        ({"provenance": ORIGIN, "products": [1]}, "products is a mapping of names"),
        ({"provenance": ORIGIN, "products": {"x": 5}}, "x: a product is an object"),
        ({"provenance": ORIGIN, "products": {"x": {"title": "x"}}}, "x: releases: Field required"),
        ({"provenance": ORIGIN, "products": {"x": {"title": "x", "releases": 3}}}, "x: releases"),
        ({"provenance": ORIGIN, "products": {}}, "no product in it"),
        ({"name": "x", "releases": []}, "x: it has no release"),
        ({"name": "../../x", "releases": [{"cycle": "1"}]}, "no product's name"),
        ({"name": ["x"], "releases": [{"cycle": "1"}]}, "no product's name"),
        ({"name": "x", "releases": [{"cycle": "1\x1b[31m"}]}, "x: this cannot be shown"),
        ({"name": "x", "releases": [{"cycle": "1"}, {"cycle": "1"}]}, "the cycle 1 is there twice"),
        ({"result": [RELEASED["result"], RELEASED["result"]]}, "the product x is there twice"),
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


def test_errors_name_the_line(tmp_path: Path) -> None:
    body = {"name": "x", "releases": [{"cycle": "1"}, {"cycle": "2"}, {"cycle": "1"}]}
    file = put(tmp_path, "x.json", json.dumps(body, indent=1))
    with pytest.raises(UserError) as caught:
        read_products(file, TODAY)
    assert f"{file}:10: x: the cycle 1 is there twice, also in line 4" in str(caught.value)
    put(tmp_path, "y.json", json.dumps({"name": "x", "releases": [{"cycle": "3"}]}))
    put(tmp_path, "x.json", json.dumps({"name": "x", "releases": [{"cycle": "3"}]}))
    with pytest.raises(UserError, match=r"y\.json:1: .* twice, also in x\.json:1"):
        read_products(tmp_path, TODAY)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
        max_leaves=20,
    )
)
def test_the_line_of_every_place(body: Any) -> None:
    """Written one token a line, each value stands where a walk through the text says."""
    text = json.dumps(body, indent=1)

    def walk(value: Any, where: list[str | int]) -> None:
        line = line_of_json(text, where)
        assert line is not None
        said = text.splitlines()[line - 1].strip().removesuffix(",")
        shown = json.dumps(value)
        opens = shown[0] if isinstance(value, dict | list) and value else shown
        assert said.endswith(opens)
        for key, inner in value.items() if isinstance(value, dict) else []:
            walk(inner, [*where, key])
        for index, inner in enumerate(value) if isinstance(value, list) else []:
            walk(inner, [*where, index])

    walk(body, [])


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: (
            st.lists(inner)
            | st.dictionaries(
                st.sampled_from(
                    [
                        "name",
                        "releases",
                        "result",
                        "products",
                        "provenance",
                        "cycle",
                        "eol",
                        "links",
                        "custom",
                        "latest",
                        "note",
                        "last_modified",
                    ]
                ),
                inner,
            )
        ),
        max_leaves=25,
    )
)
def test_no_input_is_a_bug(tmp_path_factory: pytest.TempPathFactory, body: Any) -> None:
    file = put(tmp_path_factory.mktemp("odd"), "odd.json", json.dumps(body))
    with contextlib.suppress(UserError):
        assert read_products(file, TODAY).products


def test_a_byte_order_mark_is_no_harm(tmp_path: Path) -> None:
    file = put(tmp_path, "x.json", "\ufeff" + json.dumps(V1))
    assert read_products(file, TODAY).products


def test_a_file_that_is_too_large(tmp_path: Path) -> None:
    file = tmp_path / "x.json"
    with file.open("wb") as out:
        out.truncate(32 * 1024 * 1024 + 1)
    with pytest.raises(UserError, match="larger than 32 MiB"):
        read_products(file, TODAY)


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


def update(ctx: Context, source: Path | None = None, **more: Any) -> Updated:
    given = {"from_": str(source)} if source else {}
    result = find_tool("lifecycle update").call(ctx, **given, **more)
    assert isinstance(result, Updated)
    return result


def test_nothing_is_written_without_yes(ctx: Context, tmp_path: Path) -> None:
    result = update(ctx, put(tmp_path, "x.json", V1), yes=False)
    assert result.changes
    assert result.written is None
    assert not user_file().exists()


def test_an_update_replaces_what_it_has_and_keeps_the_rest(ctx: Context, tmp_path: Path) -> None:
    source = put(tmp_path, "x.json", V1)
    result = update(ctx, source, yes=True, allow_removals=True)
    assert result.written == user_file()
    dataset = installed()
    eks = dataset.get("amazon-eks")
    debian = dataset.get("debian")
    assert eks is not None
    assert [one.cycle for one in eks.releases] == ["1.37", "1.31"]
    assert debian is not None
    # What stayed is still of its own date, and so is the head of the file.
    assert str(debian.provenance.date) == "2026-08-22"
    assert dataset.provenance == bundled().provenance
    assert str(eks.provenance.date) == "2026-11-20"
    assert update(ctx, source, yes=True).changes == []
    listed = find_tool("lifecycle products").call(ctx)
    assert isinstance(listed, ProductList)
    shown = render(listed, "plain", View(now=ctx.now, zone=UTC, color=False, width=200))
    assert " from github.com/endoflife-date/endoflife.date" in shown
    assert "1 from endoflife.date API v1, 2026-11-20" in shown


def test_an_update_takes_nothing_away_unasked(ctx: Context, tmp_path: Path) -> None:
    source = put(tmp_path, "x.json", V1)
    assert "amazon-eks 1.30" in update(ctx, source).removals
    with pytest.raises(UserError, match=r"takes away .*amazon-eks 1\.3\d") as said:
        update(ctx, source, yes=True)
    assert "--allow-removals" in str(said.value)
    assert not user_file().exists()


def test_a_date_that_goes_away_is_a_removal(ctx: Context, tmp_path: Path) -> None:
    lambdas = bundled().get("aws-lambda")
    assert lambdas is not None
    releases = [
        {"cycle": one.cycle, "eoas": str(one.eoas), "eol": False} for one in lambdas.releases
    ]
    body = [{**one, "eoas": "2030-01-01"} for one in releases]
    result = update(ctx, put(tmp_path, "aws-lambda.json", body))
    assert any(one.startswith("aws-lambda python3.9 eol (") for one in result.removals)


def test_what_is_to_be_doubted_needs_a_flag(ctx: Context, tmp_path: Path) -> None:
    wrong = {"cycle": "9", "releaseDate": "2027-01-01", "eol": "2026-01-01", "eoes": "2025-01-01"}
    source = put(tmp_path, "frobnicator.json", [wrong])
    assert [one.split(":")[1].split(",")[0] for one in update(ctx, source).doubts] == [
        " the end of support (eol)",
        " the end of extended support (eoes)",
    ]
    with pytest.raises(UserError, match=r"to be doubted.*2026-01-01, lies before the release"):
        update(ctx, source, yes=True)
    assert not user_file().exists()
    assert update(ctx, source, yes=True, allow_doubts=True).written


@pytest.mark.parametrize(
    ("day", "words"),
    [("2024-01-01", "older than that in use, of 2026-08-22"), ("2027-01-01", "yet to come")],
)
def test_data_of_an_odd_day(ctx: Context, tmp_path: Path, day: str, words: str) -> None:
    source = put(tmp_path, "x.json", {**V1, "last_modified": f"{day}T00:00:00Z"})
    with pytest.raises(UserError, match=words):
        update(ctx, source, yes=True, allow_removals=True)


def test_the_other_names_of_cycles_stay(ctx: Context, tmp_path: Path) -> None:
    old = bundled().get("amazon-aurora-mysql")
    assert old is not None
    releases = [
        {"name": one.cycle, "isEol": True, "eolFrom": str(one.eol), "isEoes": True}
        for one in old.releases
    ]
    body = {"last_modified": "2026-11-20", "result": {"name": old.name, "releases": releases}}
    update(ctx, put(tmp_path, "x.json", body), yes=True, allow_removals=True, allow_doubts=True)
    new = installed().get(old.name)
    assert new is not None
    assert [one.alias for one in new.releases] == [one.alias for one in old.releases]


def test_there_is_a_way_back(ctx: Context, tmp_path: Path) -> None:
    update(ctx, put(tmp_path, "x.json", V1), yes=True, allow_removals=True)
    body = [{"cycle": "1", "eol": "2030-01-01"}]
    update(ctx, put(tmp_path, "frobnicator.json", body), yes=True)
    looked = update(ctx, reset=True)
    assert looked.written is None
    assert looked.changes
    assert user_file().is_file()
    with pytest.raises(UserError, match="frobnicator"):
        update(ctx, reset=True, yes=True)
    assert update(ctx, reset=True, yes=True, allow_removals=True).written == user_file()
    assert not user_file().exists()
    assert installed().get("frobnicator") is None
    assert update(ctx, reset=True).changes == []
    lines = find_tool("history audit").call(ctx).model_dump()["lines"]
    assert [one["action"] for one in lines] == [
        "reset support dates",
        "update support dates",
        "update support dates",
    ]


def test_from_or_reset(ctx: Context, tmp_path: Path) -> None:
    for said in ({}, {"from_": str(tmp_path), "reset": True}):
        with pytest.raises(UserError, match="--from PATH"):
            find_tool("lifecycle update").call(ctx, **said)


def test_the_demo_writes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    source = put(tmp_path, "debian2.json", [{"cycle": "1"}])
    with (
        Context(Estate(), demo=True) as ctx,
        pytest.raises(UserError, match="the demo changes nothing"),
    ):
        update(ctx, source, yes=True)
    assert not user_file().exists()


def test_help_says_what_is_changed() -> None:
    tool = find_tool("lifecycle update")
    assert "every later run on this machine" in (command_of(tool).help or "")


@pytest.mark.parametrize(
    "body",
    [
        "{",
        "[1]",
        '{"provenance": {}, "products": 3}',
        "[" * 200_000,
        '{"provenance": {"source": "x", "date": "2026-01-01"}, "products": {"amazon-eks": 5}}',
    ],
)
def test_an_own_copy_that_is_broken_is_a_readable_error(ctx: Context, body: str) -> None:
    user_file().parent.mkdir(parents=True)
    user_file().write_text(body)
    with pytest.raises(UserError, match=r"dataset\.json"):
        installed()
    assert update(ctx, reset=True, yes=True).written
    assert installed().names()


def test_a_bad_file_changes_nothing(ctx: Context, tmp_path: Path) -> None:
    update(ctx, put(tmp_path, "x.json", V1), yes=True, allow_removals=True)
    before = user_file().read_text()
    bad = {"result": [V1["result"], {"name": "y", "releases": [{"name": "1", "eolFrom": "soon"}]}]}
    with pytest.raises(UserError):
        update(ctx, put(tmp_path, "bad.json", bad), yes=True, allow_removals=True)
    assert user_file().read_text() == before


def test_a_broken_own_copy_can_be_replaced(ctx: Context, tmp_path: Path) -> None:
    user_file().parent.mkdir(parents=True)
    user_file().write_text("{")
    assert update(ctx, put(tmp_path, "x.json", V1), yes=True, allow_removals=True).written
    assert installed().get("amazon-eks") is not None


def test_a_folder_that_cannot_be_written_is_a_readable_error(ctx: Context, tmp_path: Path) -> None:
    user_file().parent.parent.mkdir(parents=True)
    user_file().parent.write_text("a file in the way")
    with pytest.raises(UserError, match="cannot write the dataset"):
        update(ctx, put(tmp_path, "x.json", V1), yes=True, allow_removals=True)
