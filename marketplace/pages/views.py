"""Home, the published rules, about, and the switches of language and text size."""

from __future__ import annotations

from flask import Blueprint, abort, current_app, redirect, render_template, request
from flask_babel import get_locale
from markupsafe import Markup
from werkzeug.wrappers import Response

from marketplace import i18n
from marketplace.accounts.web import current_actor
from marketplace.demands.queries import newest_demands
from marketplace.matches import rulesets
from marketplace.matches.forms import NeedForm
from marketplace.offers.queries import newest_offers
from marketplace.pages import figures, glossary, icons, rules, words

blueprint = Blueprint("pages", __name__)
blueprint.add_app_template_global(icons.icon_svg)
blueprint.add_app_template_global(icons.icon_symbols)
blueprint.add_app_template_global(glossary.term, "glossary_term")
blueprint.add_app_template_global(glossary.term_of_field)
for _name, _helper in words.GLOBALS.items():
    blueprint.add_app_template_global(_helper, _name)

YEAR = 365 * 24 * 3600
TEXT_SIZES = ("normal", "larger")


NEWEST = 4


def back() -> str:
    """Where the reader came from, as an address of this site; the home page when it is none."""
    target = request.values.get("next", "")
    if target.startswith("/") and not target.startswith(("//", "/\\")) and target.isprintable():
        return target
    return "/"


def _keep(name: str, value: str) -> Response:
    response = redirect(back())
    response.set_cookie(name, value, max_age=YEAR, samesite="Lax", httponly=True, secure=request.is_secure)
    return response


@blueprint.route("/locale/<code>", methods=["GET", "POST"])
def switch_locale(code: str) -> Response:
    """Keep the reader's language. 404 for one the site does not speak."""
    if code not in i18n.LOCALES:
        abort(404)
    return _keep(i18n.COOKIE, code)


@blueprint.route("/text-size/<size>", methods=["GET", "POST"])
def switch_text_size(size: str) -> Response:
    """Keep the reader's size of text. 404 for an unknown one."""
    if size not in TEXT_SIZES:
        abort(404)
    return _keep("text", size)


@blueprint.get("/")
def home() -> str:
    """What this is, a box for a need, three doors, what is new, and how much there is of each kind."""
    actor = current_actor()
    return render_template(
        "pages/home.html",
        form=NeedForm(formdata=None),
        demands=newest_demands(NEWEST, actor=actor),
        offers=newest_offers(NEWEST, actor=actor),
        figures=figures.by_kind(),
    )


@blueprint.get("/how-matching-works")
def how_matching_works() -> str:
    """The published rules by which matches are found and ordered, with a worked example."""
    rulesets.put_in_force()
    return render_template("pages/how_matching_works.html", rules=rules.published(), example=_worked_example())


def _worked_example() -> Markup:
    """The example in the reader's language, rendered once a process for each ruleset and locale."""
    kept: dict[tuple[str, str], Markup] = current_app.extensions.setdefault("worked_examples", {})
    key = (rules.published().version, str(get_locale()))
    if key not in kept:
        html = render_template("pages/_worked_example.html", example=rules.worked_example())
        kept[key] = Markup(html)  # noqa: S704 - our own template, which escapes
    icons.use_icons_of(kept[key])
    return kept[key]


@blueprint.get("/glossary")
def terms() -> str:
    """The terms of the trade in plain words."""
    return render_template("pages/glossary.html", groups=glossary.by_group())


@blueprint.get("/about")
def about() -> str:
    """What this site is, who runs it, what it does not do."""
    return render_template("pages/about.html")
