"""Sealed addresses and secrets of robots"""

from __future__ import annotations

from collections.abc import Callable

import sqlalchemy as sa
from alembic import op

from marketplace.sealing import seal, unseal

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

_ROBOTS = sa.table(
    "robots", sa.column("id", sa.BigInteger), sa.column("address", sa.Text), sa.column("secret", sa.Text)
)


def _rewrite(change: Callable[[str], str]) -> None:
    """Write the address and secret of each robot otherwise."""
    connection = op.get_bind()
    rows = connection.execute(sa.select(_ROBOTS.c.id, _ROBOTS.c.address, _ROBOTS.c.secret)).all()
    for number, address, secret in rows:
        written = {"address": change(address), "secret": change(secret)}
        connection.execute(sa.update(_ROBOTS).where(_ROBOTS.c.id == number).values(written))


def upgrade() -> None:
    with op.batch_alter_table("robots", schema=None) as batch_op:
        batch_op.alter_column("address", existing_type=sa.String(length=500), type_=sa.Text(), existing_nullable=False)
        batch_op.alter_column("secret", existing_type=sa.String(length=200), type_=sa.Text(), existing_nullable=False)
    _rewrite(lambda text: seal(unseal(text) or ""))


def downgrade() -> None:
    # What was sealed under another key cannot be read: its robot has to be given its address anew.
    _rewrite(lambda text: unseal(text) or "")
    with op.batch_alter_table("robots", schema=None) as batch_op:
        batch_op.alter_column("secret", existing_type=sa.Text(), type_=sa.String(length=200), existing_nullable=False)
        batch_op.alter_column("address", existing_type=sa.Text(), type_=sa.String(length=500), existing_nullable=False)
