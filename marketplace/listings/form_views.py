"""The pages on which a listing is written: the form, what its buttons do, and the page of a conflict."""

from __future__ import annotations

from functools import cache
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from catalogue import kinds
from marketplace import clock
from marketplace.accounts.web import current_actor
from marketplace.errors import AlreadyDone, Conflict, Invalid
from marketplace.forms import BaseForm
from marketplace.i18n import DATA_LANGS, data_lang
from marketplace.indexing import service as indexing
from marketplace.listings import attachments, compare, form_fields, forms, lookalikes, policy, queries, service, wording
from marketplace.listings import content as contents
from marketplace.listings.desk import Desk
from marketplace.listings.states import OPEN, SCHEDULED, state_of
from marketplace.organisations import place_words

# Sent by the form's buttons beside "save".
_REDRAW = ("rows", "kind")
_place_suggestions = cache(place_words.suggestions)


class FormViews:
    """Writing listings of one desk."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    def new(self) -> ResponseReturnValue:
        """Choose the kind, then fill in the form; sending it makes the draft."""
        actor = current_actor()
        policy.require_create(actor)
        kind = self._kind_of_request()
        if kind is None and request.method == "GET":
            return render_template(f"{self.desk.plural}/choose_kind.html", kinds=kinds.all_kinds(), desk=self.desk)
        if request.method == "GET":
            content = contents.empty(self.desk.name, kind=kind, lang=data_lang())
            return self._form_page(self._form(kind, content))
        return self._submit(kind, None)

    def edit(self, listing_id: int) -> ResponseReturnValue:
        """The form of the newest version; sending it saves a new draft."""
        listing = self._editable(listing_id)
        newest = service.version_of(self.desk, listing.newest_version_id)
        if request.method == "GET":
            form = self._form(newest.content.get("kind"), newest.content)
            form.base_version_id.data = newest.id
            return self._form_page(form, listing, gaps=service.what_is_missing(self.desk, newest.content))
        return self._submit(self._kind_of_request(), listing)

    def _submit(self, kind: str | None, listing: Any) -> ResponseReturnValue:
        action = request.form.get("action", "save")
        form = forms.make(self.desk.name, kind)()
        valid = form.validate()
        if valid and action == "kind":
            new_kind = form.new_kind.data if form.new_kind.data in dict(forms.kind_choices()) else None
            form = forms.make(self.desk.name, new_kind)()
            form.kind.data = new_kind or ""
        errors = attachments.receive(current_actor(), form) if valid else {}
        if valid and action in _REDRAW and not errors:
            return self._form_page(form, listing, times=2 if action == "rows" else 1)
        _content, wrong = contents.clean(self.desk.name, form.raw())
        errors = wrong | errors
        if not valid or errors:
            form.show_errors(errors)
            return self._form_page(form, listing, status=422)
        return self._save(form, listing, action)

    def _save(self, form: forms.ListingForm, listing: Any, action: str) -> ResponseReturnValue:
        actor = current_actor()
        listing_id = listing.id if listing is not None else None
        try:
            if listing_id is None:
                saved = service.create(self.desk, actor=actor, raw=form.raw(), submission_id=form.submission_id.data)
            else:
                base = form.base_version_id.data or ""
                saved = service.save_draft(
                    self.desk,
                    actor=actor,
                    listing_id=listing_id,
                    raw=form.raw(),
                    base_version_id=int(base) if base.isdecimal() and len(base) < 19 else 0,
                    submission_id=form.submission_id.data,
                )
            listing_id = saved.id
        except AlreadyDone as done:
            listing_id = done.result
        except Invalid as invalid:
            form.show_errors(invalid.errors)
            return self._form_page(form, listing, status=422)
        except Conflict as conflict:
            return self._conflict_page(form, listing, conflict)
        if action == "publish":
            if self._looks_posted(listing_id):
                flash(_("Saved. This looks as if it were published already: please look first."), "warning")
                return redirect(self._url("preview", listing_id), 303)
            return self._publish(listing_id, None)
        if action == "preview":
            return redirect(self._url("preview", listing_id), 303)
        flash(_("Draft saved."), "success")
        return redirect(self._url("edit", listing_id), 303)

    def _looks_posted(self, listing_id: int) -> bool:
        """Whether something that is not published itself looks like what is."""
        listing, owner = queries.find(self.desk, listing_id)
        if state_of(listing, owner, clock.now()) in (OPEN, SCHEDULED) or listing.merged_into_id is not None:
            return False
        newest = service.version_of(self.desk, listing.newest_version_id)
        return bool(lookalikes.find(self.desk.name, listing, owner, newest.content, current_actor()))

    def _publish(self, listing_id: int, version_id: int | None) -> ResponseReturnValue:
        try:
            service.publish(self.desk, actor=current_actor(), listing_id=listing_id, version_id=version_id)
        except policy.NotPublishable as refusal:
            flash(str(wording.NOT_PUBLISHABLE[refusal.reason]), "warning")
            return redirect(self._url("preview", listing_id), 303)
        except Conflict:
            flash(_("Somebody saved another version meanwhile. Please look at it before you publish."), "warning")
            return redirect(self._url("preview", listing_id), 303)
        except Invalid:
            flash(_("Saved. What is still missing before this can be published is listed below."), "warning")
            return redirect(self._url("edit", listing_id) + "#missing", 303)
        indexing.run_own_jobs(self.desk.name, listing_id)
        return self._done(_("Published. Everybody can see it now."), listing_id, "show")

    def _conflict_page(self, form: forms.ListingForm, listing: Any, conflict: Conflict) -> ResponseReturnValue:
        """Both versions side by side, with what was typed kept; saving again then keeps the typed one."""
        mine, _errors = contents.clean(self.desk.name, form.raw())
        form.base_version_id.data = str(conflict.current)
        form.submission_id.data = BaseForm(formdata=None).submission_id.data
        changes = compare.differences(self.desk.name, conflict.theirs, mine)
        return self._form_page(
            form, listing, status=409, conflict=changes, theirs=service.version_of(self.desk, conflict.current)
        )

    def _form_page(
        self,
        form: forms.ListingForm,
        listing: Any = None,
        *,
        status: int = 200,
        times: int = 1,
        gaps: dict[str, Any] | None = None,
        **more: Any,
    ) -> ResponseReturnValue:
        for name in forms.SPARE_ROWS:
            if name in form:
                form.add_rows(name, times)
        langs = sorted(DATA_LANGS, key=lambda lang: lang != form.lang.data)
        missing = self._named(gaps or {}, {"kind": form.kind.data or None})
        return render_template(
            f"{self.desk.plural}/form.html",
            form=form,
            listing=listing,
            kind=form.catalogue_kind,
            langs=langs,
            open_langs=form.languages_to_open(),
            missing=[(form.id_at(path), words) for path, words in missing],
            files=attachments.files_of_form(current_actor(), form),
            file_id=forms.file_id,
            desk=self.desk,
            conflict=more.get("conflict"),
            theirs=more.get("theirs"),
            typed=form.raw(),
            fields_of=form.fields_of,
            filled=form.languages_filled(),
            unit_names=form_fields.unit_suggestions(),
            place_suggestions=_place_suggestions(data_lang()),
        ), status

    def _editable(self, listing_id: int) -> Any:
        listing, _owner = queries.find(self.desk, listing_id)
        policy.require_edit(current_actor(), listing)
        return listing

    def _form(self, kind: str | None, content: contents.Content) -> forms.ListingForm:
        return forms.make(self.desk.name, kind)(formdata=None, data=forms.values_of(self.desk.name, content))

    def _kind_of_request(self) -> str | None:
        """The kind that the form was made for, or, on the way to it, the one chosen in the address."""
        wanted = (request.form if request.method == "POST" else request.args).get("kind", "")
        return wanted if any(wanted == kind.key for kind in kinds.all_kinds()) else None

    def _press_again(self, listing_id: int) -> ResponseReturnValue:
        """The token of a one-button form was no longer valid: back to the page with a fresh one."""
        policy.require_read_drafts(current_actor(), queries.find(self.desk, listing_id)[0])
        flash(_("This page was open for too long. Nothing is lost: please press the button again."), "warning")
        return redirect(self._url("preview", listing_id), 303)

    def _named(self, gaps: dict[str, Any], content: contents.Content) -> list[tuple[str, str]]:
        kind = content.get("kind")
        return [
            (
                path,
                wording.path_name(path, kind)
                if error.code == "required"
                else f"{wording.path_name(path, kind)}: {wording.word(error, kind)}",
            )
            for path, error in gaps.items()
        ]

    def _done(self, message: str, listing_id: int, view: str) -> ResponseReturnValue:
        flash(message, "success")
        return redirect(self._url(view, listing_id), 303)

    def _url(self, view: str, listing_id: int) -> str:
        named: dict[str, Any] = {f"{self.desk.name}_id": listing_id}
        return url_for(f"{self.desk.plural}.{view}", **named)
