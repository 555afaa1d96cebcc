"""What a person is found by: name, user name and pinyin initials, each from any place in it.

An index finds beginnings only; so every ending of these is a row of its own, and a piece from the middle is the
beginning of one of them. A person has about fifteen.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import Final

import sqlalchemy as sa

from engine.casework.initials import initials_of, initials_of_name
from engine.store.tables.org import person_word

LONGEST: Final = 40
LAST: Final = "\U0010ffff"
"""Sorts behind every character, in UTF-8's order of bytes: what begins with `x` lies between `x` and `x` + LAST."""
_PARTS: Final = re.compile(r"[._-]+")


def folded(text: str) -> str:
    """As words are compared: one width, one case, no spaces and nothing that cannot be seen."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    return "".join(ch for ch in plain if ch.isprintable() and not ch.isspace())[:LONGEST]


def words_of(username: str, name: str) -> tuple[str, ...]:
    """Sorted, none twice."""
    parts = _PARTS.split(username)
    found = {folded(".".join(parts[start:])) for start in range(len(parts))} | {folded(username)}
    for text in (name, initials_of(name), initials_of_name(name)):
        found |= set(_endings(folded(text)))
    return tuple(sorted(found - {""}))


def begins_with(text: str) -> sa.ColumnElement[bool]:
    """Of `person_word`; by its primary key."""
    beginning = folded(text)
    return sa.and_(person_word.c.word >= beginning, person_word.c.word < beginning + LAST)


def _endings(text: str) -> Iterator[str]:
    return (text[start:] for start in range(len(text)))
