"""Tencent Cloud's short message service: SendSms 2021-01-11, signed with TC3-HMAC-SHA256.

The form is documented at https://cloud.tencent.com/document/api/382/55981, its errors at .../382/59177.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from datetime import UTC, datetime
from typing import Any

from marketplace import clock
from marketplace.sms.gateways import SmsError, Text, post
from marketplace.sms.templates import Account

CONTENT_TYPE = "application/json; charset=utf-8"
_KINDS = (
    ("LimitExceeded", "rate_limited"), ("RequestLimitExceeded", "rate_limited"),
    ("InvalidParameterValue.IncorrectPhoneNumber", "invalid_number"),
    ("UnsupportedOperation", "invalid_number"), ("FailedOperation.PhoneNumberInBlacklist", "refused"),
    ("FailedOperation.TemplateIncorrectOrUnapproved", "template"),
    ("FailedOperation.SignatureIncorrectOrUnapproved", "template"),
    ("FailedOperation.MissingTemplateToModify", "template"), ("InvalidParameterValue.Template", "template"),
    ("InvalidParameterValue.MissingSignatureList", "template"), ("MissingParameter", "template"),
    ("FailedOperation.InsufficientBalanceInSmsPackage", "account"),
    ("InvalidParameterValue.SdkAppIdNotExist", "account"),
    ("AuthFailure", "account"), ("UnauthorizedOperation", "account"),
    ("InternalError", "unavailable"), ("ResourceUnavailable", "unavailable"),
)


def authorization(*, key: str, secret: str, service: str, host: str, payload: bytes, at: int) -> str:
    """The `Authorization` header of a posted payload; `at` in seconds since 1970."""
    day = f"{datetime.fromtimestamp(at, UTC):%Y-%m-%d}"
    request = "\n".join(["POST", "/", "", f"content-type:{CONTENT_TYPE}", f"host:{host}", "", "content-type;host",
                         hashlib.sha256(payload).hexdigest()])
    scope = f"{day}/{service}/tc3_request"
    to_sign = "\n".join(["TC3-HMAC-SHA256", str(at), scope, hashlib.sha256(request.encode()).hexdigest()])
    signing = f"TC3{secret}".encode()
    for part in (day, service, "tc3_request"):
        signing = hmac.new(signing, part.encode(), hashlib.sha256).digest()
    signed = hmac.new(signing, to_sign.encode(), hashlib.sha256).hexdigest()
    return f"TC3-HMAC-SHA256 Credential={key}/{scope}, SignedHeaders=content-type;host, Signature={signed}"


class TencentGateway:
    """`tencent://SECRET_ID:SECRET_KEY@sms.tencentcloudapi.com?app=1400...&sign=NAME&code=1110`."""

    def __init__(self, url: str) -> None:
        self.account = Account(url)

    def send(self, text: Text) -> str:
        account = self.account
        payload = json.dumps({
            "PhoneNumberSet": [text.number],
            "SmsSdkAppId": account.options.get("app", ""),
            "SignName": account.option("sign", text),
            "TemplateId": account.template(text),
            "TemplateParamSet": list(account.values(text).values()),
            "SessionContext": hashlib.sha256(text.id.encode()).hexdigest()[:32],
        }, ensure_ascii=False).encode()
        at = int(clock.now().timestamp())
        status, reply = post(account.url, payload, {
            "Authorization": authorization(key=account.key, secret=account.secret, service="sms", host=account.host,
                                           payload=payload, at=at),
            "Content-Type": CONTENT_TYPE,
            "Host": account.host,
            "X-TC-Action": "SendSms",
            "X-TC-Region": account.options.get("region", "ap-guangzhou"),
            "X-TC-Timestamp": str(at),
            "X-TC-Version": "2021-01-11",
        })
        return _reference(status, reply)


def _reference(status: int, reply: Any) -> str:
    answer = reply.get("Response") if isinstance(reply, dict) else None
    if not isinstance(answer, dict):
        raise SmsError("unavailable", f"HTTP {status}")
    if "Error" in answer:
        code = str(answer["Error"].get("Code", ""))
        raise SmsError(kind_of(code), code)
    sent = answer.get("SendStatusSet") or [{}]
    code = str(sent[0].get("Code", ""))
    if code != "Ok":
        raise SmsError(kind_of(code), code)
    return str(sent[0].get("SerialNo", ""))[:100]


def kind_of(code: str) -> str:
    """What a `Code` means for us."""
    return next((kind for start, kind in _KINDS if code.startswith(start)), "refused")
