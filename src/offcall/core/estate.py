"""The estate: one file that says what to look at, who owns what, and where to tell people.

`offcall.yaml` is looked for in the current folder and its parents, then in the user's
configuration folder; `--estate FILE` or OFFCALL_ESTATE names it. Everything works without one.

Each room has a section named after it. The room's own model of the section is the class `Section`
in `offcall/<room>/estate.py`; `Estate.section()` validates it when the room asks.
"""

from __future__ import annotations

import importlib
import importlib.util
import os
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from offcall.core.errors import EstateError
from offcall.core.rooms import rooms_with
from offcall.core.secrets import Secret
from offcall.core.text import did_you_mean
from offcall.core.yamlfile import line_of, load_yaml, validate

__all__ = ["Common", "Estate", "EstateModel", "find_estate", "sections"]

FILE_NAMES = ("offcall.yaml", "offcall.yml")

M = TypeVar("M", bound=BaseModel)


class EstateModel(BaseModel):
    """Base of everything in an estate file: unknown keys are errors, values do not change."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Common(EstateModel):
    """The keys at the top of the file that belong to no room."""

    name: str = Field(default="estate", description="How the estate is called in reports.")
    time_zone: str | None = Field(
        default=None, description="IANA name, such as Europe/Vienna; the machine's zone by default."
    )
    history: Secret | None = Field(
        default=None,
        description="Where history is kept: a SQLAlchemy URL (sqlite:///… or postgresql+psycopg://…).",
    )


class Estate:
    """A parsed estate file, with its line numbers."""

    def __init__(self, node: Any = None, *, path: Path | None = None) -> None:
        self.path = path
        self.node = {} if node is None else node
        file = str(path) if path else "estate"
        if not isinstance(self.node, dict):
            raise EstateError(
                "an estate is a mapping",
                file=file,
                line=1,
                value=type(self.node).__name__,
                expected="keys such as 'health:' and 'catalog:'",
            )
        own = set(Common.model_fields)
        known = {*own, *sections()}
        for key in self.node:
            if key not in known:
                raise EstateError(
                    f"unknown key '{key}' at the top of the file",
                    file=file,
                    line=line_of(self.node, [key]),
                    hint=did_you_mean(str(key), known),
                )
        common = {key: self.node[key] for key in self.node if key in own}
        self.common = validate(Common, common, file=file, root=self.node, error=EstateError)

    @classmethod
    def load(cls, path: Path) -> Estate:
        """Read an estate file.

        Raises:
            EstateError: with file, line and what was meant.
        """
        return cls(load_yaml(path, error=EstateError), path=path)

    @property
    def folder(self) -> Path:
        """What relative paths in the file are relative to."""
        return self.path.parent if self.path else Path.cwd()

    def section(self, name: str, model: type[M]) -> M:
        """The room's part of the file, validated; its defaults when the file has none."""
        node = self.node.get(name)
        return validate(
            model,
            {} if node is None else node,
            file=str(self.path or "estate"),
            prefix=[name],
            root=self.node,
            error=EstateError,
        )

    def line(self, *where: str | int) -> int | None:
        """The line at which something stands, for rules that say where they come from."""
        return line_of(self.node, where)

    def check(self) -> None:
        """Validate every section that the file has."""
        for name in self.node:
            if name in sections():
                self.section(name, section_model(name))


def sections() -> tuple[str, ...]:
    """The names of the sections that rooms define."""
    return tuple(sorted(rooms_with("estate")))


def section_model(name: str) -> type[BaseModel]:
    """The model of one section."""
    model: type[BaseModel] = importlib.import_module(f"{rooms_with('estate')[name]}.estate").Section
    return model


def find_estate(explicit: Path | None = None) -> Path | None:
    """The estate file to use, or None when there is none."""
    if explicit is not None:
        return explicit
    if named := os.environ.get("OFFCALL_ESTATE"):
        return Path(named)
    here = Path.cwd()
    for folder in (here, *here.parents):
        for name in FILE_NAMES:
            if os.path.isfile(folder / name):  # noqa: PTH113 - False where we may not look
                return folder / name
    from platformdirs import user_config_path

    for name in FILE_NAMES:
        if os.path.isfile(user_config_path("offcall") / name):  # noqa: PTH113 - as above
            return user_config_path("offcall") / name
    return None
