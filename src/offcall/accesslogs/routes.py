"""The rules that make routes of paths, as regular expressions: for SQL.

`reading/routes.py` has the same rules as compiled code. The expressions have no lookarounds, and
mean the same in RE2 (DuckDB), Java (Spark) and Joni (Trino). Those that begin with `\\A` fit a
whole segment; the others must be found somewhere in it.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["PARAMETERS", "RULES", "Rule"]

PARAMETERS = r";[^/]*"
"""What is taken out of a path (`/cart;jsessionid=1F`) before it is split at its slashes."""

_HEX = "[0-9A-Fa-f]"
_HASH_WITH_A_DIGIT = "|".join(
    [f"[A-Fa-f]{{{letters}}}[0-9]{_HEX}{{{7 - letters},}}" for letters in range(7)]
    + [f"[A-Fa-f]{{7,}}[0-9]{_HEX}*"]
)


@dataclass(frozen=True, slots=True)
class Rule:
    """What becomes of a segment: the first rule counts whose expressions all fit.

    Attributes:
        name: for people.
        placeholder: what the segment becomes; or, of the name of a file, the part of it between
            the two groups of the first expression.
        expressions: all of them must fit.
        inside: the first expression has two groups, which stay.
    """

    name: str
    placeholder: str
    expressions: tuple[str, ...]
    inside: bool = False


RULES: tuple[Rule, ...] = (
    Rule("number", "{id}", (r"\A[0-9]+\z",)),
    Rule("UUID", "{uuid}", (rf"\A{_HEX}{{8}}(?:-{_HEX}{{4}}){{3}}-{_HEX}{{12}}\z",)),
    Rule("date", "{date}", (r"\A[0-9]{4}-[0-9]{2}-[0-9]{2}\z",)),
    Rule(
        "e-mail address",
        "{email}",
        (
            r"\A(?:[^@%]|%[0-35-9A-Fa-f][0-9A-Fa-f]|%4[1-9A-Fa-f])+"
            r"(?:@|%40)[^@%][^@%.]*\.[^@%]+\z",
        ),
    ),
    Rule("hash", "{hash}", (rf"\A{_HEX}{{8,}}\z", "[0-9]")),
    Rule("token", "{token}", (r"\A[0-9A-Za-z_-]{16,}\z", "[0-9]", "[A-Z]", "[a-z]")),
    Rule("token in capitals", "{token}", (r"\A[0-9A-Z]{20,}\z", "[0-9]", "[A-Z]")),
    Rule("file with a number", "{id}", (r"\A()[0-9]+(\.[A-Za-z]+)\z",), inside=True),
    Rule(
        "file with a hash",
        "{hash}",
        (rf"\A([^/]+[.-])(?:{_HASH_WITH_A_DIGIT})(\.[0-9A-Za-z.]+)\z",),
        inside=True,
    ),
)
