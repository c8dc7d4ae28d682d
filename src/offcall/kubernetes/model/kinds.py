"""The kinds that checks know. Objects of others are listed as not judged."""

from __future__ import annotations

from offcall.kubernetes.model.workloads import TEMPLATES
from offcall.kubernetes.objects import Object

__all__ = ["is_known"]

_CORE_GROUPS = frozenset({
    "", "apps", "batch", "autoscaling", "policy", "networking.k8s.io", "scheduling.k8s.io",
    "storage.k8s.io", "rbac.authorization.k8s.io", "apiextensions.k8s.io", "node.k8s.io",
    "admissionregistration.k8s.io", "discovery.k8s.io", "coordination.k8s.io",
    "apiregistration.k8s.io", "certificates.k8s.io", "events.k8s.io",
    "flowcontrol.apiserver.k8s.io", "resource.k8s.io", "metrics.k8s.io",
})  # fmt: skip
_CUSTOM = frozenset({
    ("autoscaling.k8s.io", "VerticalPodAutoscaler"), ("keda.sh", "ScaledObject"),
    ("karpenter.sh", "NodePool"), ("karpenter.sh", "NodeClaim"),
    ("karpenter.k8s.aws", "EC2NodeClass"), ("eks.amazonaws.com", "NodeClass"),
    ("networking.istio.io", "DestinationRule"), ("networking.istio.io", "VirtualService"),
})  # fmt: skip


def is_known(obj: Object) -> bool:
    """Whether any check looks at objects of this kind: Kubernetes' own, and some others."""
    key = (obj.group, obj.kind)
    return obj.group in _CORE_GROUPS or key in TEMPLATES or key in _CUSTOM
