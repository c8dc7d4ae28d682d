from __future__ import annotations

import io
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import ClassVar

import pytest

from offcall.core.context import Context
from offcall.core.errors import SnapshotError
from offcall.core.estate import Estate
from offcall.core.snapshots import Snapshot, Unread


class Facts(Snapshot):
    kind: ClassVar[str] = "offcall.test/1"

    versions: dict[str, str]


FACTS = Facts(
    taken_at=datetime(2026, 11, 24, 9, tzinfo=UTC),
    source="a test",
    unread=(Unread(what="account 3", why="AccessDenied"),),
    versions={"orders": "11.19", "ü": "日本"},
)


def test_what_is_saved_is_loaded(tmp_path: Path) -> None:
    file = tmp_path / "facts.json"
    FACTS.save(file)
    assert Facts.load(file) == FACTS
    assert json.loads(file.read_text(encoding="utf-8"))["snapshot"] == "offcall.test/1"
    assert [path.name for path in tmp_path.iterdir()] == ["facts.json"]


def test_writing_is_private_and_disturbs_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "facts.json"
    theirs = tmp_path / "facts.json.part"
    theirs.write_text("somebody else's")
    moved: list[tuple[str, int]] = []
    replace = Path.replace

    def watched(self: Path, target: Path) -> Path:
        moved.append((self.name, self.stat().st_mode & 0o777))
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", watched)
    FACTS.save(file)
    FACTS.save(file)
    assert len({name for name, _ in moved}) == 2
    assert {mode for _, mode in moved} == {0o600}
    assert theirs.read_text() == "somebody else's"


def test_what_cannot_be_written_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    with pytest.raises(SnapshotError, match="cannot write the snapshot"):
        FACTS.save(tmp_path / "folder")
    with pytest.raises(SnapshotError, match="cannot write the snapshot"):
        FACTS.save(tmp_path / "nowhere" / "facts.json")
    assert [path.name for path in tmp_path.iterdir()] == ["folder"]


def test_standard_input(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    FACTS.save(tmp_path / "f")
    text = (tmp_path / "f").read_text(encoding="utf-8")
    monkeypatch.setattr("sys.stdin", io.StringIO(text))
    assert Facts.load(Path("-")) == FACTS


@pytest.mark.parametrize(
    ("body", "said", "line"),
    [
        (b'{"snapshot": "offcall.test/1",\n', "not JSON", 2),
        (b"", "not JSON", 1),
        (b"[1]", "not the snapshot", None),
        (b"{}", "not the snapshot", None),
        (b'{"snapshot": "offcall.other/1"}', "not the snapshot", None),
        (b"\xff\xfe", "UTF-8", None),
        (b'{"snapshot": "offcall.test/1"}', "taken_at: Field required", None),
        (
            b'{"snapshot": "offcall.test/1", "taken_at": "yesterday", "source": "x"}',
            "taken_at: Input should be a valid datetime",
            None,
        ),
        (
            b'{"snapshot": "offcall.test/1", "taken_at": "2026-01-01T00:00:00Z", "source": "x",'
            b' "versions": {}, "more": 1}',
            "more: Extra inputs are not permitted",
            None,
        ),
        (b"[" * 100_000, "nested too deeply", None),
    ],
)
def test_what_cannot_be_judged(tmp_path: Path, body: bytes, said: str, line: int | None) -> None:
    file = tmp_path / "facts.json"
    file.write_bytes(body)
    with pytest.raises(SnapshotError) as caught:
        Facts.load(file)
    assert said in caught.value.message
    assert caught.value.file == str(file)
    assert caught.value.line == line


def test_missing_file(tmp_path: Path) -> None:
    with pytest.raises(SnapshotError, match="No such file"):
        Facts.load(tmp_path / "no.json")


def test_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(SnapshotError, match="cannot write the snapshot"):
        FACTS.save(tmp_path / "no" / "facts.json")


def test_context_reads_once_saves_and_loads(tmp_path: Path) -> None:
    file = tmp_path / "facts.json"
    reads: list[int] = []

    def read() -> Facts:
        reads.append(1)
        return FACTS

    with Context(Estate(), save=file) as ctx:
        assert ctx.snapshot(Facts, read) is FACTS
    with Context(Estate(), load=file) as ctx:
        assert ctx.snapshot(Facts, read) == FACTS
    assert reads == [1]
    # Loaded and saved again is the same file.
    with Context(Estate(), load=file, save=tmp_path / "again.json") as ctx:
        ctx.snapshot(Facts, read)
    assert (tmp_path / "again.json").read_bytes() == file.read_bytes()
