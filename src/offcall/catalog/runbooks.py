"""Which runbook applies to a resource and a topic (an event type code or the id of a rule).

In this order: the estate's rules; Markdown files by their front matter, those that name both the
topic and the resource before those that name one; the resource's runbook tag; the links of the
Backstage entity and of what it is part of; its TechDocs page.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from pydantic import BaseModel, ConfigDict

from offcall.catalog.backstage import find_files, shown
from offcall.catalog.estate import Section
from offcall.catalog.patterns import any_of, names_of, wrong_pattern
from offcall.catalog.problems import Place, Problem
from offcall.core.findings import Resource, Runbook
from offcall.core.yamlnodes import NotUsable, document

if TYPE_CHECKING:
    from offcall.catalog.owners import Entities
    from offcall.core.estate import Estate

__all__ = ["Page", "Runbooks", "read_pages"]

_Fits = Callable[[Iterable[str]], bool]


class Page(BaseModel):
    """A Markdown runbook and what its front matter says that it is for."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: str
    url: str
    applies: tuple[str, ...] = ()
    resources: tuple[str, ...] = ()
    place: Place


def read_pages(section: Section, folder: Path, problems: list[Problem]) -> list[Page]:
    """The Markdown runbooks of the estate; what cannot be read is added to `problems`."""
    pages: dict[Path, Page] = {}
    for pattern, paths in find_files(section.runbook_files, folder):
        if not paths:
            place = Place(file=pattern)
            problems.append(Problem(kind="file", place=place, message="no such runbook file"))
        for path in paths:
            name = shown(path.resolve(), folder.resolve())
            url = section.runbook_url
            try:
                text = path.read_text(encoding="utf-8-sig")
                pages[path] = _page(
                    text, path, name, url.replace("{path}", quote(name)) if url else name
                )
            except OSError as error:
                problems.append(_problem(name, None, f"cannot read: {error.strerror}"))
            except UnicodeDecodeError:
                problems.append(_problem(name, None, "not UTF-8 text"))
            except NotUsable as error:
                problems.append(_problem(name, error.line, error.message))
    return list(pages.values())


def _problem(file: str, line: int | None, message: str) -> Problem:
    return Problem(kind="document", place=Place(file=file, line=line), message=message)


def _page(text: str, path: Path, name: str, url: str) -> Page:
    lines = text.splitlines()
    heading = next((line[2:].strip() for line in lines if line.startswith("# ")), path.stem)
    place = Place(file=name, line=1)
    if not lines or lines[0].rstrip() != "---":
        return Page(title=heading, url=url, place=place)
    end = next((i for i, line in enumerate(lines[1:], 1) if line.rstrip() == "---"), None)
    if end is None:
        raise NotUsable(1, "the front matter has no end; a line with --- is expected")
    node = document("\n".join(lines[1:end]) + "\n", offset=1)
    if node is None:
        return Page(title=heading, url=url, place=place)
    applies, resources = node.texts("applies"), node.texts("resources")
    for pattern in (*applies, *resources):
        if why := wrong_pattern(pattern):
            raise NotUsable(node.line, why)
    return Page(
        title=node.text_at("title") or heading,
        url=node.text_at("url") or url,
        applies=tuple(applies),
        resources=tuple(resources),
        place=place,
    )


class Runbooks:
    """Answers which runbook applies."""

    def __init__(
        self, section: Section, estate: Estate, file: str, entities: Entities, pages: list[Page]
    ) -> None:
        self._tags = section.runbook_tags
        self._known: dict[tuple[str, ...], list[tuple[_Fits | None, Runbook]]] = {}
        self._entities = entities
        self._rules = [
            (
                _fits(rule.topics),
                _fits(rule.resources),
                Runbook(title=rule.title or rule.url, url=rule.url, rule=place),
            )
            for index, rule in enumerate(section.runbooks)
            if (place := _place(estate, file, index))
        ]
        useful = sorted(
            (page for page in pages if page.applies or page.resources),
            key=lambda page: (not (page.applies and page.resources), not page.applies),
        )
        self._pages = [
            (
                _fits(page.applies),
                _fits(page.resources),
                Runbook(title=page.title, url=page.url, rule=f"{page.place} front matter"),
            )
            for page in useful
        ]

    def candidates(self, resource: Resource, topics: tuple[str, ...]) -> Iterator[Runbook]:
        """Every runbook that applies, the one that wins first."""
        names = names_of(resource)
        for fits, runbook in self._about(topics):
            if fits is None or fits(names):
                yield runbook
        yield from self._by_tag(resource)
        yield from self._by_backstage(resource)

    def _about(self, topics: tuple[str, ...]) -> list[tuple[_Fits | None, Runbook]]:
        """What applies to these topics, with the condition on the resource; kept, as few recur."""
        if topics not in self._known:
            self._known[topics] = [
                (of, runbook)
                for on, of, runbook in (*self._rules, *self._pages)
                if on is None or on(topics)
            ]
        return self._known[topics]

    def _by_tag(self, resource: Resource) -> Iterator[Runbook]:
        if not resource.tags:
            return
        tags = {name.casefold(): value.strip() for name, value in resource.tags.items()}
        for name in self._tags:
            if url := tags.get(name.casefold()):
                yield Runbook(title=url, url=url, rule=f"tag {name}")

    def _by_backstage(self, resource: Resource) -> Iterator[Runbook]:
        documents: list[Runbook] = []
        for entity, _ in self._entities.naming(resource):
            for one, _, _ in self._entities.line_of_descent(entity):
                for link in one.links:
                    if link.is_runbook and link.url:
                        title = link.title or f"Runbook of {one.title or one.name}"
                        rule = f"{link.place} link of {one.kind} {one.name}"
                        yield Runbook(title=title, url=link.url, rule=rule)
                if one.techdocs and one.techdocs.startswith("url:"):
                    documents.append(
                        Runbook(
                            title=f"TechDocs of {one.title or one.name}",
                            url=one.techdocs.removeprefix("url:"),
                            rule=f"{one.place} techdocs-ref of {one.kind} {one.name}",
                        )
                    )
        yield from documents


def _place(estate: Estate, file: str, index: int) -> str:
    line = estate.line("catalog", "runbooks", index)
    return file if line is None else f"{file}:{line}"


def _fits(patterns: tuple[str, ...]) -> _Fits | None:
    """Whether one of some names fits; None is no condition."""
    return any_of(patterns) if patterns else None
