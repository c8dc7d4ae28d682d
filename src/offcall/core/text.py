"""Small things about words: the nearest name, counts with their noun."""

from __future__ import annotations

from collections.abc import Iterable

__all__ = ["did_you_mean", "plural"]


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
