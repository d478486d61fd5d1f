"""The demonstration: SQLite and the embedded index in instance/, real listings, web server and worker under one parent.

Runs in the virtual environment. Whatever was kept from an earlier start is used again; remove instance/ to begin anew.
"""

from __future__ import annotations

import os
import secrets
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path

from honcho.environ import parse_procfile
from honcho.manager import Manager

from marketplace.settings import Settings

ROOT = Path(__file__).resolve().parent.parent
INSTANCE = ROOT / "instance"
PATIENCE = 120  # seconds for the first answer


def secret_key() -> str:
    """The key that signs the demonstration's cookies: made once, readable by its owner only."""
    path = INSTANCE / "secret-key"
    if not path.exists():
        INSTANCE.mkdir(exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(48))
    return path.read_text()


def environment(port: int) -> dict[str, str]:
    """The environment of every process here. A database or cluster that this shell happens to name is left alone."""
    names = {name.upper() for name in Settings.__dataclass_fields__} - {"FONT_FILE"}
    inherited = {name: value for name, value in os.environ.items() if name not in names}
    return {
        **inherited,
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}",
        "ENVIRONMENT": "demo",
        "LOG_LEVEL": os.environ.get("LOG_LEVEL", "WARNING"),
        "PUBLIC_URL": f"http://127.0.0.1:{port}",
        "SECRET_KEY": secret_key(),
        "WEB_BIND": f"127.0.0.1:{port}",
        "WEB_WORKERS": "1",
    }


def is_taken(port: int) -> bool:
    """Whether something listens on the port already."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return True
    return False


def flask(variables: dict[str, str], *arguments: str) -> str:
    """Run a command of the site and return what it printed. Raises subprocess.CalledProcessError when it fails."""
    command = [sys.executable, "-m", "flask", "--app", "marketplace", *arguments]
    return subprocess.run(command, cwd=ROOT, env=variables, stdout=subprocess.PIPE, text=True, check=True).stdout


def answers(url: str) -> bool:
    """Whether the site is up."""
    try:
        with urllib.request.urlopen(url, timeout=2) as reply:  # noqa: S310 - our own address
            return bool(reply.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def announce(url: str, sign_ins: str, begun: float) -> None:
    """Print the address and the sign-ins once the site answers."""
    while not answers(f"{url}/health"):
        if time.monotonic() - begun > PATIENCE:
            return
        time.sleep(0.2)
    line = "─" * 76
    print(f"\n{line}\n  {url}   (up after {time.monotonic() - begun:.0f} s; Ctrl-C ends it)\n", flush=True)
    # Libraries greet on the same stream; a sign-in is a line with an address.
    accounts = [text for text in sign_ins.splitlines() if "@" in text]
    print("\n".join(f"  {text}" for text in accounts) + f"\n{line}\n", flush=True)


def serve(variables: dict[str, str], url: str, sign_ins: str, begun: float) -> int:
    """Run what the Procfile names until Ctrl-C or until one of them ends; returns the exit code."""
    manager = Manager()
    for name, command in parse_procfile((ROOT / "Procfile").read_text()).processes.items():
        manager.add_process(name, command, env=variables, cwd=str(ROOT))
    # A closed terminal must not leave the two behind: they run in groups of their own.
    signal.signal(signal.SIGHUP, lambda *_: os.kill(os.getpid(), signal.SIGTERM))
    threading.Thread(target=announce, args=(url, sign_ins, begun), daemon=True).start()
    manager.loop()
    ended_by_us = manager.returncode in (128 + signal.SIGINT, 128 + signal.SIGTERM)
    return 0 if ended_by_us else int(manager.returncode or 0)


def main() -> int:
    """Entry point."""
    begun = time.monotonic()
    given = os.environ.get("PORT", "8000")
    if not given.isdigit() or not 0 < int(given) < 65536:
        print(f"demo: PORT={given} is no port", file=sys.stderr)
        return 2
    port = int(given)
    if is_taken(port):
        print(f"demo: port {port} is in use. Try: make demo PORT={port + 1}", file=sys.stderr)
        return 1
    variables = environment(port)
    try:
        flask(variables, "db", "upgrade")
        sign_ins = flask(variables, "demo", "load")
    except subprocess.CalledProcessError as error:
        print(f"demo: {' '.join(error.cmd[4:])} failed with {error.returncode}", file=sys.stderr)
        return 1
    return serve(variables, variables["PUBLIC_URL"], sign_ins, begun)


if __name__ == "__main__":
    raise SystemExit(main())
