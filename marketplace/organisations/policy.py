"""Who may see, change and speak for an organisation."""

from __future__ import annotations

import sqlalchemy as sa

from marketplace.actor import Actor
from marketplace.errors import NotAllowed, NotFound
from marketplace.extensions import db
from marketplace.files.models import StoredFile
from marketplace.organisations.models import Credential, Organisation


def is_member(actor: Actor, organisation: Organisation) -> bool:
    """Whether the actor acts for it, in whichever role."""
    return actor.organisation_id == organisation.id and bool(actor.roles)


def may_see(actor: Actor, organisation: Organisation) -> bool:
    """Approved ones everybody; others their members and the organisers."""
    return organisation.is_approved or is_member(actor, organisation) or actor.is_organiser or actor.is_system


def may_see_private(actor: Actor, organisation: Organisation) -> bool:
    """Contact, files of credentials, why it was rejected: its members and the organisers."""
    return is_member(actor, organisation) or actor.is_organiser or actor.is_system


def may_edit(actor: Actor, organisation: Organisation) -> bool:
    """Its owners and editors."""
    return is_member(actor, organisation) and actor.may_edit


def may_manage_members(actor: Actor, organisation: Organisation) -> bool:
    """Its owners."""
    return is_member(actor, organisation) and "owner" in actor.roles


def may_read_file(actor: Actor, file: StoredFile) -> bool:
    """Whether the file hangs on a credential of an organisation whose private side the actor may see."""
    organisation = db.session.scalars(
        sa.select(Organisation).join(Credential).where(Credential.file_id == file.id)).first()
    return organisation is not None and may_see_private(actor, organisation)


def require_see(actor: Actor, organisation: Organisation | None) -> Organisation:
    """Raises NotFound: that an unapproved organisation exists is nobody else's business."""
    if organisation is None or not may_see(actor, organisation):
        raise NotFound
    return organisation


def require_member(actor: Actor, organisation: Organisation | None) -> Organisation:
    """Raises NotFound for whoever may not see it, NotAllowed for whoever only sees it."""
    organisation = require_see(actor, organisation)
    if not is_member(actor, organisation):
        raise NotAllowed("members_only")
    return organisation


def require_edit(actor: Actor, organisation: Organisation | None) -> Organisation:
    """Raises NotFound for whoever may not see it, NotAllowed for whoever only sees it."""
    organisation = require_see(actor, organisation)
    if not may_edit(actor, organisation):
        raise NotAllowed("editors_only")
    return organisation


def require_manage_members(actor: Actor, organisation: Organisation | None) -> Organisation:
    """Raises NotFound for whoever may not see it, NotAllowed for whoever does not own it."""
    organisation = require_see(actor, organisation)
    if not may_manage_members(actor, organisation):
        raise NotAllowed("owners_only")
    return organisation
