"""What AWS has added to the description of an event, so that an update shows it."""

from __future__ import annotations

import re
from collections import Counter
from difflib import SequenceMatcher

from offcall.core.text import printable

__all__ = ["news_of"]

LONGEST = 600
"""Characters shown; the whole text is one command away."""
ALIGNED = 300
"""Pieces that are aligned; of longer texts it is asked only which pieces are new."""

_ENDS = re.compile(r"(?<=[.!?])\s+|\s*\n\s*")


def news_of(before: str, after: str) -> tuple[str, str] | None:
    """What to call the change, and the sentences that are new (or, if there are none, gone).

    None when only white space differs.
    """
    old, new = _pieces(before), _pieces(after)
    if old == new:
        return None
    added, gone = _differences(old, new)
    if added:
        return ("AWS now writes" if gone else "AWS added", _shorten(" ".join(added)))
    if gone:
        return ("AWS took out", _shorten(" ".join(gone)))
    return ("AWS put its text in another order", _shorten(" ".join(new)))


def _pieces(text: str) -> list[str]:
    """Its sentences, each on one line."""
    found = (" ".join(one.split()) for one in _ENDS.split(printable(text)))
    return [one for one in found if one]


def _differences(old: list[str], new: list[str]) -> tuple[list[str], list[str]]:
    start = 0
    while start < min(len(old), len(new)) and old[start] == new[start]:
        start += 1
    end = 0
    while end < min(len(old), len(new)) - start and old[-1 - end] == new[-1 - end]:
        end += 1
    old, new = old[start : len(old) - end], new[start : len(new) - end]
    if max(len(old), len(new)) > ALIGNED:
        # Aligning takes time that grows with the square of the length.
        return list(Counter(new) - Counter(old)), list(Counter(old) - Counter(new))
    added: list[str] = []
    gone: list[str] = []
    for kind, i, j, k, m in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind != "equal":
            gone += old[i:j]
            added += new[k:m]
    # What only moved is no news.
    moved = Counter(added) & Counter(gone)
    return _without(added, moved), _without(gone, moved)


def _without(pieces: list[str], moved: Counter[str]) -> list[str]:
    left = Counter(moved)
    kept = []
    for one in pieces:
        if left[one] > 0:
            left[one] -= 1
        else:
            kept.append(one)
    return kept


def _shorten(text: str) -> str:
    if len(text) <= LONGEST:
        return text
    return text[:LONGEST].rsplit(" ", 1)[0] + " …"
