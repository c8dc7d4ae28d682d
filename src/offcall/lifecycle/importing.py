"""Datasets from outside, validated whole: endoflife.date's API (v1, v0), its data, our own file.

{"result": {"name": ..., "releases": [...]}}      /api/v1/products/NAME
{"result": [{...}, ...]}                          /api/v1/products/full
[{"cycle": ...}, ...]                             /api/NAME.json, named by the file
{"product": ..., "releases": [{"releaseCycle": ...}]}
{"provenance": {...}, "products": {...}}          what offcall itself writes
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from offcall.core.errors import UserError
from offcall.lifecycle.jsonfile import JsonFile
from offcall.lifecycle.products import Product, Provenance

__all__ = ["Imported", "read_products"]

EXPECTED = "endoflife.date API v1 (or its release data), or a dataset written by offcall"
SLUG = re.compile(r"[a-z0-9]+(?:[._+-][a-z0-9]+)*")
Spot = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Imported:
    """What a file or folder holds: products, and where most of them say that they are from."""

    products: tuple[Product, ...]
    provenance: Provenance


def read_products(source: Path, today: date) -> Imported:
    """Every product in a file, or in all `*.json` files of a folder.

    Raises:
        UserError: the first thing that does not fit, with file and line; nothing is half read.
    """
    files = sorted(source.glob("*.json")) if source.is_dir() else [source]
    if not files:
        raise UserError("no *.json file in the folder", file=str(source), expected=EXPECTED)
    index = _index(source) if source.is_dir() else None
    default = index or Provenance(source=str(source), date=today)
    products: dict[str, Product] = {}
    homes: dict[str, str] = {}
    for path in files:
        if path.name == "INDEX.json":
            continue
        file = JsonFile.read(path, EXPECTED)
        for product, where in _products(file, default):
            home = f"{path.name}:{file.line(where)}"
            if product.name in products:
                said = f"the product {product.name} is there twice, also in {homes[product.name]}"
                file.refuse(said, where, expected="each product once")
            products[product.name] = product
            homes[product.name] = home
    if not products:
        raise UserError("no product in it", file=str(source), expected=EXPECTED)
    found = Counter(one.provenance for one in products.values())
    return Imported(tuple(products.values()), found.most_common(1)[0][0])


def _index(folder: Path) -> Provenance | None:
    """The provenance that a folder's INDEX.json gives."""
    path = folder / "INDEX.json"
    if not path.is_file():
        return None
    body = JsonFile.read(path, "source, commit, commit_date").body
    try:
        return Provenance(
            source=body["source"],
            commit=body.get("commit"),
            date=str(body["commit_date"])[:10],
            licence=body.get("licence"),
        )
    except (KeyError, TypeError, AttributeError, ValidationError) as error:
        raise UserError(
            "the index names no source", file=str(path), expected="source, commit, commit_date"
        ) from error


def _products(file: JsonFile, default: Provenance) -> Iterator[tuple[Product, Spot]]:
    body = file.body
    if isinstance(body, dict) and "products" in body and "provenance" in body:
        yield from _own(file)
    elif isinstance(body, dict) and "result" in body:
        found = _provenance(
            file,
            {
                "source": "endoflife.date API v1",
                "date": _day(body.get("last_modified") or body.get("generated_at"), default),
                "licence": "MIT",
            },
            ("last_modified",),
        )
        result = body["result"]
        if isinstance(result, list):
            for index, one in enumerate(result):
                yield _product(file, one, ("result", index), found), ("result", index)
        else:
            yield _product(file, result, ("result",), found), ("result",)
    elif isinstance(body, list):
        yield _product(file, {"releases": body}, (), default, inside=()), ()
    else:
        yield _product(file, body, (), default), ()


def _own(file: JsonFile) -> Iterator[tuple[Product, Spot]]:
    """Our own format, as `dataset.pack` writes it."""
    body = file.body
    general = _provenance(file, body["provenance"], ("provenance",))
    if not isinstance(body["products"], dict):
        file.refuse("products is a mapping of names", ("products",), value=body["products"])
    for name, raw in body["products"].items():
        where: Spot = ("products", name)
        if not isinstance(raw, dict):
            file.refuse(f"{name}: a product is an object", where, value=raw)
        said = {"provenance": general, **raw, "name": name}
        said["provenance"] = _provenance(file, said["provenance"], (*where, "provenance"))
        yield _fit(file, said, where, (*where, "releases")), where


def _provenance(file: JsonFile, raw: Any, where: Spot) -> Provenance:
    try:
        return Provenance.model_validate(raw)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        name = ".".join(map(str, first["loc"])) or where[-1]
        file.refuse(f"where it is from: {name}: {first['msg']}", where, value=first.get("input"))


