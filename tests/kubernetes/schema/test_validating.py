"""What is found in manifests as people write them, with the words."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from offcall.core.errors import UserError
from offcall.kubernetes.schema.types import Kind, Mismatch
from offcall.kubernetes.schema.validating import (
    Schemas,
    known_versions,
    minor_of,
    schemas,
    validate,
)

GOOD = """
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, labels: {app: web}, annotations: null}
spec:
  replicas: 3
  strategy: {rollingUpdate: {maxSurge: 1, maxUnavailable: 25%}}
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      topologySpreadConstraints:
        - {maxSkew: 1, topologyKey: topology.kubernetes.io/zone, whenUnsatisfiable: DoNotSchedule}
      containers:
        - name: web
          image: web
          env: [{name: PORT, value: "8080"}]
          resources: {requests: {cpu: 1, memory: 64Mi}}
          readinessProbe: {httpGet: {port: 8080}}
"""


def deployment() -> dict[str, Any]:
    """A manifest without a fault."""
    body: dict[str, Any] = yaml.safe_load(GOOD)
    return body


def pod(**spec: Any) -> dict[str, Any]:
    """A pod with these fields in its spec."""
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "a"},
        "spec": {"containers": [{"name": "a"}], **spec},
    }


def only(body: dict[str, Any], version: str = "1.36") -> Mismatch:
    """The one mismatch that it has."""
    found = validate(body, version)
    assert len(found) == 1, found
    return found[0]


@pytest.mark.parametrize("version", known_versions())
def test_a_good_manifest_passes_in_every_version(version: str) -> None:
    assert validate(deployment(), version) == []


SPREAD = {"maxSkew": 1, "topologyKey": "z", "whenUnsatisfiable": "DoNotSchedule"}


@pytest.mark.parametrize(
    ("spec", "place", "kind", "said", "hint"),
    [
        (
            {"topologySpreadConstraints": [{**SPREAD, "whenUnsatisfied": "DoNotSchedule"}]},
            "spec.topologySpreadConstraints[0].whenUnsatisfied",
            Kind.UNKNOWN_FIELD,
            "TopologySpreadConstraint has no field 'whenUnsatisfied'",
            "did you mean 'whenUnsatisfiable'?",
        ),
        (
            {"topologySpreadConstraints": [{"maxSkew": 1, "topologyKey": "z"}]},
            "spec.topologySpreadConstraints[0].whenUnsatisfiable",
            Kind.MISSING_FIELD,
            "the field 'whenUnsatisfiable' is required",
            None,
        ),
        (
            {"topologySpreadConstraints": [{**SPREAD, "whenUnsatisfiable": "Schedule"}]},
            "spec.topologySpreadConstraints[0].whenUnsatisfiable",
            Kind.WRONG_VALUE,
            "'Schedule' is not a value of this field",
            None,
        ),
        (
            {"affinity": {"podAffinity": {"requiredDuringSchedulingRequiredDuringExecution": []}}},
            "spec.affinity.podAffinity.requiredDuringSchedulingRequiredDuringExecution",
            Kind.UNKNOWN_FIELD,
            "PodAffinity has no field 'requiredDuringSchedulingRequiredDuringExecution'",
            "it does not exist in the API: affinity is only looked at when a pod is placed, in "
            "requiredDuringSchedulingIgnoredDuringExecution and "
            "preferredDuringSchedulingIgnoredDuringExecution",
        ),
        (
            {"terminationGracePeriodSeconds": "30"},
            "spec.terminationGracePeriodSeconds",
            Kind.WRONG_TYPE,
            "a string stands where a whole number belongs",
            "write it without quotes",
        ),
        (
            {"containers": [{"name": "a", "terminationGracePeriodSeconds": 30}]},
            "spec.containers[0].terminationGracePeriodSeconds",
            Kind.UNKNOWN_FIELD,
            "Container has no field 'terminationGracePeriodSeconds'",
            "it belongs to spec.terminationGracePeriodSeconds",
        ),
        (
            {"containers": [{"name": "a", "readynessProbe": {}}]},
            "spec.containers[0].readynessProbe",
            Kind.UNKNOWN_FIELD,
            "Container has no field 'readynessProbe'",
            "did you mean 'readinessProbe'?",
        ),
        (
            {"containers": [{"name": "a", "env": [{"name": "PORT", "value": 8080}]}]},
            "spec.containers[0].env[0].value",
            Kind.WRONG_TYPE,
            "a number stands where a string belongs",
            "put it in quotes",
        ),
        (
            {"containers": [{"name": "a", "resources": {"limits": {"memory": "512MB"}}}]},
            "spec.containers[0].resources.limits.memory",
            Kind.WRONG_VALUE,
            "'512MB' is not a quantity; 512Mi or 512M is",
            None,
        ),
        (
            {"containers": [{"name": "a", "ports": {"containerPort": 80}}]},
            "spec.containers[0].ports",
            Kind.WRONG_TYPE,
            "an object stands where a list belongs",
            "begin it with '- '",
        ),
        (
            {"containers": {"name": "a"}},
            "spec.containers",
            Kind.WRONG_TYPE,
            "an object stands where a list belongs",
            "begin it with '- '",
        ),
        (
            {"nodeSelector": {"kubernetes.io/arch": True}},
            "spec.nodeSelector['kubernetes.io/arch']",
            Kind.WRONG_TYPE,
            "the boolean true stands where a string belongs",
            "put it in quotes",
        ),
        (
            {"activeDeadlineSeconds": 1.5},
            "spec.activeDeadlineSeconds",
            Kind.WRONG_TYPE,
            "not a whole number",
            None,
        ),
        (
            {"priority": 2**31},
            "spec.priority",
            Kind.WRONG_VALUE,
            "it does not fit into 32 bits",
            None,
        ),
    ],
)
def test_what_is_wrong_with_a_pod(
    spec: dict[str, Any], place: str, kind: Kind, said: str, hint: str | None
) -> None:
    one = only(pod(**spec))
    assert (one.place, one.kind, one.message, one.hint) == (place, kind, said, hint)


def test_the_pod_disruption_budget_of_the_article() -> None:
    body = {
        "apiVersion": "policy/v1",
        "kind": "PodDisruptionBudget",
        "spec": {"minAvailable": 1, "alwaysAllowUnhealthyPodEviction": True},
    }
    one = only(body)
    assert one.kind is Kind.UNKNOWN_FIELD
    assert one.hint == "write 'unhealthyPodEvictionPolicy: AlwaysAllow'"


def test_fields_under_the_wrong_parent() -> None:
    body = deployment()
    body["spec"]["template"]["replicas"] = 3
    assert only(body).hint == "it belongs to spec.replicas"
    body = deployment()
    body["spec"]["serviceAccountName"] = "web"
    assert only(body).hint == "it belongs to spec.template.spec.serviceAccountName"
    body = deployment()
    body["labels"] = {}
    assert only(body).hint == "it belongs to metadata.labels"


def test_a_workload_needs_its_spec() -> None:
    body = deployment()
    del body["spec"]
    assert (only(body).place, only(body).kind) == ("spec", Kind.MISSING_FIELD)


def test_a_field_of_a_later_version() -> None:
    body = {
        "apiVersion": "v1",
        "kind": "Service",
        "spec": {"trafficDistribution": "PreferClose"},
    }
    one = only(body, "1.29")
    assert one.kind is Kind.LATER_FIELD
    assert one.message == (
        "'trafficDistribution' of ServiceSpec came with Kubernetes 1.30, and this is 1.29"
    )
    assert validate(body, "1.30") == []


def test_a_field_that_is_gone() -> None:
    body = pod(
        resourceClaims=[{"name": "gpu", "source": {"resourceClaimName": "gpu"}}],
    )
    assert validate(body, "1.30") == []
    one = only(body, "1.31")
    assert one.kind is Kind.REMOVED_FIELD
    assert one.message == (
        "'source' of PodResourceClaim is gone since Kubernetes 1.31, and this is 1.31"
    )


def test_null_is_not_set() -> None:
    assert validate(pod(nodeSelector=None, priority=None), "1.36") == []
    one = only(pod(containers=None))
    assert (one.place, one.kind) == ("spec.containers", Kind.MISSING_FIELD)


def test_an_empty_value_is_none_where_none_is_allowed() -> None:
    assert validate(pod(restartPolicy=""), "1.36") == []
    assert only(pod(topologySpreadConstraints=[{**SPREAD, "whenUnsatisfiable": ""}])).expected == (
        "DoNotSchedule, ScheduleAnyway"
    )


def test_secrets_are_never_quoted() -> None:
    body = {
        "apiVersion": "v1",
        "kind": "Secret",
        "data": {"a": "hunter2!", "b": 271828},
        "stringData": {"c": 314159},
    }
    found = validate(body, "1.36")
    assert [one.place for one in found] == ["data.a", "data.b", "stringData.c"]
    for one in found:
        assert not any(
            secret in str(text)
            for text in (one.message, one.expected, one.hint)
            for secret in ("hunter2", "271828", "314159")
        )


def test_every_number_of_kubernetes_fits() -> None:
    """Whole numbers may be written as floats, and YAML's dates are strings."""
    body = pod(priority=3.0)
    body["metadata"]["annotations"] = yaml.safe_load("released: 2026-01-31")
    assert validate(body, "1.36") == []


