"""The words by which a pasted need says how much something matters, what it costs and what kind of thing it is."""

from __future__ import annotations

import re

# A line, sentence or heading with one of these speaks of what is wished for, not required.
NICE = re.compile(
    r"(?:最好|优先|優先|如能|如可|希望|期望|期待|宜|加分|可选|可選|額外|额外|非必须|非必須|锦上添花|錦上添花|較佳|较佳|為佳|为佳)"
    r"|\b(?:nice[- ]to[- ]have|would be (?:nice|good|welcome)|prefer(?:red|ably|ence)?|ideally|optional(?:ly)?"
    r"|desirable|a plus|bonus|if possible|advantage(?:ous)?|wish(?:es|ed)?)\b",
    re.IGNORECASE,
)
MUST = re.compile(
    r"(?:必须|必須|须|須|需(?!求)|应当|應當|应(?!用|急)|應(?!用|急)|要求|务必|務必|一定要|不可|不得|不少于|不少於|至少|硬性|要有|要能)"
    r"|\b(?:must(?:[- ]haves?)?|shall|required?|requires?|requirements?|needs? to|mandatory|essential|at least"
    r"|no less than|has to|have to)\b",
    re.IGNORECASE,
)
# A heading by itself: what follows it is meant so, until the next heading.
HEADING = re.compile(r"^(?P<words>.{1,40}?)\s*[:：]\s*(?P<rest>.*)$")
FULL_STOPS = ("。", "；", ";", ".", "！", "!")
# What an item of a notice is headed with when it says what is bought, for how much or until when: read into fields of
# their own, they are no requirements.
SAID_ELSEWHERE = re.compile(
    r"^(?:(?:采购|採購|项目|項目|招标|招標)?(?:内容|內容|标的|標的|数量|數量|清单|清單|名称|名稱|编号|編號)"
    r"|(?:采购|採購|项目|項目)?(?:预算|預算)(?:金额|金額)?|最高限价|最高限價|限价|限價"
    r"|(?:交货|交貨|供货|供貨|交付|服务|服務|报价|報價|投标|投標|响应|响應|截标|截標)?(?:期限?|时间|時間|日期|截止(?:日期|时间|時間)?|地点|地點)"
    r"|(?:联系|聯絡|聯繫)(?:人|方式|电话|電話)?"
    r"|budget|delivery(?: (?:date|time|place))?|deadline|closing date|quantity|items?|contact(?: person)?)$",
    re.IGNORECASE,
)
BULLET = re.compile(
    r"^\s*(?:[-*•·●○◦▪■□►–—✓√]|\(?\d{1,2}(?:[.)、．）](?!\d))|[（(]\d{1,2}[)）]|[（(]?[一二三四五六七八九十]{1,3}[)）、.]"
    r"|[a-z][.)])\s*",
    re.IGNORECASE,
)
# What stands before the name of a tender.
TITLE_LABEL = re.compile(
    r"^(?:采购|採購|招标|招標)?(?:项目|項目|标题|標題)(?:名称|名稱)?\s*[:：]\s*(?=.)"
    r"|^(?:project|tender)(?: (?:name|title))?\s*:\s*(?=.)",
    re.IGNORECASE,
)
SENTENCE_END = re.compile(r"(?<=[。！？；;])\s*|(?<=[.!?])\s+(?=[A-Z0-9])|\n+")
# Commas that part clauses, not the digits of a number.
CLAUSE_END = re.compile(r"[，；]|[,;](?!\d)")
# A clause with one of these describes the thing named before it.
DETAIL = re.compile(
    r"包括|包含|附|具备|具備|支持|支援|符合|配备|配備|保养|保養|保修|质保|質保|\b(?:includ(?:es?|ing)|with|compliant|warranty)\b",
    re.IGNORECASE,
)
# How soon something must be there, in a clause that speaks of delivering or finishing it.
SOON = re.compile(
    r"(?P<days>\d{1,3})\s*[个個]?(?:工作)?[日天]之?[内內]|\bwithin (?P<within>\d{1,3}) (?:calendar |working )?days\b",
    re.IGNORECASE,
)
DELIVERY = re.compile(
    r"送货|送貨|送到|交货|交貨|交付|到货|到貨|完工|安装|安裝|\b(?:deliver|install|complete)", re.IGNORECASE
)

