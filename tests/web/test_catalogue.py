"""The texts of the interface: both languages have every key, every key that is used exists."""

from __future__ import annotations

import re
import string
from collections.abc import Iterator
from pathlib import Path

import pytest

from web.i18n import LANGUAGES, catalogue, label, text

WEB = Path(__file__).parents[2] / "web"
IN_TEMPLATES = re.compile(r"\bt\(\s*'([^']+)'(\s*~)?")
IN_PYTHON = re.compile(r"\b(?:text|_text|mark|pill|label)\([^()]*?\"([a-z_]+\.[A-Za-z_0-9]+)\"")
TWO_KEYS = re.compile(r"t\('([a-z_.]+)' if [^)]*? else '([a-z_.]+)'")


def test_both_languages_have_the_same_keys() -> None:
    zh, en = (catalogue(language) for language in LANGUAGES)
    assert sorted(zh) == sorted(en)
    assert not [key for key in zh if not zh[key].strip() or not en[key].strip()]


def test_both_languages_fill_the_same_places() -> None:
    zh, en = (catalogue(language) for language in LANGUAGES)
    assert [key for key in zh if _places(zh[key]) != _places(en[key])] == []


def test_every_key_that_is_used_exists() -> None:
    known = catalogue("zh")
    missing = [f"{file}: {key}" for file, key in _used() if not _exists(key, known)]
    assert missing == []


def test_a_value_without_a_label_is_shown_as_it_is() -> None:
    assert label("role", "registrar", "zh") == "登记员"
    assert label("role", "unheard_of", "en") == "unheard_of"


def test_an_unknown_key_is_a_defect() -> None:
    with pytest.raises(KeyError):
        text("frame.nothing", "zh")


def _places(words: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(words) if name}


def _exists(key: str, known: object) -> bool:
    if key.endswith((".", "_")):
        return any(k.startswith(key) for k in catalogue("zh"))
    return key in catalogue("zh")


def _used() -> Iterator[tuple[str, str]]:
    for file in (WEB / "templates").rglob("*.html"):
        content = file.read_text(encoding="utf-8")
        yield from ((file.name, found[0]) for found in IN_TEMPLATES.findall(content))
        yield from ((file.name, key) for found in TWO_KEYS.findall(content) for key in found)
    for file in WEB.rglob("*.py"):
        for key in IN_PYTHON.findall(file.read_text(encoding="utf-8")):
            yield file.name, key
