"""The words around a number that tell a budget, a quantity and everything else apart, in folded text."""

from __future__ import annotations

import re

from catalogue import currencies

CURRENCIES = tuple(
    (re.compile(pattern), code)
    for pattern, code in (
        (r"hk\$|hkd|港币|港元|港纸", "HKD"),
        (r"mop\$?|澳门元|澳门币|澳门圆|patacas?", "MOP"),
        (r"nt\$|ntd|twd|新台币|台币", "TWD"),
        (r"rmb¥?|cny|cn¥|人民币|¥|￥", "CNY"),
        (r"us\$|usd|美元|美金", "USD"),
        (r"£|gbp|英镑", "GBP"),
        (r"€|eur|欧元", "EUR"),
        (r"au?\$|aud|澳元|澳币", "AUD"),
        (r"s\$|sgd|新加坡元|新元|坡币", "SGD"),
        (r"₹|inr|rs\.?", "INR"),
        (r"jpy|日元|日圆", "JPY"),
        (r"krw|韩元|₩", "KRW"),
        (r"c\$|cad|加元", "CAD"),
    )
)
_CODES = "|".join(sorted(currency.code.lower() for currency in currencies.all_currencies()))
_MONEY_WORD = (
    r"(?:hk|nt|us|au?|s|c)\$|mop\$|港币|港元|港纸|澳门元|澳门币|澳门圆|patacas?|新台币|台币|rmb¥?|cn¥|人民币|¥|￥|美元|美金|£|英镑|€|欧元"
    r"|澳元|澳币|新加坡元|新元|坡币|₹|\brs\.?|日元|日圆|韩元|₩|加元|ntd|"
    rf"(?<![a-z])(?:{_CODES})(?![a-z])"
)
_DIGITS = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
_HAN = r"[零〇一二两三四五六七八九十百千]{1,8}(?=[万亿]|余?元)"
_SCALE = r"百万|千万|[万亿千]|k(?![a-z])|mn?(?![a-z])|bn(?![a-z])|thousand|million|billion|lakh|crore"
AMOUNT = re.compile(
    rf"(?P<before>{_MONEY_WORD})?[\s:]{{0,4}}(?<![\d.a-z,])(?P<number>{_DIGITS}|{_HAN})"
    rf"\s*(?P<scale>{_SCALE})?(?:余|多)?\s*(?P<plain>[元圆块蚊](?!素))?(?:整)?\s*[(（]?(?P<after>{_MONEY_WORD})?"
)
# The heading of a table names scale and currency: "预算金额(万元): 30", "Budget (HK$): 300,000".
TABLE_AMOUNT = re.compile(
    rf"[(](?:单位[:为]?)?\s*(?P<before>{_MONEY_WORD})?\s*(?P<scale>{_SCALE})?(?P<plain>元)?(?P<after>{_MONEY_WORD})?\s*[)]"
    rf"[\s:|]*(?P<number>{_DIGITS})(?![\d.]*\s*(?:[万亿元%]|年|月))"
)
SCALES = {
    "千": 1000,
    "万": 10_000,
    "百万": 10**6,
    "千万": 10**7,
    "亿": 10**8,
    "k": 1000,
    "m": 10**6,
    "mn": 10**6,
    "bn": 10**9,
    "thousand": 1000,
    "million": 10**6,
    "billion": 10**9,
    "lakh": 10**5,
    "crore": 10**7,
}
EACH = re.compile(
    r"每(?:张|台|部|辆|件|套|个|人|户|份|餐|位|床|次|间|月|名|所|家|片)|单价|户均|人均|/\s*(?:张|台|部|辆|件|套|个|人|户|份|餐|位|床|次|间|月)"
    r"|\beach\b|\bper (?:unit|piece|bed|person|set|meal|head|visit|resident)\b|\bapiece\b|\ba (?:piece|meal|head)\b"
)


def _cues(*rows: tuple[str, str | None, float]) -> tuple[tuple[re.Pattern[str], re.Pattern[str] | None, float], ...]:
    return tuple((re.compile(before), re.compile(after) if after else None, points) for before, after, points in rows)


