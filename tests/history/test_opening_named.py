"""A history whose path somebody wrote: a misspelt one is told, not made."""

from __future__ import annotations

from pathlib import Path

import pytest

from offcall.core.context import Context
from offcall.core.errors import UserError
from offcall.core.estate import Estate
from offcall.history import open_history


class Notes:
    """Progress that keeps what is noted."""

    def __init__(self) -> None:
        self.said: list[str] = []

    def note(self, text: str) -> None:
        self.said.append(text)


def context(folder: Path, history: str) -> Context:
    file = folder / "offcall.yaml"
    file.write_text(f"name: test\nhistory: {history}\n")
    return Context(Estate.load(file), progress=Notes())  # type: ignore[arg-type]


@pytest.mark.parametrize("written", ["missing/h.sqlite", "sqlite:///{}/missing/h.sqlite"])
def test_a_folder_that_is_not_there(tmp_path: Path, written: str) -> None:
    with context(tmp_path, written.format(tmp_path)) as ctx, pytest.raises(UserError) as raised:
        open_history(ctx)
    assert (raised.value.line, raised.value.value) == (2, str(tmp_path / "missing/h.sqlite"))
    assert not (tmp_path / "missing").exists()


def test_a_folder_named_by_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OFFCALL_HISTORY", f"sqlite:///{tmp_path}/missing/h.sqlite")
    with Context(Estate()) as ctx, pytest.raises(UserError, match="not there"):
        open_history(ctx)


def test_a_new_history_is_told_once(tmp_path: Path) -> None:
    for expected in (1, 0):
        with context(tmp_path, "h.sqlite") as ctx:
            open_history(ctx)
            assert isinstance(ctx.progress, Notes)
            assert len(ctx.progress.said) == expected
