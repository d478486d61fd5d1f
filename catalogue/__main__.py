"""python -m catalogue check | lock [--migration REVISION] [--file LOCK]"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from catalogue import lock
from catalogue.errors import CatalogueError


def main(arguments: list[str] | None = None) -> int:
    """Run one command; the exit code is 0, or 1 if the catalogue is wrong or breaks its lock."""
    parser = argparse.ArgumentParser(prog="python -m catalogue")
    commands = parser.add_subparsers(dest="command", required=True)
    checking = commands.add_parser("check", help="compare the catalogue with its lock")
    writing = commands.add_parser("lock", help="write the lock anew")
    writing.add_argument("--migration", metavar="REVISION", help="the data migration that carries breaks over")
    for command in (checking, writing):
        command.add_argument("--file", type=Path, default=lock.FILE, help="the lock, if not the project's own")
    options = parser.parse_args(arguments)
    try:
        changes = (
            lock.check(options.file)
            if options.command == "check"
            else lock.write(options.file, migration=options.migration)
        )
    except CatalogueError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    except lock.BreakingChange as error:
        for change in error.changes:
            sys.stderr.write(f"{change}\n")
        sys.stderr.write("Stored listings would lose these: write a data migration and name it with --migration.\n")
        return 1
    for change in changes:
        sys.stdout.write(f"{change}\n")
    return 1 if options.command == "check" and changes else 0


if __name__ == "__main__":
    sys.exit(main())
