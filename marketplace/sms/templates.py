"""Which of a provider's approved templates a message uses, as the setting's address says.

`code=SMS_1` names the template of codes; `code.zh_Hant=` the one for a language, `code.intl=` the one for numbers
outside the mainland, `code.intl.zh_Hant=` both. `params.code=code,minutes` lists its variables in the provider's order.
"""

from __future__ import annotations

from urllib.parse import parse_qs, unquote, urlsplit

from marketplace.sms.gateways import SmsError, Text


class Account:
    """What the address of a provider's setting says: credentials, host and templates."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self.key, self.secret = unquote(parts.username or ""), unquote(parts.password or "")
        self.options = {name: values[0] for name, values in parse_qs(parts.query).items()}
        # Plain http is for tests on one machine; the settings refuse it in production.
        self.scheme = "http" if parts.scheme.endswith("+http") else "https"
        self.host = f"{parts.hostname}:{parts.port}" if parts.port else str(parts.hostname)

    @property
    def url(self) -> str:
        return f"{self.scheme}://{self.host}/"

    def option(self, name: str, text: Text) -> str:
        """The most particular value given for this message, or ""."""
        mainland = text.number.startswith("+86")
        names = [f"{name}.{text.locale}", name]
        if not mainland:
            names = [f"{name}.intl.{text.locale}", f"{name}.intl", *names]
        return next((self.options[one] for one in names if self.options.get(one)), "")

    def template(self, text: Text) -> str:
        """The provider's id of the message's template. Raises SmsError("template")."""
        found = self.option(text.template, text)
        if not found:
            raise SmsError("template", f"no template is set for {text.template}")
        return found

    def values(self, text: Text) -> dict[str, str]:
        """The template's variables in the provider's order."""
        names = self.option(f"params.{text.template}", text)
        wanted = [name.strip() for name in names.split(",")] if names else list(text.params)[:1]
        return {name: text.params.get(name, "") for name in wanted}
