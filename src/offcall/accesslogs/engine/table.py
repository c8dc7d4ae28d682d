"""Athena's table over a folder of logs, a partition a day, and the tool that makes it.

https://docs.aws.amazon.com/athena/latest/ug/create-alb-access-logs-table-partition-projection.html
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import tzinfo
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from offcall.accesslogs.engine.raw import COLUMNS, pattern
from offcall.core.documents import Code, Document, Line, Tone
from offcall.core.errors import UserError
from offcall.core.registry import Effect, Param, tool
from offcall.core.results import Result

if TYPE_CHECKING:
    from offcall.core.context import Context

__all__ = ["DATABASE", "AthenaTable", "Folder", "make_table"]

DATABASE = "offcall"

_FORM = re.compile(
    r"s3://(?P<bucket>[^/]+)/(?P<prefix>(?:.*/)?AWSLogs/(?P<account>\d{12})/elasticloadbalancing/"
    r"(?P<region>[a-z0-9-]+)/)"
)
_FIRST = "2016/08/01"
"""Before the first Application Load Balancer; a projected day without a folder costs nothing."""
_NAME = re.compile(r"[a-z0-9_]{1,255}")


@dataclass(frozen=True, slots=True)
class Folder:
    """The folder of a region, in which AWS writes a folder a day: `…/2026/11/24/`."""

    bucket: str
    prefix: str
    account: str
    region: str

    @classmethod
    def parse(cls, text: str) -> Folder:
        """Read what a person typed.

        Raises:
            UserError: it is another place.
        """
        found = _FORM.fullmatch(text.rstrip("/") + "/")
        if found is None or "'" in text:
            raise UserError(
                "Athena reads the logs of one account and region",
                value=text,
                expected="s3://BUCKET/[PREFIX/]AWSLogs/ACCOUNT/elasticloadbalancing/REGION",
            )
        return cls(found["bucket"], found["prefix"], found["account"], found["region"])

    @property
    def location(self) -> str:
        """Its URL, with a slash at the end."""
        return f"s3://{self.bucket}/{self.prefix}"

    @property
    def table(self) -> str:
        """The table over it: another one when what a line may be changes."""
        digest = hashlib.sha256(f"{self.location} {pattern()}".encode()).hexdigest()
        return f"alb_{self.account}_{self.region.replace('-', '_')}_{digest[:8]}"

    def statements(self, database: str) -> tuple[str, str]:
        """What makes the database, if there is none, and the table."""
        columns = ",\n".join(f"  `{one}` string" for one in COLUMNS)
        table = f"""\
CREATE EXTERNAL TABLE IF NOT EXISTS `{database}`.`{self.table}` (
{columns}
)
PARTITIONED BY (`day` string)
ROW FORMAT SERDE 'org.apache.hadoop.hive.serde2.RegexSerDe'
WITH SERDEPROPERTIES (
  'serialization.format' = '1',
  'input.regex' = '{pattern()}'
)
LOCATION '{self.location}'
TBLPROPERTIES (
  'projection.enabled' = 'true',
  'projection.day.type' = 'date',
  'projection.day.range' = '{_FIRST},NOW',
  'projection.day.format' = 'yyyy/MM/dd',
  'projection.day.interval' = '1',
  'projection.day.interval.unit' = 'DAYS',
  'storage.location.template' = '{self.location}${{day}}'
)"""
        return f"CREATE DATABASE IF NOT EXISTS `{database}`", table


def name_of_database(text: str | None) -> str:
    """The database.

    Raises:
        UserError: it cannot be the name of one.
    """
    if text is not None and not _NAME.fullmatch(text):
        expected = "lower case letters, digits and _"
        raise UserError("is not the name of a database", value=text, expected=expected)
    return text or DATABASE


class AthenaTable(Result):
    """The table, made or not yet."""

    database: str
    table: str
    location: str = Field(description="The logs that it is over.")
    statements: tuple[str, ...] = Field(description="What makes it.")
    made: bool = Field(description="False: without --yes nothing is done.")

    def document(self, zone: tzinfo) -> Document:
        """The statements as they are."""
        said = "Made, if it was not there already." if self.made else "Nothing was done; --yes is."
        text = ";\n\n".join(self.statements) + ";\n"
        return Document(
            f"Athena table {self.database}.{self.table}",
            self.location,
            (Code(text, "sql"), Line(said, Tone.PLAIN if self.made else Tone.MUTED)),
        )

    def outcome(self) -> str:
        """For the audit."""
        return f"made {self.database}.{self.table} over {self.location}"


@tool("logs athena-table", effect=Effect.CHANGE, confirm="yes")
def make_table(
    ctx: Context,
    place: Annotated[
        str,
        Param(
            "the folder of an account and region",
            positional=True,
            metavar="S3",
            examples=("s3://my-logs/AWSLogs/111122223333/elasticloadbalancing/eu-west-1",),
        ),
    ],
    athena_output: Annotated[
        str | None,
        Param("where Athena writes results; the workgroup's by default", metavar="S3"),
    ] = None,
    athena_workgroup: Annotated[str | None, Param("Athena's workgroup", metavar="NAME")] = None,
    athena_database: Annotated[
        str | None, Param("Athena's database; offcall by default", metavar="NAME")
    ] = None,
    yes: Annotated[bool, Param("make it; without, only show how")] = False,
) -> AthenaTable:
    """Make the table that --engine athena asks, over logs of Application Load Balancers in S3.

    The table has a partition for each day without any work: partition projection. It costs nothing,
    and reads nothing before it is asked. The database is made too, if it is not there.
    """
    folder = Folder.parse(place)
    database = name_of_database(athena_database)
    statements = folder.statements(database)
    if yes:
        from offcall.accesslogs.engine.athena import Queries

        queries = Queries(folder.region, athena_output, athena_workgroup)
        for one in statements:
            queries.run(one, None, ctx.progress)
    return AthenaTable(
        database=database,
        table=folder.table,
        location=folder.location,
        statements=statements,
        made=yes,
    )
