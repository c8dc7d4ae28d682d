"""docs/reference/checks.md: every check, from its declaration and its two examples."""

from __future__ import annotations

import json
from collections.abc import Iterator

from offcall.core.checks import Check, Example, checks_by_room
from offcall.core.documents import Document, FindingList
from offcall.core.render import View
from offcall.core.render.markdown import to_markdown
from scripts.docsgen.words import HEADER, table, unwrap

__all__ = ["checks_page"]

INTRO = """# Checks

A check judges a snapshot of facts and gives findings. Each shows here what it says about the
example that its tests use, and the facts that make it say so.

"""

# Longer facts teach nothing more; the tests hold them whole.
MAX_FACT_LINES = 40


def checks_page() -> str:
    """The page as Markdown."""
    every = checks_by_room()
    index = table(
        ("Check", "Severity", "Finds"),
        (
            (f"[`{one.id}`](#{one.id})", str(one.severity), one.title)
            for checks in every.values()
            for one in checks
        ),
    )
    sections = [f"\n## {room}\n" + "".join(map(_check, checks)) for room, checks in every.items()]
    return HEADER + INTRO + index + "".join(sections)


def _check(one: Check) -> str:
    tags = f" · {', '.join(one.tags)}" if one.tags else ""
    return "".join(
        [
            f"\n### {one.id}\n\n**{one.title}.** Usually {one.severity}{tags}.\n\n",
            f"{unwrap(one.rationale)}\n\nSource: <{one.source}>\n",
            "\nIt says:\n\n" + _says(one),
            "\n" + _facts("Facts that give this finding", one.fails),
            "\n" + _facts("Facts that give none", one.passes),
        ]
    )


def _says(one: Check) -> str:
    snapshot = one.fails.snapshot()
    findings = tuple(one(snapshot, one.fails.now))
    document = Document("example", blocks=(FindingList(findings, brief=False),))
    text = to_markdown(document, View(now=one.fails.now))
    # The page has its own title, and headings inside a quotation would join its outline.
    body = [line for line in text.splitlines() if not line.startswith("# ")]
    return "\n".join(f"> {line}".rstrip() for line in _trim(body)) + "\n"


def _trim(lines: list[str]) -> list[str]:
    text = "\n".join(lines).strip("\n")
    return [
        line.lstrip("#").strip() if line.startswith("#") else line for line in text.splitlines()
    ]


def _facts(title: str, example: Example) -> str:
    body = example.snapshot().model_dump(mode="json", exclude_defaults=True)
    lines = list(_cut(json.dumps(body, indent=2, ensure_ascii=False).splitlines()))
    judged = f"{example.now:%Y-%m-%d}"
    facts = "\n".join(lines)
    return (
        f"<details><summary>{title} (judged on {judged})</summary>\n\n"
        f"```json\n{facts}\n```\n\n</details>\n"
    )


def _cut(lines: list[str]) -> Iterator[str]:
    yield from lines[:MAX_FACT_LINES]
    if len(lines) > MAX_FACT_LINES:
        yield f"… {len(lines) - MAX_FACT_LINES} more lines"
