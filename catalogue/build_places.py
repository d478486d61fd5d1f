"""Writes data/places.tsv, the tree of places, from open data sets and from data/places_by_hand.yaml.

Run: python -m catalogue.build_places FOLDER
FOLDER holds admin-cn/ (provinces.csv, cities.csv, areas.csv, streets_guangdong.csv, HK-MO-TW.json) and admin-hk-mo/
(hk_districts.csv, mo_parishes.csv), as data/SOURCE.md describes them. Needs opencc, Babel and pypinyin; the program
itself needs none of them to read what this writes.
"""

from __future__ import annotations

import csv
import json
import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import opencc
from babel import Locale
from pypinyin import lazy_pinyin

from catalogue.places import FILE
from catalogue.yaml_files import DATA, read_yaml

_PEOPLES = {
    "回族": "Hui", "蒙古族": "Mongol", "蒙古": "Mongol", "满族": "Manchu", "壮族": "Zhuang", "苗族": "Miao",
    "瑶族": "Yao", "侗族": "Dong", "土家族": "Tujia", "畲族": "She", "藏族": "Tibetan", "彝族": "Yi", "白族": "Bai",
    "哈尼族": "Hani", "傣族": "Dai", "拉祜族": "Lahu", "佤族": "Va", "布朗族": "Blang", "黎族": "Li", "羌族": "Qiang",
    "布依族": "Buyi", "水族": "Sui", "仡佬族": "Gelao", "朝鲜族": "Korean", "达斡尔族": "Daur", "鄂温克族": "Evenki",
    "撒拉族": "Salar", "土族": "Tu", "东乡族": "Dongxiang", "保安族": "Bonan", "裕固族": "Yugur",
    "各族": "Multi-ethnic",
    "哈萨克族": "Kazakh", "哈萨克": "Kazakh", "锡伯": "Xibe", "塔吉克": "Tajik", "毛南族": "Maonan", "仫佬族": "Mulao",
    "纳西族": "Naxi", "傈僳族": "Lisu", "普米族": "Pumi", "独龙族": "Derung", "怒族": "Nu",
}  # fmt: skip
# Endings of mainland and Taiwanese names and what they are called in English.
_ENDINGS = (
    ("街道办事处", " Subdistrict"), ("街道", " Subdistrict"), ("民族乡", " Ethnic Township"), ("自治县", None),
    ("自治旗", None), ("新区", " New Area"), ("矿区", " Mining District"),
    ("地区", ""), ("省", ""), ("区", ""), ("市", ""), ("县", " County"), ("镇", " Town"), ("乡", " Township"),
    ("旗", " Banner"), ("盟", " League"), ("农场", " Farm"), ("林场", " Forest Farm"),
)  # fmt: skip


# Development zones and the like, which the code lists beside districts though they lie in them.
_ZONE = re.compile("开发区|园区|管理区|示范区|管委会|委员会|新城|食品区|名胜区")


@dataclass
class Row:
    """A line of the file. Aliases that begin with "&" belong to a group, with "~" need a place around them."""

    id: str
    parent: str
    level: str
    hans: str
    hant: str
    english: str
    aliases: list[str] = field(default_factory=list)


# Characters that the converter, made for words, would exchange in names of places for another, or for a rarer form.
_KEPT = {char: char for char in "里台岳峰岩溪松昆谷凌干斗澄涌朱占群"} | {"冲": "沖", "历": "歷"}


class Names:
    """Traditional and English names made from Simplified ones."""

    def __init__(self, by_hand: dict[str, Any]) -> None:
        self._convert = opencc.OpenCC("s2hk").convert
        self._hant = by_hand["hans_to_hant"]
        self._english = by_hand["english"]

    def hant(self, hans: str) -> str:
        """As Hong Kong writes it. Names keep characters that words exchange."""
        if hans in self._hant:
            return self._hant[hans]
        converted = self._convert(hans)
        if len(converted) != len(hans):
            return converted
        return "".join(_KEPT.get(old, new) for old, new in zip(hans, converted, strict=True))

    def english(self, hans: str) -> str:
        """The usual English name, or pinyin with the word for what the place is."""
        if hans in self._english:
            return self._english[hans]
        bare = re.sub(r"[（(].*[)）]", "", hans)
        for ending, word in _ENDINGS:
            if bare.endswith(ending) and len(bare) > len(ending):
                stem = bare[: -len(ending)]
                if word is None:
                    return self._autonomous(stem, "County" if ending == "自治县" else "Banner")
                # One syllable is no name by itself: 东区 is "Dong District".
                if len(stem) == 1 and not word:
                    word = " District" if ending == "区" else " City"
                return pinyin(stem) + word
        return pinyin(bare)

    def _autonomous(self, stem: str, word: str) -> str:
        peoples: list[str] = []
        while True:
            people = next((one for one in sorted(_PEOPLES, key=len, reverse=True) if stem.endswith(one)), None)
            if people is None or len(stem) <= len(people):
                break
            peoples.insert(0, _PEOPLES[people])
            stem = stem[: -len(people)]
        return " ".join([pinyin(stem), *(["-".join(peoples)] if peoples else []), "Autonomous", word])


