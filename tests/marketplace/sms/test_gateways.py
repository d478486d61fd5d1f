"""Each gateway over a real connection: what is sent, how it is signed, and what its refusals mean."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from marketplace import clock
from marketplace.sms import aliyun, tencent
from marketplace.sms.gateways import HttpGateway, SmsError, Text
from tests.support.gateway import Gateway

AT = datetime(2026, 11, 25, 1, 2, 3, tzinfo=UTC)
PARAMS = {"code": "012345", "minutes": "10"}
HONG_KONG = Text("code:7", "+85291234567", "zh_Hant", "code", PARAMS, "012345 是您的驗證碼")
MAINLAND = Text("code:8", "+8613800138000", "zh_Hans", "code", PARAMS, "012345 是您的验证码")


@pytest.fixture
def server() -> Iterator[Gateway]:
    with Gateway() as running, clock.frozen(AT):
        yield running


def refused(gateway: object, text: Text = HONG_KONG) -> tuple[str, str, bool]:
    with pytest.raises(SmsError) as error:
        gateway.send(text)  # type: ignore[attr-defined]
    return error.value.kind, error.value.detail, error.value.temporary


def test_the_generic_gateway_posts_json_with_its_token(server: Gateway) -> None:
    assert HttpGateway(f"http://:secret%2Ftoken@{server.address}/send?from=market").send(HONG_KONG) == "kept"
    [one] = server.received
    assert one.body == {"id": "code:7", "to": "+85291234567", "locale": "zh_Hant", "template": "code",
                        "params": {"code": "012345", "minutes": "10"}, "text": "012345 是您的驗證碼"}
    assert (one.headers["authorization"], one.headers["idempotency-key"]) == ("Bearer secret/token", "code:7")


@pytest.mark.parametrize(
    ("status", "kind", "temporary"),
    [(429, "rate_limited", True), (422, "invalid_number", False), (403, "account", False), (503, "unavailable", True),
     (404, "template", False), (302, "refused", False)],
)
def test_the_generic_gateways_status_says_what_went_wrong(
    server: Gateway, status: int, kind: str, temporary: bool
) -> None:
    server.status = status
    assert refused(HttpGateway(f"http://{server.address}/")) == (kind, f"HTTP {status}", temporary)


def test_a_gateway_that_does_not_answer_is_tried_again() -> None:
    kind, _detail, temporary = refused(HttpGateway("http://127.0.0.1:9/"))
    assert (kind, temporary) == ("unavailable", True)


def test_aliyuns_published_example_of_a_signature() -> None:
    """From the documentation of the service's HTTP form: SendSms by GET with key testId and secret testSecret."""
    parameters = {
        "AccessKeyId": "testId", "Action": "SendSms", "Format": "XML", "OutId": "123", "PhoneNumbers": "15300000001",
        "RegionId": "cn-hangzhou", "SignName": "阿里云短信测试专用", "SignatureMethod": "HMAC-SHA1",
        "SignatureNonce": "45e25e9b-0a6f-4070-8c85-2956eda1b466", "SignatureVersion": "1.0",
        "TemplateCode": "SMS_71390007", "TemplateParam": '{"customer":"test"}', "Timestamp": "2017-07-12T02:42:19Z",
        "Version": "2017-05-25",
    }
    assert aliyun.signature("GET", parameters, "testSecret") == "zJDF+Lrzhj/ThnlvIToysFRq6t4="


def test_aliyuns_published_example_of_another_call() -> None:
    """From the documentation of the signature: DescribeRegions with key testid and secret testsecret."""
    parameters = {
        "Format": "XML", "AccessKeyId": "testid", "Action": "DescribeRegions", "SignatureMethod": "HMAC-SHA1",
        "SignatureNonce": "3ee8c1b8-83d3-44af-a94f-4e0ad82fd6cf", "SignatureVersion": "1.0", "Version": "2014-05-26",
        "Timestamp": "2016-02-23T12:46:24Z",
    }
    assert aliyun.signature("GET", parameters, "testsecret") == "OLeaidS1JvxuMvnyHOwuJ+uX5qY="


def aliyun_gateway(server: Gateway) -> aliyun.AliyunGateway:
    return aliyun.AliyunGateway(
        f"aliyun+http://key:secret@{server.address}?sign=%E9%93%B6%E5%8F%91&code=SMS_1&code.intl=SMS_2"
        "&code.intl.zh_Hant=SMS_3&params.code=code,minutes")


@pytest.mark.parametrize(
    ("text", "numbers", "template"), [(MAINLAND, "13800138000", "SMS_1"), (HONG_KONG, "85291234567", "SMS_3")]
)
def test_aliyun_is_sent_its_documented_form(server: Gateway, text: Text, numbers: str, template: str) -> None:
    server.answer = {"Code": "OK", "Message": "OK", "BizId": "9006^0", "RequestId": "F6"}
    assert aliyun_gateway(server).send(text) == "9006^0"
    [one] = server.received
    signed = {name: value for name, value in one.body.items() if name != "Signature"}
    assert aliyun.signature("POST", signed, "secret") == one.body["Signature"]
    nonce, out = signed.pop("SignatureNonce"), signed.pop("OutId")
    assert (len(nonce), len(out)) == (32, 32)
    assert signed == {
        "AccessKeyId": "key", "Action": "SendSms", "Format": "JSON", "PhoneNumbers": numbers,
        "RegionId": "cn-hangzhou", "SignName": "银发", "SignatureMethod": "HMAC-SHA1", "SignatureVersion": "1.0",
        "TemplateCode": template, "TemplateParam": '{"code":"012345","minutes":"10"}',
        "Timestamp": "2026-11-25T01:02:03Z", "Version": "2017-05-25",
    }


