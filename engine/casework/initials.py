"""Pinyin initials, as people type them to find a name: 征地补偿 → zdbc."""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from typing import Final

SURNAMES: Final = {
    "曾": "z",
    "单": "s",
    "仇": "q",
    "解": "x",
    "查": "z",
    "区": "o",
    "乐": "y",
    "翟": "z",
    "重": "c",
    "种": "c",
    "秘": "b",
    "繁": "p",
    "召": "s",
    "覃": "q",
    "祭": "z",
    "句": "g",
    "佴": "n",
    "乜": "n",
    "郇": "x",
    "隗": "w",
    "藏": "z",
    "阚": "k",
}
"""Characters that begin otherwise where they are a surname."""


@lru_cache(maxsize=8192)
def initials_of(text: str) -> str:
    """Lower-case initials of the Han characters; Latin letters and digits stay as they are, all else is left out.

    `青山县信访局 2025` gives `qsxxfj2025`. Words decide between readings: 重 in 重庆 is c.
    """
    from pypinyin import Style, lazy_pinyin  # its dictionaries are large: only whoever writes or seeks a name waits

    plain = unicodedata.normalize("NFKC", text)
    parts: list[str] = lazy_pinyin(plain, style=Style.FIRST_LETTER)
    return "".join(ch for part in parts for ch in part.lower() if ch.isascii() and ch.isalnum())


def initials_of_name(name: str) -> str:
    """As `initials_of`, of a person: the surname is read as a surname. 单小红 gives sxh."""
    plain = name.strip()
    if plain[:1] in SURNAMES:
        read: str = SURNAMES[plain[:1]] + initials_of(plain[1:])
        return read
    return initials_of(plain)
