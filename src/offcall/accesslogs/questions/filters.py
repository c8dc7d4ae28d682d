"""Which requests: conditions as people type them, as SQL."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from offcall.accesslogs.columns import TABLES, Kind, Table
from offcall.accesslogs.questions.question import literal
from offcall.core.errors import UserError
from offcall.core.text import did_you_mean

__all__ = ["SHORT", "Filter", "condition"]

SHORT = {
    "status": "elb_status_code",
    "target_status": "target_status_code",
    "target_time": "target_processing_time",
    "request_time": "request_processing_time",
    "response_time": "response_processing_time",
    "tls": "ssl_protocol",
    "bytes": "sent_bytes",
    "agent": "user_agent",
}
"""Short names of columns."""
SHORT_OF_CONNECTIONS = {
    "tls": "tls_protocol",
    "cipher": "tls_cipher",
    "verify": "tls_verify_status",
    "alert": "tls_alert",
    "host": "domain_name",
    "handshake": "tls_handshake_time",
    "bytes": "sent_bytes",
}
"""The same of connections."""

_OPERATORS = ("<=", ">=", "!=", "!~", "<>", "==", "=", "<", ">", "~")
_FORM = re.compile(r"\s*([A-Za-z_]+)\s*(<=|>=|!=|!~|<>|==|=|<|>|~)\s*(.*?)\s*", re.DOTALL)
_KINDS: dict[Table, dict[str, Kind]] = {
    table: {one.name: one.kind for one in columns} for table, columns in TABLES.items()
}
_EXPECTED = "COLUMN OPERATOR VALUE, such as status>=500, method=POST, path~/orders/"


def condition(text: str, table: Table = "requests") -> str:
    """`status>=500`, `method=POST`, `path~/orders` (contains), `host!=a` as SQL.

    Raises:
        UserError: no condition, an unknown column, or a value that does not fit.
    """
    found = _FORM.fullmatch(text)
    if found is None:
        raise UserError("this is no condition", value=text, expected=_EXPECTED)
    name, operator, value = found.groups()
    short = SHORT if table == "requests" else SHORT_OF_CONNECTIONS
    column = short.get(name, name)
    kind = _KINDS[table].get(column)
    if kind is None:
        names = (*short, *_KINDS[table])
        raise UserError(f"there is no column {name!r}", value=text, hint=did_you_mean(name, names))
    operator = {"==": "=", "!=": "<>"}.get(operator, operator)
    if kind is Kind.TEXT:
        return _of_text(column, operator, value.strip("\"'"), text)
    if operator in ("~", "!~") or kind is Kind.TIME:
        hint = "for times, use --since and --until" if kind is Kind.TIME else None
        raise UserError(
            f"{column} cannot be compared so", value=text, expected=_EXPECTED, hint=hint
        )
    if re.fullmatch(r"-?\d+(\.\d+)?", value) is None:
        raise UserError(f"{column} is a number", value=text, expected=f"{name}{operator}500")
    return f"{column} {operator} {value}"


def _of_text(column: str, operator: str, value: str, text: str) -> str:
    if operator in ("~", "!~"):
        pattern = _meant(value)
        word = "LIKE" if operator == "~" else "NOT LIKE"
        shown = f"{column} {word} {literal('%' + pattern + '%')} ESCAPE '!'"
        return shown if operator == "~" else f"{column} IS NULL OR {shown}"
    if operator == "=":
        return f"{column} IS NULL" if value in ("", "-") else f"{column} = {literal(value)}"
    if operator == "<>":
        if value in ("", "-"):
            return f"{column} IS NOT NULL"
        return f"{column} IS NULL OR {column} <> {literal(value)}"
    raise UserError(
        f"{column} is a text", value=text, expected=f"{column}=…, or {column}~… (contains)"
    )


@dataclass(frozen=True, slots=True)
class Filter:
    """What narrows a question down, as SQL and in words."""

    conditions: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    since: datetime | None = None
    until: datetime | None = None
    said: tuple[str, ...] = ()
    """The words without the times."""

    @classmethod
    def of(
        cls,
        where: Iterable[str] = (),
        *,
        path_prefix: str | None = None,
        method: str | None = None,
        host: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        table: Table = "requests",
    ) -> Filter:
        """A filter of the options that the commands share; `until` itself is not inside."""
        conditions = [condition(one, table) for one in where]
        words = list(where)
        if path_prefix is not None:
            pattern = _meant(path_prefix) + "%"
            conditions.append(f"path LIKE {literal(pattern)} ESCAPE '!'")
            words.append(f"path {path_prefix}…")
        if method is not None:
            conditions.append(f"method = {literal(method.upper())}")
            words.append(method.upper())
        if host is not None:
            conditions.append(f"host = {literal(host)}")
            words.append(f"host {host}")
        return cls(tuple(conditions), tuple(words), said=tuple(words)).between(since, until)

    def between(self, since: datetime | None, until: datetime | None) -> Filter:
        """The same from `since` on and before `until`; None is open on that side."""
        conditions, words = list(self.conditions), list(self.words)
        for sign, at, word in ((">=", since, "since"), ("<", until, "until")):
            if at is not None:
                utc = at.astimezone(UTC)
                conditions.append(f"time {sign} TIMESTAMP '{utc:%Y-%m-%d %H:%M:%S.%f}'")
                words.append(f"{word} {utc:%Y-%m-%dT%H:%M:%SZ}")
        return Filter(tuple(conditions), tuple(words), since, until, self.said)


def _meant(text: str) -> str:
    """What LIKE gives a meaning is escaped, so that the text is meant as it is."""
    return re.sub(r"([!%_])", r"!\1", text)
