"""The lines of Application Load Balancers as a table of texts: a column for each field.

An engine that reads the logs itself splits a line with one regular expression, as Athena's
RegexSerDe does with AWS's own tables. It is made of what `formats/alb.py` says, and takes the same
lines for good as the reader: how many fields there may be, and which stand in quotes. Each field is
atomic, so that no field grows beyond its end to let the rest fit. What a field says is judged
later, in `views.py`.

https://docs.aws.amazon.com/athena/latest/ug/create-alb-access-logs-table-partition-projection.html
"""

from __future__ import annotations

from collections.abc import Iterator

from offcall.accesslogs.formats.alb import ALB

__all__ = ["COLUMNS", "EXTRA", "FIELDS", "OPTIONAL", "pattern"]

FIELDS = (
    "type", "time", "elb", "client", "target", "request_processing_time",
    "target_processing_time", "response_processing_time", "elb_status_code",
    "target_status_code", "received_bytes", "sent_bytes", "request", "user_agent", "ssl_cipher",
    "ssl_protocol", "target_group_arn", "trace_id", "domain_name", "chosen_cert_arn",
    "matched_rule_priority", "request_creation_time", "actions_executed", "redirect_url",
    "error_reason", "target_list", "target_status_code_list", "classification",
    "classification_reason", "conn_trace_id", "transformed_host", "transformed_uri",
    "request_transform_status",
)  # fmt: skip
"""A line's fields in their order. `client` and `target` have their port, `request` is whole."""
assert len(FIELDS) == ALB.fields

EXTRA = "extra"
"""The last column: what AWS has added since."""

COLUMNS = (*FIELDS, EXTRA)

_END = "(?: |(?!.))"
_HERE = "(?=.)"  # a space at the end of a line begins no field
_FIELD = {
    '"': f'(?>"(.*?)"{_END})',
    "-": f'(?>{_HERE}(?!")([^ ]*){_END})',
    "?": f'(?>{_HERE}"?+((?<=").*?(?="{_END})|(?<!")[^ ]*)"?{_END})',
}
_MORE = f'((?:(?>{_HERE}(?:".*?"|(?!")[^ ]*){_END}))+)'


def _marks() -> str:
    quotes = ALB.quotes or ""
    return quotes + "?" * (ALB.fields - len(quotes))


def _blocks() -> Iterator[tuple[int, int]]:
    """Which fields come together, as AWS added them: from, until."""
    ends = sorted(ALB.lengths)
    yield from zip([0, *ends], ends, strict=False)


OPTIONAL: dict[str, int] = {
    name: block for block, (start, end) in enumerate([*_blocks()][1:]) for name in FIELDS[start:end]
} | {EXTRA: len(ALB.lengths) - 1}
"""In which of the optional blocks a column stands that a shorter line does not have."""


def pattern(*, marked: bool = False) -> str:
    """The expression of a whole line, for Java; without a backslash, which DDL would need twice.

    Args:
        marked: another group, before the first of each optional block, is not empty if the block
            is there. So it is known where the values of groups are joined.
    """
    marks = _marks()
    mark = "(?=(.))" if marked else ""
    blocks = ["".join(_FIELD[one] for one in marks[start:end]) for start, end in _blocks()]
    result = f"(?:{mark}{_MORE})?"
    for block in reversed(blocks[1:]):
        result = f"(?:{mark}{block}{result})?"
    return f"(?s)^{blocks[0]}{result}(?!.)"
