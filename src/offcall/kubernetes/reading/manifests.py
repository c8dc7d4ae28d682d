"""The text of a manifest as objects: YAML or JSON, many documents, `List` objects."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from offcall.core.snapshots import Unread
from offcall.core.yamlnodes import Node, NotUsable, documents
from offcall.kubernetes.objects import Object, encode_lines

__all__ = ["Read", "object_of", "read_text"]

_TABS = re.compile(r"^\t+", re.MULTILINE)
_NO_NAMESPACE = frozenset({
    "APIService", "CSIDriver", "CSINode", "CertificateSigningRequest", "ClusterRole",
    "ClusterRoleBinding", "ClusterPolicy", "CustomResourceDefinition", "DeviceClass",
    "EC2NodeClass", "FlowSchema", "IngressClass", "MutatingAdmissionPolicy",
    "MutatingWebhookConfiguration", "Namespace", "Node", "NodeClaim", "NodeClass", "NodePool",
    "PersistentVolume", "PriorityClass", "PriorityLevelConfiguration", "ResourceSlice",
    "RuntimeClass", "StorageClass", "ValidatingAdmissionPolicy",
    "ValidatingAdmissionPolicyBinding", "ValidatingWebhookConfiguration", "VolumeAttachment",
})  # fmt: skip


@dataclass(slots=True)
class Read:
    """What was read so far."""

    objects: list[Object] = field(default_factory=list)
    files: list[str] = field(default_factory=list)
    others: list[str] = field(default_factory=list)
    unread: list[Unread] = field(default_factory=list)

    def failed(self, what: str, why: str, hint: str | None = None) -> None:
        """Note what should have been read and was not."""
        self.unread.append(Unread(what=what, why=why, hint=hint))


def read_text(read: Read, text: str, file: str, *, note: str | None = None) -> None:
    """Add the objects of a text; what cannot be used is noted with its line.

    Args:
        file: where the text was read.
        note: see `Object.note`.
    """
    # Most files of a repository are no manifests, and cost nothing.
    if "kind" not in text or "apiVersion" not in text:
        if text.strip():
            read.others.append(file)
        return
    if text.lstrip()[:1] in ("{", "["):
        # JSON is YAML but for tabs, and these end no line.
        text = _TABS.sub(lambda tabs: " " * len(tabs[0]), text)
    for document in documents(text):
        try:
            if isinstance(document, NotUsable):
                raise document
            _add(read, document, file, note)
        except NotUsable as error:
            read.failed(f"{file}:{error.line}" if error.line else file, error.message)


def object_of(body: dict[str, Any]) -> Object | None:
    """An object as an API server answers it; None when it is none."""
    return _made(body, None, None, "", None)


def _add(read: Read, document: Node, file: str, note: str | None) -> None:
    if document.kind != "a mapping":
        members = document.members() if document.kind == "a list" else []
        if not members:
            read.others.append(f"{file}:{document.line}")
        for member in members:
            _add(read, member, file, note)
        return
    kind = document.find("kind")
    items = document.find("items")
    if kind is not None and items is not None and _is_list(kind, items):
        for item in items.members():
            _add(read, item, file, note)
        return
    body, lines = document.value_and_lines()
    line = document.line
    made = _made(body, file, line, encode_lines(lines, line), note)
    if made is not None:
        read.objects.append(made)
    elif _claims_to_be_one(body):
        read.failed(f"{file}:{line}", f"a {body['kind']} without a name", "set metadata.name")
    else:
        read.others.append(f"{file}:{line}")


def _claims_to_be_one(body: dict[str, Any]) -> bool:
    kind, version = body.get("kind"), body.get("apiVersion")
    # What tools read, such as a kustomization, has no name and is never sent to a cluster.
    ours = isinstance(version, str) and version.startswith("kustomize.config.k8s.io/")
    return isinstance(kind, str) and isinstance(version, str) and not ours


def _is_list(kind: Node, items: Node) -> bool:
    return kind.kind == "one value" and kind.text().endswith("List") and items.kind == "a list"


def _made(
    body: dict[str, Any], file: str | None, line: int | None, lines: str, note: str | None
) -> Object | None:
    kind, version = body.get("kind"), body.get("apiVersion")
    metadata = body.get("metadata")
    if not isinstance(kind, str) or not isinstance(version, str) or not isinstance(metadata, dict):
        return None
    name = metadata.get("name", metadata.get("generateName"))
    if name is None:
        return None
    namespace = "" if kind in _NO_NAMESPACE else str(metadata.get("namespace") or "default")
    if kind == "Secret":
        body = _without_secrets(body)
    return Object(version, kind, str(name), namespace, body, file, line, lines, note)


def _without_secrets(body: dict[str, Any]) -> dict[str, Any]:
    """The values of a Secret are nobody's business, least of all a saved snapshot's."""
    hidden = dict(_hidden(body))
    metadata = dict(hidden["metadata"])
    annotations = metadata.get("annotations")
    if isinstance(annotations, dict):
        applied = "kubectl.kubernetes.io/last-applied-configuration"
        metadata["annotations"] = {k: "" if k == applied else v for k, v in annotations.items()}
    hidden["metadata"] = metadata
    return hidden


def _hidden(body: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    for key, value in body.items():
        if key in ("data", "stringData") and isinstance(value, dict):
            yield key, {name: "" if isinstance(one, str) else one for name, one in value.items()}
        else:
            yield key, value
