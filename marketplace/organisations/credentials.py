"""Credentials of an organisation: add one, take one away."""

from __future__ import annotations

import secrets
from datetime import date

import sqlalchemy as sa

from catalogue import credentials, places
from marketplace import clock, hooks
from marketplace.actor import Actor
from marketplace.audit import service as audit
from marketplace.errors import ErrorCode, Invalid, NotFound
from marketplace.extensions import db
from marketplace.files import service as files
from marketplace.organisations import policy, queries
from marketplace.organisations.models import Credential
from marketplace.transaction import transaction

MOST = 50


def add_credential(
    *, actor: Actor, organisation_id: int, kind: str, issuer: str, number: str, expires_on: date | None, scope: str,
    file_id: int | None, submission_id: str, place_id: str | None = None, valid_from: date | None = None,
) -> Credential:
    """Add a credential; the same submission a second time gives the one it made. `place_id`: where it counts.

    Raises:
        NotFound, NotAllowed: who may not edit the organisation.
        Invalid: the file is not the organisation's own, there are too many, or the dates cannot be.
    """
    errors = {}
    if valid_from is not None and valid_from > credentials.day(clock.now()):
        errors["valid_from"] = ErrorCode("starts_in_the_future")
    if valid_from is not None and expires_on is not None and expires_on < valid_from:
        errors["expires_on"] = ErrorCode("ends_before_it_starts")
    if place_id is not None and not places.is_known(place_id):
        errors["place_id"] = ErrorCode("unknown_choice", {"value": place_id})
    if errors:
        raise Invalid(errors)
    with transaction():
        policy.require_edit(actor, queries.find(organisation_id, lock=True))
        earlier = db.session.scalars(sa.select(Credential).where(Credential.submission_id == submission_id)).first()
        if earlier is not None and earlier.organisation_id == organisation_id:
            return earlier
        if earlier is not None:  # another organisation's form was sent under this mark: it is no mark of ours
            submission_id = secrets.token_urlsafe(16)
        if file_id is not None and not files.usable(actor=actor, ids=[file_id]):
            raise Invalid({"file": ErrorCode("unknown_choice")})
        count = db.session.scalar(
            sa.select(sa.func.count()).select_from(Credential).where(Credential.organisation_id == organisation_id))
        if count is not None and count >= MOST:
            raise Invalid({"kind": ErrorCode("too_many_credentials", {"maximum": MOST})})
        credential = Credential(organisation_id=organisation_id, kind=kind, issuer=issuer, number=number,
                                expires_on=expires_on, scope=scope, file_id=file_id, place_id=place_id,
                                valid_from=valid_from, submission_id=submission_id)
        db.session.add(credential)
        db.session.flush()  # the audit row names it
        _record(actor, "credential.added", credential, new=True)
        hooks.call("organisation_credentials_changed", organisation_id=organisation_id)
    return credential


def remove_credential(*, actor: Actor, organisation_id: int, credential_id: int) -> None:
    """Take a credential away. Raises NotFound, NotAllowed: who may not edit, or not this organisation's."""
    with transaction():
        policy.require_edit(actor, queries.find(organisation_id, lock=True))
        credential = db.session.get(Credential, credential_id)
        if credential is None or credential.organisation_id != organisation_id:
            raise NotFound
        _record(actor, "credential.removed", credential, new=False)
        db.session.delete(credential)
        db.session.flush()  # what is judged by the credentials reads them in the same transaction
        hooks.call("organisation_credentials_changed", organisation_id=organisation_id)


def _record(actor: Actor, action: str, credential: Credential, *, new: bool) -> None:
    values = {
        "kind": credential.kind, "issuer": credential.issuer, "number": credential.number, "scope": credential.scope,
        "place": credential.place_id,
        "valid_from": credential.valid_from.isoformat() if credential.valid_from else None,
        "expires_on": credential.expires_on.isoformat() if credential.expires_on else None,
    }
    audit.record(
        actor=actor, action=action, subject_kind="organisation", subject_id=credential.organisation_id,
        changes={f"credential {credential.id} {name}": ((None, value) if new else (value, None)) + ("public",)
                 for name, value in values.items() if value},
    )
