"""Aliyun's short message service: SendSms of Dysmsapi 2017-05-25, signed with HMAC-SHA1 (signature version 1.0).

The form is documented at https://help.aliyun.com/en/sms/developer-reference/api-dysmsapi-2017-05-25-sendsms.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from urllib.parse import quote, urlencode

from marketplace import clock
from marketplace.sms.gateways import SmsError, Text, post
from marketplace.sms.templates import Account

# Documented codes, by how they begin.
_KINDS = (
    ("isv.BUSINESS_LIMIT_CONTROL", "rate_limited"), ("isv.DAY_LIMIT_CONTROL", "rate_limited"),
    ("isv.MONTH_LIMIT_CONTROL", "rate_limited"), ("Throttling", "rate_limited"),
    ("isv.MOBILE_NUMBER_ILLEGAL", "invalid_number"), ("isv.MOBILE_COUNT_OVER_LIMIT", "invalid_number"),
    ("isv.SMS_TEMPLATE_ILLEGAL", "template"), ("isv.SMS_SIGNATURE_ILLEGAL", "template"),
    ("isv.TEMPLATE", "template"), ("isv.SMS_", "template"), ("isv.PARAM", "template"),
    ("isv.AMOUNT_NOT_ENOUGH", "account"), ("isv.OUT_OF_SERVICE", "account"), ("isv.ACCOUNT", "account"),
    ("isv.PRODUCT", "account"), ("isp.RAM_PERMISSION_DENY", "account"), ("InvalidAccessKeyId", "account"),
    ("SignatureDoesNotMatch", "account"), ("Forbidden", "account"), ("isp.", "unavailable"),
    ("ServiceUnavailable", "unavailable"), ("InternalError", "unavailable"),
)


def percent(text: str) -> str:
    """RFC 3986: all but letters, digits and -_.~ as %XX."""
    return quote(text, safe="-_.~")


def signature(method: str, parameters: Mapping[str, str], secret: str) -> str:
    """The `Signature` of a request's other parameters."""
    canonical = "&".join(f"{percent(name)}={percent(parameters[name])}" for name in sorted(parameters))
    to_sign = f"{method}&%2F&{percent(canonical)}"
    digest = hmac.new(f"{secret}&".encode(), to_sign.encode(), hashlib.sha1).digest()
    return base64.b64encode(digest).decode()


class AliyunGateway:
    """`aliyun://KEY_ID:SECRET@dysmsapi.aliyuncs.com?sign=NAME&code=SMS_...`; see `templates` for what may be named."""

    def __init__(self, url: str) -> None:
        self.account = Account(url)

    def send(self, text: Text) -> str:
        account = self.account
        parameters = {
            "AccessKeyId": account.key,
            "Action": "SendSms",
            "Format": "JSON",
            "OutId": hashlib.sha256(text.id.encode()).hexdigest()[:32],
            # The mainland's numbers go without, all others with their calling code, none with a plus.
            "PhoneNumbers": text.number.removeprefix("+86") if text.number.startswith("+86") else text.number[1:],
            "RegionId": account.options.get("region", "cn-hangzhou"),
            "SignName": account.option("sign", text),
            "SignatureMethod": "HMAC-SHA1",
            # A retry of the same minute is refused as a repeat rather than sent twice.
            "SignatureNonce": hashlib.sha256(f"{text.id}:{clock.now():%Y%m%d%H%M}".encode()).hexdigest()[:32],
            "SignatureVersion": "1.0",
            "TemplateCode": account.template(text),
            "TemplateParam": json.dumps(account.values(text), ensure_ascii=False, separators=(",", ":")),
            "Timestamp": f"{clock.now():%Y-%m-%dT%H:%M:%SZ}",
            "Version": "2017-05-25",
        }
        parameters["Signature"] = signature("POST", parameters, account.secret)
        # Posted: an address with a code in it would stand in the logs of every proxy.
        status, reply = post(account.url, urlencode(parameters).encode(),
                             {"Content-Type": "application/x-www-form-urlencoded"})
        if not isinstance(reply, dict):
            raise SmsError("unavailable", f"HTTP {status}")
        code = str(reply.get("Code", ""))
        if code == "OK":
            return str(reply.get("BizId", ""))[:100]
        raise SmsError(kind_of(code), code)


def kind_of(code: str) -> str:
    """What an answer's `Code` means for us."""
    return next((kind for start, kind in _KINDS if code.startswith(start)), "refused")