@pytest.mark.parametrize(
    ("name", "version", "kind", "said", "hint"),
    [
        (
            "policy/v1beta1 PodDisruptionBudget",
            "1.36",
            Kind.REMOVED_API,
            "policy/v1beta1 PodDisruptionBudget is no longer served since Kubernetes 1.25",
            "use policy/v1 PodDisruptionBudget",
        ),
        (
            "policy/v1beta1 PodSecurityPolicy",
            "1.36",
            Kind.REMOVED_API,
            "policy/v1beta1 PodSecurityPolicy is no longer served since Kubernetes 1.25",
            "nothing replaces it",
        ),
        (
            "extensions/v1beta1 Ingress",
            "1.25",
            Kind.REMOVED_API,
            "extensions/v1beta1 Ingress is no longer served since Kubernetes 1.22",
            "use networking.k8s.io/v1 Ingress",
        ),
        (
            "autoscaling/v2beta2 HorizontalPodAutoscaler",
            "1.36",
            Kind.REMOVED_API,
            "autoscaling/v2beta2 HorizontalPodAutoscaler is no longer served since Kubernetes 1.26",
            "use autoscaling/v2 HorizontalPodAutoscaler",
        ),
        (
            "v1 Endpoints",
            "1.36",
            Kind.DEPRECATED_API,
            "v1 Endpoints is deprecated since Kubernetes 1.33",
            "use discovery.k8s.io/v1 EndpointSlice",
        ),
        (
            "storage.k8s.io/v1beta1 VolumeAttributesClass",
            "1.36",
            Kind.DEPRECATED_API,
            "storage.k8s.io/v1beta1 VolumeAttributesClass is deprecated since Kubernetes 1.34 "
            "and is to go with 1.37",
            "use storage.k8s.io/v1 VolumeAttributesClass",
        ),
        (
            "admissionregistration.k8s.io/v1 ValidatingAdmissionPolicy",
            "1.29",
            Kind.LATER_API,
            "admissionregistration.k8s.io/v1 ValidatingAdmissionPolicy came with Kubernetes "
            "1.30, and this is 1.29",
            "use admissionregistration.k8s.io/v1beta1 ValidatingAdmissionPolicy",
        ),
        (
            "v1 Deployment",
            "1.36",
            Kind.UNKNOWN_API,
            "Deployment is not in v1",
            "use apps/v1 Deployment",
        ),
        (
            "apps/v1 Deploymnt",
            "1.36",
            Kind.UNKNOWN_API,
            "apps/v1 has no kind Deploymnt",
            "did you mean 'Deployment'?",
        ),
    ],
)
def test_what_is_said_of_api_versions(
    name: str, version: str, kind: Kind, said: str, hint: str | None
) -> None:
    api_version, _, named = name.partition(" ")
    found = validate({"apiVersion": api_version, "kind": named}, version)
    about = [one for one in found if one.path in {("apiVersion",), ("kind",)}]
    assert [(one.kind, one.message, one.hint) for one in about] == [(kind, said, hint)]


