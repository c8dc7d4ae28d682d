"""From the table of texts to `requests`, in SQL, as the reader makes it of the same lines.

The questions are put behind what is made here and stay as they are. Trino (Athena) and Spark differ
in a few functions only: see `DIALECTS`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from offcall.accesslogs.engine.raw import EXTRA, FIELDS
from offcall.accesslogs.questions.question import literal
from offcall.accesslogs.routes import PARAMETERS, RULES, Rule

__all__ = ["DIALECTS", "SPARK", "TRINO", "Dialect", "good", "requests"]


@dataclass(frozen=True, slots=True)
class Dialect:
    """What engines call differently.

    Attributes:
        name: as sqlglot calls it.
        file: the file that a line stands in.
        days: the days from 1970 until {date}.
        moment: {seconds} after 1970 and the microseconds in the text {fraction}.
    """

    name: str
    file: str
    days: str
    moment: str


TRINO = Dialect(
    name="trino",
    file='"$path"',
    days="date_diff('day', DATE '1970-01-01', {date})",
    moment="date_add('second', {seconds}, "
    "TRY_CAST('1970-01-01 00:00:00.' || {fraction} AS TIMESTAMP(6)))",
)
SPARK = Dialect(
    name="spark",
    file="file",
    days="CAST(datediff({date}, DATE '1970-01-01') AS BIGINT)",
    moment="timestampadd(SECOND, {seconds}, "
    "TRY_CAST('1970-01-01 00:00:00.' || {fraction} AS TIMESTAMP_NTZ))",
)
DIALECTS = (TRINO, SPARK)

_INTEGER = r"\A-?[0-9]{1,18}\z"
_SECONDS = r"\A-?(?:[0-9]+[.]?[0-9]*|[.][0-9]+)\z"
_TIME = (
    r"(?s)\A[0-9]{4}-[0-9]{2}-[0-9]{2}.(?:[01][0-9]|2[0-3]):[0-5][0-9]:(?:[0-5][0-9]|60)"
    r"(?:[.][0-9]{1,6})?Z?\z"
)
_TAKEN = ("request_processing_time", "target_processing_time", "response_processing_time")
_COUNTED = ("elb_status_code", "target_status_code", "received_bytes", "sent_bytes")
_LENIENT = ("matched_rule_priority",)
_URL = frozenset({"method", "scheme", "host", "port", "path", "query", "http_version", "route"})


def _fits(text: str, pattern: str) -> str:
    return f"regexp_like({text}, {literal(pattern)})"


def _part(text: str, pattern: str, group: int = 1) -> str:
    """A group of a pattern; NULL, and in no engine an empty text, if the text does not fit."""
    found = f"regexp_extract({text}, {literal(pattern)}, {group})"
    return f"CASE WHEN {_fits(text, pattern)} THEN {found} END"


def _text(value: str) -> str:
    return f"NULLIF({value}, '-')"


def _integer(value: str) -> str:
    return f"CASE WHEN {_fits(value, _INTEGER)} THEN TRY_CAST({value} AS BIGINT) END"


def _seconds(value: str) -> str:
    return f"CASE WHEN {value} NOT LIKE '-%' THEN TRY_CAST({value} AS DOUBLE) END"


def _date(value: str) -> str:
    return f"TRY_CAST(SUBSTR({value}, 1, 10) AS DATE)"


def _is_time(value: str) -> str:
    """Whether it is a time, from 1970 on."""
    return f"({_fits(value, _TIME)} AND {_date(value)} >= DATE '1970-01-01')"


def _second(value: str, dialect: Dialect) -> str:
    hour, minute, second = (f"TRY_CAST(SUBSTR({value}, {at}, 2) AS BIGINT)" for at in (12, 15, 18))
    days = dialect.days.format(date=_date(value))
    return f"({days} * 86400 + {hour} * 3600 + {minute} * 60 + {second})"


def _moment(value: str, dialect: Dialect) -> str:
    digits = _part(value, r"[.]([0-9]+)Z?\z")
    fraction = f"RPAD(COALESCE({digits}, '0'), 6, '0')"
    return dialect.moment.format(seconds=_second(value, dialect), fraction=fraction)


def good() -> str:
    """Whether a row of the table of texts is a line: see `Format.judged`. Never NULL."""
    judged = [_is_time("time")]
    judged += [
        f"({one} IN ('-', '') OR ({_fits(one, _SECONDS)} AND LENGTH(REPLACE({one}, '-', '')) < 17))"
        for one in _TAKEN
    ]
    judged += [f"({one} IN ('-', '') OR {_fits(one, _INTEGER)})" for one in _COUNTED]
    return f"COALESCE({' AND '.join(judged)}, FALSE)"


# ---- addresses and requests: see reading/addresses.py


_ADDRESS = r"(?s)\A(.*):([^:]*[^:\]]|)\z"
_BRACKETS = r"(?s)\A\[(.*)\]\z"


def _host(value: str) -> str:
    host = f"COALESCE({_part(value, _ADDRESS)}, {value})"
    return _text(f"COALESCE({_part(host, _BRACKETS)}, {host})")


def _port(value: str) -> str:
    return _integer(_part(value, _ADDRESS, 2))


def _present(value: str) -> str:
    return f"NULLIF(NULLIF({value}, '-'), '')"


def _route() -> str:
    path = f"regexp_replace(path, {literal(PARAMETERS)}, '')"
    cases = " ".join(_case(one) for one in RULES)
    each = f"transform(split({path}, '/'), part -> CASE {cases} ELSE part END)"
    return _text(f"array_join({each}, '/')")


def _case(rule: Rule) -> str:
    fits = " AND ".join(_fits("part", one) for one in rule.expressions)
    becomes = literal(rule.placeholder)
    if rule.inside:
        kept = literal(f"$1{rule.placeholder}$2")
        becomes = f"regexp_replace(part, {literal(rule.expressions[0])}, {kept})"
    return f"WHEN {fits} THEN {becomes}"


_UNREAD = literal(r"-\z")
_WITHOUT_VERSION = _part("called", r"(?s)\A(.*) (?:HTTP/[^ ]*|-|)\z")
_BEHIND_HOST = _part("url", r"(?s)\A[^/:]*://[^/?]*(.*)\z")

# A request is taken apart in steps; each has the names of those before.
_STEPS = (
    {
        "verb": _part("request", r"(?s)\A([^ ]*) "),
        "called": _part("request", r"(?s)\A[^ ]* (.*)\z"),
    },
    {
        "version": _part("called", r"(?s) (HTTP/[^ ]*)\z"),
        "location": f"COALESCE({_WITHOUT_VERSION}, called)",
    },
    {
        "url": f"NULLIF(CASE WHEN verb = '-' THEN regexp_replace(location, {_UNREAD}, '') "
        "ELSE location END, '')",
    },
    {
        "protocol": _part("url", r"(?s)\A([^/:]*)://"),
        "authority": _present(_part("url", r"(?s)\A[^/:]*://([^/?]*)")),
        "rest": f"CASE WHEN verb <> '-' THEN COALESCE({_BEHIND_HOST}, url) END",
    },
    {"path": _text(_part("rest", r"\A([^?]*)"))},
)


def _columns(dialect: Dialect) -> dict[str, str]:
    """What each column of `requests` is made of."""
    client = _present("client")
    created = "request_creation_time"
    total = " + ".join(f"COALESCE({_seconds(one)}, 0e0)" for one in _TAKEN)
    some = " OR ".join(f"{_seconds(one)} IS NOT NULL" for one in _TAKEN)
    return {
        **{name: _text(name) for name in (*FIELDS, EXTRA)},
        **{name: _seconds(name) for name in _TAKEN},
        **{name: _integer(name) for name in (*_COUNTED, *_LENIENT)},
        "log": "'alb'",
        "file": "file_of",
        "time": _moment("time", dialect),
        "second": _second("time", dialect),
        "client": _host(client),
        "client_port": _port(client),
        "total_time": f"CASE WHEN {some} THEN ROUND(({total}) * 1e6) / 1e6 END",
        created: f"CASE WHEN {_is_time(created)} THEN {_moment(created, dialect)} END",
        "method": _text("verb"),
        "scheme": _text("protocol"),
        "host": _host("authority"),
        "port": _port("authority"),
        "path": "path",
        "route": _route(),
        "query": _text(_part("rest", r"(?s)\A[^?]*[?](.*)\z")),
        "http_version": _text("version"),
    }


def requests(dialect: Dialect, table: str, uses: Sequence[str], where: str) -> str:
    """What stands before a question: `WITH … requests AS (…)`.

    Args:
        table: the table of texts.
        uses: the columns that the question uses.
        where: which rows of the table are lines that are looked at: see `good`.
    """
    made = _columns(dialect)
    chosen = ",\n  ".join(f"{made[name]} AS {name}" for name in uses or ("second",))
    steps = [f"lines AS (SELECT *, {dialect.file} AS file_of FROM {table} WHERE {where})"]
    source = "lines"
    if _URL.intersection(uses):
        for number, step in enumerate(_STEPS):
            more = ", ".join(f"{sql} AS {name}" for name, sql in step.items())
            steps.append(f"step{number} AS (SELECT *, {more} FROM {source})")
            source = f"step{number}"
    steps.append(f"requests AS (SELECT\n  {chosen}\nFROM {source})")
    return "WITH " + ",\n".join(steps) + "\n"
