"""Which Lambda runtime to move to, and what the move asks of the code."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from offcall.lifecycle.columns import periods
from offcall.lifecycle.products import Product, Release
from offcall.lifecycle.regimes.model import Move
from offcall.lifecycle.snapshot import Running
from offcall.lifecycle.values import numbers

__all__ = ["runtimes"]

# https://docs.aws.amazon.com/lambda/latest/dg/lambda-golang.html
GO = (
    "Go has no runtime of its own any more; it needs a new build for Amazon Linux 2023, as an "
    "executable called bootstrap"
)
SYSTEM = "another operating system: build native binaries and layers anew"


def runtimes(item: Running, product: Product, today: date) -> Iterator[Move]:
    """The runtime of the same language that lasts longest."""
    own = _family(item.version)
    family = {"go": "provided"}.get(own, own)
    same = [
        one
        for one in product.releases
        if _family(one.cycle) == family and "container" not in (one.label or "")
    ]
    here = next((one for one in product.releases if one.cycle == item.version), None)
    least = max(today, (_end(product, here) if here else None) or date.min)
    better = [
        one
        for one in same
        if one.cycle != item.version and (_end(product, one) or date.min) > least
    ]
    if better:
        best = max(better, key=lambda one: (_end(product, one) or date.min, numbers(one.cycle)))
        yield Move(
            version=best.cycle,
            why=f"longest supported runtime; {_asks(own, item.version, best, same)}",
            supported_until=_end(product, best),
        )


def _asks(family: str, running: str, best: Release, same: list[Release]) -> str:
    """What has to be done to the code before the runtime is changed."""
    if family == "go":
        return GO
    if family == "provided":
        return SYSTEM
    between = {
        numbers(one.cycle)[:2]
        for one in same
        if numbers(running)[:2] < numbers(one.cycle)[:2] < numbers(best.cycle)[:2]
    }
    versions = len(between) + 1
    if versions > 2:
        return (
            f"a big jump, {versions} versions of the language at once: code, dependencies and "
            "layers have to be built and tested for it"
        )
    return "build and test code, dependencies and layers for it first"


def _end(product: Product, release: Release) -> date | None:
    end = periods(product, release).standard
    return end if isinstance(end, date) else None


def _family(runtime: str) -> str:
    """The language: "dotnetcore3.1" and "dotnet8" are both dotnet."""
    found = re.match(r"[a-z]+", runtime.lower())
    return (found[0] if found else runtime).removesuffix("core")
