"""Adding a kind is adding a file: form, validation, page, facet, index and matching follow from it."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]

KIND = """
key: mobility_lessons
order: 90
labels: {zh-Hans: 出行课堂, zh-Hant: 出行課堂, en: Mobility lessons}
descriptions: {zh-Hans: 学习安全出行, zh-Hant: 學習安全出行, en: Learning to get about safely}
icon: signpost
place_bound: true
sections:
  - key: lessons
    labels: {zh-Hans: 课堂, zh-Hant: 課堂, en: Lessons}
    fields:
      - features
      - serves
      - key: lesson_places
        type: choice
        labels: {zh-Hans: 上课地点, zh-Hant: 上課地點, en: Where lessons take place}
        hints: {zh-Hans: 例如户外, zh-Hant: 例如戶外, en: "For example: outdoors"}
        choices:
          - {code: indoors, zh-Hans: 室内, zh-Hant: 室內, en: Indoors only here}
          - {code: outdoors, zh-Hans: 户外, zh-Hant: 戶外, en: Outdoors in the park}
        sides: [offer, demand]
        facet: true
        compare: equal
"""

SCRIPT = """
import sys
sys.path[:0] = [sys.argv[1], sys.argv[2]]
import catalogue
assert catalogue.__file__.startswith(sys.argv[1]), catalogue.__file__
from pathlib import Path
from marketplace import create_app
from marketplace.extensions import db
from tests.marketplace import factories as make
from tests.marketplace.conftest import settings_for

app = create_app(settings_for(sys.argv[3], Path(sys.argv[1])))
with app.app_context():
    supplier, seller = make.make_organisation(kind="supplier")
    from marketplace.accounts.models import User
    client = make.sign_in(app.test_client(), db.session.get(User, seller.user_id))
    form = client.get("/offers/new?kind=mobility_lessons").text
    print("form", "Where lessons take place" in form, "Outdoors in the park" in form)
    offer = make.make_offer(seller, content=make.offer_content(
        "Walking with a frame", kind="mobility_lessons", facts={"lesson_places": "outdoors", "serves": ["HK"]}))
    from marketplace.errors import Invalid
    try:
        make.make_offer(seller, content=make.offer_content(kind="mobility_lessons", facts={"lesson_places": "moon"}))
    except Invalid as invalid:
        print("refused", sorted(invalid.errors))
    make.run_jobs()
    print("page", "Outdoors in the park" in client.get(f"/offers/{offer.id}").text)
    listed = client.get("/offers?kind=mobility_lessons").text
    print("facet", "Where lessons take place" in listed, f"/offers/{offer.id}" in listed)
    found = client.get("/offers?kind=mobility_lessons&lesson_places=outdoors").text
    left_out = client.get("/offers?kind=mobility_lessons&lesson_places=indoors").text
    print("filter", f"/offers/{offer.id}" in found, f"/offers/{offer.id}" in left_out)
    institution, buyer = make.make_organisation(kind="institution")
    demand = make.make_demand(buyer, content=make.demand_content(
        "助行架步行课堂", kind="mobility_lessons", requirements=[], facts={"lesson_places": "outdoors"}))
    make.run_jobs()
    from marketplace.matches import queries
    print("matched", [one.offer.id for one in queries.matches_of_demand(demand.id, actor=buyer)] == [offer.id])
"""


def test_a_kind_is_added_by_adding_a_file(sqlite_url: str, tmp_path: Path) -> None:
    shutil.copytree(ROOT / "catalogue", tmp_path / "catalogue", ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "catalogue" / "data" / "kinds" / "mobility_lessons.yaml").write_text(KIND, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(tmp_path), str(ROOT), sqlite_url],
        cwd=tmp_path, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.splitlines() == [
        "form True True",
        "refused ['facts.lesson_places']",
        "page True",
        "facet True True",
        "filter True False",
        "matched True",
    ]