_NEAR = r"(?:[约近逾达为在是]|大约|将近|超过|不超过|some |about |around |nearly |over |up to )?\s*$"
# (before, right behind, points): what a sum is.
SUM_CUES = _cues(
    (
        r"预算|限价|控制价|最高价|上限|采购金额|项目金额|总金额|合同金额|合同价|合同估算|价值|总价|不超过"
        r"|\bbudgets?\b|\bworth\b|\bvalued?\b|\bestimat|\bnot exceed|\bup to\b|\bmaximum\b"
        r"|\bceiling\b|\bcontract (?:of|sum|price)\b",
        r"\s*(?:的)?(?:预算|限价|上限)|(?:, )?(?:is|was|are) (?:set aside|budgeted|available)|\s*budget",
        3.0,
    ),
    (
        r"合计|总计|总投资|投入|经费|拨款|补助|资助|补贴|成交|中标|决标|花费|耗资|斥资|开支|捐(?:出|赠|款)?|奖助|最高|造价|金额"
        r"|\btotal|\bset aside\b|\boffer of\b|\basked\b.*\bfor\b|\bgift of\b|\bgrant of\b"
        r"|\bfunding of\b|\bfund(?:ed|s)? (?:of|with)\b|\bcosts?\b|\baward",
        r"成交|中标|决标|购入|购置|购买|(?:was|is) (?:awarded|chosen)",
        2.0,
    ),
    (rf"(?:费|费用|需|要|计){_NEAR}", None, 3.0),
    (r"负担|户均|每(?:人|户|月|张|台|床|片)|按每", None, 0.5),
    (r"每", None, -0.4),
    (
        r"保证金|押金|标书费|文件(?:费|售价|价)|报名费|自付|家属付|注册资(?:本|金)|罚款|罚金|营业额|月薪|薪资|权利金|筹得|尚欠|已批|已投|年收入"
        r"|\bguarantee|\bdeposit|\btender fee|\bdocument fee|\bfines?\b|\bturnover"
        r"|\bfees?\b|\babove\b|\bsalary|\bwage|\bcollects?\b|\binsurance",
        None,
        -4.0,
    ),
    (r"原计划|过去|往年|\bprevious|\bover one of", None, -1.0),
)