def _day(moment: object, default: Provenance) -> str:
    return str(moment)[:10] if moment else str(default.date)


def _product(
    file: JsonFile,
    raw: Any,
    where: Spot,
    provenance: Provenance,
    *,
    inside: Spot | None = None,
) -> Product:
    """A product of endoflife.date; `inside` is where its releases stand, if not below it."""
    if not isinstance(raw, dict) or not isinstance(raw.get("releases"), list):
        file.refuse(
            "no list of releases",
            where,
            value=sorted(raw)[:6] if isinstance(raw, dict) else type(raw).__name__,
        )
    name = raw.get("name") or raw.get("product") or file.path.stem
    releases = (*where, "releases") if inside is None else inside
    if isinstance(note := raw.get("note"), str):
        # A product that was transcribed from elsewhere says so.
        provenance = provenance.model_copy(
            update={"source": f"{provenance.source}; {note}", "commit": None}
        )
    body = {
        "name": name,
        "title": raw.get("label") or raw.get("title") or name,
        "category": raw.get("category"),
        "policy": _part(file, raw, "links", where).get("releasePolicy") or raw.get("policy"),
        "releases": [
            _release(file, one, str(name), (*releases, index))
            for index, one in enumerate(raw["releases"])
        ],
        "provenance": provenance,
    }
    return _fit(file, body, where, releases)


def _part(file: JsonFile, raw: Mapping[str, Any], key: str, where: Spot) -> Mapping[str, Any]:
    """An object inside an object, or an empty one."""
    part = raw.get(key)
    if part is None:
        return {}
    if not isinstance(part, dict):
        file.refuse(f"{key} is an object", (*where, key), value=part)
    return part


def _release(file: JsonFile, raw: Any, product: str, where: Spot) -> dict[str, Any]:
    if not isinstance(raw, dict):
        file.refuse(f"{product}: a release is an object", where, value=raw)
    latest = raw.get("latest")
    return {
        "cycle": raw.get("releaseCycle") or raw.get("cycle") or raw.get("name"),
        "label": raw.get("releaseLabel") or raw.get("codename") or None,
        "released": raw.get("releaseDate"),
        **{column: _end(raw, column) for column in ("eoas", "eol", "eoes")},
        "latest": latest.get("name") if isinstance(latest, dict) else latest,
        "lts": bool(raw.get("isLts", raw.get("lts", False))),
        "alias": raw.get("auroraMajor") or _part(file, raw, "custom", where).get("auroraMajor"),
    }


def _end(raw: dict[str, Any], column: str) -> Any:
    """v1 has `eolFrom` (a day or null) beside `isEol`; v0 and the data have one `eol`."""
    since = f"{column}From"
    flag = "is" + column[0].upper() + column[1:]
    if since in raw or flag in raw:
        return raw.get(since) or raw.get(flag)
    return raw.get(column)


def _fit(file: JsonFile, body: dict[str, Any], where: Spot, releases: Spot) -> Product:
    """The product as a model, with a name, releases, and each cycle once.

    Raises:
        UserError: what does not fit, with its line.
    """
    name = body["name"]
    if not isinstance(name, str) or len(name) > 80 or not SLUG.fullmatch(name):
        file.refuse(
            "this is no product's name",
            (*where, "name"),
            value=name,
            expected="small letters and digits, with dashes between: amazon-eks",
        )
    try:
        product = Product.model_validate(body)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        at = first["loc"]
        inner: Spot = where
        cycle = ""
        if len(at) > 1 and at[0] == "releases" and isinstance(at[1], int):
            inner = (*releases, at[1])
            one = body["releases"][at[1]]
            cycle = f" {one.get('cycle')}" if isinstance(one, dict) else ""
        said = first["msg"].removeprefix("Value error, ")
        file.refuse(
            f"{name}{cycle}: {'.'.join(map(str, at))}: {said}", inner, value=first.get("input")
        )
    if not product.releases:
        file.refuse(
            f"{name}: it has no release, and nothing could be judged by it",
            releases,
            expected="at least one release",
        )
    seen: dict[str, int] = {}
    for index, release in enumerate(product.releases):
        here: Spot = (*releases, index)
        if (other := seen.setdefault(release.cycle.lower(), index)) != index:
            file.refuse(
                f"{name}: the cycle {release.cycle} is there twice, also in line "
                f"{file.line((*releases, other))}",
                here,
                expected="each cycle once",
            )
        for word in (release.cycle, release.label, release.latest, release.alias):
            if word is not None and (not word.strip() or not word.isprintable()):
                file.refuse(f"{name}: this cannot be shown", here, value=ascii(word))
    if not product.title.isprintable():
        file.refuse(f"{name}: the title cannot be shown", where, value=ascii(product.title))
    return product
