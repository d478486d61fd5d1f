"""Institutions that need the same as another's demand asks for, and how much of it."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.demands.models import Demand
from marketplace.extensions import db
from marketplace.organisations.models import Organisation
from marketplace.types import UTCDateTime, primary_key

JOIN_STATES = ("asked", "accepted", "declined", "left")
MOST = 1_000_000


class DemandJoin(db.Model):
    """One institution's share in another's demand. The newest word counts; the audit keeps the others.

    `named`: whether suppliers may be told who it is; its quantity alone is shown once the demander accepts.
    """

    __tablename__ = "demand_joins"
    __table_args__ = (
        sa.UniqueConstraint("demand_id", "organisation_id"),
        sa.CheckConstraint("state IN ('asked', 'accepted', 'declined', 'left')", name="state"),
        sa.CheckConstraint("quantity > 0", name="quantity"),
    )

    id: Mapped[int] = primary_key()
    demand_id: Mapped[int] = mapped_column(sa.ForeignKey("demands.id"))
    organisation_id: Mapped[int] = mapped_column(sa.ForeignKey("organisations.id"), index=True)
    quantity: Mapped[int]
    note: Mapped[str | None] = mapped_column(sa.Text)
    named: Mapped[bool] = mapped_column(default=False)
    state: Mapped[str] = mapped_column(sa.String(20))
    asked_at: Mapped[datetime] = mapped_column(UTCDateTime)
    changed_at: Mapped[datetime] = mapped_column(UTCDateTime)
    user_id: Mapped[int] = mapped_column(sa.BigInteger)
    demand: Mapped[Demand] = relationship()
    organisation: Mapped[Organisation] = relationship()
