"""Which resources of a cluster are read: no more than what is judged, and never a Secret.

RBAC knows no right to list only the names of secrets: who may list them may read them. The
ClusterRole in deploy/kubernetes/reader grants exactly this table.
"""

from __future__ import annotations

__all__ = ["WANTED"]

WANTED: dict[str, tuple[str, ...]] = {
    "": (
        "configmaps",
        "limitranges",
        "namespaces",
        "nodes",
        "persistentvolumeclaims",
        "persistentvolumes",
        "pods",
        "replicationcontrollers",
        "resourcequotas",
        "serviceaccounts",
        "services",
    ),
    "admissionregistration.k8s.io": (
        "mutatingwebhookconfigurations",
        "validatingwebhookconfigurations",
    ),
    "apiextensions.k8s.io": ("customresourcedefinitions",),
    "apps": ("daemonsets", "deployments", "replicasets", "statefulsets"),
    "autoscaling": ("horizontalpodautoscalers",),
    "batch": ("cronjobs", "jobs"),
    "discovery.k8s.io": ("endpointslices",),
    "networking.k8s.io": ("ingressclasses", "ingresses", "networkpolicies"),
    "node.k8s.io": ("runtimeclasses",),
    "policy": ("poddisruptionbudgets",),
    "rbac.authorization.k8s.io": ("clusterrolebindings", "clusterroles", "rolebindings", "roles"),
    "scheduling.k8s.io": ("priorityclasses",),
    "storage.k8s.io": ("storageclasses",),
    # What is used, where the metrics server runs.
    "metrics.k8s.io": ("nodes", "pods"),
    # Custom resources, where they are installed.
    "argoproj.io": ("rollouts",),
    "autoscaling.k8s.io": ("verticalpodautoscalers",),
    "eks.amazonaws.com": ("nodeclasses",),
    "elbv2.k8s.aws": ("targetgroupbindings",),
    "gateway.networking.k8s.io": ("gateways", "httproutes"),
    "karpenter.k8s.aws": ("ec2nodeclasses",),
    "karpenter.sh": ("nodeclaims", "nodepools"),
    "keda.sh": ("scaledobjects",),
    "networking.istio.io": ("destinationrules", "gateways", "virtualservices"),
    "security.istio.io": ("peerauthentications",),
}
"""API group → resources."""
