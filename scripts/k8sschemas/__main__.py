"""Write src/offcall/kubernetes/schema/data; the decision record says where each file comes from.

python -m scripts.k8sschemas
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

from scripts.k8sschemas.gomodules import KUBERNETES, custom_resources, enums, lifecycles
from scripts.k8sschemas.published import definitions, versions

DATA = Path(__file__).parents[2] / "src/offcall/kubernetes/schema/data"

# Gone for so long that k8s.io/api has forgotten them.
# https://kubernetes.io/docs/reference/using-api/deprecation-guide/
_FORGOTTEN = [
    ("autoscaling/v2beta1 HorizontalPodAutoscaler", 22, 25, "autoscaling/v2"),
    ("autoscaling/v2beta2 HorizontalPodAutoscaler", 23, 26, "autoscaling/v2"),
    ("batch/v2alpha1 CronJob", None, 21, "batch/v1"),
    ("extensions/v1beta1 PodSecurityPolicy", None, 16, None),
    ("policy/v1beta1 PodSecurityPolicy", 21, 25, None),
    ("scheduling.k8s.io/v1alpha1 PriorityClass", 14, 17, "scheduling.k8s.io/v1"),
]
# Still served, and the server warns of them.
_DISCOURAGED = [
    ("v1 ComponentStatus", 19, None, None),
    ("v1 Endpoints", 33, None, "discovery.k8s.io/v1 EndpointSlice"),
]
_KEPT = {
    *("type", "required", "enum", "nullable", "format"),
    *("x-kubernetes-preserve-unknown-fields", "x-kubernetes-int-or-string"),
}


def main() -> None:
    """Write the three files and say how large they are."""
    minors = versions()
    published = f"kubernetes-validate {version('kubernetes-validate')}"
    modules = f"the Go modules of Kubernetes {KUBERNETES}"
    head = "# Made by `make schemas`. Apache-2.0, see NOTICE."
    _write(
        "definitions.txt",
        [
            f"{head} From {published}, values from {modules}.",
            f"# versions {minors[0]}-{minors[-1]}",
            *_definitions(minors),
        ],
    )
    _write("lifecycle.txt", [f"{head} From {modules}.", *_lifecycles()])
    _write("custom.jsonl", _custom())


def _write(name: str, lines: Iterable[str]) -> None:
    text = "\n".join(lines) + "\n"
    (DATA / name).write_text(text, encoding="utf-8")
    print(f"{name}: {len(text) / 1000:,.0f} kB")


def _definitions(minors: Sequence[int]) -> Iterator[str]:
    values = enums()
    for name, one in sorted(definitions().items()):
        yield ""
        yield name
        for kind, served in sorted(one.kinds.items()):
            yield f"= {kind}{_range(served, minors)}"
        for (prop, type_, required), having in sorted(one.fields.items()):
            allowed = values.get((name.replace(".", "_").replace("-", "_"), prop))
            line = f"{prop} {type_}" + ("!" if required else "")
            if allowed is not None and type_.endswith("string"):
                line += "=" + "|".join(allowed).replace(" ", "+")
            yield line + _range(having, minors)


def _range(having: Sequence[int], minors: Sequence[int]) -> str:
    """ "" for all versions, else " 27-", " -30" or " 27-30"."""
    first, last = having[0], having[-1]
    assert list(having) == list(range(first, last + 1)), having
    begin = "" if first == minors[0] else str(first)
    end = "" if last == minors[-1] else str(last)
    return f" {begin}-{end}" if begin or end else ""


def _lifecycles() -> Iterator[str]:
    known = {name: rest for name, *rest in lifecycles()}
    for name, deprecated, removed, group_version in _FORGOTTEN:
        assert name not in known, f"no longer forgotten: {name}"
        kind = name.partition(" ")[2]
        known[name] = [deprecated, removed, group_version and f"{group_version} {kind}"]
    known |= {name: rest for name, *rest in _DISCOURAGED}
    for name, (deprecated, removed, replacement) in sorted(known.items()):
        yield f"{name} {deprecated or '?'} {removed or '?'} {replacement or '?'}"


def _custom() -> Iterator[str]:
    """One line a schema, with the kinds that have it in front."""
    kinds: dict[str, list[str]] = {}
    for kind, source, schema in custom_resources():
        body = json.dumps({"source": source, "schema": _bare(schema)}, separators=(",", ":"))
        kinds.setdefault(body, []).append(kind)
    for body, named in sorted(kinds.items(), key=lambda item: item[1]):
        yield f"{'|'.join(sorted(named))}\t{body}"


def _bare(schema: Mapping[str, Any]) -> dict[str, Any]:
    """The schema without descriptions, and without rules on values that only the server knows."""
    bare = {key: schema[key] for key in sorted(_KEPT & schema.keys())}
    if "properties" in schema:
        bare["properties"] = {name: _bare(one) for name, one in schema["properties"].items()}
    for key in ("items", "additionalProperties"):
        if isinstance(schema.get(key), Mapping):
            bare[key] = _bare(schema[key])
        elif key in schema:
            bare[key] = schema[key]
    return bare


main()
