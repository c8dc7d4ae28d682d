"""Which API versions Kubernetes has deprecated and removed.

Source: https://kubernetes.io/docs/reference/using-api/deprecation-guide/, as Kubernetes' own code
says it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from offcall.kubernetes.schema.published import DATA, published

__all__ = ["GUIDE", "End", "end_of", "ends"]

GUIDE = "https://kubernetes.io/docs/reference/using-api/deprecation-guide/"


@dataclass(frozen=True, slots=True)
class End:
    """When an API version ends; minor versions of Kubernetes 1.

    Attributes:
        deprecated: the first that warns, if known.
        removed: the first that no longer serves it, if that is decided.
        replacement: "policy/v1 PodDisruptionBudget".
    """

    deprecated: int | None
    removed: int | None
    replacement: str | None


@cache
def ends() -> Mapping[str, End]:
    """ "policy/v1beta1 PodDisruptionBudget" → its end."""
    found = {}
    for line in (DATA / "lifecycle.txt").read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            version, kind, deprecated, removed, *replacement = line.split(" ")
            new = " ".join(replacement)
            found[f"{version} {kind}"] = End(
                _minor(deprecated), _minor(removed), None if new == "?" else new
            )
    return found


def _minor(text: str) -> int | None:
    return None if text == "?" else int(text)


def end_of(name: str, minor: int) -> End | None:
    """The end of "policy/v1beta1 PodDisruptionBudget", with what 1.`minor` has in its place."""
    end = ends().get(name)
    if end is None or published().is_served(end.replacement or "", minor):
        return end
    version, kind = name.split(" ")
    group = version.rpartition("/")[0]
    for one in published().api_versions(kind, minor):
        if one.rpartition("/")[0] == group and one != version:
            return End(end.deprecated, end.removed, f"{one} {kind}")
    return end
