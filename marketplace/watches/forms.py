"""Forms of watches and robots. The services say what is wrong, so that every way in hears the same."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, PasswordField, RadioField, SelectField, StringField
from wtforms.validators import InputRequired, Optional

from marketplace.forms import BaseForm, add_error_texts

CADENCE_TEXTS = {
    "now": _l("At once"),
    "daily": _l("Once a day, at 8:30 in the morning"),
    "weekly": _l("Once a week, on Monday at 8:30"),
}
SERVICE_TEXTS = {"wecom": _l("WeCom"), "dingtalk": _l("DingTalk"), "feishu": _l("Feishu or Lark")}
OFF_TEXTS = {
    "redirected": _l("its address leads on to another one"),
    "unknown_robot": _l("its service knows no such robot: it was removed, or the address is wrong"),
    "switched_off": _l("it was stopped in its group"),
    "not_let_in": _l("its service did not let the message in: the secret is wrong, or it asks for another word"),
    "refused": _l("its service did not take the message"),
    "no_answer": _l("its service did not answer for hours"),
    "unreadable": _l("its address cannot be read since the site's key was changed: enter it anew"),
    "limit": _l("its service takes no more messages this minute"),
}

add_error_texts(
    {
        "watch_limit": _l("You watch %(maximum)s things already. Give one up first."),
        "watch_name_taken": _l("You have a watch of this name. Choose another, so that you can tell them apart."),
        "not_a_search": _l("This is not the address of a list of offers or demands on this site."),
        "unknown_filter": _l("This search has a filter that does not exist: %(name)s."),
        "bad_filter_value": _l("This search has a filter with a value that does not fit: %(value)s."),
        "no_words": _l("This search has no word that could be found, so it would never find anything."),
        "robot_limit": _l("You have %(maximum)s robots already. Remove one first."),
        "robot_known": _l("You have added this robot already."),
        "webhook_host": _l("The address must begin with https:// and be one of %(hosts)s. No other address is called."),
        "webhook_form": _l("This is not the whole address of a robot. Copy it as its service shows it."),
        "webhook_no_secret": _l("WeCom robots have no secret: leave this empty."),
    }
)


class WatchForm(BaseForm):
    """How a watch is called, when it tells, and where."""

    name = StringField(_l("Name"), validators=[InputRequired(_l("Please fill this in."))])
    cadence = RadioField(
        _l("When are you told?"),
        choices=list(CADENCE_TEXTS.items()),
        default="daily",
        validators=[InputRequired(_l("Please choose one of the answers offered."))],
    )
    by_mail = BooleanField(_l("Also by mail"), default=True)
    robot_id = SelectField(_l("Also in a group's chat"), validators=[Optional()], validate_choice=False)

    def offer_robots(self, robots: Any, kept: Any = None) -> None:
        """Let one of these robots, or the one that is used already, be chosen."""
        found = {str(robot.id): robot.name for robot in [*robots, *filter(None, [kept])]}
        self.robot_id.choices = [("", _l("No group")), *found.items()]

    @property
    def robot(self) -> int | None:
        """The id of the robot that was chosen; one that nobody has for what is no number."""
        chosen = self.robot_id.data or ""
        return None if not chosen else int(chosen) if chosen.isascii() and chosen.isdigit() and len(chosen) < 19 else 0


class SearchForm(WatchForm):
    """A search to keep."""

    search = StringField(_l("Address of the search"), validators=[InputRequired(_l("Please fill this in."))])


class RobotForm(BaseForm):
    """A robot of a group's chat. What is secret is never sent back to a page."""

    service = RadioField(
        _l("Service"),
        choices=list(SERVICE_TEXTS.items()),
        validators=[InputRequired(_l("Please choose one of the answers offered."))],
    )
    name = StringField(_l("Name"), validators=[InputRequired(_l("Please fill this in."))])
    address = PasswordField(_l("Address of its webhook"))
    secret = PasswordField(_l("Secret for signing"), validators=[Optional()])


class RobotChangeForm(BaseForm):
    """Another name, address or secret for a robot; empty fields stay as they are."""

    name = StringField(_l("Name"), validators=[InputRequired(_l("Please fill this in."))])
    address = PasswordField(_l("New address of its webhook"), validators=[Optional()])
    secret = PasswordField(_l("New secret for signing"), validators=[Optional()])
