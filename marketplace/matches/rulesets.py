"""Rulesets of matching: what was proposed from judgements, and which one people put in force."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace import clock
from marketplace.extensions import db
from marketplace.types import JSONValue, UTCDateTime, primary_key
from search.matching.ruleset import put_in_force as judge_by


class ProposedRuleset(db.Model):
    """Points of the parts as judgements propose them.

    `demands`: how many judged demands stand behind it; `gain`, `low`, `high`: of nDCG@10 over the points then in
    force, cross-validated, with the 95 % interval.
    """

    __tablename__ = "proposed_rulesets"

    id: Mapped[int] = primary_key()
    parts: Mapped[Any] = mapped_column(JSONValue)
    against: Mapped[str] = mapped_column(sa.String(60))
    demands: Mapped[int] = mapped_column(sa.Integer)
    before: Mapped[float] = mapped_column(sa.Float)
    after: Mapped[float] = mapped_column(sa.Float)
    gain: Mapped[float] = mapped_column(sa.Float)
    low: Mapped[float] = mapped_column(sa.Float)
    high: Mapped[float] = mapped_column(sa.Float)
    proposed_at: Mapped[datetime] = mapped_column(UTCDateTime, default=clock.now)


class RulesetAdoption(db.Model):
    """That somebody put a ruleset in force; `proposed_id` None: the one that comes with the program."""

    __tablename__ = "ruleset_adoptions"

    id: Mapped[int] = primary_key()
    proposed_id: Mapped[int | None] = mapped_column(sa.ForeignKey("proposed_rulesets.id"), index=True)
    version: Mapped[str] = mapped_column(sa.String(60))
    user_id: Mapped[int] = mapped_column(sa.BigInteger)
    adopted_at: Mapped[datetime] = mapped_column(UTCDateTime, default=clock.now)
    proposed: Mapped[ProposedRuleset | None] = relationship()


def adopted_parts() -> Mapping[str, float] | None:
    """The points of the parts that were put in force last; None for those that come with the program."""
    found = db.session.execute(
        sa.select(ProposedRuleset.parts)
        .select_from(RulesetAdoption)
        .outerjoin(ProposedRuleset, ProposedRuleset.id == RulesetAdoption.proposed_id)
        .order_by(RulesetAdoption.id.desc())
        .limit(1)
    ).first()
    return found[0] if found else None


def put_in_force() -> None:
    """Let this process judge by the ruleset in force. Asked before each judging: several processes share one market."""
    judge_by(adopted_parts())
