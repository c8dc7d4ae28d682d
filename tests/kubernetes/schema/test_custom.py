"""Custom resources: by the definitions in the input, and by the schemas that we ship."""

from __future__ import annotations

from typing import Any

import pytest

from offcall.kubernetes.schema.custom import defined_by, shipped, shipped_from, shipped_kinds
from offcall.kubernetes.schema.types import Kind
from offcall.kubernetes.schema.validating import Schemas

STRING = {"type": "string"}


def crd(properties: dict[str, Any], **more: Any) -> dict[str, Any]:
    """The definition of a Backup with these fields in its spec."""
    spec = {"type": "object", "properties": properties, **more}
    schema = {"openAPIV3Schema": {"type": "object", "properties": {"spec": spec}}}
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": "backups.example.com"},
        "spec": {
            "group": "example.com",
            "scope": "Namespaced",
            "names": {"kind": "Backup", "plural": "backups"},
            "versions": [{"name": "v1", "served": True, "storage": True, "schema": schema}],
        },
    }


def found(definition: dict[str, Any], spec: Any) -> list[tuple[str, Kind, str | None]]:
    """What is wrong with a Backup."""
    body = {"apiVersion": "example.com/v1", "kind": "Backup", "metadata": {"name": "a"}}
    wrong = Schemas(36, [definition]).validate({**body, "spec": spec})
    return [(one.place, one.kind, one.hint) for one in wrong]


def test_a_definition_in_the_input_is_used() -> None:
    definition = crd(
        {
            "schedule": STRING,
            "keep": {"type": "integer"},
            "port": {"x-kubernetes-int-or-string": True},
            "mode": {"type": "string", "enum": ["Full", "Delta"]},
            "labels": {"type": "object", "additionalProperties": STRING},
            "targets": {"type": "array", "items": {"type": "object", "properties": {"a": STRING}}},
        },
        required=["schedule"],
    )
    assert Schemas(36, [definition]).validate(definition) == []
    good = {"schedule": "1", "keep": 3, "port": "http", "mode": "Full", "labels": {"a": "b"}}
    assert found(definition, {**good, "targets": [{"a": "b"}]}) == []
    bad = {"shedule": "1", "keep": "3", "port": [], "mode": "None", "labels": {"a": 1}}
    assert found(definition, {**bad, "targets": [{"b": 1}]}) == [
        ("spec.shedule", Kind.UNKNOWN_FIELD, "did you mean 'schedule'?"),
        ("spec.keep", Kind.WRONG_TYPE, "write it without quotes"),
        ("spec.port", Kind.WRONG_TYPE, None),
        ("spec.mode", Kind.WRONG_VALUE, None),
        ("spec.labels.a", Kind.WRONG_TYPE, "put it in quotes"),
        ("spec.targets[0].b", Kind.UNKNOWN_FIELD, "known: a"),
        ("spec.schedule", Kind.MISSING_FIELD, None),
    ]


def test_fields_that_the_server_keeps_are_allowed() -> None:
    kept = crd({"a": STRING}, **{"x-kubernetes-preserve-unknown-fields": True})
    assert found(kept, {"b": 1}) == []
    assert found(kept, {"a": 1}) == [("spec.a", Kind.WRONG_TYPE, "put it in quotes")]
    assert found(crd({"a": {"type": "object"}}), {"a": {"b": 1}}) == []


def test_metadata_is_judged_whatever_the_definition_says() -> None:
    body = {"apiVersion": "example.com/v1", "kind": "Backup", "metadata": {"label": {}}}
    (one,) = Schemas(36, [crd({})]).validate(body)
    assert (one.place, one.hint) == ("metadata.label", "did you mean 'labels'?")


def test_the_time_of_creation_that_go_programs_write_is_nothing() -> None:
    template = {"metadata": {"creationTimestamp": None}, "spec": {"containers": [{"name": "a"}]}}
    rollout = {**ROLLOUT, "spec": {**ROLLOUT["spec"], "template": template}}
    assert Schemas(36).validate(rollout) == []
    template["metadata"] = {"creationTimestamp": "2026-01-31T12:00:00Z"}
    place = "spec.template.metadata.creationTimestamp"
    assert [one.place for one in Schemas(36).validate(rollout)] == [place]


