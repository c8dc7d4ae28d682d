"""What an ARN tells of a resource, and what may not stand beside it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from offcall.core.errors import UserError
from offcall.lifecycle.reading.file import read_file
from offcall.lifecycle.snapshot import Running

HOME = "eu-west-1:111122223333"


def of(engine: str, arn: str, version: str = "1", **more: Any) -> Running:
    return Running.model_validate({"engine": engine, "version": version, "arn": arn, **more})


@pytest.mark.parametrize(
    ("engine", "arn", "kind", "name"),
    [
        ("postgres", f"arn:aws:rds:{HOME}:db:orders", "rds instance", "orders"),
        ("postgres", f"arn:aws:rds:{HOME}:cluster:orders", "rds cluster", "orders"),
        ("aurora-mysql", f"arn:aws:rds:{HOME}:cluster:carts", "aurora cluster", "carts"),
        ("aurora-mysql", f"arn:aws:rds:{HOME}:db:carts-1", "rds instance", "carts-1"),
        ("docdb", f"arn:aws:rds:{HOME}:cluster:docs", "documentdb cluster", "docs"),
        ("neptune", f"arn:aws:rds:{HOME}:cluster:graph", "neptune cluster", "graph"),
        ("eks", f"arn:aws:eks:{HOME}:cluster/prod", "eks cluster", "prod"),
        ("eks", f"arn:aws:eks:{HOME}:nodegroup/prod/ng/1b2c", "eks nodegroup", "ng"),
        ("kafka", f"arn:aws-cn:kafka:{HOME}:cluster/log/8f0e-1", "msk cluster", "log"),
        ("lambda", f"arn:aws:lambda:{HOME}:function:resize", "lambda function", "resize"),
        ("lambda", f"arn:aws:lambda:{HOME}:function:resize:live", "lambda function", "resize"),
        ("opensearch", f"arn:aws:es:{HOME}:domain/logs", "opensearch domain", "logs"),
        ("redis", f"arn:aws:elasticache:{HOME}:replicationgroup:s", "elasticache cluster", "s"),
    ],
)
def test_kind_and_name_come_from_the_arn(engine: str, arn: str, kind: str, name: str) -> None:
    found = of(engine, arn)
    assert (found.kind, found.name, found.region, found.account) == (kind, name, *HOME.split(":"))
    if kind == "eks nodegroup":
        assert found.cluster == "prod"


def test_a_kind_written_with_dashes_agrees_with_its_arn() -> None:
    arn = f"arn:aws:eks:{HOME}:nodegroup/prod/ng/1b2c"
    assert of("eks", arn, kind="EKS-Nodegroup").kind == "eks nodegroup"


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (
            f'{{engine: eks, version: "1.31", kind: eks cluster, '
            f'arn: "arn:aws:eks:{HOME}:nodegroup/prod/ng/1"}}',
            "kind is 'eks cluster', but the ARN is of kind 'eks nodegroup'",
        ),
        (
            f'{{engine: eks, version: "1.31", arn: "arn:aws:rds:{HOME}:db:x"}}',
            "the ARN is of rds, which does not run eks",
        ),
        ('{engine: eks, version: "1.31", name: "a\\nb"}', "control character"),
        ('{engine: eks, version: "1.31\\u001b[2J", name: a}', "control character"),
    ],
)
def test_contradictions_and_control_characters_are_errors_with_their_line(
    tmp_path: Path, line: str, words: str
) -> None:
    file = tmp_path / "inventory.yaml"
    file.write_text(f"resources:\n  - {{engine: eks, version: '1.31', name: ok}}\n  - {line}\n")
    with pytest.raises(UserError) as caught:
        read_file(file)
    assert words in str(caught.value)
    assert caught.value.line == 3
    assert caught.value.file == str(file)


def test_a_contradiction_in_a_table_has_its_line(tmp_path: Path) -> None:
    file = tmp_path / "inventory.csv"
    file.write_text(
        f"engine,version,kind,arn\neks,1.31,rds instance,arn:aws:eks:{HOME}:cluster/a\n"
    )
    with pytest.raises(UserError, match="but the ARN is of kind 'eks cluster'") as caught:
        read_file(file)
    assert caught.value.line == 2


def test_a_table_can_say_the_engine_mode(tmp_path: Path) -> None:
    file = tmp_path / "inventory.csv"
    file.write_text("engine,version,name,engine_mode\naurora-mysql,5.7.12,v1,serverless\n")
    [one] = read_file(file).resources
    assert one.engine_mode == "serverless"
