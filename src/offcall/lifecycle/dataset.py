"""The carried dataset of support dates: bundled, or the user's own copy that replaced it.

One JSON file: `{"provenance": {...}, "products": {NAME: {...}}}`. It is read once, and a product
is turned into models only when somebody asks for it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from offcall.core.errors import UserError
from offcall.lifecycle.products import Product, Provenance, Release
from offcall.lifecycle.values import numbers, plain_version

__all__ = ["Dataset", "bundled", "installed", "match", "pack", "user_file"]

SHIPPED = Path(__file__).with_name("data") / "dataset.json"


class Dataset:
    """Products by name, made when asked for.

    Args:
        raw: the parsed file.
        file: where it was read.
    """

    def __init__(self, raw: Mapping[str, Any], file: Path) -> None:
        self.file = file
        self.provenance = Provenance.model_validate(raw["provenance"])
        self._raw: Mapping[str, Any] = raw["products"]
        if not all(isinstance(one, Mapping) for one in (self._raw, *self._raw.values())):
            raise TypeError("products are a mapping of mappings")
        self._made: dict[str, Product] = {}

    @classmethod
    def load(cls, file: Path) -> Dataset:
        """Read a dataset file.

        Raises:
            UserError: not there, not JSON, or not of this shape.
        """
        shape = "a dataset that 'offcall lifecycle update' wrote"
        try:
            return cls(json.loads(file.read_text(encoding="utf-8-sig")), file)
        except OSError as error:
            raise UserError(f"cannot read the dataset: {error.strerror}", file=str(file)) from error
        except json.JSONDecodeError as error:
            raise UserError(
                f"not JSON: {error.msg}", file=str(file), line=error.lineno, expected=shape
            ) from error
        except (LookupError, TypeError, AttributeError, ValueError, RecursionError) as error:
            raise UserError(
                "this is not a dataset of support dates", file=str(file), expected=shape
            ) from error

    def __contains__(self, name: str) -> bool:
        return name in self._raw

    def names(self) -> list[str]:
        """All products, sorted."""
        return sorted(self._raw)

    def title(self, name: str) -> str:
        """The product's title, without making its releases."""
        return str(self._raw[name].get("title", name))

    def category(self, name: str) -> str:
        """The product's category, such as "service" or "database"."""
        return str(self._raw[name].get("category") or "")

    def get(self, name: str) -> Product | None:
        """The product of that name, or None."""
        if name not in self._raw:
            return None
        if name not in self._made:
            # The key is the name, whatever stands inside.
            provenance = self.provenance.model_dump()
            body = {"provenance": provenance, **self._raw[name], "name": name}
            try:
                self._made[name] = Product.model_validate(body)
            except ValidationError as error:
                first = error.errors(include_url=False)[0]
                raise UserError(
                    f"{name}: {'.'.join(map(str, first['loc']))}: {first['msg']}",
                    file=str(self.file),
                    value=first.get("input"),
                ) from error
        return self._made[name]

    def some(self, names: Iterable[str | None]) -> tuple[Product, ...]:
        """The products of those names that there are, sorted by name."""
        known = {name for name in names if name and name in self}
        return tuple(product for name in sorted(known) if (product := self.get(name)) is not None)

    def all(self) -> tuple[Product, ...]:
        """Every product."""
        return self.some(self.names())


def pack(products: Iterable[Product], provenance: Provenance) -> str:
    """The dataset file of these products; a product's own provenance is written when it differs."""
    packed: dict[str, Any] = {}
    for product in sorted(products, key=lambda one: one.name):
        body = product.model_dump(mode="json", exclude_defaults=True, exclude={"name"})
        if product.provenance == provenance:
            del body["provenance"]
        packed[product.name] = body
    head = {"provenance": provenance.model_dump(mode="json", exclude_none=True)}
    lines = [
        f" {json.dumps(name)}: {json.dumps(body, ensure_ascii=False, separators=(',', ':'))}"
        for name, body in packed.items()
    ]
    start = json.dumps(head, ensure_ascii=False)[:-1]
    return f'{start}, "products": {{\n' + ",\n".join(lines) + "\n}}\n"


def user_file() -> Path:
    """Where `offcall lifecycle update` writes."""
    from platformdirs import user_data_path

    return user_data_path("offcall") / "lifecycle" / "dataset.json"


def bundled() -> Dataset:
    """The dataset that came with this version of offcall."""
    return Dataset.load(SHIPPED)


def installed() -> Dataset:
    """The user's own dataset if there is one, else the bundled one."""
    own = user_file()
    return Dataset.load(own) if own.is_file() else bundled()


def match(product: Product, version: str) -> Release | None:
    """The release cycle that a version belongs to: the longest that it begins with.

    "13.20" is cycle "13"; "8.0.mysql_aurora.3.05.2" is "8.0"; Aurora's own "3.05.2" is the cycle
    with the alias "3"; a Lambda runtime is its own cycle.
    """
    wanted = plain_version(version).lower()
    exact = [one for one in product.releases if one.cycle.lower() in (wanted, version.lower())]
    if exact:
        return exact[0]
    parts = numbers(wanted)
    if not parts:
        return None
    best: Release | None = None
    length = 0
    for release in product.releases:
        for name in filter(None, (release.cycle, release.alias)):
            if not all(part.isdigit() for part in name.split(".")):
                continue
            cycle = numbers(name)
            if len(cycle) > length and parts[: len(cycle)] == cycle:
                best, length = release, len(cycle)
    return best
