"""The `offcall k8s` commands, and the tools of the same names."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from offcall.core.errors import UserError
from offcall.core.parameters import Limit, Param
from offcall.core.registry import tool
from offcall.kubernetes.results import Audit, CheckLine, CheckList

if TYPE_CHECKING:
    from offcall.core.context import Context

Paths = Annotated[
    list[Path] | None,
    Param(
        "manifests: files, folders, Helm charts, Kustomize folders; - is standard input",
        positional=True,
        metavar="PATH...",
    ),
]
ClusterContext = Annotated[
    str | None, Param("read the live cluster of this kubeconfig context", metavar="NAME")
]
Kubeconfig = Annotated[
    Path | None, Param("read a live cluster through this kubeconfig", metavar="FILE")
]
InCluster = Annotated[bool, Param("read the cluster that this runs in, with the pod's account")]
Namespaces = Annotated[
    list[str] | None, Param("of a live cluster only this namespace", metavar="NAME")
]
Version = Annotated[
    str | None,
    Param(
        "the version of Kubernetes to judge against; the live server's, or the newest",
        metavar="VERSION",
        examples=("1.34",),
    ),
]


@tool("k8s audit", snapshot=True)
def audit(
    ctx: Context,
    path: Paths = None,
    context: ClusterContext = None,
    kubeconfig: Kubeconfig = None,
    in_cluster: InCluster = False,
    namespace: Namespaces = None,
    check: Annotated[
        list[str] | None, Param("only this check, or family of checks", metavar="NAME")
    ] = None,
    skip: Annotated[
        list[str] | None, Param("not this check, or family of checks", metavar="NAME")
    ] = None,
    kubernetes_version: Version = None,
    baseline: Annotated[
        Path | None, Param("suppress the findings that this file knows", metavar="FILE")
    ] = None,
    write_baseline: Annotated[
        Path | None,
        Param("write what is found as known, with --reason, into this file", metavar="FILE"),
    ] = None,
    reason: Annotated[
        str | None,
        Param(
            "why what is written into the baseline is borne",
            metavar="TEXT",
            examples=("moves to the new cluster until 2027-03-31",),
        ),
    ] = None,
    explain: Annotated[bool, Param("say of each finding why it matters, with the source")] = False,
    show_suppressed: Annotated[bool, Param("list the suppressed findings, and why")] = False,
    limit: Limit = 100,
) -> Audit:
    """What will not survive a drain, a lost zone, a rollout or a bad neighbour, and the fix.

    Findings stand under their workload, with file, line and field. A score of 100 means that no
    check found anything; what was subtracted for what is said. Whatever the --limit of what people
    see, JSON, SARIF and JUnit have everything.
    """
    from offcall.kubernetes.auditing.running import Baselines, audit_of, cluster_for
    from offcall.kubernetes.read import Target

    target = None
    if context is not None or kubeconfig is not None or in_cluster:
        target = Target(context, kubeconfig, tuple(namespace or ()))
    elif namespace:
        raise UserError("--namespace is for a live cluster", expected="--context or --in-cluster")
    if reason is not None and write_baseline is None:
        raise UserError("--reason is for a baseline", expected="--write-baseline FILE with it")
    cluster = cluster_for(ctx, path or (), target, kubernetes_version)
    found = audit_of(
        ctx,
        cluster,
        only=check or (),
        skip=skip or (),
        baselines=Baselines(baseline, write_baseline, reason),
    )
    return found.model_copy(
        update={"limit": limit, "explain": explain, "show_suppressed": show_suppressed}
    )


@tool("k8s checks")
def checks(
    ctx: Context,  # noqa: ARG001 - every tool has one
    family: Annotated[
        str | None, Param("only this family: disruption, health, …", positional=True)
    ] = None,
) -> CheckList:
    """The checks of `k8s audit`: what each finds, why it matters, and what can be set."""
    from offcall.core.text import did_you_mean
    from offcall.kubernetes.auditing.choosing import all_checks

    found = all_checks()
    families = {one.family for one in found}
    if family is not None and family not in families:
        raise UserError(
            "there is no such family of checks",
            value=family,
            expected=" | ".join(sorted(families)),
            hint=did_you_mean(family, families),
        )
    return CheckList(
        checks=tuple(
            CheckLine(
                id=one.id,
                family=one.family,
                title=one.title,
                severity=one.severity,
                rationale=one.rationale,
                source=one.source,
                parameters=one.parameters.model_json_schema()["properties"]
                if one.parameters
                else {},
            )
            for one in sorted(found, key=lambda one: (one.family, one.name))
            if family in (None, one.family)
        )
    )
