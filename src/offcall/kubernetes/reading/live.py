"""What runs in a cluster: the objects that `wanted` names, listed and never changed.

What may not be read, or is not answered, is noted and does not stop the rest. Of ConfigMaps only
the keys are kept, and of every object neither who manages its fields nor its copy in the annotation
of `kubectl apply`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from offcall.core.errors import SourceError
from offcall.core.parallel import gather
from offcall.kubernetes.reading.connecting import Answer, Api, connect
from offcall.kubernetes.reading.wanted import WANTED

if TYPE_CHECKING:
    from offcall.core.context import Progress

__all__ = ["NOT_KEPT", "Cluster", "NotRead", "Resource", "read_cluster"]

NOT_KEPT = "(not kept)"
"""Stands for a value of a ConfigMap."""
PAGE = 500
AT_ONCE = 8
JSON = "application/json"
# https://kubernetes.io/docs/concepts/overview/kubernetes-api/#aggregated-discovery
DISCOVERY = ",".join(
    [f"{JSON};g=apidiscovery.k8s.io;v={v};as=APIGroupDiscoveryList" for v in ("v2", "v2beta1")]
    + [JSON]
)
_COPY = "kubectl.kubernetes.io/last-applied-configuration"


@dataclass(frozen=True, slots=True)
class NotRead:
    """What could not be read, and why."""

    what: str
    reason: str


@dataclass(frozen=True, slots=True)
class Resource:
    """A resource that the server can list.

    Attributes:
        group: "apps"; "" is the core.
        version: "v1".
        name: "deployments".
        kind: "Deployment".
        namespaced: whether its objects are in namespaces.
    """

    group: str
    version: str
    name: str
    kind: str
    namespaced: bool

    @property
    def api_version(self) -> str:
        """ "apps/v1"."""
        return f"{self.group}/{self.version}" if self.group else self.version

    @property
    def title(self) -> str:
        """ "deployments.apps"."""
        return f"{self.name}.{self.group}" if self.group else self.name

    def path(self, namespace: str | None) -> str:
        """Where it is listed."""
        root = f"/apis/{self.api_version}" if self.group else f"/api/{self.api_version}"
        inside = f"/namespaces/{namespace}" if namespace and self.namespaced else ""
        return f"{root}{inside}/{self.name}"


@dataclass(frozen=True, slots=True)
class Cluster:
    """What was read.

    Attributes:
        context: the kubeconfig's context, or "in-cluster".
        server: the address of the API server.
        version: of the server, such as "v1.36.3".
        objects: as the server gave them, each with apiVersion and kind.
        not_read: what is missing.
    """

    context: str
    server: str
    version: str
    objects: list[dict[str, Any]]
    not_read: list[NotRead]


def read_cluster(
    *,
    context: str | None = None,
    kubeconfig: Path | None = None,
    namespaces: Sequence[str] = (),
    timeout_seconds: float = 30.0,
    progress: Progress,
) -> Cluster:
    """Read a cluster.

    Args:
        context: of the kubeconfig; the current one when None.
        kubeconfig: see `connecting.connect`.
        namespaces: only these, for those who may not list the whole cluster's; what is in no
            namespace is read all the same.
        timeout_seconds: how long one answer may take.

    Raises:
        UserError: the kubeconfig cannot be used, or has no such context.
        AccessDenied: the server does not accept the credentials.
        SourceError: the server cannot be reached, or does not answer as one.
    """
    api = connect(context, kubeconfig, timeout_seconds=timeout_seconds)
    if not api.verified:
        progress.note(f"the certificate of {api.server} is not checked: the kubeconfig says so")
    version = _asked(api, "/version", JSON)
    not_read: list[NotRead] = []
    found = list(_resources(api, not_read))
    jobs = [
        partial(_listed, api, one, namespace)
        for one in found
        for namespace in (namespaces if one.namespaced else ()) or (None,)
    ]
    title = f"reading {api.context}"
    objects: list[dict[str, Any]] = []
    for got in gather(jobs, workers=AT_ONCE, progress=progress, title=title):
        if isinstance(got, NotRead):
            not_read.append(got)
        else:
            objects += got
    return Cluster(api.context, api.server, str(version.get("gitVersion", "")), objects, not_read)


def _asked(api: Api, path: str, accept: str) -> Mapping[str, Any]:
    """The answer, without which nothing can be read."""
    answer = api.get(path, accept=accept)
    if answer.status != 200:
        raise SourceError(f"{api.server}{path} answers {answer.status}: {answer.message}")
    body: Mapping[str, Any] = answer.body
    return body


def _resources(api: Api, not_read: list[NotRead]) -> Iterator[Resource]:
    """Those of the wanted resources that the server has, in the version that it prefers."""
    for path in ("/api", "/apis"):
        body = _asked(api, path, DISCOVERY)
        if body.get("kind") == "APIGroupDiscoveryList":
            yield from _aggregated(body, not_read)
        elif path == "/api":
            yield from _plain(api, "", [str(one) for one in body.get("versions", ())], not_read)
        else:
            for group in body.get("groups", ()):
                if group["name"] in WANTED:
                    known = [group["preferredVersion"], *group["versions"]]
                    versions = list(dict.fromkeys(str(one["version"]) for one in known))
                    yield from _plain(api, group["name"], versions, not_read)


def _aggregated(body: Mapping[str, Any], not_read: list[NotRead]) -> Iterator[Resource]:
    for group in body.get("items", ()):
        name = group["metadata"].get("name", "")
        left = set(WANTED.get(name, ()))
        for version in group["versions"]:
            if left and version.get("freshness") == "Stale":
                not_read.append(NotRead(name, "the server behind this API does not answer"))
            for one in version.get("resources", ()):
                if one["resource"] in left and "list" in one["verbs"]:
                    left.discard(one["resource"])
                    namespaced = one["scope"] == "Namespaced"
                    kind = one["responseKind"]["kind"]
                    yield Resource(name, version["version"], one["resource"], kind, namespaced)


def _plain(
    api: Api, group: str, versions: Sequence[str], not_read: list[NotRead]
) -> Iterator[Resource]:
    """Discovery as it was before 1.26: a request for each version."""
    left = set(WANTED[group])
    for version in versions:
        if not left:
            return
        path = f"/apis/{group}/{version}" if group else f"/api/{version}"
        answer = api.get(path, accept=JSON)
        if answer.status != 200:
            not_read.append(NotRead(f"{group}/{version}", _reason(answer)))
            continue
        for one in answer.body.get("resources", ()):
            if one["name"] in left and "list" in one["verbs"]:
                left.discard(one["name"])
                yield Resource(group, version, one["name"], one["kind"], one["namespaced"])


def _reason(answer: Answer) -> str:
    word = "forbidden" if answer.status == 403 else f"answer {answer.status}"
    return f"{word}: {answer.message}" if answer.message else word


def _listed(api: Api, what: Resource, namespace: str | None) -> list[dict[str, Any]] | NotRead:
    """All objects of one resource, page by page."""
    query = {"limit": str(PAGE)}
    objects: list[dict[str, Any]] = []
    while True:
        try:
            answer = api.get(what.path(namespace), query, accept=JSON)
        except SourceError as error:
            return NotRead(_titled(what, namespace), error.message)
        if answer.status == 410 and "continue" in query:
            # The list became too old between two pages: once more, in one piece.
            query, objects = {}, []
            continue
        if answer.status != 200:
            return NotRead(_titled(what, namespace), _reason(answer))
        # `items` is null for an empty list of some servers.
        objects += [_kept(one, what) for one in answer.body.get("items") or ()]
        following = answer.body.get("metadata", {}).get("continue")
        if not following:
            return objects
        query = {"limit": str(PAGE), "continue": following}


def _titled(what: Resource, namespace: str | None) -> str:
    return f"{what.title} in {namespace}" if namespace and what.namespaced else what.title


def _kept(body: dict[str, Any], what: Resource) -> dict[str, Any]:
    """The object with its kind, which a list leaves out, and without what must not be kept."""
    metadata = body.get("metadata", {})
    metadata.pop("managedFields", None)
    annotations = metadata.get("annotations", {})
    if annotations.pop(_COPY, None) is not None and not annotations:
        del metadata["annotations"]
    if what.name == "configmaps" and not what.group:
        for part in ("data", "binaryData"):
            if part in body:
                body[part] = dict.fromkeys(body[part], NOT_KEPT)
    return {"apiVersion": what.api_version, "kind": what.kind, **body}
