"""Datasets from outside, validated whole: endoflife.date's API (v1, v0), its data, our own file.

{"result": {"name": ..., "releases": [...]}}      /api/v1/products/NAME
{"result": [{...}, ...]}                          /api/v1/products/full
[{"cycle": ...}, ...]                             /api/NAME.json, named by the file
{"product": ..., "releases": [{"releaseCycle": ...}]}
{"provenance": {...}, "products": {...}}          what offcall itself writes
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from offcall.core.errors import UserError
from offcall.lifecycle.dataset import Dataset
from offcall.lifecycle.products import Product, Provenance

__all__ = ["Change", "Imported", "diff", "read_products"]

EXPECTED = "endoflife.date API v1 (or its release data), or a dataset written by offcall"


@dataclass(frozen=True, slots=True)
class Imported:
    """What a file or folder holds: products, and where they say that they are from."""

    products: tuple[Product, ...]
    provenance: Provenance


@dataclass(frozen=True, slots=True)
class Change:
    """One difference: a product, perhaps a cycle and a column, before and after (as text)."""

    product: str
    cycle: str | None
    column: str | None
    before: str | None
    after: str | None


def read_products(source: Path, today: date) -> Imported:
    """Every product in a file, or in all `*.json` files of a folder.

    Raises:
        UserError: the first thing that does not fit, with file and place; nothing is half read.
    """
    files = sorted(source.glob("*.json")) if source.is_dir() else [source]
    if not files:
        raise UserError("no *.json file in the folder", file=str(source), expected=EXPECTED)
    index = _index(source) if source.is_dir() else None
    default = index or Provenance(source=str(source), date=today)
    products: dict[str, Product] = {}
    for file in files:
        if file.name == "INDEX.json":
            continue
        for product in _products(_parse(file), file, default):
            products[product.name] = product
    if not products:
        raise UserError("no product in it", file=str(source), expected=EXPECTED)
    return Imported(tuple(products.values()), default)


def _index(folder: Path) -> Provenance | None:
    """The provenance that a folder's INDEX.json gives."""
    file = folder / "INDEX.json"
    if not file.is_file():
        return None
    body = _parse(file)
    try:
        return Provenance(
            source=body["source"],
            commit=body.get("commit"),
            date=str(body["commit_date"])[:10],
            licence=body.get("licence"),
        )
    except (KeyError, TypeError, AttributeError, ValidationError) as error:
        raise UserError(
            "the index names no source", file=str(file), expected="source, commit, commit_date"
        ) from error


def _parse(file: Path) -> Any:
    try:
        return json.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise UserError(f"cannot read: {error.strerror}", file=str(file)) from error
    except UnicodeDecodeError as error:
        raise UserError("not UTF-8 text", file=str(file), expected=EXPECTED) from error
    except json.JSONDecodeError as error:
        raise UserError(
            f"not JSON: {error.msg}", file=str(file), line=error.lineno, expected=EXPECTED
        ) from error


def _products(body: Any, file: Path, default: Provenance) -> Iterator[Product]:
    if isinstance(body, dict) and "products" in body and "provenance" in body:
        yield from Dataset(body, file).all()
        return
    if isinstance(body, dict) and "result" in body:
        at = str(body.get("last_modified") or body.get("generated_at") or default.date)[:10]
        found = Provenance(source="endoflife.date API v1", date=at, licence="MIT")
        result = body["result"]
        for one in result if isinstance(result, list) else [result]:
            yield _product(_mapping(one, file), file, found)
        return
    if isinstance(body, list):
        raw = {"name": file.stem, "releases": body}
        yield _product(raw, file, default)
        return
    yield _product(_mapping(body, file), file, default)


def _mapping(value: Any, file: Path) -> dict[str, Any]:
    if not isinstance(value, dict) or not isinstance(value.get("releases"), list):
        raise UserError(
            "no list of releases",
            file=str(file),
            value=type(value).__name__ if not isinstance(value, dict) else sorted(value)[:6],
            expected=EXPECTED,
        )
    return value


def _product(raw: dict[str, Any], file: Path, provenance: Provenance) -> Product:
    name = raw.get("name") or raw.get("product") or file.stem
    if note := raw.get("note"):
        # A product that was transcribed from elsewhere says so.
        provenance = provenance.model_copy(
            update={"source": f"{provenance.source}; {note}", "commit": None}
        )
    releases = [_release(one, str(name), file) for one in raw["releases"]]
    body = {
        "name": name,
        "title": raw.get("label") or raw.get("title") or name,
        "category": raw.get("category"),
        "policy": (raw.get("links") or {}).get("releasePolicy") or raw.get("policy"),
        "releases": releases,
        "provenance": provenance,
    }
    try:
        return Product.model_validate(body)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = list(first["loc"])
        cycle = ""
        if len(where) > 1 and where[0] == "releases" and isinstance(where[1], int):
            cycle = f" {releases[where[1]].get('cycle')}"
        raise UserError(
            f"{name}{cycle}: {'.'.join(map(str, where))}: {first['msg']}",
            file=str(file),
            value=first.get("input"),
            expected=EXPECTED,
        ) from error


def _release(raw: Any, product: str, file: Path) -> dict[str, Any]:
    if not isinstance(raw, dict):
        raise UserError(f"{product}: a release is an object", file=str(file), value=raw)
    latest = raw.get("latest")
    return {
        "cycle": raw.get("releaseCycle") or raw.get("cycle") or raw.get("name"),
        "label": raw.get("releaseLabel") or raw.get("codename") or None,
        "released": raw.get("releaseDate"),
        **{column: _end(raw, column) for column in ("eoas", "eol", "eoes")},
        "latest": latest.get("name") if isinstance(latest, dict) else latest,
        "lts": bool(raw.get("isLts", raw.get("lts", False))),
        "alias": raw.get("auroraMajor") or (raw.get("custom") or {}).get("auroraMajor"),
    }


def _end(raw: dict[str, Any], column: str) -> Any:
    """v1 has `eolFrom` (a day or null) beside `isEol`; v0 and the data have one `eol`."""
    since = f"{column}From"
    flag = "is" + column[0].upper() + column[1:]
    if since in raw or flag in raw:
        return raw.get(since) or raw.get(flag)
    return raw.get(column)


def diff(before: Dataset, after: tuple[Product, ...]) -> list[Change]:
    """What replacing the products of `after` would change."""
    changes: list[Change] = []
    for product in after:
        old = before.get(product.name)
        if old is None:
            count = f"{len(product.releases)} releases"
            changes.append(Change(product.name, None, None, None, count))
            continue
        ours = {one.cycle: one for one in old.releases}
        theirs = {one.cycle: one for one in product.releases}
        changes += [
            Change(product.name, cycle, None, None, "added")
            for cycle in theirs
            if cycle not in ours
        ]
        changes += [
            Change(product.name, cycle, None, "there", "removed")
            for cycle in ours
            if cycle not in theirs
        ]
        for cycle, new in theirs.items():
            if cycle not in ours:
                continue
            for column in ("eoas", "eol", "eoes", "latest"):
                was, now = getattr(ours[cycle], column), getattr(new, column)
                if was != now:
                    changes.append(Change(product.name, cycle, column, _say(was), _say(now)))
    return changes


def _say(value: object) -> str:
    words: dict[object, str] = {None: "-", True: "over", False: "no date"}
    return words.get(value) or str(value)
