"""The ready message, in the language of whoever gets it."""

from __future__ import annotations

from flask import url_for
from flask_babel import force_locale, format_date
from flask_babel import gettext as _

from marketplace import i18n
from marketplace.events.models import Event
from marketplace.messages import wording
from marketplace.outreach import links
from marketplace.outreach.models import ClaimLink, Delegation, Invitee


def for_invitee(invitee: Invitee, link: ClaimLink | None, event: Event) -> str:
    """What to send to the contact of a registration: with the claim link, or without one with what is to be done."""
    organisation = invitee.registration.organisation
    with force_locale(invitee.locale):
        lang = i18n.data_lang(invitee.locale)
        name = i18n.pick(organisation.names, lang, convert=False).text
        lines = [*_opening(invitee.name, event, lang, invitee.locale),
                 _("%(organisation)s is on the list.", organisation=name)]
        if invitee.registration.booth is not None:
            lines.append(_("Your stand: %(code)s.", code=invitee.registration.booth.code))
        if link is None:
            lines += ["", _("Please say on the event's page whom you send and whom you want to meet:"),
                      url_for("events.show", slug=event.slug, _external=True)]
        else:
            lines += _link_lines(link, invitee.locale)
        return "\n".join(lines)


def for_coordinator(delegation: Delegation, link: ClaimLink, event: Event) -> str:
    """What to send to the coordinator of a delegation."""
    with force_locale(delegation.locale):
        lang = i18n.data_lang(delegation.locale)
        name = i18n.pick(delegation.names, lang, convert=False).text
        return "\n".join([*_opening(delegation.coordinator, event, lang, delegation.locale),
                          _("You look after the delegation %(name)s.", name=name),
                          *_link_lines(link, delegation.locale)])


def ways_out(message: str | None, person: Invitee | Delegation) -> dict[str, str]:
    """Addresses that open a program with the message in it, for its recipient; none without a message."""
    if message is None:
        return {}
    return wording.programs(message, number=person.mobile, mail=person.email, subject=message.split("\n")[2])


def _opening(name: str, event: Event, lang: str, locale: str) -> list[str]:
    greeting = _("Hello %(name)s,", name=name) if name else _("Hello,")
    return [greeting, "", _("%(event)s, %(day)s.", event=i18n.pick(event.names, lang).text,
                            day=format_date(event.starts_on, "long"))]


def _link_lines(link: ClaimLink, locale: str) -> list[str]:
    return ["", _("Please open this link and take over the entry; it works once, until %(day)s:",
                  day=format_date(link.expires_at, "long")), address_of(link), "",
            _("A code goes to the address or number that we have of you: nobody else can take it over.")]


def address_of(link: ClaimLink) -> str:
    """The whole address of a claim link."""
    return url_for("outreach.claim", link=links.text_of(link), _external=True)
