"""A real PostgreSQL for the tests, from the system's package, in a folder of its own and gone afterwards."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from pathlib import Path

from tests.support.launch import Server, ServerFailed, free_port, server_folder, unprivileged_user

# Durability costs time and protects data that nobody keeps here.
FAST = (
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "autovacuum_naptime=10min",
    "max_connections=200",
)
# A database has a thousand small files, and each test has a database: made in memory it takes a twentieth of the time.
ROOM = 3 << 30  # bytes


def programs() -> Path:
    """The folder of the newest installed server's programs. Raises ServerFailed when there is none."""
    # Debian keeps the server's programs out of PATH, a folder for each version.
    found = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    if found:
        return max(found, key=lambda path: int(path.parent.name.split(".")[0]))
    initdb = shutil.which("initdb")
    if initdb:
        return Path(initdb).resolve().parent
    raise ServerFailed("PostgreSQL's server is not installed (Debian: postgresql)")


def start() -> tuple[Server, str]:
    """Make a cluster, start it, return at once; call `wait` before use. Returns the server and an SQLAlchemy address.

    Raises ServerFailed when the package is missing or the cluster cannot be made.
    """
    bin_folder = programs()
    folder = server_folder("postgresql", memory=ROOM)
    user = unprivileged_user()
    environment = {"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "HOME": str(folder), "LANG": "C.UTF-8", "TZ": "UTC"}
    made = subprocess.run(
        # The same collation as SQLite's, so that both databases sort text alike.
        [
            str(bin_folder / "initdb"),
            "-D",
            str(folder / "data"),
            "-U",
            "postgres",
            "--auth=trust",
            "--encoding=UTF8",
            "--locale=C.UTF-8",
            "--no-sync",
        ],
        env=environment,
        cwd=folder,
        user=user,
        group=user,
        extra_groups=[] if user is not None else None,
        capture_output=True,
        text=True,
        check=False,
    )
    if made.returncode:
        shutil.rmtree(folder, ignore_errors=True)
        raise ServerFailed(f"initdb failed: {made.stderr.strip()}")
    port = free_port()
    options = [argument for setting in FAST for argument in ("-c", setting)]
    server = Server(
        [
            str(bin_folder / "postgres"),
            "-D",
            str(folder / "data"),
            "-p",
            str(port),
            "-k",
            str(folder),
            "-c",
            "listen_addresses=127.0.0.1",
            *options,
        ],
        name="postgresql",
        folder=folder,
        user=user,
        environment=environment,
        stop_signal=signal.SIGINT,
    )
    return server, f"postgresql+psycopg://postgres@127.0.0.1:{port}/postgres"


def wait(server: Server, url: str) -> None:
    """Return once it takes connections. Raises ServerFailed after a minute."""
    import psycopg

    address = url.replace("postgresql+psycopg://", "postgresql://")

    def takes_connections() -> bool:
        try:
            psycopg.connect(address, connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True

    server.wait_until(takes_connections, timeout=60)
