"""Machine classes: how many vCPUs one has, and its size as OpenSearch normalises it.

vCPUs follow from the size in AWS's names ("large" is 2, "xlarge" 4, "Nxlarge" 4N):
https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Concepts.DBInstanceClass.Summary.html
"""

from __future__ import annotations

import re

__all__ = ["normalised_size", "vcpus"]

# Families in which small sizes differ: t3 and t4g have two vCPUs in every size up to large.
BURSTABLE = {"t3", "t4g", "t3a"}
SMALL = {"nano": 1, "micro": 1, "small": 1, "medium": 1}
EXCEPTIONS = {
    "t2.medium": 2,
    "m3.medium": 1,
    # The second generation of memory classes has half of what its sizes say.
    "m2.xlarge": 2,
    "m2.2xlarge": 4,
    "m2.4xlarge": 8,
}
METAL = {"m5": 96, "r5": 96, "m6i": 128, "r6i": 128, "x2iedn": 128, "m7i": 192, "r7i": 192}
# Oracle classes with threads switched off: db.r5.4xlarge.tpc1.mem2x has half the vCPUs.
SINGLE_THREAD = "tpc1"

# https://docs.aws.amazon.com/opensearch-service/latest/developerguide/what-is.html#calculating-charges
NORMALISED = {"micro": 0.5, "small": 1.0, "medium": 2.0, "large": 4.0, "xlarge": 8.0}


def _split(machine: str) -> tuple[str, str, str]:
    """Family, size and what follows: "db.r6g.2xlarge" is ("r6g", "2xlarge", "")."""
    cut = re.sub(r"^(db|cache|kafka)\.", "", machine.strip().lower())
    cut = re.sub(r"\.(search|elasticsearch)$", "", cut)
    family, _, rest = cut.partition(".")
    size, _, suffix = rest.partition(".")
    return family, size, suffix


def vcpus(machine: str) -> int | None:
    """vCPUs of one machine of a class; None when the name does not tell."""
    family, size, suffix = _split(machine)
    if f"{family}.{size}" in EXCEPTIONS:
        return EXCEPTIONS[f"{family}.{size}"]
    count: int | None = None
    if family in BURSTABLE and size in (*SMALL, "large"):
        count = 2
    elif size in SMALL:
        count = SMALL[size]
    elif size == "large":
        count = 2
    elif size == "metal":
        count = METAL.get(family)
    elif found := re.fullmatch(r"(?:metal-)?(\d*)(?:xlarge|xl)", size):
        count = 4 * int(found[1] or 1)
    if count is not None and suffix.startswith(SINGLE_THREAD):
        count //= 2
    return count


def normalised_size(machine: str) -> float | None:
    """OpenSearch's size factor of a class (small 1, medium 2, large 4); None if not known."""
    _, size, _ = _split(machine)
    if size in NORMALISED:
        return NORMALISED[size]
    if found := re.fullmatch(r"(\d+)xlarge", size):
        return 8.0 * int(found[1])
    return None
