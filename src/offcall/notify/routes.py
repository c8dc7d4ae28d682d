"""Which channels an alert goes to, and by which rule. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import tzinfo
from fnmatch import fnmatchcase

from offcall.notify.alerts import Alert
from offcall.notify.estate import Digest, Filters, Match, QuietHours

__all__ = ["Place", "Rule", "Rules", "Target", "matches", "targets"]


@dataclass(frozen=True, slots=True)
class Place:
    """A channel, as far as planning must know it."""

    name: str
    kind: str
    zone: tzinfo
    quiet: QuietHours | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """A route with its names looked up. `where` is "route 'x' (file:line)"."""

    where: str
    match: Match
    to: tuple[str, ...]
    stop: bool = False
    digest: str | None = None
    quiet: QuietHours | None = None
    reminders: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Rules:
    """The whole `notify:` section, ready for planning. `default` is asked when no rule matched."""

    places: Mapping[str, Place]
    rules: tuple[Rule, ...]
    default: Rule | None = None
    digests: Mapping[str, Digest] | None = None


@dataclass(frozen=True, slots=True)
class Target:
    """One channel for one alert, by the first rule that names it."""

    place: Place
    rule: Rule


def targets(alert: Alert, rules: Rules) -> Iterator[Target]:
    """Every channel once; rules in order until one that stops."""
    seen: set[str] = set()
    taken = False
    for rule in rules.rules:
        if not matches(alert, rule.match):
            continue
        taken = True
        yield from _new(rule, rules, seen)
        if rule.stop:
            break
    if not taken and rules.default is not None:
        yield from _new(rules.default, rules, seen)


def _new(rule: Rule, rules: Rules, seen: set[str]) -> Iterator[Target]:
    for name in rule.to:
        if name not in seen:
            seen.add(name)
            yield Target(rules.places[name], rule)


def matches(alert: Alert, match: Match) -> bool:
    """Severity at least, every field that is given, and nothing excluded."""
    if alert.severity.rank < match.severity.rank:
        return False
    values = _values(alert)
    for name, globs in _given(match):
        if not _any(values[name], globs):
            return False
    return not any(_any(values[name], globs) for name, globs in _given(match.exclude))


def _given(filters: Filters) -> Iterator[tuple[str, tuple[str, ...]]]:
    for name in Filters.model_fields:
        globs = getattr(filters, name)
        if globs:
            yield name, globs


def _values(alert: Alert) -> dict[str, tuple[str, ...]]:
    short = tuple(one.rsplit(":", 1)[-1] for one in alert.resources)
    return {
        "kind": (alert.kind,),
        "category": (alert.category,),
        "service": (alert.service or "",),
        "code": (alert.code,),
        "owner": alert.owners or (alert.owner.name if alert.owner else "",),
        "account": (alert.account or "",),
        "region": (alert.region or "",),
        "resource": (*alert.resources, *alert.names, *short),
    }


def _any(values: tuple[str, ...], globs: tuple[str, ...]) -> bool:
    lowered = [glob.lower() for glob in globs]
    return any(fnmatchcase(value.lower(), glob) for value in values for glob in lowered)