@pytest.mark.parametrize(
    "broken",
    [
        {},
        {"spec": 1},
        {"spec": {"names": {"kind": "A"}, "versions": 1}},
        {"spec": {"names": {"kind": "A"}, "versions": [1, {}, {"schema": {"openAPIV3Schema": 1}}]}},
        crd({"a": 1}) | {"metadata": None},
    ],
)
def test_a_broken_definition_does_not_stop_the_others(broken: dict[str, Any]) -> None:
    good = crd({"a": STRING})
    schemas = Schemas(36, [broken, good])
    assert schemas.validate({"apiVersion": "example.com/v1", "kind": "Backup"}) == []
    assert dict(defined_by(good)).keys() == {"example.com/v1 Backup"}


def test_what_we_ship_is_of_named_releases() -> None:
    kinds = {one.rpartition(" ")[2] for one in shipped_kinds()}
    assert kinds >= {"NodePool", "EC2NodeClass", "ScaledObject", "VerticalPodAutoscaler"}
    assert kinds >= {"Rollout", "DestinationRule", "VirtualService"}
    for one in shipped_kinds():
        assert shipped(one) is not None
        assert " v" in (shipped_from(one) or "")


def test_a_definition_in_the_input_comes_before_what_we_ship() -> None:
    own = crd({"mine": STRING})
    own["spec"] |= {"group": "karpenter.sh", "names": {"kind": "NodePool"}}
    body = {"apiVersion": "karpenter.sh/v1", "kind": "NodePool", "spec": {"mine": "x"}}
    assert Schemas(36, [own]).validate(body) == []
    assert [one.place for one in Schemas(36).validate(body)] == ["spec.mine", "spec.template"]


NODE_POOL = {
    "apiVersion": "karpenter.sh/v1",
    "kind": "NodePool",
    "metadata": {"name": "default"},
    "spec": {
        "disruption": {"consolidationPolicy": "WhenEmptyOrUnderutilized", "consolidateAfter": "1m"},
        "limits": {"cpu": 100},
        "template": {
            "spec": {
                "nodeClassRef": {"group": "karpenter.k8s.aws", "kind": "EC2NodeClass", "name": "a"},
                "requirements": [
                    {"key": "karpenter.sh/capacity-type", "operator": "In", "values": ["spot"]}
                ],
            }
        },
    },
}
SCALED_OBJECT = {
    "apiVersion": "keda.sh/v1alpha1",
    "kind": "ScaledObject",
    "spec": {
        "scaleTargetRef": {"name": "web"},
        "minReplicaCount": 2,
        "triggers": [{"type": "cron", "metadata": {"desiredReplicas": "3"}}],
    },
}
RULE = {
    "apiVersion": "networking.istio.io/v1",
    "kind": "DestinationRule",
    "spec": {"host": "web", "trafficPolicy": {"outlierDetection": {"consecutive5xxErrors": 5}}},
}
VPA = {
    "apiVersion": "autoscaling.k8s.io/v1",
    "kind": "VerticalPodAutoscaler",
    "spec": {
        "targetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"},
        "updatePolicy": {"updateMode": "Off"},
    },
}
ROLLOUT: dict[str, Any] = {
    "apiVersion": "argoproj.io/v1alpha1",
    "kind": "Rollout",
    "spec": {
        "replicas": 3,
        "strategy": {"canary": {"steps": [{"setWeight": 20}, {"pause": {"duration": "1h"}}]}},
        "template": {"spec": {"containers": [{"name": "web", "image": "web"}]}},
    },
}


@pytest.mark.parametrize("body", [NODE_POOL, SCALED_OBJECT, RULE, VPA, ROLLOUT])
def test_custom_resources_of_well_known_projects(body: dict[str, Any]) -> None:
    assert Schemas(36).validate(body) == []
    broken = {**body, "spec": {**body["spec"], "notAField": 1}}
    assert [one.place for one in Schemas(36).validate(broken)] == ["spec.notAField"]
