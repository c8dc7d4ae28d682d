"""One life for a finding: under the room that named it, not under who looked and how far."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_NAMES = ("id", "scope", "fingerprint", "rule", "first_seen", "new_since", "last_seen")
_finding = sa.table("finding", *map(sa.column, _NAMES))


def upgrade() -> None:
    """Keep the newest copy of each finding, with the oldest beginning, under its room."""
    one, other = _finding, _finding.alias("other")
    same = (other.c.fingerprint == one.c.fingerprint, _copied(other))
    first = {
        name: sa.select(sa.func.min(other.c[name])).where(*same).scalar_subquery()
        for name in ("first_seen", "new_since")
    }
    op.execute(one.update().where(_copied(one)).values(**first))
    newer = sa.or_(
        other.c.last_seen > one.c.last_seen,
        sa.and_(other.c.last_seen == one.c.last_seen, other.c.id > one.c.id),
    )
    op.execute(one.delete().where(_copied(one), sa.exists().where(*same, newer)))
    # Rules are called after their rooms.
    room = sa.case(
        (one.c.rule.like("lifecycle-%"), "lifecycle"),
        (one.c.rule.like("notify-%"), "notify"),
        else_="health",
    )
    op.execute(one.update().where(_copied(one)).values(scope=room))
    op.create_index("ix_finding_resolved_at", "finding", ["resolved_at"])


def _copied(rows: sa.FromClause) -> sa.ColumnElement[bool]:
    return sa.or_(rows.c.scope == "worker", rows.c.scope.like("brief %"))
