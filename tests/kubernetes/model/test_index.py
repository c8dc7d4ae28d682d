from __future__ import annotations

from dataclasses import replace

from offcall.kubernetes.model.index import Index, index_of
from tests.kubernetes.build import cluster, deployment, index

BESIDE = """
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {name: web, namespace: shop}
spec: {minAvailable: 50%, selector: {matchLabels: {app: web}}}
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {name: all, namespace: shop}
spec: {maxUnavailable: 1, selector: {}}
---
apiVersion: policy/v1beta1
kind: PodDisruptionBudget
metadata: {name: none, namespace: shop}
spec: {maxUnavailable: 1, selector: {}}
---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {selector: {app: web}, ports: [{port: 80}]}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: web, namespace: shop}
spec: {rules: [{http: {paths: [{backend: {service: {name: web}}}]}}]}
---
apiVersion: autoscaling/v1
kind: HorizontalPodAutoscaler
metadata: {name: web, namespace: shop}
spec: {scaleTargetRef: {kind: Deployment, name: web}, maxReplicas: 7}
---
apiVersion: autoscaling.k8s.io/v1
kind: VerticalPodAutoscaler
metadata: {name: web, namespace: shop}
spec: {targetRef: {kind: Deployment, name: web}}
---
apiVersion: keda.sh/v1alpha1
kind: ScaledObject
metadata: {name: other, namespace: shop}
spec: {scaleTargetRef: {name: other}}
---
apiVersion: v1
kind: Namespace
metadata: {name: shop, labels: {env: prod}}
---
apiVersion: v1
kind: LimitRange
metadata: {name: defaults, namespace: shop}
spec: {limits: []}
"""


def both() -> Index:
    return index(deployment("web") + deployment("other") + BESIDE)


def test_what_belongs_to_a_workload_and_the_other_way_round() -> None:
    found = both()
    web, other = found.workloads
    assert [one.name for one in found.budgets_of(web)] == ["web", "all"]
    assert [one.name for one in found.budgets_of(other)] == ["all"]
    assert [one.name for one in found.services_of(web)] == ["web"]
    assert [one.name for one in found.ingresses_of(web)] == ["web"]
    assert [one.name for one in found.vpas_of(web)] == ["web"]
    assert (found.hpas_of(other), found.services_of(other)) == ([], [])
    assert found.workloads_of(found.services[0]) == [web]
    assert [found.workloads_of(one) for one in found.budgets] == [[web], [web, other], []]
    assert found.target_of(found.hpas[0]) is web
    assert found.target_of(found.scaled_objects[0]) is other


def test_replicas_are_those_of_the_autoscaler() -> None:
    found = both()
    web, other = found.workloads
    assert found.replicas_of(web) == (1, 7)
    # What KEDA scales to nothing runs with at least one when it runs.
    assert found.replicas_of(other) == (1, 100)
    assert index(deployment()).replicas_of(index(deployment()).workloads[0]) == (3, 3)


def test_objects_by_name_and_namespace() -> None:
    found = both()
    (web, *_), (namespace,) = found.workloads, found.objects("Namespace")
    assert found.namespace(web.object) is namespace
    assert [one.name for one in found.in_namespace("LimitRange", web.object)] == ["defaults"]
    assert found.named("Service", "web", web.object) is found.services[0].object
    assert found.named("Namespace", "shop", web.object) is namespace
    assert found.named("Service", "other", web.object) is None


def test_an_autoscaler_of_v1_has_metrics_as_v2() -> None:
    (hpa,) = both().hpas
    assert list(hpa.utilizations()) == [("cpu", None)]
    assert hpa.metrics[0]["resource"]["target"]["averageUtilization"] == 80


def test_namespaces_are_apart() -> None:
    found = index(deployment() + BESIDE.replace("namespace: shop", "namespace: x"))
    assert found.budgets_of(found.workloads[0]) == []
    assert found.services_of(found.workloads[0]) == []


def test_the_same_in_two_folders_is_two_clusters() -> None:
    text = deployment() + BESIDE
    objects = cluster(text).objects
    twice = [
        replace(one, file=f"k8s/{env}/{one.kind}.yaml")
        for env in ("dev", "prod")
        for one in objects
    ]
    snapshot = cluster(text).model_copy(update={"objects": tuple(twice)})
    found = index_of(snapshot, snapshot.taken_at)
    dev, prod = found.workloads
    assert [found.scope(one.object) for one in (dev, prod)] == ["k8s/dev", "k8s/prod"]
    for workload in (dev, prod):
        (service,) = found.services_of(workload)
        assert found.scope(service.object) == found.scope(workload.object)


def test_the_same_in_two_files_of_a_folder_is_two_clusters() -> None:
    (one,) = cluster(deployment()).objects
    objects = (replace(one, file="examples/a.yaml"), replace(one, file="examples/b.yaml"))
    snapshot = cluster(deployment()).model_copy(update={"objects": objects})
    found = index_of(snapshot, snapshot.taken_at)
    assert [found.scope(two) for two in objects] == ["examples/a.yaml", "examples/b.yaml"]
