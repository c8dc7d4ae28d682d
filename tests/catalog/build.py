"""Catalogs from text, in a folder of their own."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

from offcall.catalog.book import Catalog
from offcall.core.estate import Estate
from offcall.core.findings import Resource


def catalog(folder: Path, estate: str, **files: str) -> Catalog:
    """The catalog of an estate and files beside it: `__` is a folder, the last `_` the dot."""
    for name, text in files.items():
        stem, _, ending = name.replace("__", "/").rpartition("_")
        path = folder / f"{stem}.{ending}"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(dedent(text), encoding="utf-8")
    path = folder / "offcall.yaml"
    path.write_text(dedent(estate), encoding="utf-8")
    return Catalog.of(Estate.load(path))


def database(name: str, **more: object) -> Resource:
    """An RDS instance of that name."""
    arn = f"arn:aws:rds:us-east-1:111122223333:db:{name}"
    values = {"account": "111122223333", "region": "us-east-1", "service": "RDS", "name": name}
    return Resource.model_validate({"kind": "rds instance", "id": arn, **values, **more})
