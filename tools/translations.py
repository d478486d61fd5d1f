"""Compile the site's message catalogues; fail when one has an entry that is untranslated, marked as doubtful,
or Chinese with the punctuation of Latin script.

Runs in the virtual environment (it needs Babel). A catalogue that was compiled after its last change is left alone.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

FOLDER = Path(__file__).resolve().parent.parent / "marketplace" / "translations"
SHOWN = 10  # faults of one catalogue
SOURCE_LANGUAGE = "en"  # the sentences in the code are English, so English may leave an entry empty

# What Chinese writes full-width: a mark after a Chinese character that another one or the end of the sentence follows,
# and brackets around Chinese words. Ranges, codes and Latin words keep theirs.
_CHINESE = "\u3400-\u9fff\uf900-\ufaff"
_HALF_WIDTH = re.compile(
    rf"[{_CHINESE}”」》）] ?[,;:?!](?=\s*(?:$|[{_CHINESE}“「《（]|%\())|[{_CHINESE}] ?\([{_CHINESE}]|[{_CHINESE}]\)")


def has_half_width(text: str) -> bool:
    """Whether Chinese is punctuated with the marks of Latin script."""
    return _HALF_WIDTH.search(text) is not None


def _forms(message: Message) -> tuple[str, ...]:
    forms = message.string if isinstance(message.string, (list, tuple)) else (message.string,)
    return tuple(form or "" for form in forms)


def _is_translated(message: Message) -> bool:
    return all(_forms(message))


def faults(catalog: Catalog) -> list[str]:
    """What keeps a catalogue from being shown, one line each."""
    found = []
    for message in catalog:
        if not message.id:
            continue
        name = message.id if isinstance(message.id, str) else message.id[0]
        if message.fuzzy:
            found.append(f"line {message.lineno}: doubtful (fuzzy): {name[:70]}")
        elif not _is_translated(message) and str(catalog.locale) != SOURCE_LANGUAGE:
            found.append(f"line {message.lineno}: not translated: {name[:70]}")
        elif any(has_half_width(form) for form in _forms(message)):
            found.append(f"line {message.lineno}: half-width punctuation in Chinese: {name[:70]}")
    return found


def compile_catalogue(path: Path) -> list[str]:
    """Compile one .po file beside itself unless that is done. Returns its faults, and compiles nothing when there are
    any.
    """
    target = path.with_suffix(".mo")
    if target.exists() and target.stat().st_mtime_ns >= path.stat().st_mtime_ns:
        return []
    with path.open("rb") as source:
        catalog = read_po(source, locale=path.parts[-3], domain=path.stem)
    found = faults(catalog)
    if found:
        return found
    part = target.with_suffix(".mo.part")
    with part.open("wb") as file:
        write_mo(file, catalog)
    part.replace(target)
    return []


def main() -> int:
    """Entry point; returns 1 when a catalogue has faults."""
    failed = False
    for path in sorted(FOLDER.glob("*/LC_MESSAGES/*.po")):
        found = compile_catalogue(path)
        name = path.relative_to(FOLDER.parent.parent)
        for fault in found[:SHOWN]:
            print(f"{name}: {fault}", file=sys.stderr)
        if len(found) > SHOWN:
            print(f"{name}: and {len(found) - SHOWN} more", file=sys.stderr)
        failed = failed or bool(found)
    return int(failed)


if __name__ == "__main__":
    raise SystemExit(main())
