"""The pages of watches: the list, keeping a search, watching for a demand, robots, and the private feed."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from marketplace import clock, i18n, rate_limits
from marketplace.accounts.forms import EmptyForm
from marketplace.accounts.web import current_actor, require_user
from marketplace.demands import queries as demands
from marketplace.errors import AlreadyDone, Invalid, NotAllowed, NotFound
from marketplace.forms import apply_errors, submitted
from marketplace.i18n import data_lang
from marketplace.indexing import service as indexing
from marketplace.watches import addresses, feed, queries, robots, service, webhooks, words
from marketplace.watches.forms import OFF_TEXTS, RobotChangeForm, RobotForm, SearchForm, WatchForm
from marketplace.watches.models import Watch
from search import FindRequest

blueprint = Blueprint("watches", __name__)


@blueprint.app_template_global()
def watch_reason(item: Any) -> str:
    """Why a listing is told of, in words."""
    return words.reason_text(item)


@blueprint.app_template_global()
def robot_off_reason(reason: str) -> Any:
    """Why a robot sends nothing, in words."""
    return OFF_TEXTS.get(reason, OFF_TEXTS["refused"])


@blueprint.app_template_global()
def watch_words(watch: Watch) -> str:
    """What is watched, in words."""
    return words.describe(watch.query) if watch.what != "demand" else ""


@blueprint.get("/watches")
@require_user
def index() -> str:
    """What is watched, and the robots of the reader's groups."""
    actor = current_actor()
    watches = queries.my_watches(actor)
    return render_template(
        "watches/index.html",
        watches=watches,
        counts=queries.told_counts(watch.id for watch in watches),
        robots=queries.my_robots(actor),
        masked=webhooks.masked,
        address_of=addresses.address_of,
        most=service.MOST_WATCHES,
    )


@blueprint.route("/watches/new", methods=["GET", "POST"])
@require_user
def new() -> Any:
    """Keep a search; its address comes with the link from its page."""
    actor = current_actor()
    form = SearchForm(search=request.args.get("search", ""))
    form.offer_robots(queries.my_robots(actor))
    asked = _read(form.search.data or "")
    if request.method == "GET" and asked is not None:
        form.name.data = words.describe(asked)[: service.LONGEST_NAME]
    verb = partial(service.save_search, address=form.search.data, lang=data_lang())
    if _keep(form, verb, _("The search is kept. You are told of what comes.")):
        return redirect(url_for("watches.index"))
    page = render_template(
        "watches/new.html", form=form, asked=asked, now_found=_number(asked), describe=words.describe
    )
    return page, 422 if request.method == "POST" else 200


def _keep(form: WatchForm, verb: Callable[..., Watch], said: str) -> bool:
    """Keep the watch that a sent form describes; whether it is kept, now or by this submission before. Refusals go to
    the form."""
    if not submitted(form):
        return False
    try:
        verb(
            actor=current_actor(),
            name=form.name.data,
            cadence=form.cadence.data,
            by_mail=form.by_mail.data,
            robot_id=form.robot,
            submission_id=form.submission_id.data,
        )
    except Invalid as invalid:
        apply_errors(form, invalid)
        return False
    except AlreadyDone:
        return True
    flash(said, "success")
    return True


def _read(address: str) -> dict[str, Any] | None:
    try:
        return addresses.read_address(address)
    except Invalid:
        return None


def _number(asked: dict[str, Any] | None) -> int | None:
    """How many listings a search finds now; None where nobody knows."""
    if asked is None:
        return None
    wanted = FindRequest(
        collection=asked["collection"],
        text=asked["text"],
        lang=data_lang(),
        filters=asked["filters"],
        size=1,
        now=clock.now(),
        viewer=indexing.viewer_of(current_actor()),
    )
    try:
        found = indexing.ask(lambda engine: engine.find(wanted))
    except indexing.Away:
        return None
    return 0 if found.relaxed else found.total


