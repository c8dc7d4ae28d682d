"""What list and show say of resources that are given by hand."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from offcall.core.context import Context
from offcall.core.estate import Estate
from offcall.core.registry import find_tool
from offcall.core.render import View, render

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


def said(tmp_path: Path, tool: str, line: str, **arguments: object) -> str:
    file = tmp_path / "inventory.yaml"
    file.write_text(f"resources:\n  - {line}\n", encoding="utf-8")
    with Context(Estate(), now=NOW) as ctx:
        found = find_tool(f"lifecycle {tool}").call(ctx, inventory=[file], **arguments)
        return render(found, "plain", View(now=NOW, zone=UTC, color=False, width=200))


def test_a_node_group_past_its_end_says_so_in_the_list(tmp_path: Path) -> None:
    nodes = '{engine: eks, kind: eks nodegroup, version: "1.30", name: ng, cluster: prod}'
    shown = said(tmp_path, "list", nodes)
    assert "support is over, AWS does nothing" in shown
    assert "nothing is announced" not in shown


def test_a_runtime_past_its_last_block_says_so_in_the_list(tmp_path: Path) -> None:
    shown = said(tmp_path, "list", "{engine: lambda, version: python2.7, name: old}")
    assert "updates are blocked" in shown


def test_a_minor_whose_end_is_not_known_says_how_to_ask(tmp_path: Path) -> None:
    shown = said(tmp_path, "show", '{engine: postgres, version: "16.3", name: db}', resource="db")
    assert "end of this minor version" in shown
    assert "not known here; ask AWS: aws rds describe-db-engine-versions --engine postgres" in shown


def test_the_way_is_shown_hop_by_hop(tmp_path: Path) -> None:
    line = '{engine: mysql, version: "5.7.44", name: db}'
    shown = said(tmp_path, "show", line, resource="db")
    assert "move to 8.0 (next major version" in shown
    assert "then 8.4 (longest standard support" in shown
    assert "--target-engine-version 8.4" not in shown
    listed = said(tmp_path, "list", line)
    assert "8.0" in listed
    assert "ask AWS" in said(tmp_path, "list", '{engine: postgres, version: "13.23", name: db}')
