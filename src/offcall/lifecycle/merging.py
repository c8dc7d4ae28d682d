"""One resource is one resource, however many files and AWS tell of it.

It is known by its ARN, or by kind, region, account, cluster and name. What AWS says wins over a
file, and the first file over a later one; where they contradict each other, that is said.
"""

from __future__ import annotations

from collections.abc import Iterable

from offcall.core.snapshots import Unread
from offcall.lifecycle.engines import engine_of
from offcall.lifecycle.snapshot import Running

__all__ = ["merge"]

Key = tuple[str | None, ...]

# What a conflict is about: the rest (windows, pending actions) changes from hour to hour.
COMPARED = {
    "engine": "engine",
    "version": "version",
    "instance_class": "class",
    "instances": "instances",
    "multi_az": "multi_az",
    "extended_support": "extended_support",
}


def merge(
    written: Iterable[Running], live: Iterable[Running] = ()
) -> tuple[tuple[Running, ...], tuple[Unread, ...]]:
    """Each resource once, in the order in which it is first told of, and the contradictions.

    Args:
        written: resources of files, in the order of the files.
        live: resources that AWS told of.
    """
    kept: list[Running] = []
    from_aws: list[bool] = []
    homes: dict[Key, int] = {}
    notes: list[Unread] = []
    for item, is_live in [(one, False) for one in written] + [(one, True) for one in live]:
        at = _home(item, homes, kept)
        if at is None:
            at = len(kept)
            kept.append(item)
            from_aws.append(is_live)
        else:
            first = kept[at]
            wins = is_live and not from_aws[at]
            winner, loser = (item, first) if wins else (first, item)
            notes += _conflict(winner, loser)
            kept[at] = _filled(winner, loser)
            from_aws[at] = from_aws[at] or is_live
        for key in _keys(kept[at]):
            homes.setdefault(key, at)
    return tuple(kept), tuple(notes)


def _keys(item: Running) -> list[Key]:
    # Several programs run on one machine: their engine belongs to what they are.
    engine = engine_of(item.engine).name if item.kind == "software" else None
    named: Key = (item.kind, item.region, item.account, item.cluster, item.name, engine)
    return [named, (item.arn,)] if item.arn else [named]


def _home(item: Running, homes: dict[Key, int], kept: list[Running]) -> int | None:
    for key in reversed(_keys(item)):
        at = homes.get(key)
        if at is None:
            continue
        other = kept[at].arn
        # Two ARNs are two resources, whatever they are called.
        if item.arn and other and item.arn != other:
            continue
        return at
    return None


def _filled(winner: Running, loser: Running) -> Running:
    """The winner, with the tags and the vCPUs that only the other one names."""
    tags = {**loser.tags, **winner.tags}
    vcpu = winner.vcpu or loser.vcpu
    if tags == winner.tags and vcpu == winner.vcpu:
        return winner
    return winner.model_copy(update={"tags": tags, "vcpu": vcpu})


def _conflict(winner: Running, loser: Running) -> Iterable[Unread]:
    told = loser.model_fields_set
    where = f"in {_origin(winner)}" if winner.file is not None else _origin(winner)
    differing = []
    for field, name in COMPARED.items():
        ours, theirs = getattr(winner, field), getattr(loser, field)
        # A file need not say everything: only what it says can contradict.
        if ours != theirs and ours is not None and theirs is not None and field in told:
            differing.append(f"{name} {theirs} there, {ours} {where}")
    if differing:
        used = "what AWS says" if winner.file is None else "the first"
        yield Unread(
            what=f"{winner.kind} {winner.name}, told twice",
            why=f"{_origin(loser)} contradicts: {'; '.join(differing)}; {used} is used",
        )


def _origin(item: Running) -> str:
    if item.file is not None:
        return f"{item.file}:{item.line}" if item.line else item.file
    return "from AWS"
