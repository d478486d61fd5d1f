"""Links in mails: written when the mail is made, so that no job holds one."""

from __future__ import annotations

from flask import url_for
from flask.blueprints import BlueprintSetupState

from marketplace.accounts import codes, tokens
from marketplace.accounts.blueprint import blueprint
from marketplace.accounts.models import AccountToken
from marketplace.extensions import db
from marketplace.sms import numbers
from marketplace.sms import service as sms

ENDPOINTS = {
    "confirm": "accounts.confirm", "reset": "accounts.reset", "change_email": "accounts.confirm_email_change",
}


def account_link(token_id: int) -> str:
    """The whole address of a single-use link. Raises LookupError when its row is gone."""
    token = db.session.get(AccountToken, token_id)
    if token is None:
        raise LookupError(f"no link {token_id}")
    return url_for(ENDPOINTS[token.purpose], link=tokens.text_of(token), _external=True)


@blueprint.record
def _install(state: BlueprintSetupState) -> None:
    state.app.jinja_env.globals["account_link"] = account_link
    state.app.jinja_env.globals["account_code"] = lambda code_id: codes.params_of({"code_id": code_id})
    state.app.jinja_env.globals["masked_number"] = lambda phone: numbers.of_e164(phone).masked if phone else ""
    sms.register_params(state.app, "code", codes.params_of)
