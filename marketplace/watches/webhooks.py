"""The webhooks of group robots: which addresses are theirs, what each is sent, and what its answers mean.

Forms and limits are those of the services' own manuals for custom robots: developer.work.weixin.qq.com (91770),
open.dingtalk.com (custom robot access), open.feishu.cn (custom bot guide) and open.larksuite.com.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from marketplace.errors import ErrorCode, Invalid

LONGEST_SECRET = 200


@dataclass(frozen=True)
class Line:
    """One line of a message: words, and where they lead; `note` stands beneath."""

    text: str
    address: str
    note: str = ""


@dataclass(frozen=True)
class Service:
    """A chat service. `limits`: (messages, seconds) that it takes at most; `most_bytes`: of one message's words.

    `fatal`: codes of answers after which trying again is of no use; every other refusal is tried again, later.
    """

    key: str
    hosts: frozenset[str]
    path: re.Pattern[str]
    token: str | None
    limits: tuple[tuple[int, int], ...]
    most_bytes: int
    takes_secret: bool
    fatal: dict[int, str]
    body: Callable[[str, str, Sequence[Line]], dict[str, Any]]


def _markdown(heading: str, lines: Sequence[Line]) -> str:
    parts = [f"**{_plain(heading)}**"]
    for line in lines:
        parts.append(f"[{_plain(line.text)}]({line.address})" + (f"\n> {_plain(line.note)}" if line.note else ""))
    return "\n\n".join(parts)


def _plain(words: str) -> str:
    """Words in which nothing is a sign of Markdown or calls somebody: what organisations wrote goes to a chat."""
    return re.sub(r"[\[\]()<>*_`#@\\|~]", lambda sign: chr(ord(sign.group()) + 0xFEE0), " ".join(words.split()))


def _wecom(_title: str, heading: str, lines: Sequence[Line]) -> dict[str, Any]:
    return {"msgtype": "markdown", "markdown": {"content": _markdown(heading, lines)}}


def _dingtalk(title: str, heading: str, lines: Sequence[Line]) -> dict[str, Any]:
    return {"msgtype": "markdown", "markdown": {"title": title, "text": _markdown(heading, lines)}}


def _feishu(_title: str, heading: str, lines: Sequence[Line]) -> dict[str, Any]:
    paragraphs = []
    for line in lines:
        paragraph: list[dict[str, str]] = [{"tag": "a", "text": line.text, "href": line.address}]
        paragraphs.append(paragraph)
        if line.note:
            paragraphs.append([{"tag": "text", "text": line.note}])
    return {"msg_type": "post", "content": {"post": {"zh_cn": {"title": heading, "content": paragraphs}}}}


SERVICES = {
    service.key: service
    for service in (
        Service(
            "wecom",
            frozenset({"qyapi.weixin.qq.com"}),
            re.compile(r"/cgi-bin/webhook/send"),
            "key",
            ((20, 60),),
            4096,
            False,
            {93000: "unknown_robot", 40008: "refused", 40058: "refused"},
            _wecom,
        ),
        Service(
            "dingtalk",
            frozenset({"oapi.dingtalk.com"}),
            re.compile(r"/robot/send"),
            "access_token",
            ((20, 60),),
            15_000,
            True,
            {300001: "unknown_robot", 300005: "unknown_robot", 400101: "unknown_robot", 400102: "switched_off",
             400105: "refused", 310000: "not_let_in"},
            _dingtalk,
        ),
        Service(
            "feishu",
            frozenset({"open.feishu.cn", "open.larksuite.com"}),
            re.compile(r"/open-apis/bot/v2/hook/[0-9A-Za-z-]{8,100}"),
            None,
            ((5, 1), (100, 60)),
            15_000,
            True,
            {19001: "unknown_robot", 19021: "not_let_in", 19022: "not_let_in", 19024: "not_let_in",
             19002: "refused", 19036: "refused"},
            _feishu,
        ),
    )
}  # fmt: skip


def read_webhook(service: str, address: str, secret: str) -> tuple[str, str]:
    """An address and a secret as they are kept. Raises Invalid at "address" or "secret".

    Only https addresses of the service's own hosts, in its own form, without user, port, fragment or anything more.
    """
    known = SERVICES.get(service)
    if known is None:
        raise Invalid({"service": ErrorCode("unknown_choice")})
    try:
        parts = urlsplit(address.strip())
        port = parts.port
        pairs = parse_qsl(parts.query, strict_parsing=bool(parts.query), max_num_fields=5)
    except ValueError:
        raise Invalid({"address": ErrorCode("webhook_form")}) from None
    if parts.scheme != "https" or (parts.hostname or "") not in known.hosts:
        raise Invalid({"address": ErrorCode("webhook_host", {"hosts": ", ".join(sorted(known.hosts))})})
    wanted = [known.token] if known.token else []
    tokens = dict(pairs)
    if (
        port not in (None, 443)
        or parts.username is not None
        or parts.password is not None
        or parts.fragment
        or not known.path.fullmatch(parts.path)
        or [name for name, _value in pairs] != wanted
        or not all(re.fullmatch(r"[0-9A-Za-z_-]{8,200}", value) for value in tokens.values())
    ):
        raise Invalid({"address": ErrorCode("webhook_form")})
    if secret and not known.takes_secret:
        raise Invalid({"secret": ErrorCode("webhook_no_secret")})
    if len(secret) > LONGEST_SECRET:
        raise Invalid({"secret": ErrorCode("too_long", {"maximum": LONGEST_SECRET, "length": len(secret)})})
    query = f"?{urlencode(tokens)}" if tokens else ""
    return f"https://{parts.hostname}{parts.path}{query}", secret


def masked(address: str | None) -> str:
    """An address of which only the service and the last four signs are shown; "…" for one that cannot be read."""
    return "…" if address is None else f"{urlsplit(address).hostname} …{address[-4:]}"


def signed(service: str, address: str, secret: str, body: dict[str, Any], moment: float) -> tuple[str, bytes]:
    """(address, body) as they are sent at a moment (seconds since 1970), signed as the service asks.

    DingTalk signs the milliseconds and the secret with the secret, in the address; Feishu signs nothing at all with
    seconds and secret as the key, in the body.
    """
    if secret and service == "dingtalk":
        stamp = str(int(moment * 1000))
        sign = _hmac(secret, f"{stamp}\n{secret}")
        address = f"{address}&{urlencode({'timestamp': stamp, 'sign': sign})}"
    elif secret and service == "feishu":
        stamp = str(int(moment))
        body = {"timestamp": stamp, "sign": _hmac(f"{stamp}\n{secret}", ""), **body}
    return address, json.dumps(body, ensure_ascii=False).encode()


def _hmac(key: str, message: str) -> str:
    return base64.b64encode(hmac.new(key.encode(), message.encode(), hashlib.sha256).digest()).decode()


@dataclass(frozen=True)
class Outcome:
    """What became of a sending. `state`: "sent", "later" (tried again) or "off" (of no use); `reason`: a code."""

    state: str
    reason: str = ""


def outcome(service: str, status: int, body: bytes) -> Outcome:
    """What an answer means. The services refuse with status 200 and a code in JSON."""
    if 300 <= status < 400:
        return Outcome("off", "redirected")
    try:
        said = json.loads(body)
    except ValueError:
        said = None
    if not isinstance(said, dict):
        said = {}
    code = next((said[name] for name in ("errcode", "code", "StatusCode") if name in said), None)
    if code == 0 and status == 200:
        return Outcome("sent")
    if isinstance(code, int) and code in SERVICES[service].fatal:
        return Outcome("off", SERVICES[service].fatal[code])
    if status in (401, 403, 404, 410):
        return Outcome("off", "unknown_robot")
    return Outcome("later", f"code {code}" if code is not None else f"status {status}")


def messages(service: str, title: str, heading: str, lines: Sequence[Line]) -> tuple[dict[str, Any], int]:
    """One message of as many of the lines as it may hold, and how many those are (at least one)."""
    known = SERVICES[service]
    for number in range(len(lines), 0, -1):
        body = known.body(title, heading, lines[:number])
        if number == 1 or len(json.dumps(body, ensure_ascii=False).encode()) <= known.most_bytes:
            return body, number
    raise ValueError("a message without lines")
