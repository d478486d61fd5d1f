"""What is filled in in this room."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import DateField, EmailField, SelectField, StringField, TextAreaField
from wtforms.validators import Optional

from marketplace.accounts.forms import at_most, is_email, required
from marketplace.forms import BaseForm
from marketplace.outreach import wording


class ListForm(BaseForm):
    """A spreadsheet to read in."""

    kind = SelectField(_l("What it lists"), choices=list(wording.KINDS.items()))
    file = FileField(_l("Spreadsheet (XLSX)"), description=_l("At most 5000 rows. Nothing is changed before you have "
                                                              "seen what it would do."),
                     render_kw={"accept": ".xlsx"})


class ApplyForm(BaseForm):
    """Do what was shown."""

    owner = SelectField(_l("Looked after by"), validate_choice=False)


class NoteForm(BaseForm):
    """What was said, and when to call again."""

    kind = SelectField(_l("What it was"), choices=[("call", wording.NOTES["call"]), ("note", wording.NOTES["note"])])
    text = TextAreaField(_l("What was said"), validators=[at_most(4000)], render_kw={"rows": 3})
    next_call_on = DateField(_l("Call next on"), validators=[Optional()])
    owner = SelectField(_l("Looked after by"), validate_choice=False)


class ContactForm(BaseForm):
    """Whom the organisers write to."""

    name = StringField(_l("Contact person"), validators=[at_most(120)])
    email = EmailField(_l("E-mail address"), validators=[Optional(), at_most(254), is_email])
    mobile = StringField(_l("Mobile number"), validators=[at_most(40)], render_kw={"type": "tel"})


class CodeForm(BaseForm):
    """The code that was sent."""

    code = StringField(_l("Code"), validators=[required(), at_most(20)],
                       render_kw={"inputmode": "numeric", "autocomplete": "one-time-code"})
    name = StringField(_l("Your name"), validators=[at_most(120)], render_kw={"autocomplete": "name"})


class EvidenceForm(BaseForm):
    """Why an organisation is one's own."""

    role = StringField(_l("Your position there"), validators=[required(), at_most(120)])
    evidence = TextAreaField(
        _l("How the organisers can tell that you speak for it"), validators=[required(), at_most(4000)],
        description=_l("For example an address of its own web site, a telephone number they can call, a letter."),
        render_kw={"rows": 5})


class DefenceForm(BaseForm):
    """What the present owner says."""

    defence = TextAreaField(_l("What you say to it"), validators=[required(), at_most(4000)], render_kw={"rows": 5})


class HomeForm(BaseForm):
    """A home of a delegation."""

    name_zh_hant = StringField(_l("Name in Traditional Chinese"), validators=[at_most(200)])
    name_zh_hans = StringField(_l("Name in Simplified Chinese"), validators=[at_most(200)])
    name_en = StringField(_l("Name in English"), validators=[at_most(200)])
    district = StringField(_l("District"), validators=[at_most(100)])
    person = StringField(_l("Contact person"), validators=[at_most(120)])
    email = EmailField(_l("E-mail address"), validators=[Optional(), at_most(254), is_email])
    mobile = StringField(_l("Mobile number"), validators=[at_most(40)], render_kw={"type": "tel"})


class HomePersonForm(BaseForm):
    """Somebody of a home who comes."""

    name = StringField(_l("Name"), validators=[required(), at_most(120)])
    mobile = StringField(_l("Mobile number"), validators=[at_most(40)], render_kw={"type": "tel"})
    languages = StringField(_l("Languages spoken"), validators=[at_most(200)],
                            description=_l("For example: Cantonese, English"))
