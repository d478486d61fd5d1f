"""Small files that are large once unpacked."""

from __future__ import annotations

import io
import subprocess
import sys
from pathlib import Path

from flask import Flask
from PIL import Image

from marketplace.accounts.models import User
from marketplace.extensions import db
from marketplace.files.models import StoredFile
from marketplace.listings.attachments import MOST_UPLOADS
from tests.marketplace import factories as make

MEASURE = """
import resource, sys
from pathlib import Path
from marketplace.files.pictures import renditions
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
made = renditions(Path(sys.argv[1]), "bomb.png")
print([one.name for one in made], (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
"""


def png(side: int) -> bytes:
    out = io.BytesIO()
    Image.new("RGBA", (side, side)).save(out, "PNG")
    return out.getvalue()


def test_unpacking_the_largest_picture_takes_little_memory(tmp_path: Path) -> None:
    bomb = tmp_path / "bomb.png"
    bomb.write_bytes(png(6300))
    assert bomb.stat().st_size < 200_000
    done = subprocess.run(
        [sys.executable, "-c", MEASURE, str(bomb)], capture_output=True, text=True, check=True, timeout=60
    )
    names, _, megabytes = done.stdout.strip().rpartition(" ")
    assert (names, int(megabytes) < 500) == ("['large', 'medium', 'small']", True), done.stdout


def test_one_sending_takes_a_few_files(app: Flask) -> None:
    actor = make.make_organisation(kind="supplier")[1]
    client = make.sign_in(app.test_client(), db.session.get(User, actor.user_id))
    page = "/offers/new?kind=equipment"
    files = {f"pictures-{n}-upload": (io.BytesIO(png(20)), f"{n}.png") for n in range(MOST_UPLOADS + 5)}
    answer = make.post(client, page, page, kind="equipment", lang="en", title_en="Bed", **files)
    assert (answer.status_code, db.session.query(StoredFile).count()) == (422, MOST_UPLOADS)
