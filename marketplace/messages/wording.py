"""The words of a message, in its recipient's script, and the addresses that hand them to another program."""

from __future__ import annotations

from html import unescape
from typing import Any
from urllib.parse import quote, urlencode

from flask import current_app, get_template_attribute, render_template, url_for
from flask_babel import force_locale

from marketplace.i18n import LOCALES, current_locale
from marketplace.messages import service
from marketplace.messages.models import PersonalLink
from marketplace.sms.numbers import Phone


def likely_locale(to: Phone | str) -> str:
    """The script that is usual where a number is from; for an address, the sender's own language."""
    if isinstance(to, Phone):
        return "zh_Hans" if to.region == "CN" else "zh_Hant"
    return current_locale()


def address(link: PersonalLink) -> str:
    """The whole personal link."""
    public_url = current_app.config["SETTINGS"].public_url
    return f"{public_url}{url_for('messages.personal', link=service.text_of(link))}"


def text(link: PersonalLink, locale: str | None = None) -> str:
    """The message, link included, on a few short lines."""
    return "\n".join(line for line in _render("messages/text.txt", link, locale).split("\n") if line.strip())


def headline(link: PersonalLink, locale: str | None = None) -> str:
    """What it is about, in one line."""
    return " ".join(_render("messages/headline.txt", link, locale).split())


def _render(template: str, link: PersonalLink, locale: str | None) -> str:
    with force_locale(locale if locale in LOCALES else link.locale):
        # Plain text leaves the site: whatever the templates escaped for a page is turned back.
        return unescape(render_template(template, link=link, said=link.params["said"], url=address(link)))


def ways_out(link: PersonalLink) -> dict[str, str]:
    """Addresses that open a program with the message of a personal link in it, for its recipient."""
    is_number = link.channel == "sms"
    return programs(text(link), number=link.address if is_number else "", mail="" if is_number else link.address,
                    subject=headline(link))


def programs(words: str, *, number: str = "", mail: str = "", subject: str = "") -> dict[str, str]:
    """Addresses that open a program with `words` in it: "whatsapp", "sms" and "mail". `number`: with its calling code
    ("+852..."); without one, and without `mail`, the program asks for whom the message is."""
    number = "".join(sign for sign in number if sign.isascii() and sign.isdigit()) if number.startswith("+") else ""
    return {
        "whatsapp": f"https://wa.me/{number}?{urlencode({'text': words}, quote_via=quote)}",
        # Android reads ?body=, older iPhones &body=: both read this.
        "sms": f"sms:{'+' if number else ''}{number}?&body={quote(words)}",
        "mail": f"mailto:{quote(mail)}?{urlencode({'subject': subject, 'body': words}, quote_via=quote)}",
    }


def path_of_notice(notice: Any) -> str:
    """Where a line of an inbox leads."""
    return str(get_template_attribute("notifications/_texts.html", "path")(notice.kind, notice.params))
