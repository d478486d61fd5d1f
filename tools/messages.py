"""Bring the message catalogues in line with the sentences in the code: `python -m tools.messages`.

New sentences are added untranslated, vanished ones are dropped, translations are kept. `missing()` is what a test asks.
WTForms' own sentences are among ours: the library's Traditional Chinese is Simplified.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import wtforms
from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "marketplace" / "translations"
LOCALES = ("zh_Hans", "zh_Hant")
KEYWORDS = {**DEFAULT_KEYWORDS, "_l": None, "lazy_gettext": None, "_n": (1, 2)}
JINJA = {"extensions": "jinja2.ext.do", "trim_blocks": "true", "lstrip_blocks": "true", "silent": "false"}


def sources() -> Iterator[tuple[str, str, Path]]:
    """Every file that may hold sentences: the extraction method, the name to note, the path."""
    for path in sorted((ROOT / "marketplace").rglob("*.py")):
        if "migrations" not in path.parts:
            yield "python", str(path.relative_to(ROOT)), path
    for path in sorted((ROOT / "templates").rglob("*")):
        if path.suffix in (".html", ".txt"):
            yield "jinja2", str(path.relative_to(ROOT)), path
    package = Path(wtforms.__file__).parent
    for path in sorted([*package.glob("validators.py"), *package.rglob("fields/*.py"), *package.rglob("csrf/*.py")]):
        yield "python", f"wtforms/{path.relative_to(package)}", path


def template() -> Catalog:
    """All sentences of the code, with the files that say them."""
    catalog = Catalog(project="silver-marketplace", charset="utf-8")
    for method, name, path in sources():
        options = JINJA if method == "jinja2" else {}
        found = extract(method, BytesIO(path.read_bytes()), keywords=KEYWORDS, options=options)
        for _line, message, _comments, _context in found:
            catalog.add(message, locations=[(name, 0)])
    return catalog


def path_of(locale: str) -> Path:
    """Where the catalogue of a locale is kept."""
    return FOLDER / locale / "LC_MESSAGES" / "messages.po"


def read(locale: str) -> Catalog:
    """The catalogue of a locale; an empty one where there is none yet."""
    path = path_of(locale)
    if not path.exists():
        return Catalog(locale=locale, domain="messages", charset="utf-8")
    with path.open("rb") as file:
        return read_po(file, locale=locale, domain="messages")


def write(locale: str, catalog: Catalog) -> None:
    """Keep a catalogue, sorted, so that two people's sentences meet in the fewest lines."""
    path = path_of(locale)
    path.parent.mkdir(parents=True, exist_ok=True)
    catalog.creation_date = catalog.revision_date = datetime(2026, 1, 1, tzinfo=UTC)  # no change without a change
    with path.open("wb") as file:
        write_po(file, catalog, sort_output=True, omit_header=False, no_location=True, ignore_obsolete=True, width=120)


def update(locale: str) -> int:
    """Bring one catalogue in line; returns how many sentences are not translated."""
    catalog = read(locale)
    catalog.update(template(), no_fuzzy_matching=True)
    catalog.obsolete.clear()
    write(locale, catalog)
    return sum(1 for message in catalog if message.id and not message.string)


def missing(locale: str) -> list[str]:
    """Sentences of the code that the catalogue does not have, or has without a translation."""
    known = {
        _first(m.id) for m in read(locale) if m.id and (all(m.string) if isinstance(m.string, tuple) else m.string)
    }
    return sorted(_first(m.id) for m in template() if m.id and _first(m.id) not in known)


def _first(message_id: object) -> str:
    return str(message_id[0]) if isinstance(message_id, (tuple, list)) else str(message_id)


def main() -> int:
    """Entry point; returns 1 while sentences wait for their translation."""
    waiting = {locale: update(locale) for locale in LOCALES}
    for locale, count in waiting.items():
        print(f"{locale}: {count} sentences wait for a translation")
    return int(any(waiting.values()))


if __name__ == "__main__":
    sys.exit(main())