@blueprint.route("/watches/demand/<int:demand_id>", methods=["GET", "POST"])
@require_user
def demand(demand_id: int) -> Any:
    """Have new offers for a demand told in a way of its own."""
    actor = current_actor()
    found = demands.get_demand(demand_id)
    if found is None or found.organisation_id != actor.organisation_id:
        raise NotFound
    if not actor.may_edit:
        raise NotAllowed("role")
    before = queries.watch_of_demand(demand_id)
    if before is not None:
        return redirect(url_for("watches.edit", watch_id=before.id))
    title = i18n.pick((found.live_content or found.draft_content)["texts"]["title"]).text
    form = WatchForm(name=title[: service.LONGEST_NAME])
    form.offer_robots(queries.my_robots(actor))
    verb = partial(service.keep_watching, demand_id=demand_id)
    if _keep(form, verb, _("This demand is watched. New offers for it are told as you chose.")):
        return redirect(url_for("watches.index"))
    page = render_template("watches/demand.html", form=form, demand=found, title=title)
    return page, 422 if request.method == "POST" else 200


@blueprint.route("/watches/<int:watch_id>", methods=["GET", "POST"])
@require_user
def edit(watch_id: int) -> Any:
    """Change a watch, or see where its feed is."""
    actor = current_actor()
    watch = queries.get_watch(actor, watch_id)
    form = _form_of(watch)
    if submitted(form):
        try:
            service.change(
                actor=actor,
                watch_id=watch_id,
                name=form.name.data,
                cadence=form.cadence.data,
                by_mail=form.by_mail.data,
                robot_id=form.robot,
            )
        except Invalid as invalid:
            apply_errors(form, invalid)
        else:
            flash(_("Kept."), "success")
            return redirect(url_for("watches.index"))
    return _edit_page(queries.get_watch(actor, watch_id), form), 422 if request.method == "POST" else 200


def _form_of(watch: Watch, **where: Any) -> WatchForm:
    """The form as the watch stands. `where`: from what the form reads, if not from the request."""
    form = WatchForm(
        name=watch.name, cadence=watch.cadence, by_mail=watch.by_mail, robot_id=str(watch.robot_id or ""), **where
    )
    form.offer_robots(queries.my_robots(current_actor()), watch.robot)
    return form


def _edit_page(watch: Watch, form: WatchForm, feed_address: str = "") -> str:
    return render_template(
        "watches/edit.html", watch=watch, form=form, feed_address=feed_address, address_of=addresses.address_of
    )


@blueprint.post("/watches/<int:watch_id>/pause")
@require_user
def pause(watch_id: int) -> Any:
    """Stop telling for a while, or go on."""
    queries.get_watch(current_actor(), watch_id)
    if EmptyForm().validate_on_submit():
        service.pause(actor=current_actor(), watch_id=watch_id, paused=request.form.get("paused") == "1")
    else:
        _too_old()
    return redirect(url_for("watches.index"))


@blueprint.post("/watches/<int:watch_id>/delete")
@require_user
def delete(watch_id: int) -> Any:
    """Give a watch up."""
    queries.get_watch(current_actor(), watch_id)
    if EmptyForm().validate_on_submit():
        service.delete(actor=current_actor(), watch_id=watch_id)
        flash(_("You are told no more of this."), "success")
    else:
        _too_old()
    return redirect(url_for("watches.index"))


@blueprint.post("/watches/<int:watch_id>/feed")
@require_user
def make_feed(watch_id: int) -> Any:
    """Give a new private address to the feed, and show it this once."""
    actor = current_actor()
    watch = queries.get_watch(actor, watch_id)
    if not EmptyForm().validate_on_submit():
        _too_old()
        return redirect(url_for("watches.edit", watch_id=watch_id))
    token = service.make_feed(actor=actor, watch_id=watch_id)
    watch = queries.get_watch(actor, watch_id)
    form = _form_of(watch, formdata=None)
    public_url = current_app.config["SETTINGS"].public_url
    return _edit_page(watch, form, f"{public_url}{url_for('watches.show_feed', token=token)}")


