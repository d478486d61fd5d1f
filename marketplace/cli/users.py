"""Accounts that no page can make: the first organiser of a site."""

from __future__ import annotations

import click
from email_validator import EmailNotValidError, validate_email
from flask.cli import AppGroup

from marketplace.accounts import passwords
from marketplace.accounts.service import create_confirmed_user
from marketplace.errors import Invalid
from marketplace.forms import word
from marketplace.i18n import LOCALES

group = AppGroup("user", help="Accounts that no page can make.")


@group.command("create-organiser")
@click.argument("email")
@click.option("--name", required=True, help="How the organiser is called on the site.")
@click.option("--locale", type=click.Choice(LOCALES), default="zh_Hans", show_default=True, help="Language of mails.")
@click.option(
    "--password",
    prompt=True,
    hide_input=True,
    confirmation_prompt=True,
    envvar="ORGANISER_PASSWORD",
    help="Asked for when it is given neither here nor in ORGANISER_PASSWORD.",
)
def create_organiser(email: str, name: str, locale: str, password: str) -> None:
    """Make an account for EMAIL that may approve organisations and see both sides of every match."""
    try:
        address = validate_email(email, check_deliverability=False).normalized
    except EmailNotValidError as error:
        raise click.ClickException(f"{email} is not an e-mail address: {error}") from error
    if not name.strip():
        raise click.ClickException("The name is empty.")
    if wrong := passwords.problem(password, email=address):
        raise click.ClickException(word(wrong))
    try:
        create_confirmed_user(email=address, password=password, name=name.strip(), locale=locale, is_organiser=True)
    except Invalid as error:
        raise click.ClickException(f"{address} has an account already.") from error
    click.echo(f"{address} may sign in as an organiser.")
