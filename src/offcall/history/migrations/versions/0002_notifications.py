"""What people were told: threads and messages."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from offcall.history.schema.base import BigId, UTCDateTime

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the tables."""
    op.create_table(
        "notify_thread",
        sa.Column("channel", sa.Text, nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("revision", sa.Text, nullable=False),
        sa.Column("covered", sa.Integer),
        sa.Column("alert", sa.JSON, nullable=False),
        sa.Column("told", sa.JSON(none_as_null=True)),
        sa.Column("reference", sa.JSON, nullable=False),
        sa.Column("updated_at", UTCDateTime, nullable=False),
        sa.PrimaryKeyConstraint("channel", "key", name="pk_notify_thread"),
    )
    op.create_index("ix_notify_thread_state", "notify_thread", ["state"])
    op.create_table(
        "notify_message",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("channel", sa.Text, nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("occasion", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("severity", sa.Text, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("alert", sa.JSON, nullable=False),
        sa.Column("digest", sa.Text),
        sa.Column("rule", sa.Text, nullable=False),
        sa.Column("created_at", UTCDateTime, nullable=False),
        sa.Column("due_at", UTCDateTime, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("claimed_by", sa.Text),
        sa.Column("claimed_at", UTCDateTime),
        sa.Column("ended_at", UTCDateTime),
        sa.Column("outcome", sa.Text),
        sa.PrimaryKeyConstraint("id", name="pk_notify_message"),
        sa.UniqueConstraint(
            "channel", "key", "version", name="uq_notify_message_channel_key_version"
        ),
    )
    op.create_index("ix_notify_message_state_due_at", "notify_message", ["state", "due_at"])
    op.create_index("ix_notify_message_key", "notify_message", ["key"])


def downgrade() -> None:
    """Remove the tables."""
    op.drop_table("notify_message")
    op.drop_table("notify_thread")
