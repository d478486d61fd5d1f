"""The form that puts a proposed ruleset in force."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import IntegerField
from wtforms.validators import InputRequired

from marketplace.forms import BaseForm


class AdoptForm(BaseForm):
    """Which of the proposals. The ruleset that comes with the program is gone back to by another button."""

    proposed_id = IntegerField(
        _l("Proposals"), validators=[InputRequired(_l("Please choose one of the answers offered."))]
    )
