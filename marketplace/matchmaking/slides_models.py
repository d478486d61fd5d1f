"""Slides that are collected before a part of turns, and the number from which its order was drawn."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace import clock
from marketplace.extensions import db
from marketplace.files.models import StoredFile
from marketplace.matchmaking.models import Part, Participation
from marketplace.types import UTCDateTime, primary_key


class TurnRule(db.Model):
    """`slides_until`: until when slides are taken, None where none are asked for. `draw`: what the present order was
    drawn from, None for one set by hand."""

    __tablename__ = "session_turn_rules"

    part_id: Mapped[int] = mapped_column(sa.ForeignKey("session_parts.id", ondelete="CASCADE"), primary_key=True)
    slides_until: Mapped[datetime | None] = mapped_column(UTCDateTime)
    draw: Mapped[int | None] = mapped_column(sa.BigInteger)


class TurnSlides(db.Model):
    """The slides of one participation for one part; a later file replaces an earlier one."""

    __tablename__ = "session_turn_slides"
    __table_args__ = (sa.UniqueConstraint("part_id", "participation_id"),)

    id: Mapped[int] = primary_key()
    part_id: Mapped[int] = mapped_column(sa.ForeignKey("session_parts.id", ondelete="CASCADE"))
    participation_id: Mapped[int] = mapped_column(
        sa.ForeignKey("session_participations.id", ondelete="CASCADE"), index=True)
    file_id: Mapped[int] = mapped_column(sa.ForeignKey("stored_files.id", ondelete="CASCADE"), index=True)
    uploaded_at: Mapped[datetime] = mapped_column(UTCDateTime, default=clock.now)
    part: Mapped[Part] = relationship()
    participation: Mapped[Participation] = relationship()
    file: Mapped[StoredFile] = relationship()
