"""Who tells a checker to be silent says why."""

from __future__ import annotations

import re
from pathlib import Path

import offcall

SILENT = re.compile(r"#\s*(?:noqa|type:\s*ignore)\b[^#]*?(?P<reason>\s-\s\S.{5,}|\s+#\s\S.{5,})?$")


def test_every_exception_has_its_reason() -> None:
    without = []
    for file in Path(offcall.__path__[0]).rglob("*.py"):
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
            found = SILENT.search(line)
            if found and not found["reason"]:
                without.append(f"{file.name}:{number}: {line.strip()}")
    assert without == []


def test_the_pattern_knows_a_reason() -> None:
    for line, good in (
        ("x = 1  # noqa: S105", False),
        ("x = 1  # noqa: S105 - the name, not the token", True),
        ("x = 1  # type: ignore[misc]", False),
        ("x = 1  # type: ignore[misc]  # known when it runs", True),
    ):
        found = SILENT.search(line)
        assert found is not None
        assert bool(found["reason"]) is good, line
