"""Notices follow an organisation that was merged, and its people hear of it."""

from __future__ import annotations

from typing import Any

from marketplace.extensions import db
from marketplace.notifications.models import Notification
from marketplace.notifications.service import notify
from marketplace.organisations.merging import Moved, move
from marketplace.organisations.models import Organisation


def follow(*, kept_id: int, merged_id: int, moved: Moved) -> None:
    """Give the inbox to the organisation that stays and tell everybody who acts for it, in the open transaction."""
    moved["notices"] = move(Notification, Notification.organisation_id, kept_id=kept_id, merged_id=merged_id)
    kept, merged = db.session.get_one(Organisation, kept_id), db.session.get_one(Organisation, merged_id)
    notify(
        organisation_id=kept_id,
        kind="organisations_merged",
        params={"organisation_id": kept_id, "names": kept.names, "merged_names": merged.names},
        dedupe_key=f"organisations_merged:{merged_id}",
    )


def tell_listing_merged(kind: str, *, kept: Any, merged: Any) -> None:
    """Tell the owner of two listings that the organisers made one of them, in the open transaction."""
    notify(
        organisation_id=kept.organisation_id,
        kind="listings_merged",
        params={
            "kind": kind,
            "kept_id": kept.id,
            "kept_title": kept.live_content["texts"].get("title", {}),
            "merged_title": merged.live_content["texts"].get("title", {}),
        },
        dedupe_key=f"listings_merged:{kind}:{merged.id}",
    )
