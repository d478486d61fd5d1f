"""The pages that offers and demands have in common. Each room hangs them on its own blueprint and adds its own."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import flash, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from catalogue import kinds
from marketplace import clock
from marketplace.accounts.web import current_actor, require_user
from marketplace.errors import AlreadyDone
from marketplace.files import service as files
from marketplace.forms import BaseForm
from marketplace.listings import compare, lookalikes, policy, queries, service, views_counted, wording
from marketplace.listings import content as contents
from marketplace.listings.form_views import FormViews
from marketplace.listings.freshness import stale_facts
from marketplace.listings.states import state_of


class ListingViews(FormViews):
    """The pages of one desk. Every view permits, parses, calls one verb and answers."""

    def add_to(self, blueprint: Any) -> None:
        """Hang the pages on the room's blueprint under /offers or /demands."""
        one = f"/{self.desk.plural}/<int:{self.desk.name}_id>"
        for address, name, methods in (
            (f"/{self.desk.plural}/new", "new", ["GET", "POST"]),
            (one, "show", ["GET"]),
            (f"{one}/edit", "edit", ["GET", "POST"]),
            (f"{one}/preview", "preview", ["GET"]),
            (f"{one}/publish", "publish", ["POST"]),
            (f"{one}/withdraw", "withdraw", ["GET", "POST"]),
            (f"{one}/copy", "copy", ["POST"]),
            (f"{one}/confirm", "confirm", ["POST"]),
            (f"{one}/discard", "discard", ["POST"]),
            (f"{one}/history", "history", ["GET"]),
        ):
            view = self._by_own_id(getattr(self, name))
            blueprint.add_url_rule(address, name, view if name == "show" else require_user(view), methods=methods)

    def _by_own_id(self, view: Callable[..., ResponseReturnValue]) -> Callable[..., ResponseReturnValue]:
        """The view under the name that the room's addresses give its id: offer_id, demand_id."""

        @wraps(view)
        def called(**arguments: int) -> ResponseReturnValue:
            return view(*arguments.values())

        return called

    def show(self, listing_id: int) -> ResponseReturnValue:
        """The live version, to whoever may see it; a draft's own people are sent to the preview."""
        actor = current_actor()
        listing, owner = queries.find(self.desk, listing_id)
        if listing is not None and listing.live_version_id is None and policy.may_read_drafts(actor, listing):
            return redirect(self._url("preview", listing_id))
        if listing is not None and listing.merged_into_id is not None and not (
            actor.is_organiser or policy.may_read_drafts(actor, listing)
        ):
            return redirect(self._url("show", listing.merged_into_id), 301)
        policy.require_read(actor, listing, owner, clock.now())
        page = make_response(
            self._listing_page("show", listing, owner, service.version_of(self.desk, listing.live_version_id))
        )
        if views_counted.counts(actor, listing):
            views_counted.count_when_sent(page, self.desk.name, listing_id)
        return page

    def preview(self, listing_id: int) -> ResponseReturnValue:
        """The newest version as it would be shown."""
        listing, owner = queries.find(self.desk, listing_id)
        policy.require_read_drafts(current_actor(), listing)
        newest = service.version_of(self.desk, listing.newest_version_id)
        gaps = service.what_is_missing(self.desk, newest.content)
        return self._listing_page(
            "preview",
            listing,
            owner,
            newest,
            gaps=self._named(gaps, newest.content),
            alike=lookalikes.find(self.desk.name, listing, owner, newest.content, current_actor()),
        )

    def publish(self, listing_id: int) -> ResponseReturnValue:
        """Make the version that was looked at the live one."""
        if not BaseForm().validate():
            return self._press_again(listing_id)
        looked_at = request.form.get("version_id", "")
        return self._publish(listing_id, int(looked_at) if looked_at.isdecimal() and len(looked_at) < 19 else None)

    def withdraw(self, listing_id: int) -> ResponseReturnValue:
        """Ask, then withdraw."""
        actor = current_actor()
        listing, _owner = queries.find(self.desk, listing_id)
        policy.require_withdraw(actor, listing)
        form = BaseForm()
        if not form.validate_on_submit():
            own = policy.may_read_drafts(actor, listing)
            shown = service.version_of(self.desk, listing.newest_version_id if own else listing.live_version_id)
            return render_template(
                f"{self.desk.plural}/withdraw.html", form=form, listing=listing, content=shown.content, desk=self.desk
            ), 422 if form.errors else 200
        service.withdraw(self.desk, actor=actor, listing_id=listing_id)
        return self._done(
            _("Withdrawn. Nobody finds it any more; you can publish it again."),
            listing_id,
            "preview" if policy.may_read_drafts(actor, listing) else "show",
        )

    def copy(self, listing_id: int) -> ResponseReturnValue:
        """A new draft that says the same."""
        form = BaseForm()
        if not form.validate():
            return self._press_again(listing_id)
        try:
            made = service.copy(
                self.desk, actor=current_actor(), listing_id=listing_id, submission_id=form.submission_id.data
            ).id
        except AlreadyDone as done:
            made = done.result
        flash(_("Copied. This is the new draft."), "success")
        return redirect(self._url("edit", made), 303)

    def confirm(self, listing_id: int) -> ResponseReturnValue:
        """Say that everything is still right today."""
        if not BaseForm().validate():
            return self._press_again(listing_id)
        service.confirm(self.desk, actor=current_actor(), listing_id=listing_id)
        return self._done(_("Confirmed as up to date today."), listing_id, "show")

    def discard(self, listing_id: int) -> ResponseReturnValue:
        """Give the draft up and go back to what is published."""
        if not BaseForm().validate():
            return self._press_again(listing_id)
        service.discard_draft(self.desk, actor=current_actor(), listing_id=listing_id)
        return self._done(_("The draft was given up. It stays in the history."), listing_id, "show")

    def history(self, listing_id: int) -> ResponseReturnValue:
        """All versions, and what one changed against the one before it (or any other two)."""
        listing, _owner = queries.find(self.desk, listing_id)
        policy.require_read_drafts(current_actor(), listing)
        versions = queries.versions(self.desk, listing_id)
        by_number = {version.number: version for version in versions}
        after = by_number.get(request.args.get("to", versions[0].number, type=int), versions[0])
        before = by_number.get(request.args.get("from", after.number - 1, type=int))
        changes = () if before is None else compare.differences(self.desk.name, before.content, after.content)
        return render_template(
            f"{self.desk.plural}/history.html",
            listing=listing,
            versions=versions,
            before=before,
            after=after,
            changes=changes,
            content=versions[0].content,
            desk=self.desk,
        )

    def _listing_page(self, template: str, listing: Any, owner: Any, version: Any, **more: Any) -> ResponseReturnValue:
        actor = current_actor()
        content = queries.known_content(self.desk, listing, version.content, actor)
        return render_template(
            f"{self.desk.plural}/{template}.html",
            listing=listing,
            owner=owner,
            version=version,
            content=content,
            kind=kinds.get_kind(content["kind"]) if content.get("kind") else None,
            desk=self.desk,
            state=state_of(listing, owner, clock.now()),
            state_names=wording.STATES,
            may_edit=policy.may_edit(actor, listing),
            may_withdraw=policy.may_withdraw(actor, listing),
            stale=stale_facts(content, listing.confirmed_at or listing.opens_at, clock.now()),
            is_own=policy.may_read_drafts(actor, listing),
            form=BaseForm(formdata=None),
            files=files.files_by_id(contents.file_ids(content)),
            last_day=listing.closes_at and contents.last_day(listing.closes_at),
            not_publishable="merged" if listing.merged_into_id else policy.why_not_publishable(self.desk, owner),
            reasons=wording.NOT_PUBLISHABLE,
            **self.page_facts(listing),
            **more,
        )

    def page_facts(self, listing: Any) -> dict[str, Any]:
        """What a room's own page needs beyond the common facts."""
        return {}