@blueprint.post("/watches/<int:watch_id>/feed/revoke")
@require_user
def revoke_feed(watch_id: int) -> Any:
    """Let the feed's address lead nowhere."""
    queries.get_watch(current_actor(), watch_id)
    if EmptyForm().validate_on_submit():
        service.revoke_feed(actor=current_actor(), watch_id=watch_id)
        flash(_("The feed's address leads nowhere now."), "success")
    else:
        _too_old()
    return redirect(url_for("watches.edit", watch_id=watch_id))


@blueprint.get("/watches/<token>/feed.atom")
def show_feed(token: str) -> Any:
    """What a kept search finds now, for a feed reader that holds its private address."""
    watch = queries.watch_of_feed(token)
    if watch is None:
        raise NotFound
    return feed.answer(watch)


@blueprint.route("/watches/robots/new", methods=["GET", "POST"])
@require_user
def new_robot() -> Any:
    """Add the robot of a group's chat."""
    form = RobotForm()
    if submitted(form):
        try:
            robot = robots.add_robot(
                actor=current_actor(),
                service=form.service.data,
                name=form.name.data,
                address=form.address.data or "",
                secret=form.secret.data or "",
                submission_id=form.submission_id.data,
            )
        except Invalid as invalid:
            apply_errors(form, invalid)
        except AlreadyDone as done:
            return redirect(url_for("watches.edit_robot", robot_id=done.result))
        else:
            flash(_("The robot is added. Try it now."), "success")
            return redirect(url_for("watches.edit_robot", robot_id=robot.id))
    return render_template("watches/robot_new.html", form=form), 422 if request.method == "POST" else 200


@blueprint.route("/watches/robots/<int:robot_id>", methods=["GET", "POST"])
@require_user
def edit_robot(robot_id: int) -> Any:
    """Try a robot, rename it, give it another address, or remove it."""
    actor = current_actor()
    robot = queries.get_robot(actor, robot_id)
    form = RobotChangeForm(name=robot.name)
    if submitted(form):
        try:
            robots.change_robot(
                actor=actor,
                robot_id=robot_id,
                name=form.name.data,
                address=form.address.data or "",
                secret=form.secret.data or "",
            )
        except Invalid as invalid:
            apply_errors(form, invalid)
        else:
            flash(_("Kept."), "success")
            return redirect(url_for("watches.edit_robot", robot_id=robot_id))
    page = render_template(
        "watches/robot.html", form=form, robot=queries.get_robot(actor, robot_id), masked=webhooks.masked
    )
    return page, 422 if request.method == "POST" else 200


@blueprint.post("/watches/robots/<int:robot_id>/test")
@require_user
def test_robot(robot_id: int) -> Any:
    """Send a message that says it is a trial."""
    actor = current_actor()
    queries.get_robot(actor, robot_id)
    if not EmptyForm().validate_on_submit():
        _too_old()
        return redirect(url_for("watches.edit_robot", robot_id=robot_id))
    rate_limits.limit(f"robot-test:{actor.user_id}", "10/minute")
    found = robots.send_test(actor=actor, robot_id=robot_id)
    if found.state == "sent":
        flash(_("The message arrived. Look at the group."), "success")
    else:
        flash(_("The message did not arrive: %(reason)s.", reason=robot_off_reason(found.reason)), "error")
    return redirect(url_for("watches.edit_robot", robot_id=robot_id))


@blueprint.post("/watches/robots/<int:robot_id>/delete")
@require_user
def delete_robot(robot_id: int) -> Any:
    """Forget a robot."""
    queries.get_robot(current_actor(), robot_id)
    if EmptyForm().validate_on_submit():
        robots.delete_robot(actor=current_actor(), robot_id=robot_id)
        flash(_("The robot is removed."), "success")
    else:
        _too_old()
    return redirect(url_for("watches.index"))


def _too_old() -> None:
    flash(_("This page was open for too long. Nothing is lost: please send it again."), "error")
