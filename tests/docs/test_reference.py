"""The generated pages are up to date, and nothing that people use is left out of them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from offcall.core.checks import checks_by_room
from offcall.core.registry import Tool, all_tools
from scripts.docsgen.console import parse, run_status
from scripts.docsgen.errors import every_error
from scripts.docsgen.estate import undescribed
from scripts.docsgen.examples import EXAMPLES
from scripts.docsgen.pages import GENERATED, ROOT

TOOLS = all_tools()
DEMOS = [line for lines in EXAMPLES.values() for line in lines if "--demo" in line]


@pytest.mark.parametrize("name", GENERATED)
def test_a_generated_page_is_what_the_code_says(name: str) -> None:
    committed = (ROOT / name).read_text(encoding="utf-8")
    assert committed == GENERATED[name](), "run `make docs`, read the difference, commit it"


@pytest.mark.parametrize("tool", TOOLS, ids=lambda tool: tool.slug)
def test_every_tool_is_documented_with_an_example(tool: Tool) -> None:
    page = (ROOT / "docs/reference/commands.md").read_text(encoding="utf-8")
    assert f"\n### offcall {tool.name}\n" in page
    assert all(one.about.help for one in tool.parameters)
    examples = EXAMPLES.get(tool.name)
    assert examples, f"scripts/docsgen/examples.py has none for {tool.name!r}"
    for example in examples:
        context = parse(example)
        assert context.command_path == f"offcall {tool.name}"


def test_examples_are_of_tools_that_exist() -> None:
    assert set(EXAMPLES) <= {tool.name for tool in TOOLS}


@pytest.mark.parametrize("command", DEMOS)
def test_an_example_runs(command: str, tmp_path: Path) -> None:
    status, output = run_status(command, folder=tmp_path)
    assert status == 0, output
    # A ">" that nobody quoted writes files that nobody meant.
    written = {path.name for path in tmp_path.iterdir()}
    meant = set(re.findall(r"(?:\s>|--save) (\S+)", command))
    assert written == meant
    assert output or written


def test_every_check_is_documented() -> None:
    page = (ROOT / "docs/reference/checks.md").read_text(encoding="utf-8")
    checks = [one for several in checks_by_room().values() for one in several]
    assert checks
    for one in checks:
        assert f"\n### {one.id}\n" in page
        assert one.rationale
        assert one.source.startswith("https://")


def test_every_setting_says_what_it_means() -> None:
    assert list(undescribed()) == []


def test_every_error_says_what_it_means() -> None:
    page = (ROOT / "docs/reference/errors.md").read_text(encoding="utf-8")
    for kind, _ in every_error():
        assert kind.__doc__, kind
        assert f"\n## {kind.__name__}\n" in page
