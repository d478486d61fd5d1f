"""The tree of places, what free text names, and what including and excluding mean."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from catalogue import places

ROOT = Path(__file__).resolve().parents[2]

# text, what else is known of the place, ids: each read and checked by hand
RESOLVED = [
    ("Hong Kong", (), "HK"),
    ("Hong Kong residents", (), "HK"),
    ("香港長者", (), "HK"),
    ("香港轮候长者", (), "HK"),
    ("香港18區", (), "HK"),
    ("Hong Kong Island", (), "HK-I"),
    ("New Territories", (), "HK-N"),
    ("Tai Po", (), "HK-NTP"),
    ("香港大埔", (), "HK-NTP"),
    ("中西區", ("HK",), "HK-HCW"),
    ("中西區", ("TW-TNN",), "TW-TNN-06"),
    ("中西區", (), ""),
    ("Central, Hong Kong", (), "HK-HCW"),
    ("香港大角嘴、屯門", (), "HK-KYT HK-NTM"),
    ("香港南區、元朗", (), "HK-HSO HK-NYL"),
    ("香港仔", (), "HK-HSO"),
    ("香港慈雲山", (), "HK-KWT"),
    ("將軍澳", (), "HK-NSK"),
    ("4/F, Ancillary Facilities Block, Sau Mau Ping Estate, Kwun Tong", (), "HK-KKT"),
    ("Po Shek Wu Estate, 23 Choi Yuen Road, Sheung Shui", (), "HK-NNO"),
    ("澳門黑沙環東北大馬路", (), "MO-FAT"),
    ("Macau", (), "MO"),
    ("港澳长者", (), "HK MO"),
    ("港澳台", (), "HK MO TW"),
    ("全国330多个城市", (), "CN"),
    ("內地長者", (), "CN"),
    ("广东省", (), "CN-44"),
    ("Guangdong", (), "CN-44"),
    ("Guangzhou", (), "CN-4401"),
    ("广州番禺", (), "CN-440113"),
    ("廣州市荔灣區", (), "CN-440103"),
    ("广州市荔湾区沙面街道", (), "CN-440103001"),
    ("广州市海珠区海幢街道", (), "CN-440105007"),
    ("深圳市龙岗区南湾街道各社区", (), "CN-440307012"),
    ("广州市增城区沿江社区、瑶田村、新康社区", (), "CN-440118"),
    ("东莞市企石镇", (), "CN-441900105"),
    ("佛山顺德", (), "CN-440606"),
    ("Jiangmen (Enping)", (), "CN-440785"),
    ("江门开平", (), "CN-440783"),
    ("江门市(四市三区)", (), "CN-4407"),
    ("Jiangmen (Taishan)", (), "CN-440781"),
    ("台山市", (), "CN-440781"),
    ("Nansha", (), "CN-440115"),
    ("上海市奉贤区", (), "CN-310120"),
    ("上海浦东洋泾", (), "CN-310115"),
    ("上海市中心龙门邨", (), "CN-31"),
    ("重庆市沙坪坝区", (), "CN-500106"),
    ("Inner Mongolia (Baotou)", (), "CN-1502"),
    ("Liaoning (Kuandian)", (), "CN-210624"),
    ("宽甸满族自治县", (), "CN-210624"),
    ("Jiangxi (Yichun)", (), "CN-3609"),
    ("Suzhou", (), "CN-3205"),
    ("Xi'an", (), "CN-6101"),
    ("Shaanxi (Ningshan)", (), "CN-610923"),
    ("江苏张家港", (), "CN-320582"),
    ("浙江乌镇", (), "CN-330483"),
    ("呼玛县呼玛镇长治街", (), "CN-232721"),
    ("宜春市袁州区凤凰街道岐山社区", (), "CN-360902"),
    ("成武县各乡镇敬老院", (), "CN-371723"),
    ("山东等16个城市", (), "CN-37"),
    ("鼓楼区", (), ""),
    ("台南市", (), "TW-TNN"),
    ("臺南市", (), "TW-TNN"),
    ("彰化縣溪湖鎮", (), "TW-CHA-05"),
    ("花蓮縣鳳林、光復、瑞穗、玉里", (), "TW-HUA-03 TW-HUA-08 TW-HUA-09 TW-HUA-02"),
    ("臺北市信義區、文山區", (), "TW-TPE-07 TW-TPE-04"),
    ("南投縣集集鎮、雲林縣東勢鄉、高雄市甲仙區等", (), "TW-NAN-05 TW-YUN-19 TW-KHH-35"),
    ("台灣11縣市87個鄉鎮市區", (), "TW"),
    ("嘉義", (), "TW-CYI TW-CYQ"),
    ("嘉義縣水上鄉", (), "TW-CYQ-06"),
    ("宜花東", (), "TW-ILA TW-HUA TW-TTT"),
    ("金門縣金湖鎮", (), "TW-KIN-02"),
    ("United Kingdom", (), "GB"),
    ("Borrowash, Shirebrook and Swanwick, Derbyshire", (), "GB-DBY"),
    ("Westminster, London", (), "GB-WSM"),
    ("East Ayrshire, Scotland", (), "GB-EAY"),
    ("North Wales", (), "GB-WLS"),
    ("Sweden, Finland, Denmark, Netherlands and Great Britain", (), "SE FI DK NL GB-ENG GB-SCT GB-WLS"),
    ("Gibraltar Crescent, Sembawang, Singapore", (), "SG"),
    ("north and north-east Singapore", (), "SG"),
    ("Bhopal, Madhya Pradesh", (), "IN-MP"),
    ("Northern Queensland", (), "AU-QLD"),
    ("紐西蘭", (), "NZ"),
    ("新西蘭", (), "NZ"),
    ("日本", (), "JP"),
    ("Jordan", (), "JO"),
    ("Jordan, Kowloon", (), "HK-KYT"),
    ("citywide", (), ""),
    ("unknown", (), ""),
    ("公屋租戶", (), ""),
    ("", (), ""),
    ("\x00🚑(((", (), ""),
]


@pytest.mark.parametrize(("text", "near", "ids"), RESOLVED)
def test_free_text_names_places(text, near, ids):
    assert places.resolve(text, near=near) == tuple(ids.split())


@pytest.mark.parametrize("text", ["大湾区", "粵港澳大灣區", "Greater Bay Area", "GBA"])
def test_the_greater_bay_area_is_its_eleven_cities(text):
    names = ["Hong Kong", "Macao", "Guangzhou", "Shenzhen", "Zhuhai", "Foshan", "Huizhou", "Dongguan", "Zhongshan",
             "Jiangmen", "Zhaoqing"]  # fmt: skip
    assert [places.get(one).names["en"] for one in places.gba()] == names
    assert set(places.resolve(text)) == set(places.gba())
    assert places.in_gba("CN-440103001")
    assert places.in_gba("HK-NTP")
    assert not places.in_gba("CN-44")
    assert not places.in_gba("CN-4405")


def test_most_place_texts_of_the_demonstration_are_resolved():
    """Two in a hundred name no place ("citywide"), or none that a tree of places knows."""
    texts: dict[str, str] = {}
    for line in (ROOT / "demo" / "offers.jsonl").read_text(encoding="utf-8").splitlines():
        record = json.loads(line)
        for text in [record["supplier_region"], *record["facts"].get("serves", [])]:
            texts.setdefault(text, record["supplier_region"])
    for line in (ROOT / "demo" / "demands.jsonl").read_text(encoding="utf-8").splitlines():
        record = json.loads(line)
        for text in [record["region"], record["facts"].get("place")]:
            if text:
                texts.setdefault(text, record["region"])
    unresolved = {text for text, region in texts.items() if not places.resolve(text, near=places.resolve(region))}
    assert len(texts) == 287
    assert unresolved == {
        "unknown", "citywide", "五個舊區", "公屋獨居及雙老長者", "公屋租戶", "Hospitals and nursing homes in Europe",
    }  # fmt: skip


def test_the_tree_hangs_together():
    tree = places.tree()
    seen: set[str] = set()
    for place in tree.values():
        assert place.parent_id is None or place.parent_id in seen, place
        seen.add(place.id)
    ranks = {level: number for number, level in enumerate(places.LEVELS)}
    for place in tree.values():
        if place.parent_id:
            assert ranks[place.level] >= ranks[tree[place.parent_id].level], place
    assert Counter(place.level for place in tree.values() if place.id.startswith("HK")) == Counter(
        {"province": 1, "city": 3, "district": 18}
    )
    assert Counter(place.level for place in tree.values() if place.id.startswith("MO")) == Counter(
        {"province": 1, "district": 8}
    )
    assert sum(place.id.startswith("CN-44") and place.level == "street" for place in tree.values()) == 1757
    assert len(places.children("CN")) == 31
    assert len(places.children("TW")) == 22


def test_a_place_with_its_names_and_what_lies_above_it():
    place = places.get("CN-440103001")
    assert (place.parent_id, place.level) == ("CN-440103", "street")
    assert place.names == {"zh-Hans": "沙面街道", "zh-Hant": "沙面街道", "en": "Shamian Subdistrict"}
    assert places.ancestors("CN-440103001") == ("CN-440103001", "CN-440103", "CN-4401", "CN-44", "CN")
    assert places.ancestors("HK-NTP") == ("HK-NTP", "HK-N", "HK")
    assert places.ancestors("CN-441900105") == ("CN-441900105", "CN-4419", "CN-44", "CN")
    assert places.ancestors("CN-310120") == ("CN-310120", "CN-31", "CN")
    assert [child.id for child in places.children("CN-440103")][:2] == ["CN-440103001", "CN-440103002"]
    assert places.path_name("CN-440103", "zh-Hant") == "廣東省廣州市荔灣區"
    assert places.path_name("CN-440103", "en") == "Liwan, Guangzhou, Guangdong"
    assert places.path_name("GB", "zh-Hans") == "英国"


def test_unknown_ids_are_refused():
    assert not places.is_known("CN-99")
    assert not places.is_known(None)
    for call in (places.get, places.ancestors, places.children, places.in_gba):
        with pytest.raises(KeyError):
            call("CN-99")


@pytest.mark.parametrize(
    ("served", "wanted", "bound", "state"),
    [
        (["HK"], ["HK"], True, "included"),
        (["HK"], ["HK-NTP"], True, "included"),
        (["HK"], ["HK-NTP"], False, "included"),
        (["CN-44"], ["CN-440103001"], True, "included"),
        (["MO", "CN-44"], ["HK", "CN-4401"], True, "included"),
        (list(places.gba()), ["CN-440703"], True, "included"),
        (["HK-NTP"], ["HK"], True, "unknown"),  # serves a part of what is wanted
        (["HK-NTP"], ["HK"], False, "unknown"),
        (["HK-NTP", "MO"], ["HK", "CN-4401"], True, "unknown"),
        (["HK-NTP"], ["HK-NTM"], True, "excluded"),
        (["HK-NTP"], ["HK-NTM"], False, "unknown"),
        (["CN"], ["HK"], True, "excluded"),
        (["CN-44"], ["TW"], True, "excluded"),
        (["CN-4401", "CN-4403"], ["HK", "MO"], True, "excluded"),
        ([], ["HK"], True, "unknown"),
        (["HK"], [], True, "unknown"),
        (["Atlantis"], ["HK"], True, "unknown"),
        (["Atlantis", "HK"], ["HK"], True, "included"),
    ],
)
def test_relation(served, wanted, bound, state):
    assert places.relation(served, wanted, place_bound=bound) == state
    assert places.relation(iter(served), iter(wanted), place_bound=bound) == state


def test_completing_a_name():
    assert [place.names["en"] for place in places.search("guang", "en", 3)] == [
        "Guangzhou", "Guangming", "Guangning County",
    ]  # fmt: skip
    assert [place.id for place in places.search("广", "zh-Hans", 1)] == ["CN-4401"]
    assert [place.id for place in places.search("廣", "zh-Hant", 1)] == ["CN-4401"]
    assert [place.id for place in places.search("Tai Po", "en", 5)] == ["HK-NTP"]
    assert places.search("  ", "en") == ()
    assert places.search("xyzzy", "en") == ()
    assert len(places.search("a", "en", 7)) == 7


def test_a_place_alone_and_a_place_with_more_words():
    assert places.is_name("Hong Kong")
    assert places.is_name("廣東省")
    assert places.is_name("大湾区")
    assert not places.is_name("Hong Kong residents")
    assert not places.is_name("citywide")


def test_importing_reads_nothing():
    code = (
        "import sys; from catalogue import kinds, places;"
        "sys.exit(places.tree.cache_info().currsize or 'opencc' in sys.modules or 'babel' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0
