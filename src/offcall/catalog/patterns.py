"""Patterns for names and ARNs: globs, or regular expressions after `re:`; case does not matter."""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Annotated

from pydantic import AfterValidator

from offcall.core.findings import Resource

__all__ = ["Pattern", "any_of", "matcher", "names_of", "wrong_pattern"]

REGEX_PREFIX = "re:"


@lru_cache(maxsize=4096)
def matcher(pattern: str) -> Callable[[str], bool]:
    """A function that says whether a text fits `pattern` as a whole.

    In a glob `*` also stands for `/` and `:`. A regular expression (`re:…`) may match anywhere.

    Raises:
        re.error: the regular expression is not one.
    """
    if pattern.startswith(REGEX_PREFIX):
        search = re.compile(pattern.removeprefix(REGEX_PREFIX), re.IGNORECASE).search
        return lambda text: search(text) is not None
    if not any(sign in pattern for sign in "*?["):
        wanted = pattern.casefold()
        return lambda text: text.casefold() == wanted
    fits = re.compile(fnmatch.translate(pattern), re.IGNORECASE).match
    return lambda text: fits(text) is not None


def any_of(patterns: Iterable[str]) -> Callable[[Iterable[str]], bool]:
    """A function that says whether one of some names fits one of `patterns`.

    The globs are one regular expression, so that hundreds of them cost little more than one.
    """
    globs, free = [], []
    for pattern in patterns:
        if pattern.startswith(REGEX_PREFIX):
            free.append(matcher(pattern))
        else:
            globs.append(fnmatch.translate(pattern))
    fits = re.compile("|".join(globs) or r"(?!)", re.IGNORECASE).match

    def check(names: Iterable[str]) -> bool:
        # Plain loops: it is asked of every resource.
        for name in names:
            if fits(name):
                return True
            for one in free:
                if one(name):
                    return True
        return False

    return check


def wrong_pattern(pattern: str) -> str | None:
    """What is wrong with a pattern, or None when it is one."""
    if not pattern:
        return "an empty pattern matches nothing; write * for everything"
    try:
        matcher(pattern)
    except re.error as error:
        return f"{pattern!r} is not a regular expression: {error}"
    return None


def _checked(pattern: str) -> str:
    if why := wrong_pattern(pattern):
        raise ValueError(why)
    return pattern


Pattern = Annotated[str, AfterValidator(_checked)]
"""A pattern in a model: checked when the file is read."""


def names_of(resource: Resource) -> tuple[str, ...]:
    """Everything that a pattern may name a resource by: its id, its name, the id's last part.

    The last part of `arn:aws:rds:us-east-1:111122223333:db:orders-db` is `orders-db`.
    """
    return _names(resource.id, resource.name)


@lru_cache(maxsize=65_536)
def _names(id: str, name: str | None) -> tuple[str, ...]:
    # A Lambda function's ARN may end in a version or alias, which is not its name.
    head, function, rest = id.partition(":function:")
    last = rest.partition(":")[0] if function else head.rsplit(":", 1)[-1]
    names = (id, name or "", last, last.rsplit("/", 1)[-1])
    return tuple(filter(None, dict.fromkeys(names)))