def test_without_a_kind_it_is_no_object() -> None:
    found = validate({"apiVersion": 1}, "1.36")
    assert [(one.place, one.kind) for one in found] == [
        ("apiVersion", Kind.WRONG_TYPE),
        ("kind", Kind.MISSING_FIELD),
    ]


@pytest.mark.parametrize(
    "name",
    [
        *("v1 List", "v1 Config", "kubelet.config.k8s.io/v1beta1 KubeletConfiguration"),
        *("kustomize.config.k8s.io/v1beta1 Kustomization", "example.com/v1 Deployment"),
        *("gateway.networking.k8s.io/v1 HTTPRoute", "v1 ConfigMapList", "builtin LabelTransformer"),
    ],
)
def test_what_is_not_judged(name: str) -> None:
    version, _, kind = name.partition(" ")
    assert not schemas(36).knows(version, kind)
    assert validate({"apiVersion": version, "kind": kind, "spec": 1}, "1.36") == []


def test_what_is_judged() -> None:
    for name in ("apps/v1 Deployment", "apps/v1 Deploymnt", "extensions/v1beta1 Ingress"):
        assert schemas(36).knows(*name.split(" "))
    assert schemas(36).knows("karpenter.sh/v1", "NodePool")


@pytest.mark.parametrize("version", ["1.36", "v1.36", "1.36.4", "v1.36.4-eks-3025e55"])
def test_how_versions_are_written(version: str) -> None:
    assert minor_of(version) == 36


@pytest.mark.parametrize("version", ["", "2.36", "1.24", "1.99", "36", "latest"])
def test_versions_without_schemas(version: str) -> None:
    with pytest.raises(UserError) as refused:
        validate(deployment(), version)
    assert refused.value.value == version
    assert refused.value.expected == f"{known_versions()[0]} to {known_versions()[-1]}"


def test_a_reader_may_keep_how_values_were_written() -> None:
    """ruamel.yaml's own types of strings and numbers are strings and numbers."""
    from ruamel.yaml import YAML

    kept = YAML(typ="rt").load(GOOD + "  paused: yes-it-is\n")
    assert [one.place for one in Schemas(36).validate(kept)] == ["spec.paused"]
