"""The columns of a list: what each is for, and how people head it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l

from marketplace.i18n import convert_script
from marketplace.types import fold_key


@dataclass(frozen=True)
class Column:
    """One thing a list may say. `heads`: headings in Simplified Chinese and English; `head`: that of the template,
    in three languages."""

    key: str
    label: Any
    head: str
    heads: tuple[str, ...]
    example: str = ""


NAME = Column(
    "name",
    _l("Name of the organisation, in any script"),
    "机构名称 機構名稱 Organisation",
    (
        "机构名称",
        "公司名称",
        "企业名称",
        "单位名称",
        "参展商",
        "参展商名称",
        "展商名称",
        "院舍名称",
        "院舍",
        "机构",
        "公司",
        "名称",
        "organisation",
        "organization",
        "company",
        "company name",
        "exhibitor",
        "firm",
        "home",
        "name of organisation",
        "name",
    ),
    "示範有限公司",
)
NAME_HANT = Column(
    "name_hant",
    _l("Name in Traditional Chinese"),
    "繁体名称 繁體名稱 Name (Traditional)",
    (
        "繁体名称",
        "名称繁体",
        "机构名称繁体",
        "公司名称繁体",
        "name traditional",
        "traditional chinese name",
        "chinese name traditional",
    ),
    "",
)
NAME_HANS = Column(
    "name_hans",
    _l("Name in Simplified Chinese"),
    "简体名称 簡體名稱 Name (Simplified)",
    (
        "简体名称",
        "名称简体",
        "机构名称简体",
        "公司名称简体",
        "中文名称",
        "中文名",
        "chinese name",
        "name simplified",
        "simplified chinese name",
    ),
    "",
)
NAME_EN = Column(
    "name_en",
    _l("Name in English"),
    "英文名称 英文名稱 English name",
    (
        "英文名称",
        "英文名",
        "公司英文名称",
        "机构英文名称",
        "english name",
        "name in english",
        "name english",
        "company name english",
    ),
    "Example Limited",
)
BOOTH = Column(
    "booth",
    _l("Stand"),
    "展位号 展位號 Stand",
    ("展位号", "展位", "展台", "摊位", "摊位号", "展位编号", "booth", "booth no", "stand", "stand no"),
    "A01",
)
ZONE = Column("zone", _l("Zone"), "展区 展區 Zone", ("展区", "区域", "分区", "zone", "area"), "A")
PERSON = Column(
    "person",
    _l("Contact person"),
    "联系人 聯絡人 Contact person",
    (
        "联系人",
        "联络人",
        "联系人姓名",
        "姓名",
        "代表",
        "代表姓名",
        "contact",
        "contact person",
        "person",
        "contact name",
        "representative",
    ),
    "陳大文",
)
ROLE = Column(
    "role", _l("Position"), "职务 職銜 Position", ("职务", "职位", "职衔", "岗位", "position", "title", "job title")
)
MOBILE = Column(
    "mobile",
    _l("Mobile number"),
    "手机 手提電話 Mobile",
    (
        "手机",
        "手机号",
        "手机号码",
        "手提电话",
        "移动电话",
        "流动电话",
        "电话",
        "联系电话",
        "联络电话",
        "mobile",
        "mobile number",
        "phone",
        "telephone",
        "tel",
    ),
    "+852 5123 4567",
)
EMAIL = Column(
    "email",
    _l("E-mail address"),
    "电邮 電郵 E-mail",
    (
        "电邮",
        "邮箱",
        "电子邮箱",
        "电子邮件",
        "电邮地址",
        "邮件",
        "email",
        "e-mail",
        "e mail",
        "mail",
        "email address",
        "e-mail address",
    ),
    "name@example.org",
)
DISTRICT = Column(
    "district",
    _l("District"),
    "地区 地區 District",
    ("地区", "所在地", "所在地区", "区", "城市", "省市", "区县", "district", "city", "region", "place", "location"),
    "沙田區",
)
LANGUAGES = Column(
    "languages",
    _l("Languages spoken"),
    "会面语言 會面語言 Languages",
    ("会面语言", "语言", "沟通语言", "使用语言", "languages", "language", "spoken languages"),
    "粤语、英语",
)
DELEGATION = Column(
    "delegation",
    _l("Delegation"),
    "代表团 代表團 Delegation",
    ("代表团", "团组", "团", "考察团", "团名", "代表团名称", "delegation", "group"),
    "",
)
COORDINATOR = Column(
    "coordinator",
    _l("Coordinator of the delegation"),
    "领队 領隊 Coordinator",
    ("领队", "团长", "联络员", "统筹人", "负责人", "coordinator", "leader"),
    "",
)
COORDINATOR_EMAIL = Column(
    "coordinator_email",
    _l("E-mail address of the coordinator"),
    "领队电邮 領隊電郵 Coordinator e-mail",
    (
        "领队电邮",
        "领队邮箱",
        "团长电邮",
        "团长邮箱",
        "统筹人电邮",
        "coordinator email",
        "coordinator e-mail",
        "leader email",
    ),
)
COORDINATOR_MOBILE = Column(
    "coordinator_mobile",
    _l("Mobile number of the coordinator"),
    "领队手机 領隊手提電話 Coordinator mobile",
    (
        "领队手机",
        "领队电话",
        "团长手机",
        "团长电话",
        "统筹人电话",
        "领队手提电话",
        "coordinator mobile",
        "coordinator phone",
    ),
)

_NAMES = (NAME, NAME_HANT, NAME_HANS, NAME_EN)
_CONTACT = (PERSON, ROLE, MOBILE, EMAIL, DISTRICT, LANGUAGES)
OF_KIND: dict[str, tuple[Column, ...]] = {
    "exhibitors": (*_NAMES, BOOTH, ZONE, *_CONTACT),
    "buyers": (*_NAMES, *_CONTACT),
    "delegations": (DELEGATION, COORDINATOR, COORDINATOR_EMAIL, COORDINATOR_MOBILE, *_NAMES, *_CONTACT),
}


def _plain(text: str) -> str:
    text = convert_script(fold_key(text), "zh-Hans")
    return " ".join("".join(c if c.isalnum() else " " for c in text).split())


def guess(headers: list[str], kind: str) -> dict[str, int]:
    """Field to the number of the column whose heading fits it best: the same words first, then one within the other."""
    plain = [_plain(text) for text in headers]
    found: dict[str, int] = {}
    for test in (_same, _pieces, _within):
        for column in OF_KIND[kind]:
            if column.key in found:
                continue
            place = next(
                (
                    place
                    for place, text in enumerate(plain)
                    if text and place not in found.values() and test(text, column)
                ),
                None,
            )
            if place is not None:
                found[column.key] = place
    return found


def _same(text: str, column: Column) -> bool:
    return text in {_plain(head) for head in column.heads} or text == _plain(column.head)


def _pieces(text: str, column: Column) -> bool:
    """A heading in several languages at once: "公司名稱 Company name"."""
    heads = {_plain(head) for head in column.heads}
    pieces = text.split()
    return any(" ".join(pieces[a:b]) in heads for a in range(len(pieces)) for b in range(len(pieces), a, -1))


def _within(text: str, column: Column) -> bool:
    return any(len(head) > 3 and head in text for head in map(_plain, column.heads) if head.isascii()) or any(
        len(head) > 1 and head in text for head in map(_plain, column.heads) if not head.isascii()
    )
