"""What an event type means and what to do about it: one table, looked up by event type code.

AWS writes long texts; a person on call needs the first step. The steps are for the family of
event types that the pattern names, each with the page that they rest on. A code that no pattern
knows gets the steps of its category.
"""

from __future__ import annotations

import fnmatch
import string
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources

import msgspec

from offcall.core.findings import Fix

__all__ = ["Guide", "fix_of", "guide_for", "guides"]


@dataclass(frozen=True, slots=True, eq=False)
class Guide:
    """One row of the table, of which there is one object: it is found quickly in a cache.

    Attributes:
        codes: shell patterns of event type codes ("AWS_EC2_*RETIREMENT_SCHEDULED").
        title: one sentence without the resource; `{service}` and `{versions}` are filled in.
        steps: what to do, the first one first; `{before}` is "before 2026-12-01".
        command: with `{id}` (bare id), `{arn}`, `{name}`, `{region}` to fill in, or None.
        why: what happens otherwise.
        source: the page.
    """

    codes: tuple[str, ...]
    title: str
    steps: tuple[str, ...]
    why: str
    source: str
    command: str | None = None


@lru_cache(maxsize=1)
def guides() -> tuple[Guide, ...]:
    """The whole table; the first row that fits a code counts."""
    text = resources.files("offcall.health").joinpath("guidance.json").read_bytes()
    return msgspec.json.decode(text, type=tuple[Guide, ...])


@lru_cache(maxsize=1024)
def guide_for(code: str, category: str) -> Guide:
    """The row for an event type, or the one for its category."""
    for one in guides():
        if any(fnmatch.fnmatchcase(code, pattern) for pattern in one.codes):
            return one
    wanted = f"category:{category}"
    for one in guides():
        if wanted in one.codes:
            return one
    return guides()[-1]


def fix_of(guide: Guide, **words: str | None) -> Fix:
    """The steps with the resource's own words in them.

    Args:
        words: `id`, `arn`, `name`, `region`, `before`, `service`, `engine`,
            `version`; a command that needs one that is empty is left out.
    """
    return _filled(guide, tuple([words[name] for name in _words(guide)]))


@lru_cache(maxsize=4096)
def _filled(guide: Guide, values: tuple[str | None, ...]) -> Fix:
    """`fix_of`, with the values of `_words`: where they name no resource, many events share it."""
    words = dict(zip(_words(guide), values, strict=True))
    filled = {name: value or f"<{name}>" for name, value in words.items()}
    command = guide.command
    if command is not None and not all(words[name] for name in _names(command)):
        command = None
    return Fix(
        steps=tuple([step.format(**filled) for step in guide.steps]),
        command=command.format(**filled) if command else None,
    )


@lru_cache(maxsize=1024)
def _words(guide: Guide) -> tuple[str, ...]:
    """What is filled into its steps and its command."""
    texts = (*guide.steps, guide.command or "")
    return tuple(sorted(frozenset().union(*map(_names, texts))))


@lru_cache(maxsize=1024)
def _names(text: str) -> frozenset[str]:
    return frozenset(name for _, name, _, _ in string.Formatter().parse(text) if name)
