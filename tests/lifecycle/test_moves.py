"""Where to go: only upgrades that AWS allows, and commands that can be pasted as they are."""

from __future__ import annotations

import shlex
import subprocess
from pathlib import Path
from typing import Any

import pytest

from offcall.lifecycle.regimes import predict
from offcall.lifecycle.regimes.model import Outlook
from tests.lifecycle.make import NOW, inventory, outlook, running

TODAY = "2026-11-24"


def way(found: Outlook) -> list[str]:
    """The moves: "8.0", "then 8.4", "ask"."""
    return [("then " if one.then else "") + (one.version or "ask") for one in found.moves]


@pytest.mark.parametrize(
    ("engine", "version", "expected"),
    [
        ("mysql", "5.7.44", ["8.0", "then 8.4"]),
        ("mysql", "8.0.46", ["8.4"]),
        ("mysql", "8.4.10", []),
        ("postgres", "13.23", ["ask"]),
        ("postgres", "13.20", ["13.23", "ask"]),
        ("mariadb", "10.6.27", ["ask"]),
        ("aurora-postgresql", "16.8-limitless", ["ask"]),
        ("aurora-mysql", "5.7.mysql_aurora.2.11.4", ["ask"]),
        ("opensearch", "OpenSearch_1.0", ["OpenSearch_1.3", "then OpenSearch_3.5"]),
        ("opensearch", "1.3", ["OpenSearch_2.19", "then OpenSearch_3.5"]),
        ("opensearch", "2.11", ["OpenSearch_2.19", "then OpenSearch_3.5"]),
        ("opensearch", "2.19", ["OpenSearch_3.5"]),
        ("opensearch", "3.5", []),
        ("elasticsearch", "5.1", ["Elasticsearch_5.6", "then OpenSearch_3.5"]),
        ("elasticsearch", "6.3", ["Elasticsearch_6.8", "then OpenSearch_3.5"]),
        ("elasticsearch", "6.8", ["OpenSearch_1.3", "then OpenSearch_3.5"]),
        ("opensearch", "Elasticsearch_7.10", ["OpenSearch_1.3", "then OpenSearch_3.5"]),
        ("elasticsearch", "2.3", ["ask"]),
        ("kafka", "2.8.1", ["3.9.x", "then 4.2.x.kraft"]),
        ("kafka", "3.7.x", ["3.9.x", "then 4.2.x.kraft"]),
        ("kafka", "3.9.x", ["3.9.x.kraft", "then 4.2.x.kraft"]),
        ("kafka", "3.7.x.kraft", ["ask"]),
        ("neptune", "1.2.1.0", ["1.3.4.0", "then 1.4.8.0"]),
        ("neptune", "1.3.0.0", ["1.4.8.0"]),
        ("neptune", "1.4.5.0", ["1.4.8.0"]),
        ("docdb", "3.6.0", ["5.0"]),
        ("docdb", "5.0.0", []),
        ("redis", "5.0.6", ["7.1"]),
        ("eks", "1.31", ["1.32", "then 1.34", "then 1.36"]),
    ],
)
def test_the_next_upgrade_is_one_that_aws_allows(
    engine: str, version: str, expected: list[str]
) -> None:
    found = outlook(engine, version, TODAY)
    assert way(found) == expected
    for one in found.moves:
        assert not (one.then and one.commands)


def test_what_only_aws_knows_is_asked_and_nothing_is_invented() -> None:
    [move] = outlook("postgres", "13.23", TODAY).moves
    assert (move.version, move.goal, str(move.supported_until)) == (None, "18", "2031-02-28")
    [command] = move.commands
    assert "describe-db-engine-versions --engine postgres --engine-version 13.23" in command
    assert " --include-all " in command
    assert "13.23" not in move.text.replace("13.23 ", "")


def test_no_major_among_aws_own_targets_is_said() -> None:
    found = outlook("postgres", "13.4", TODAY, upgrade_targets=[{"version": "13.23"}])
    assert way(found) == ["13.23", "ask"]
    assert "upgrade the minor first" in found.moves[1].why


def test_support_that_is_over_at_the_next_hop_is_said() -> None:
    found = outlook("mysql", "5.7.44", TODAY)
    assert "standard support over since 2026-07-31" in found.moves[0].why
    assert found.moves[0].supported_until is None


def _nodes(version: str, **more: Any) -> Outlook:
    found = {"kind": "eks nodegroup", "cluster": "prod", "cluster_version": "1.34", **more}
    return outlook("eks", version, TODAY, **found)


