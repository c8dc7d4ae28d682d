"""Helm charts: rendered by helm with their own values, or named as not read."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

from offcall.core.errors import SourceError
from offcall.kubernetes.reading.manifests import Read, read_text
from offcall.kubernetes.reading.running import has, run

__all__ = ["is_chart", "read_chart"]

_SOURCE = re.compile(r"^# Source: (\S+)$", re.MULTILINE)
_KIND = re.compile(r"^kind:\s*(\w+)\s*$", re.MULTILINE)
NOTE = "rendered by helm"


def is_chart(folder: Path) -> bool:
    """Whether the folder is a chart: its templates are no YAML before helm has rendered them."""
    return (folder / "Chart.yaml").is_file()


def read_chart(read: Read, folder: Path) -> None:
    """Add what the chart renders to with its default values.

    The release is called as the folder is. A finding points at the template, at the line on which
    its kind stands: helm does not say more.
    """
    if not has("helm"):
        read.failed(f"{folder}", "a Helm chart, and helm is not on the PATH", "install helm")
        return
    try:
        text = run("helm", "template", _release(folder), str(folder))
    except SourceError as error:
        read.failed(str(folder), error.message)
        return
    read.files.append(str(folder))
    ends = [*(found.start() for found in _SOURCE.finditer(text)), len(text)]
    for found, end in zip(_SOURCE.finditer(text), ends[1:], strict=True):
        # The first part is the chart's name, which need not be the folder's.
        template = folder.joinpath(*Path(found[1]).parts[1:])
        _read_rendered(read, text[found.end() : end].removesuffix("---\n"), template)


def _read_rendered(read: Read, text: str, template: Path) -> None:
    part = Read()
    read_text(part, text, str(template), note=NOTE)
    source = template.read_text(encoding="utf-8") if template.is_file() else ""
    lines = {found[1]: source.count("\n", 0, found.start()) + 1 for found in _KIND.finditer(source)}
    read.objects += [replace(one, line=lines.get(one.kind, 1), lines="") for one in part.objects]
    for problem in part.unread:
        read.failed(f"{template}, as rendered", problem.why, problem.hint)


def _release(folder: Path) -> str:
    name = re.sub(r"[^a-z0-9-]", "-", folder.resolve().name.lower()).strip("-")
    return name[:53] or "release"
