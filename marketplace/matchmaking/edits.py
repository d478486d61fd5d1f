"""Edit a draft by hand: what a change would break and cost is said before it is made.

A check reads two participants, their meetings and how full their zone is: its time does not grow with the plan.
"""

from __future__ import annotations

from dataclasses import dataclass

from marketplace.actor import Actor
from marketplace.errors import Conflict, ErrorCode, Invalid
from marketplace.matchmaking import plans, policy
from marketplace.matchmaking.models import PlanVersion
from marketplace.matchmaking.problem import id_of
from marketplace.matchmaking.rows import Change, Touched
from marketplace.matchmaking.sessions import note
from marketplace.transaction import transaction
from scheduling import Meeting

ACTIONS = ("place", "drop", "pin", "unpin")


@dataclass(frozen=True)
class Effect:
    """What an edit does: the rules it breaks (none: it may be made), where the pair meets then, and the plan's figures
    before and after ("value", "bound", "gaps", "lacking", "edits")."""

    broken: tuple[str, ...]
    meeting: Meeting | None
    figures_before: dict[str, float]
    figures: dict[str, float]

    @property
    def before(self) -> float:
        """The value without the edit."""
        return self.figures_before["value"]

    @property
    def after(self) -> float:
        """The value with the edit."""
        return self.figures["value"]


@dataclass(frozen=True)
class Opening:
    """A slot for one pair: the rules that stop it there (none where the pair may meet), and what going there does."""

    slot: int
    stopped_by: tuple[str, ...]
    change: Change


def openings(version: PlanVersion, a: str, b: str) -> tuple[Touched, list[Opening]]:
    """Where a pair may meet instead of where it does, slot by slot. Raises NotFound for no listed pair."""
    touched = Touched(plans.in_rows(version), a, b)
    changes = [(slot, touched.change(slot)) for slot in range(touched.problem.slots)]
    return touched, [Opening(slot, change.breaks, change) for slot, change in changes]


def figures_after(figures: dict[str, float], change: Change | None) -> dict[str, float]:
    """The figures of a plan after a change; the bound holds for edited plans, too, unless an edit shows it too low."""
    if change is None:
        return dict(figures)
    value = figures["value"] + change.value
    return {**figures, "value": value, "bound": max(figures["bound"], value), "gaps": figures["gaps"] + change.gaps,
            "lacking": figures["lacking"] + change.lacking}


def effect_of(touched: Touched, action: str, slot: int | None, table: int | None = None) -> Effect:
    """What an edit would break and cost. Without a table, the first free one of the slot is taken.

    Raises Invalid for no such action, or no slot to place in.
    """
    if action not in ACTIONS:
        raise Invalid({"action": ErrorCode("unknown_choice")})
    figures = touched.figures
    if action in ("pin", "unpin"):
        if action == "pin" and touched.held is None:
            raise Invalid({"action": ErrorCode("unknown_choice")})
        return Effect((), touched.held, figures, dict(figures))
    if action == "drop":
        change = touched.change(None)
        return Effect(change.breaks, None, figures, figures_after(figures, change))
    if slot is None or not 0 <= slot < touched.problem.slots:
        raise Invalid({"slot": ErrorCode("required")})
    change = touched.change(slot)
    number, stopped = touched.table_in(slot, table)
    broken = {*change.breaks, *([stopped] if stopped else [])}
    (pair,) = touched.problem.pairs
    meeting = Meeting(pair.a, pair.b, slot, touched.zone or "", number)
    return Effect(tuple(sorted(broken)), meeting, figures, figures_after(figures, change))


def edit_plan(
    *, actor: Actor, version_id: int, action: str, a: str, b: str, slot: int | None = None, table: int | None = None,
    base_version: int | None = None,
) -> Effect:
    """Make an edit in a draft where it breaks nothing; otherwise nothing changes and the effect says what it breaks.

    Raises:
        NotAllowed, NotFound, Conflict where somebody edited in between; Invalid at "version" for a plan that is
        shown already (copy it first).
    """
    policy.require_organise(actor)
    with transaction():
        version = plans.locked(version_id)
        if version.state != "draft":
            raise Invalid({"version": ErrorCode("plan_is_shown")})
        if base_version is not None and base_version != version.lock_version:
            raise Conflict(version.lock_version, version)
        touched = Touched(plans.in_rows(version), a, b)
        effect = effect_of(touched, action, slot, table)
        if effect.broken:
            return effect
        if action == "pin" and touched.held is not None:
            touched.pin(touched.held.slot)
        elif action == "unpin":
            touched.pin(None)
        elif effect.meeting is not None:
            # What was placed by hand stays when the plan is made anew.
            touched.put(effect.meeting.slot, effect.meeting.table)
        else:
            touched.put(None)
        version.board = {**effect.figures, "edits": effect.figures["edits"] + 1}
        version.lock_version += 1
        note(actor, f"session.meeting_{action}", version.session_id, version=version.number, buyer=id_of(a),
             supplier=id_of(b))
    return effect