CURRENCY_OF_PLACE = {"CN": "CNY", "HK": "HKD", "MO": "MOP", "TW": "TWD"}
# "3. Wheelchairs, foldable: 20 pcs", "护理床　30张", "护理床30张".
LIST_LINE = re.compile(
    r"^\s*(?:[-*•·●○◦▪■□►–—✓√]|\(?\d{1,2}(?:[.)、．）](?!\d))|[（(]?[一二三四五六七八九十]{1,3}[)）、.])?\s*"
    r"(?P<name>[^\d\n:：|]{2,80}?)(?:[\s:：|,，x×*]+|(?<=[\u4e00-\u9fff]))(?P<count>(?:共|约|約)?[\d０-９][\d０-９,，.]*\s*[^\s\d|,，;；。:：]{1,12})\s*[;；。,，.|]?\s*$",
    re.IGNORECASE,
)

# Words of one of the kinds that the thesaurus has as no concept of its own.
OPERATOR = re.compile(
    r"委托运营|委託營運|公建民营|公建民營|运营商|營運商|寻找运营|尋找營運|合作运营|合作營運"
    r"|\boperat(?:e|or|ors|ing) (?:of |for )?(?:our|the|a|an)\b|\bfind an operator\b|\btake over (?:our|the)\b",
    re.IGNORECASE,
)

# Concepts that speak for a kind. Groups of the thesaurus first; single concepts override their group.
# Names of facilities say where something is needed more often than what: they count half.
WHERE = frozenset(
    {
        "care_home",
        "nursing_home",
        "care_and_attention_home",
        "small_group_home",
        "assisted_living",
        "rcd_home",
        "infirmary",
        "community_care",
    }
)
KIND_OF_GROUP = {"devices": "equipment", "food": "food_meals"}
KIND_OF_CONCEPT = {
    **dict.fromkeys(
        (
            "care_home",
            "nursing_home",
            "care_and_attention_home",
            "small_group_home",
            "assisted_living",
            "bed_place",
            "respite",
            "rcd_home",
            "infirmary",
            "subsidised_place",
            "private_place",
        ),
        "care_place",
    ),
    **dict.fromkeys(
        (
            "home_care",
            "home_nursing",
            "live_in_care",
            "domestic_help",
            "escort_service",
            "companionship",
            "bathing_service",
            "day_care",
            "night_care",
            "transport_service",
            "cleaning_service",
            "shopping_help",
            "community_care",
            "visiting_doctor",
            "carer_support",
        ),
        "home_community_service",
    ),
    **dict.fromkeys(
        (
            "care_home_system",
            "home_care_software",
            "elderly_care_platform",
            "software",
            "app",
            "big_data",
            "database",
            "cloud",
            "electronic_records",
            "scheduling_software",
            "billing",
            "visit_management",
            "family_portal",
            "matching_platform",
        ),
        "software_platform",
    ),
    **dict.fromkeys(("meal_service", "community_dining"), "food_meals"),
    **dict.fromkeys(
        (
            "home_modification",
            "barrier_free",
            "bathroom_adaptation",
            "kitchen_adaptation",
            "door_widening",
            "construction_works",
            "home_safety_assessment",
            "home_repair",
        ),
        "adaptation",
    ),
    **dict.fromkeys(
        (
            "training",
            "care_worker_training",
            "dementia_training",
            "first_aid_training",
            "manual_handling_training",
            "recruitment",
            "agency_staff",
            "imported_workers",
            "apprenticeship",
        ),
        "training_staffing",
    ),
    **dict.fromkeys(("handrail", "anti_slip", "anti_slip_mat", "ramp"), "adaptation"),
    "equipment_rental": "equipment",
    # Words of a thing's place or use that say nothing of the kind.
    **dict.fromkeys(
        (
            "delivery",
            "installation",
            "monitoring",
            "fall",
            "fall_prevention",
            "lighting",
            "vehicle",
            "telecare",
            "emergency_call",
            "sensor",
            "smart_home",
            "nutrition",
            "breakfast",
            "lunch",
            "dinner",
            "gerontechnology",
            "assistive_device",
            "medical_equipment",
            "lift",
            "furniture",
            "video_surveillance",
        ),
        "",
    ),
}