@pytest.mark.parametrize(
    ("code", "kind", "temporary"),
    [("isv.BUSINESS_LIMIT_CONTROL", "rate_limited", True), ("isv.MOBILE_NUMBER_ILLEGAL", "invalid_number", False),
     ("isv.SMS_TEMPLATE_ILLEGAL", "template", False), ("isv.SMS_SIGNATURE_ILLEGAL", "template", False),
     ("isv.AMOUNT_NOT_ENOUGH", "account", False), ("SignatureDoesNotMatch", "account", False),
     ("isp.SYSTEM_ERROR", "unavailable", True), ("isv.SOMETHING_NEW", "refused", False)],
)
def test_aliyuns_codes_say_what_went_wrong(server: Gateway, code: str, kind: str, temporary: bool) -> None:
    server.status, server.answer = 400, {"Code": code, "Message": "…", "RequestId": "F6"}
    assert refused(aliyun_gateway(server)) == (kind, code, temporary)


def test_a_template_that_the_setting_lacks_is_said_before_anything_is_sent(server: Gateway) -> None:
    gateway = aliyun.AliyunGateway(f"aliyun+http://key:secret@{server.address}?sign=x")
    assert refused(gateway) == ("template", "no template is set for code", False)
    assert server.received == []


def test_tencents_published_example_of_a_signature() -> None:
    """From the documentation of TC3-HMAC-SHA256: DescribeInstances on 25 February 2019."""
    header = tencent.authorization(
        key="AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE", secret="Gu5t9xGARNpq86cd98joQYCN3EXAMPLE", service="cvm",
        host="cvm.tencentcloudapi.com", at=1551113065,
        payload=rb'{"Limit": 1, "Filters": [{"Values": ["\u672a\u547d\u540d"], "Name": "instance-name"}]}')
    assert header == (
        "TC3-HMAC-SHA256 Credential=AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE/2019-02-25/cvm/tc3_request, "
        "SignedHeaders=content-type;host, Signature=72e494ea809ad7a8c8f7a4507b9bddcbaa8e581f516e8da2f66e2c5a96525168")


def tencent_gateway(server: Gateway) -> tencent.TencentGateway:
    return tencent.TencentGateway(
        f"tencent+http://id:key@{server.address}?app=1400006666&sign=%E9%93%B6%E5%8F%91&code=1110&code.intl=2220")


@pytest.mark.parametrize(("text", "template"), [(MAINLAND, "1110"), (HONG_KONG, "2220")])
def test_tencent_is_sent_its_documented_form(server: Gateway, text: Text, template: str) -> None:
    server.answer = {"Response": {"SendStatusSet": [{"SerialNo": "5000:1", "Code": "Ok"}], "RequestId": "a0"}}
    assert tencent_gateway(server).send(text) == "5000:1"
    [one] = server.received
    body = dict(one.body)
    assert len(body.pop("SessionContext")) == 32
    assert body == {"PhoneNumberSet": [text.number], "SmsSdkAppId": "1400006666", "SignName": "银发",
                    "TemplateId": template, "TemplateParamSet": ["012345"]}
    assert {name: one.headers[name] for name in one.headers if name.startswith("x-tc-")} == {
        "x-tc-action": "SendSms", "x-tc-region": "ap-guangzhou", "x-tc-version": "2021-01-11",
        "x-tc-timestamp": str(int(AT.timestamp()))}
    assert one.headers["authorization"] == tencent.authorization(
        key="id", secret="key", service="sms", host=server.address, payload=one.raw, at=int(AT.timestamp()))
    assert json.loads(one.raw)["SignName"] == "银发"


@pytest.mark.parametrize(
    ("answer", "kind", "temporary"),
    [({"SendStatusSet": [{"Code": "LimitExceeded.PhoneNumberDailyLimit"}]}, "rate_limited", True),
     ({"SendStatusSet": [{"Code": "InvalidParameterValue.IncorrectPhoneNumber"}]}, "invalid_number", False),
     ({"SendStatusSet": [{"Code": "FailedOperation.TemplateIncorrectOrUnapproved"}]}, "template", False),
     ({"SendStatusSet": [{"Code": "FailedOperation.InsufficientBalanceInSmsPackage"}]}, "account", False),
     ({"Error": {"Code": "AuthFailure.SignatureFailure", "Message": "…"}}, "account", False),
     ({"Error": {"Code": "RequestLimitExceeded", "Message": "…"}}, "rate_limited", True),
     ({"Error": {"Code": "InternalError", "Message": "…"}}, "unavailable", True)],
)
def test_tencents_codes_say_what_went_wrong(server: Gateway, answer: object, kind: str, temporary: bool) -> None:
    server.answer = {"Response": answer}
    found = refused(tencent_gateway(server))
    assert (found[0], found[2]) == (kind, temporary)