COUNTED = frozenset({"bed", "person", "household", "item", "meal", "site", "session", "class", "lot"})
UNIT_WEIGHTS = {
    "household": 0.6,
    "bed": 0.6,
    "meal": 0.3,
    "lot": -0.4,
    "class": -0.4,
    "session": -0.4,
    "thing": 0.0,
    "site": 0.1,
}
ENGLISH_NUMBERS = [
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
    "twenty",
]
_ENGLISH = "|".join(sorted(ENGLISH_NUMBERS[1:], key=len, reverse=True))
MORE_CHINESE = re.compile(
    r"(?P<number>(?<![\d.,a-z])\d+(?:,\d{3})*|[一二两三四五六七八九十百千]{1,6})(?P<scale>万)?(?:余|多|来)?\s*"
    r"(?:座|栋|宗|块|批|项(?!目)|顶|床|双|对|本|单元|人次|车次|张)"
)
# "61 new washers", "6,000 electrically operated beds", "70 in all": a number with a plural within three words.
MORE_ENGLISH = re.compile(
    rf"(?<![\w./,:-])(?P<number>\d{{1,3}}(?:,\d{{3}})+|\d+|{_ENGLISH})(?P<scale>(?!))?"
    r"(?:[ -](?!(?:per|january|february|march|april|may|june|july|august|september|october"
    r"|november|december|hours?|days?|weeks?"
    r"|months?|years?|am|pm|a\.m|p\.m|noon|and|or|of|to|in|on|for|by|at|with|from|over|cent)\b)"
    r"[a-z][a-z'-]{0,30}){0,2}[ -](?:in all\b|(?!(?:per|hours|days|weeks|months|years"
    r"|minutes|metres|meters|grams|options|extensions|times"
    r"|phases|parts|bids|ideas|stars|floors|storeys|steps|points|percent|degrees|litres|inches|miles|pounds|dollars|pence|nurses"
    r"|workers|posts|staff|suppliers|countries|is|was|as|has|this|its)\b)[a-z][a-z-]{0,30}(?<!s)s\b)"
)
_MONTHS = "january|february|march|april|may|june|july|august|september|october|november|december"
# Numbers that count nothing: dates, numbers of papers, telephone numbers, ages, standards.
NO_COUNT = (
    re.compile(r"[零〇一二两三四五六七八九十百千万亿]{16,}"),  # no number, and slow to find out
    re.compile(r"\d{2,4}\s*年(?:度|代|间)?(?:\s*\d{1,2}\s*月)?(?:\s*\d{1,2}\s*[日号])?"),
    re.compile(r"\d{1,2}\s*月(?:底|初|中旬|份)?(?:\s*\d{1,2}\s*[日号])?"),
    re.compile(r"(?<!\d)\d{1,2}(?:st|nd|rd|th)?\s+(?:" + _MONTHS + r")(?:\s+\d{4})?"),
    re.compile(rf"(?:{_MONTHS})\s+(?:\d{{1,2}},?\s+)?\d{{4}}"),
    re.compile(r"\b(?:19|20)\d{2}(?:\s*[-/至到]\s*(?:19|20)?\d{2})?\b(?!\s*[张台部辆套户间所个名位人床份])"),
    re.compile(r"(?<![a-z0-9])[a-z]{2,12}[a-z0-9()_]{0,20}[/-][a-z/()_-]{0,20}\d[a-z0-9/()_-]{0,30}"),
    re.compile(r"(?<!\d)\+?\d[\d-]{7,24}\d"),
    re.compile(r"[(][一二三四五六七八九十\d]+[次期批][)]"),
    re.compile(r"第[\d一二三四五六七八九十]+[期批包次条章届号]"),
    re.compile(
        r"[一二三四五六七八九十]户一|一户一|一人一|一院一|首[批个家]|之[一二三]|(?<!\d)[一单]站式|十五五|十四五|一体|一项(?!\d)"
    ),
    re.compile(r"(?<!\d)\d{1,9}\s{0,3}(?:%|％|‰|per cent|percent|岁|周岁|楼|层|号|路|元)"),
    re.compile(r"(?<![a-z])[a-z]{1,20} (?:of|over|aged?) \d+(?: and over| or over)?"),
)
# Meals are asked for by the day or week: there these words do not tell a rate from a quantity.
PERIOD = re.compile(r"每[天日周月年晚]|\b(?:each|per|every) (?:day|week|month|year)\b")
# (before, right behind, points): what a count is.
COUNT_CUES = _cues(
    (
        r"采购|购置|购买|购入|购进|置办|需(?:要|购)?|更换|汰换|换成?|添置|新增|新开|改造|安装|加装|装设|配(?:备|置|发)|不少于|规划|预计|目标|为"
        r"|训练|增加|欠|缺|运营|营运|设立|设置|委托|征求|征选|释出|投入|提供|发放|派发|分发|拟|可放|做"
        r"|\bwants?\b|\bneeds?\b|\bsuppl|\breplac|\binstall|\bbuys?\b|\bpurchas|\bprocure"
        r"|\bdeliver|\bup to\b|\bat most\b|\brequire"
        r"|\bhold|\blots?\b|\bplans? (?:is )?(?:for|to)\b",
        r"[^,。]{0,8}(?:做|进行)|[^,。]{0,6}(?:改造|改善|采购|更换|安装|加装)|in all|[^.]{0,24}\bsupplied",
        1.2,
    ),
    (r"合计|总计|总共|\bin total\b", None, 5.0),
    (r"增至\s*约?$|再捐?\s*$", None, 1.0),
    # Who is better off is told beside what is asked for.
    (r"惠及|受惠|受益|\bbenefit", r"[^,。]{0,4}(?:受惠|受益)|[^.,]{0,16}\bbenefit", -0.8),
    (r"由约?\s*$|[^没]有\s*$|累计|动用|\b(?:at|in|with|behind)\s*$", None, -1.5),
    (r"最后|最终|改为", None, 0.3),
    (
        r"现有|目前|现况|现行|已(?!核)|过去|至今|曾|前一年|另|其中|平均|每(?:名|人|位|天|日|月|次|年|户|单元|所|个|班|家|场|处|项|张|床)?|最多|之前|当中|未|第|截至|同行|占",
        None,
        -1.3,
    ),
    (
        r"(?!x)x",
        r"(?:名|位|个|人)?(?:以上)?(?:专职|兼职)?(?:评估员|护士|员工|职工|志愿|合作单位|工作人员|供应商|厂商|厂家|年|月|小时|分钟|公里|米|公斤|成|期|级|类|阶段|子女|信封|时|点)",
        -3.0,
    ),
    (
        r"\bexisting\b|\balready\b|\bbeforehand\b|\bat least\b|\bbeing\b|\beach\b|\bper\b"
        r"|\bhad (?:run|been)\b|\bformer|\bage|\bexperience",
        None,
        -1.5,
    ),
)
