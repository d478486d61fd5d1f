"""What the people of the journeys write, in the three languages, and the words of the site they are asked to find."""

from __future__ import annotations

from dataclasses import dataclass

from babel.support import Translations

from marketplace.settings import ROOT


@dataclass(frozen=True)
class Words:
    """One language: `browser` is what a browser of that language asks for, `tag` what the page must say it is in.

    `home` is the home page's heading; `need` and `must` are an institution's own words, `title`, `summary` and
    `features` a supplier's.
    """

    lang: str
    tag: str
    browser: str
    home: str
    need: str
    must: str
    title: str
    summary: str
    features: str

    @property
    def field(self) -> str:
        """The ending of the names of form fields in this language."""
        return self.lang.replace("-", "_")

    def says(self, sentence: str) -> str:
        """A sentence of the site in this language, as far as the first value put into it."""
        translations = Translations.load(ROOT / "marketplace" / "translations", [self.field])
        return translations.gettext(sentence).partition("%(")[0]


SIMPLIFIED = Words(
    lang="zh-Hans",
    tag="zh-Hans",
    browser="zh-CN",
    home="长者所需，能者来供",
    need="沙田一间院舍需要30张电动护理床\n- 载重至少180公斤\n- 最好可以租用\n预算港币60万元",
    must="载重至少180公斤",
    title="电动护理床，低位进出",
    summary="四段电动调节的护理床，带床边护栏，安全载重200公斤，送货到香港。",
    features="四段电动\n床边护栏",
)
TRADITIONAL = Words(
    lang="zh-Hant",
    tag="zh-Hant-HK",
    browser="zh-HK",
    home="長者所需，能者來供",
    need="沙田一間院舍需要30張電動護理床\n- 載重至少180公斤\n- 最好可以租用\n預算港幣60萬元",
    must="載重至少180公斤",
    title="電動護理床，低位進出",
    summary="四段電動調節的護理床，附床邊護欄，安全載重200公斤，送貨到香港。",
    features="四段電動\n床邊護欄",
)
ENGLISH = Words(
    lang="en",
    tag="en",
    browser="en-GB",
    home="What older people need meets those who can provide it",
    need="A home in Sha Tin needs 30 electric nursing beds\n- safe working load at least 180 kg\n"
    "- rental would be welcome\nBudget HKD 600,000",
    must="safe working load at least 180 kg",
    title="Electric nursing bed, low entry",
    summary="Nursing bed, four electric functions, side rails, safe working load 200 kg, delivered to Hong Kong.",
    features="four electric functions\nside rails",
)