def pinyin(hans: str) -> str:
    """One capitalised word, with an apostrophe before a vowel inside it."""
    syllables = _syllables(hans)
    word = "".join(f"'{one}" if index and one[0] in "aeo" else one for index, one in enumerate(syllables))
    return word[:1].upper() + word[1:]


# How characters with several readings are read in names of places, unless by_hand says otherwise.
_READINGS = {
    "长": "chang", "重": "chong", "朝": "chao", "单": "dan", "曾": "zeng", "会": "hui", "都": "du", "什": "shi",
    "勒": "le", "牟": "mu", "乐": "le", "大": "da", "石": "shi", "藏": "zang", "沈": "shen", "车": "che", "柏": "bai",
    "盛": "sheng", "华": "hua", "省": "sheng", "厦": "xia", "吕": "lü", "绿": "lü", "和": "he", "蔓": "man",
    "参": "shen", "圩": "xu", "埔": "pu", "涌": "chong", "冲": "chong", "洗": "xian", "冼": "xian", "陂": "pi",
    "莞": "guan", "番": "pan", "澳": "ao", "圳": "zhen", "丽": "li", "埠": "bu", "堡": "bao",
}  # fmt: skip


def _syllables(hans: str) -> list[str]:
    return [_READINGS.get(char, one) for char, one in zip(hans, lazy_pinyin(hans, v_to_u=True), strict=True)]


def mainland(folder: Path, names: Names) -> Iterator[Row]:
    """Provinces, cities, districts; streets and towns of Guangdong."""
    skipped = set()
    for row in _csv(folder / "provinces.csv"):
        hans = row["name"]
        yield Row(f"CN-{row['code']}", "CN", "p", hans, names.hant(hans), names.english(hans))
    for row in _csv(folder / "cities.csv"):
        # Nodes between a municipality and its districts are an artefact of the code, not places.
        if row["name"] in ("市辖区", "县") or "直辖县级" in row["name"]:
            skipped.add(row["code"])
            continue
        yield _mainland_row(f"CN-{row['code']}", f"CN-{row['provinceCode']}", "i", row["name"], names)
    for row in _csv(folder / "areas.csv"):
        if row["code"][:4] in ("4419", "4420", "4604") and row["code"].endswith("00"):
            continue  # cities without districts repeat themselves here
        if row["code"][4:] > "70" and _ZONE.search(row["name"]):
            continue
        parent = row["provinceCode"] if row["cityCode"] in skipped else row["cityCode"]
        yield _mainland_row(f"CN-{row['code']}", f"CN-{parent}", "d", row["name"], names)
    for row in _csv(folder / "streets_guangdong.csv"):
        parent = row["cityCode"] if row["cityCode"] in ("4419", "4420") else row["areaCode"]
        yield _mainland_row(f"CN-{row['code']}", f"CN-{parent}", "s", row["name"], names)


def _mainland_row(id_: str, parent: str, level: str, hans: str, names: Names) -> Row:
    return Row(id_, parent, level, hans, names.hant(hans), names.english(hans))


