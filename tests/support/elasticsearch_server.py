"""A real Elasticsearch for the tests, from the archive that `make setup-test` fetched.

Elastic publishes its own server to Maven Central for integration tests of plugins. It has the core, the transport,
X-Pack's core and security, and no analysis-common, painless or percolator module: the project uses none of these.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
from pathlib import Path

from tests.support.launch import Server, ServerFailed, answers, free_port, server_folder, unprivileged_user
from tools.elasticsearch_archive import unpacked_server

HEAP = "1g"


def java_home() -> Path:
    """Where the Java runtime lives. Raises ServerFailed when there is none of version 17 or newer."""
    given = os.environ.get("ES_JAVA_HOME")
    java = Path(given, "bin", "java") if given else Path(shutil.which("java") or "java-is-missing")
    if not java.exists():
        raise ServerFailed("no Java runtime (Debian: default-jre-headless)")
    said = subprocess.run([str(java), "-version"], capture_output=True, text=True, check=False).stderr
    version = re.search(r'version "(\d+)', said)
    if not version or int(version[1]) < 17:
        raise ServerFailed(f"Java 17 or newer is needed, found: {said.strip() or 'nothing'}")
    return java.resolve().parent.parent


def _configuration(home: Path, folder: Path, port: int) -> Path:
    target = folder / "config"
    shutil.copytree(home / "config", target)
    options = target / "jvm.options"
    # The garbage collector's log would be written below the unpacked archive, which the server's user may not touch.
    kept = [
        line
        for line in options.read_text().splitlines()
        if "Xlog:gc" not in line and "HeapDumpOnOutOfMemory" not in line
    ]
    options.write_text("\n".join(kept) + "\n")
    (target / "elasticsearch.yml").write_text(
        f"cluster.name: silver-tests-{port}\n"
        "discovery.type: single-node\n"
        "xpack.security.enabled: false\n"
        "network.host: 127.0.0.1\n"
        f"http.port: {port}\n"
        f"transport.port: {free_port()}\n"
        f"path.data: {folder}/data\n"
        f"path.logs: {folder}/logs\n"
        "cluster.routing.allocation.disk.threshold_enabled: false\n"  # a full disk must not turn indices read-only
    )
    return target


def start() -> tuple[Server, str]:
    """Start it and return at once; call `wait` before use. Returns the server and its address.

    Raises ServerFailed when the archive or Java is missing.
    """
    home = unpacked_server()
    if home is None:
        raise ServerFailed("the server's archive is not here: `make setup-test` fetches it")
    java = java_home()
    folder = server_folder("elasticsearch")
    port = free_port()
    configuration = _configuration(home, folder, port)
    user = unprivileged_user()
    (folder / "tmp").mkdir()
    if user is not None:
        for path in (folder, *folder.rglob("*")):
            os.chown(path, user, user)
    server = Server(
        [str(home / "bin" / "elasticsearch")],
        name="elasticsearch",
        folder=folder,
        user=user,
        stop_signal=signal.SIGTERM,
        environment={
            "PATH": os.environ.get("PATH", "/usr/bin:/bin"),
            "HOME": str(folder),
            "LANG": "C.UTF-8",
            "ES_JAVA_HOME": str(java),
            "ES_PATH_CONF": str(configuration),
            "ES_TMPDIR": str(folder / "tmp"),
            "ES_JAVA_OPTS": f"-Xms{HEAP} -Xmx{HEAP}",
        },
    )
    return server, f"http://127.0.0.1:{port}"


def wait(server: Server, url: str) -> None:
    """Return once the cluster can be written to. Raises ServerFailed after two minutes."""
    server.wait_until(lambda: answers(f"{url}/_cluster/health?wait_for_status=yellow&timeout=1s"), timeout=120)