def test_nodes_go_as_far_as_their_control_plane() -> None:
    found = _nodes("1.30")
    assert way(found) == ["1.34"]
    assert "--kubernetes-version 1.34" in found.commands[-1]
    same = _nodes("1.34")
    assert way(same) == ["then 1.36"]
    assert same.commands == ()
    assert "describe-cluster --name prod" in _nodes("1.30", cluster_version=None).commands[0]


def test_the_control_plane_is_found_in_the_inventory() -> None:
    plane = running("eks", "1.32", name="prod")
    nodes = running("eks", "1.30", kind="eks nodegroup", cluster="prod", name="workers")
    found = predict(nodes, inventory(plane, nodes), NOW.date())
    assert way(found) == ["1.32"]


@pytest.mark.parametrize(
    ("engine", "version", "more", "words"),
    [
        ("redis", "5.0.6", {}, "modify-replication-group --replication-group-id orders"),
        (
            "redis",
            "5.0.6",
            {"arn": "arn:aws:elasticache:us-east-1:111122223333:cluster:solo"},
            "modify-cache-cluster --cache-cluster-id orders --engine-version 7.1",
        ),
        ("docdb", "3.6.0", {}, "--engine-version 5.0.0 --allow-major-version-upgrade"),
        ("neptune", "1.2.1.0", {}, "--engine-version 1.3.4.0 --allow-major-version-upgrade"),
        ("opensearch", "1.3", {}, "--target-version OpenSearch_2.19"),
        ("elasticsearch", "6.3", {}, "--target-version Elasticsearch_6.8"),
        ("kafka", "3.7.x", {"arn": "arn:aws:kafka:x"}, "--query ClusterInfo.CurrentVersion"),
        ("lambda", "go1.x", {}, "--runtime provided.al2023 --handler bootstrap"),
    ],
)
def test_commands_are_those_of_the_service(
    engine: str, version: str, more: dict[str, Any], words: str
) -> None:
    found = outlook(engine, version, TODAY, **more)
    assert words in "\n".join(found.commands)
    assert all(one.endswith(" --region us-east-1") for one in found.commands)


def test_neptune_stays_within_a_major_without_the_switch() -> None:
    assert "--allow-major" not in "".join(outlook("neptune", "1.4.5.0", TODAY).commands)


def test_a_blue_green_name_fits_and_its_source_is_an_arn() -> None:
    long = "orders-" + "x" * 56
    command = outlook("mysql", "8.0.46", TODAY, name=long).commands[-1]
    words = shlex.split(command)
    name = words[words.index("--blue-green-deployment-name") + 1]
    assert len(name) <= 60
    assert name.endswith("-8-4")
    assert words[words.index("--source") + 1] == f"arn:aws:rds:us-east-1:111122223333:db:{long}"
    china = outlook("mysql", "8.0.46", TODAY, region="cn-north-1").commands[-1]
    assert "arn:aws-cn:rds:cn-north-1:" in china
    nowhere = outlook("mysql", "8.0.46", TODAY, account=None).commands[-1]
    assert "describe-db-instances --db-instance-identifier orders" in nowhere


VERSIONS = {
    "mysql": "8.0.46",
    "eks": "1.31",
    "redis": "5.0.6",
    "lambda": "python3.9",
    "kafka": "3.7.x",
    "neptune": "1.2.1.0",
    "opensearch": "1.3",
}


@pytest.mark.parametrize("engine", VERSIONS)
def test_names_cannot_leave_their_place_in_a_command(engine: str, tmp_path: Path) -> None:
    evil = f"x; touch {tmp_path}/made; $(touch {tmp_path}/made) 'y'"
    found = outlook(engine, VERSIONS[engine], TODAY, name=evil, arn=f"arn:x:{evil}")
    assert found.commands
    shell = "aws() { printf '%s\\n' \"$@\"; }\n" + "\n".join(found.commands)
    told = subprocess.run(["bash", "-c", shell], capture_output=True, text=True, check=True)
    assert evil in told.stdout
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("runtime", "words"),
    [
        ("go1.x", "executable called bootstrap"),
        ("provided", "build native binaries"),
        ("python3.8", "a big jump, 6 versions of the language at once"),
        ("nodejs22.x", "build and test code"),
    ],
)
def test_a_runtime_says_what_it_asks_of_the_code(runtime: str, words: str) -> None:
    [move] = outlook("lambda", runtime, TODAY).moves
    assert words in move.why
