"""The pages that people write: their commands work, their outputs are real, their links lead on."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from offcall.core.estate import Estate
from scripts.docsgen.console import Step, blocks, commands_in, parse, run
from scripts.docsgen.pages import GENERATED, ROOT, written_pages
from scripts.docsgen.picture import PICTURES

PAGES = list(written_pages())
STEPS = [
    (page, step)
    for page in PAGES
    for block in blocks(page.read_text(encoding="utf-8"))
    for step in block.steps
    if step.runs
]
COMMANDS = sorted({c for page in PAGES for c in commands_in(page.read_text(encoding="utf-8"))})
ESTATE = re.compile(r"^```yaml\n(# offcall\.yaml\n.*?)^```$", re.MULTILINE | re.DOTALL)
ESTATES = [
    (page, text) for page in PAGES for text in ESTATE.findall(page.read_text(encoding="utf-8"))
]
LINK = re.compile(r"\]\((?!<?https?:|mailto:)([^)#\s]*)(?:#([^)\s]+))?\)")


def where(value: object) -> str:
    if isinstance(value, Path):
        return str(value.relative_to(ROOT))
    return f"line-{value.line}" if isinstance(value, Step) else str(value)


@pytest.mark.parametrize(("page", "step"), STEPS, ids=where)
def test_an_output_is_what_the_command_prints(page: Path, step: Step) -> None:
    assert run(step.command) == step.output, "run `make docs`, read the difference, commit it"


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_exists_with_its_options(command: str) -> None:
    assert parse(command).command_path.startswith("offcall ")


@pytest.mark.parametrize("page", [*PAGES, *(ROOT / name for name in GENERATED)], ids=where)
def test_links_inside_the_repository_lead_somewhere(page: Path) -> None:
    for target, anchor in LINK.findall(page.read_text(encoding="utf-8")):
        found = page.parent / target if target else page
        assert found.exists(), f"{where(page)} links to {target}"
        if anchor and found.suffix == ".md":
            assert anchor in anchors(found), f"{where(page)} links to {target}#{anchor}"


@pytest.mark.parametrize(("page", "text"), ESTATES, ids=lambda value: where(value)[:20])
def test_an_estate_file_can_be_used(page: Path, text: str, tmp_path: Path) -> None:
    file = tmp_path / "offcall.yaml"
    file.write_text(text, encoding="utf-8")
    Estate.load(file).check()


def anchors(page: Path) -> set[str]:
    """The names that a forge gives to the headings of a page."""
    titles = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).strip().replace(" ", "-") for title in titles}


def test_every_decision_is_listed() -> None:
    folder = ROOT / "docs/decisions"
    listed = {target for target, _ in LINK.findall((folder / "README.md").read_text())}
    assert listed == {path.name for path in folder.glob("0*.md")}


def test_the_readme_shows_the_brief_and_every_picture() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert "$ offcall brief --demo" in readme
    for name in PICTURES:
        assert f"]({name})" in readme
        assert 10_000 < (ROOT / name).stat().st_size < 300_000
