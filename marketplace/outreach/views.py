"""The pages of this room."""

from __future__ import annotations

from flask.blueprints import BlueprintSetupState

from marketplace.moderation import subjects
from marketplace.outreach import (
    board_views,  # noqa: F401 - hang their pages on the same blueprint
    claim_views,  # noqa: F401
    delegation_views,  # noqa: F401
    list_views,  # noqa: F401
)
from marketplace.outreach.blueprint import blueprint
from marketplace.outreach.cases import SUBJECT

__all__ = ["blueprint"]


@blueprint.record
def _install(state: BlueprintSetupState) -> None:
    subjects.register(state.app, SUBJECT)
