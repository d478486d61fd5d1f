"""Languages with levels and scripts read"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

_ORGANISATIONS = sa.table("organisations", sa.column("id", sa.BigInteger), sa.column("languages", sa.JSON))
_PEOPLE = sa.table("event_people", sa.column("id", sa.BigInteger), sa.column("languages", sa.JSON))


def _rewrite(table: sa.TableClause, change: Any) -> None:
    """Give each row whose list of languages `change` writes otherwise the new list."""
    connection = op.get_bind()
    for number, languages in connection.execute(sa.select(table.c.id, table.c.languages)).all():
        if isinstance(languages, list) and (changed := [change(one) for one in languages]) != languages:
            connection.execute(sa.update(table).where(table.c.id == number).values(languages=changed))


def _with_level(one: Any) -> Any:
    return {"code": one, "level": "fluent"} if isinstance(one, str) else one


def _without_mother_tongue(one: Any) -> Any:
    return {**one, "level": "fluent"} if isinstance(one, dict) and one.get("level") == "native" else one


def _without_level(one: Any) -> Any:
    return one.get("code") if isinstance(one, dict) else one


def upgrade() -> None:
    with op.batch_alter_table("event_people", schema=None) as batch_op:
        batch_op.add_column(sa.Column("reads", sa.JSON(), server_default="[]", nullable=False))

    with op.batch_alter_table("organisations", schema=None) as batch_op:
        batch_op.add_column(sa.Column("reads", sa.JSON(), server_default="[]", nullable=False))

    # Every language that an organisation named counted as spoken; a mother tongue is spoken fluently.
    _rewrite(_ORGANISATIONS, _with_level)
    _rewrite(_PEOPLE, _without_mother_tongue)


def downgrade() -> None:
    _rewrite(_ORGANISATIONS, _without_level)
    with op.batch_alter_table("organisations", schema=None) as batch_op:
        batch_op.drop_column("reads")

    with op.batch_alter_table("event_people", schema=None) as batch_op:
        batch_op.drop_column("reads")
