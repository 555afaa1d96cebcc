"""The interface's texts: one folder of JSON files a language, the same keys in each (a test compares them)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path

LANGUAGES = ("zh", "en")
"""The first one is the language of the house."""


@cache
def catalogue(language: str) -> Mapping[str, str]:
    """Texts by dotted key. Each file of the language's folder nests one level: section, then name."""
    texts: dict[str, str] = {}
    for file in sorted((Path(__file__).parent / language).glob("*.json")):
        for section, named in json.loads(file.read_text(encoding="utf-8")).items():
            texts |= {f"{section}.{name}": text for name, text in named.items()}
    return texts


def text(key: str, language: str, /, **values: object) -> str:
    """The text of a key with its `{placeholders}` filled. Raises KeyError for an unknown key."""
    found = catalogue(language)[key]
    return found.format(**values) if values or "{" in found else found


def label(section: str, value: str, language: str) -> str:
    """The label of a coded value (`role.registrar`), the value itself where there is none."""
    return catalogue(language).get(f"{section}.{value}", value)