def hong_kong_and_macao(folder: Path, by_hand: dict[str, Any]) -> Iterator[Row]:
    """Districts of Hong Kong under its three regions, parishes of Macao."""
    regions = {"Hong Kong Island": "HK-I", "Kowloon": "HK-K", "New Territories": "HK-N"}
    for row in _csv(folder / "hk_districts.csv"):
        yield Row(
            row["id"], regions[row["region_en"]], "d", row["name_zh_hans"], row["name_zh_hant"], row["name_en"],
            [f"{row['name_en']} District"],
        )  # fmt: skip
    for row in _csv(folder / "mo_parishes.csv"):
        parts = {lang: re.split(r"[（）]", row[f"name_{lang}"]) for lang in ("zh_hans", "zh_hant")}
        others = [part[1] for part in parts.values() if len(part) > 1]
        yield Row(
            by_hand["macao"][row["cn_code_unofficial"]], "MO", "d",
            parts["zh_hans"][0], parts["zh_hant"][0], row["name_en"], [*others, row["name_pt"]],
        )  # fmt: skip


def taiwan(folder: Path, by_hand: dict[str, Any], names: Names) -> Iterator[Row]:
    """Counties and cities with their townships and districts, numbered in the order of the data set."""
    data = json.loads((folder / "HK-MO-TW.json").read_text(encoding="utf-8"))["台湾省"]
    for hans, entry in by_hand["taiwan"].items():
        yield Row(entry["id"], "TW", "i", hans, names.hant(hans), entry["en"])
        for number, town in enumerate(data.get(hans) or entry["towns"], start=1):
            yield Row(f"{entry['id']}-{number:02d}", entry["id"], "d", town, names.hant(town), names.english(town))


def countries(by_hand: dict[str, Any]) -> Iterator[Row]:
    """Every other country by its ISO code, then the parts of some that notices name."""
    hans, hant, english = (Locale.parse(code).territories for code in ("zh_Hans", "zh_Hant_HK", "en_GB"))
    taiwanese = Locale.parse("zh_Hant").territories
    # Written elsewhere in the tree, or no country: groups, private codes, parts that ISO only reserves.
    other = set("CN HK MO TW EU EZ UN QO XA XB XK AC CP CQ DG EA IC TA ZZ".split())  # noqa: SIM905 - a list of codes
    for code in sorted(english):
        if re.fullmatch("[A-Z]{2}", code) and code not in other:
            aliases = [taiwanese[code]] if taiwanese[code] != hant[code] else []
            yield Row(code, "", "c", hans[code], hant[code], english[code], aliases)
    for entry in by_hand["united_kingdom"]:
        yield _by_hand_row(entry, "GB", "p" if "parent" not in entry else "i")
    for entry in by_hand["abroad"]:
        yield _by_hand_row(entry, "", "p")


def _by_hand_row(entry: dict[str, Any], parent: str, level: str) -> Row:
    return Row(
        entry["id"], entry.get("parent", parent), level, entry["zh-Hans"], entry["zh-Hant"], entry["en"],
        list(entry.get("aliases", [])),
    )  # fmt: skip


def build(folder: Path) -> list[Row]:
    """All rows, parents before children."""
    by_hand = read_yaml(DATA / "places_by_hand.yaml")
    names = Names(by_hand)
    rows = [_by_hand_row(entry, "", "c" if entry["level"] == "country" else entry["level"][0].replace("c", "i"))
            for entry in by_hand["regions"]]  # fmt: skip
    rows += mainland(folder / "admin-cn", names)
    rows += hong_kong_and_macao(folder / "admin-hk-mo", by_hand)
    rows += taiwan(folder / "admin-cn", by_hand, names)
    rows += countries(by_hand)
    by_id = {row.id: row for row in rows}
    for id_, aliases in by_hand["aliases"].items():
        by_id[id_].aliases += aliases
    for id_, aliases in by_hand["in_context"].items():
        by_id[id_].aliases += [f"~{alias}" for alias in aliases]
    for name, id_ in by_hand["priority"].items():
        by_id[id_].aliases.append(f"!{name}")
    for group in by_hand["groups"]:
        for id_ in group["ids"]:
            by_id[id_].aliases += [f"&{name}" for name in group["names"]]
    return rows


def _csv(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        yield from csv.DictReader(stream)


def write(rows: Iterable[Row]) -> None:
    """Write the file. A Traditional name equal to the Simplified one is left blank."""
    lines = ["id\tparent\tlevel\tzh-Hans\tzh-Hant\ten\taliases"]
    for row in rows:
        hant = "" if row.hant == row.hans else row.hant
        aliases = "|".join(dict.fromkeys(row.aliases))
        lines.append("\t".join([row.id, row.parent, row.level, row.hans, hant, row.english, aliases]))
    FILE.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python -m catalogue.build_places FOLDER")
    write(build(Path(sys.argv[1])))
