"""What comes from the system's package manager, installed where we may and named in one line to copy where we may
not.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

NO_CLUSTER = Path("/etc/postgresql-common/createcluster.d/no-main-cluster.conf")


class CannotInstall(RuntimeError):
    """Packages are missing and we may not install them; the message is what to tell the person."""


def superuser() -> list[str] | None:
    """What to put before a command to run it as root, or None when that takes a password."""
    if os.geteuid() == 0:
        return []
    if (
        shutil.which("sudo")
        and subprocess.run(["sudo", "-n", "true"], capture_output=True, check=False).returncode == 0
    ):
        return ["sudo", "-n"]
    return None


@contextlib.contextmanager
def _no_default_cluster(prefix: Sequence[str], packages: Sequence[str]) -> Iterator[None]:
    """Keep Debian's postgresql from making and starting a cluster of its own while it is installed; leave no trace."""
    if not any(package.startswith("postgresql") for package in packages) or NO_CLUSTER.exists():
        yield
        return
    subprocess.run([*prefix, "mkdir", "-p", str(NO_CLUSTER.parent)], check=True)
    subprocess.run(
        [*prefix, "tee", str(NO_CLUSTER)],
        input="create_main_cluster = false\n",
        text=True,
        check=True,
        stdout=subprocess.DEVNULL,
    )
    try:
        yield
    finally:
        subprocess.run([*prefix, "rm", "-f", str(NO_CLUSTER)], check=False)


def install(packages: Sequence[str], why: str) -> None:
    """Install Debian packages; `why` is shown. Raises CannotInstall when that is not possible, with the line to
    copy.
    """
    if not packages:
        return
    line = f"apt-get update && apt-get install -y --no-install-recommends {' '.join(packages)}"
    if not shutil.which("apt-get"):
        raise CannotInstall(f"{why}: this system has no apt-get; install what Debian calls {' '.join(packages)}")
    prefix = superuser()
    if prefix is None:
        raise CannotInstall(f"{why}. As root, run:\n    {line}")
    print(f"setup: installing {' '.join(packages)} ({why})", flush=True)
    command = [
        *prefix,
        "env",
        "DEBIAN_FRONTEND=noninteractive",
        "apt-get",
        "install",
        "-y",
        "-q",
        "--no-install-recommends",
        "-o",
        "Dpkg::Use-Pty=0",
        "-o",
        "DPkg::Lock::Timeout=300",
        "-o",
        "Dpkg::Options::=--force-unsafe-io",
        *packages,
    ]
    with _no_default_cluster(prefix, packages):
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            # A list of packages that is missing or old is the usual cause.
            subprocess.run([*prefix, "apt-get", "update", "-q"], capture_output=True, check=False)
            done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.stderr.write(done.stdout[-2000:] + done.stderr[-2000:])
        raise CannotInstall(f"{why}: apt-get failed. As root, run:\n    {line}")
