"""What petitions are about: sixteen kinds with their sorts, by codes of two and two digits.

Source: 领导干部接待群众来访情况登记表, 内容分类.
`categories.json` is the one place; its `version` changes with its codes.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path


@dataclass(frozen=True)
class Category:
    """A sort. `code` is four digits, the first two those of its kind; the names are whole, kind first."""

    code: str
    name: str
    name_en: str


@lru_cache(maxsize=1)
def categories() -> tuple[Category, ...]:
    """All sorts, by code."""
    kinds = json.loads((Path(__file__).parent / "categories.json").read_text(encoding="utf-8"))["categories"]
    return tuple(
        Category(sort["code"], f"{kind['name']}/{sort['name']}", f"{kind['name_en']}: {sort['name_en']}")
        for kind in kinds
        for sort in kind["below"]
    )


@lru_cache(maxsize=1)
def category_codes() -> frozenset[str]:
    """The codes of all sorts."""
    return frozenset(category.code for category in categories())
