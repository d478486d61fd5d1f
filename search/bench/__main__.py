"""`python -m search.bench COMMAND ...`; each command is a module with `main(arguments) -> exit code`."""

from __future__ import annotations

import sys
from importlib import import_module

COMMANDS = {
    "search": "retrieval",  # documents and queries in, a run out
    "match": "match",  # offers and demands in, a run with explanations out
    "engines": "engines",  # both engines beside what they are made of
    "standing": "standing",  # one new offer against standing demands and saved searches
    "scale": "scale",  # one demand against very many offers
    "score": "scorer",  # a run of matching on graded judgements
    "names": "names",  # names of things across regions and languages
    "report": "report",  # all of them, as tables
    "tune": "tune",  # weights of matching against judgements
}


def main(arguments: list[str]) -> int:
    """Runs a command; 2 for one that does not exist."""
    if not arguments or arguments[0] not in COMMANDS:
        print(f"usage: python -m search.bench {{{','.join(COMMANDS)}}} ...", file=sys.stderr)  # noqa: T201
        return 2
    return int(import_module(f"search.bench.{COMMANDS[arguments[0]]}").main(arguments[1:]))


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
