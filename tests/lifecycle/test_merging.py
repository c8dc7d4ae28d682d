"""One resource told of several times: in a file, in two files, in a file and by AWS."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from offcall.core.context import Context
from offcall.core.estate import Estate
from offcall.core.registry import find_tool
from offcall.lifecycle.merging import merge
from offcall.lifecycle.snapshot import Running

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
HOME = {"account": "111122223333", "region": "us-east-1"}
ARN = "arn:aws:rds:us-east-1:111122223333:db:orders"


def running(engine: str = "postgres", version: str = "13.20", **more: Any) -> Running:
    given = {"engine": engine, "version": version, "name": "orders", **HOME, **more}
    return Running.model_validate(given)


def written(**more: Any) -> Running:
    return running(**more).model_copy(update={"file": "inventory.yaml", "line": 4})


def test_by_arn_and_by_name() -> None:
    same = [written(), written(arn=ARN), running(arn=ARN)]
    [one], notes = merge(same[:2], same[2:])
    assert (one.arn, one.file) == (ARN, None)
    assert notes == ()


def test_what_aws_says_wins_and_contradictions_are_said() -> None:
    file = written(version="13.18", **{"class": "db.r6g.large"}, tags={"owner": "a"}, vcpu=4)
    live = running(version="13.20", **{"class": "db.r6g.large"}, arn=ARN, tags={"env": "prod"})
    [one], [note] = merge([file], [live])
    assert (one.version, one.vcpu, one.tags) == ("13.20", 4, {"owner": "a", "env": "prod"})
    assert note.what == "rds instance orders, told twice"
    assert note.why == (
        "inventory.yaml:4 contradicts: version 13.18 there, 13.20 from AWS; what AWS says is used"
    )


def test_the_first_file_wins() -> None:
    [one], [note] = merge([written(), written(version="14.1")])
    assert one.version == "13.20"
    assert note.why.endswith("the first is used")


def test_what_a_file_leaves_out_contradicts_nothing() -> None:
    live = running(arn=ARN, **{"class": "db.r6g.large"}, instances=3, extended_support=False)
    assert merge([written()], [live])[1] == ()


def test_what_is_not_the_same() -> None:
    several = [
        written(),
        written(region="eu-west-1"),
        written(account="444455556666"),
        written(engine="aurora-postgresql"),
        written(engine="eks", kind="eks nodegroup", cluster="a"),
        written(engine="eks", kind="eks nodegroup", cluster="b"),
        written(engine="debian", version="11"),
        written(engine="nginx", version="1.24"),
        written(arn="arn:aws:kafka:us-east-1:111122223333:cluster/orders/1", engine="kafka"),
        written(arn="arn:aws:kafka:us-east-1:111122223333:cluster/orders/2", engine="kafka"),
    ]
    kept, notes = merge(several)
    assert list(kept) == several
    assert notes == ()


def test_a_file_that_is_named_twice_is_counted_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OFFCALL_HISTORY", f"sqlite:///{tmp_path}/history.sqlite")
    row = "{engine: postgres, version: '13.20', name: %s, class: db.r6g.large, region: us-east-1}"
    first, second = (row % name for name in ("one", "two"))
    (tmp_path / "a.yaml").write_text(f"resources:\n  - {first}\n  - {second}\n  - {first}\n")
    other = first.replace("13.20", "13.22")
    (tmp_path / "b.yaml").write_text(f"resources:\n  - {other}\n")
    estate = tmp_path / "offcall.yaml"
    estate.write_text("name: X\nlifecycle:\n  inventory: [a.yaml, b.yaml, a.yaml]\n")
    ctx = Context(Estate.load(estate), now=NOW)
    listed = find_tool("lifecycle list").call(ctx)
    assert listed.total == len(listed.versions) == 2  # type: ignore[attr-defined]
    assert listed.source == "a.yaml, b.yaml"  # type: ignore[attr-defined]
    [line] = listed.incomplete()
    assert line == (
        "rds instance one, told twice: b.yaml:2 contradicts: version 13.22 there, "
        "13.20 in a.yaml:2; the first is used"
    )
    checked = find_tool("lifecycle check").call(ctx)
    prints = [one.fingerprint for one in checked.all_findings()]
    assert len(prints) == len(set(prints))
    brief = find_tool("brief").call(ctx)
    paid = [one for one in brief.all_findings() if one.rule == "lifecycle-extended-support-paid"]
    assert sorted(one.resource.name for one in paid if one.resource) == ["one", "two"]
