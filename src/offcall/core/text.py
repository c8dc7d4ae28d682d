"""Small things about words: the nearest name, counts with their noun, text that is only text."""

from __future__ import annotations

import re
from collections.abc import Iterable

__all__ = ["did_you_mean", "has_word", "plural", "printable", "safe_url"]

# Control characters but tab and newline, those that reorder the text around them, and those that
# take no room: names and descriptions come from outside, and must not move the cursor, hide what
# is written, or hide that two names differ.
_CONTROL = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f"
    "\u200b-\u200f\u2028\u2029\u202a-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff0-\ufffb"
    "\U000e0000-\U000e0fff\ud800-\udfff]"
)
_URL = re.compile(r"(?:https?://|mailto:)[^\s<>\"']+", re.IGNORECASE)


def printable(text: str) -> str:
    """The text without what would act on a terminal or a page; line ends become newlines."""
    return _CONTROL.sub("\ufffd", text.replace("\r\n", "\n").replace("\r", "\n"))


def has_word(text: str, word: str) -> bool:
    """Whether the text has the word as a whole: "by force" does not name a resource `b`."""
    return re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text) is not None


def safe_url(url: str | None) -> str | None:
    """The address if it may be a link (http, https, mailto), else None."""
    if url is not None and _URL.fullmatch(url.strip()):
        return url.strip()
    return None


def did_you_mean(word: str, known: Iterable[str]) -> str | None:
    """ "did you mean 'owners'?", or what is possible when nothing is near; None if nothing is."""
    from rapidfuzz import fuzz, process

    choices = sorted(set(known))
    if not choices:
        return None
    best = process.extractOne(word.lower(), choices, scorer=fuzz.ratio, score_cutoff=60)
    if best is not None:
        return f"did you mean '{best[0]}'?"
    if len(choices) <= 12:
        return f"known: {', '.join(choices)}"
    return None


def plural(count: int, noun: str, many: str | None = None) -> str:
    """ "1 event", "2 events", "1,000 entities"."""
    return f"{count:,} {noun if count == 1 else many or noun + 's'}"
