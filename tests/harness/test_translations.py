"""Message catalogues with a gap are refused, finished ones compiled."""

from __future__ import annotations

import gettext
from pathlib import Path

import pytest

from tools.translations import compile_catalogue

HEADER = (
    'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=UTF-8\\n"\n"Plural-Forms: nplurals=1; plural=0;\\n"\n\n'
)


def _catalogue(folder: Path, locale: str, entries: str) -> Path:
    path = folder / locale / "LC_MESSAGES" / "messages.po"
    path.parent.mkdir(parents=True)
    path.write_text(HEADER + entries, encoding="utf-8")
    return path


def test_a_finished_catalogue_is_compiled_and_answers(tmp_path: Path) -> None:
    path = _catalogue(tmp_path, "zh_Hant", 'msgid "Offers"\nmsgstr "供應"\n')
    assert compile_catalogue(path) == []
    with path.with_suffix(".mo").open("rb") as file:
        assert gettext.GNUTranslations(file).gettext("Offers") == "供應"


@pytest.mark.parametrize(
    ("entry", "fault"),
    [
        ('msgid "Offers"\nmsgstr ""\n', "not translated: Offers"),
        ('#, fuzzy\nmsgid "Offers"\nmsgstr "需求"\n', "doubtful (fuzzy): Offers"),
        ('msgid "%(num)d offer"\nmsgid_plural "%(num)d offers"\nmsgstr[0] ""\n', "not translated: %(num)d offer"),
    ],
)
def test_a_gap_is_named_and_nothing_is_compiled(tmp_path: Path, entry: str, fault: str) -> None:
    path = _catalogue(tmp_path, "zh_Hans", entry)
    assert [found.split(": ", 1)[1] for found in compile_catalogue(path)] == [fault]
    assert not path.with_suffix(".mo").exists()


def test_english_may_leave_an_entry_to_the_code(tmp_path: Path) -> None:
    assert compile_catalogue(_catalogue(tmp_path, "en", 'msgid "Offers"\nmsgstr ""\n')) == []
