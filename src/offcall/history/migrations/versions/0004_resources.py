"""The resources that were looked at, with their tags."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from offcall.history.schema.base import UTCDateTime

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "resource",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("name", sa.Text),
        sa.Column("body", sa.JSON, nullable=False),
        sa.Column("room", sa.Text, nullable=False),
        sa.Column("seen_at", UTCDateTime, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_resource"),
    )
    op.create_index("ix_resource_seen_at", "resource", ["seen_at"])


def downgrade() -> None:
    """Remove the table."""
    op.drop_table("resource")
