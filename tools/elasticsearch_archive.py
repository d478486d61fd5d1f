"""Elasticsearch without Docker: Elastic's own server as Maven Central has it, unpacked once for all checkouts of this
user.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import zipfile
from pathlib import Path

VERSION = "8.19.0"
ARTIFACT = f"org.elasticsearch.distribution.integ-test-zip:elasticsearch:{VERSION}:zip"
ARCHIVE = Path("org/elasticsearch/distribution/integ-test-zip/elasticsearch", VERSION, f"elasticsearch-{VERSION}.zip")


def cache() -> Path:
    """Where it is kept: not below a home folder, which the server's own user may not be allowed to enter."""
    return Path("/var/tmp", f"silver-marketplace-{os.geteuid()}")  # noqa: S108 - its owner is checked before use


def unpacked_server() -> Path | None:
    """The unpacked server's folder, or None when it has not been fetched."""
    home = cache() / f"elasticsearch-{VERSION}"
    mine = home.is_dir() and home.stat().st_uid == os.geteuid()
    return home if mine else None


def _local_repository() -> Path:
    return Path.home() / ".m2" / "repository"


def prepare() -> bool:
    """Fetch and unpack it if that has not been done. Returns whether anything had to be done.

    Raises OSError when Maven cannot fetch it or it cannot be unpacked.
    """
    if unpacked_server():
        return False
    archive = _local_repository() / ARCHIVE
    if not archive.exists():
        print(f"setup: fetching Elasticsearch {VERSION} through Maven", flush=True)
        got = subprocess.run(
            ["mvn", "-q", "-B", "dependency:get", f"-Dartifact={ARTIFACT}", "-Dtransitive=false"],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        if got.returncode:
            raise OSError(f"Maven ended with {got.returncode}: {got.stdout.strip()[-500:]}")
    folder = cache()
    folder.mkdir(mode=0o755, exist_ok=True)
    if folder.stat().st_uid != os.geteuid():
        raise PermissionError(f"{folder} belongs to somebody else")
    part = folder / f"unpacking-{os.getpid()}"
    try:
        with zipfile.ZipFile(archive) as packed:
            packed.extractall(part)
        home = part / f"elasticsearch-{VERSION}"
        for path in (part, home, *home.rglob("*")):
            # Python's zipfile drops the mode bits; the server's user only reads, programs need their x.
            program = path.is_dir() or path.parent.name == "bin"
            path.chmod(0o755 if program else 0o644)
        (home / "plugins").mkdir(exist_ok=True)
        try:
            home.rename(folder / home.name)
        except OSError:
            if not unpacked_server():  # somebody else was faster: fine
                raise
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return True
