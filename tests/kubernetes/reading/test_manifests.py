from __future__ import annotations

import json
from pathlib import Path

import pytest

from offcall.kubernetes.objects import Object
from offcall.kubernetes.paths import parse
from offcall.kubernetes.reading.manifests import Read, read_text
from offcall.kubernetes.snapshot import Cluster
from tests.kubernetes.build import cluster

TWO = """\
# a comment
apiVersion: v1
kind: Service
metadata:
  name: web
spec:
  ports:
    - port: 80
      targetPort: http
    - {port: 443,
       targetPort: https}
  selector: {app: web}
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  namespace: shop
"""


def read(text: str) -> Read:
    found = Read()
    read_text(found, text, "web.yaml")
    return found


def only(text: str) -> Object:
    (found,) = read(text).objects
    return found


def test_documents_know_their_line_and_namespace() -> None:
    service, deployment = read(TWO).objects
    assert (service.identity, service.line) == ("Service/default/web", 2)
    assert (deployment.identity, deployment.line) == ("Deployment/shop/web", 14)
    assert (deployment.group, service.group) == ("apps", "")


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("", 2),
        ("kind", 3),
        ("metadata.name", 5),
        ("spec.ports", 7),
        ("spec.ports[0]", 8),
        ("spec.ports[0].targetPort", 9),
        ("spec.ports[1]", 10),
        ("spec.ports[1].port", 10),
        ("spec.ports[1].targetPort", 11),
        ("spec.selector.app", 12),
        # What is not there: the nearest thing above it.
        ("spec.ports[0].name", 8),
        ("spec.ports[7]", 7),
        ("spec.type", 6),
        ("status.phase", 2),
        ("metadata.name.more", 5),
    ],
)
def test_every_field_knows_its_line_also_after_saving(path: str, line: int, tmp_path: Path) -> None:
    found = read(TWO).objects[0]
    assert found.line_of(parse(path)) == line
    saved = cluster(TWO)
    saved.save(tmp_path / "facts.json")
    assert Cluster.load(tmp_path / "facts.json").objects[0].line_of(parse(path)) == line


def test_the_members_of_a_list_are_objects_with_lines_of_their_own() -> None:
    text = """\
apiVersion: v1
kind: List
items:
  - apiVersion: v1
    kind: ConfigMap
    metadata: {name: a}
  - apiVersion: v1
    kind: ConfigMap
    metadata:
      name: b
"""
    first, second = read(text).objects
    assert (first.line, second.line) == (4, 7)
    assert second.line_of(parse("metadata.name")) == 10


@pytest.mark.parametrize("indent", [None, 2, "\t"])
def test_json_is_read_as_it_is_written(indent: int | str | None) -> None:
    body = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a", "labels": {"b": "ü\t"}}}
    found = only(json.dumps(body, indent=indent))
    assert found.body == body
    assert found.line_of(parse("metadata.name")) == (1 if indent is None else 5)


def test_a_list_in_json_is_read() -> None:
    one = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a"}}
    text = json.dumps({"apiVersion": "v1", "kind": "PodList", "items": [one, one]}, indent=1)
    assert [found.name for found in read(text).objects] == ["a", "a"]


def test_a_broken_document_is_named_and_hides_no_other() -> None:
    found = read(TWO + "---\nkind: [\n---\napiVersion: v1\nkind: Pod\nmetadata: {name: last}\n")
    assert [one.name for one in found.objects] == ["web", "web", "last"]
    (unread,) = found.unread
    assert unread.what.startswith("web.yaml:2")
    assert "not valid YAML" in unread.why


def test_what_is_no_object_is_counted_and_not_an_error() -> None:
    found = read("name: a\nversion: 1\n")
    assert (found.objects, found.unread, found.others) == ([], [], ["web.yaml"])
    found = read(TWO + "---\nreplicas: 3\n---\n- a\n- b\n---\njust text\n")
    assert len(found.objects) == 2
    assert found.unread == []
    assert found.others == ["web.yaml:20", "web.yaml:22", "web.yaml:23", "web.yaml:25"]


def test_an_object_without_a_name_is_named() -> None:
    found = read("apiVersion: v1\nkind: Pod\nspec: {}\n")
    assert [(one.what, one.why) for one in found.unread] == [("web.yaml:1", "a Pod without a name")]


def test_the_values_of_a_secret_are_kept_nowhere(tmp_path: Path) -> None:
    text = """\
apiVersion: v1
kind: Secret
metadata:
  name: db
  annotations:
    kubectl.kubernetes.io/last-applied-configuration: '{"data": "aHVudGVyMg=="}'
    team: a
data: {password: aHVudGVyMg==}
stringData: {token: hunter2, port: 5432}
type: Opaque
"""
    found = cluster(text)
    found.save(tmp_path / "facts.json")
    saved = (tmp_path / "facts.json").read_text()
    assert "hunter2" not in saved
    assert "aHVudGVyMg" not in saved
    (secret,) = found.objects
    assert secret.body["data"] == {"password": ""}
    # What is wrong in kind stays so for the schema to see.
    assert secret.body["stringData"] == {"token": "", "port": 5432}
    assert secret.annotations["team"] == "a"
    assert secret.line_of(parse("type")) == 10
