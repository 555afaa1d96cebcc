"""The fonts of papers: those that GB/T 9704-2012 is set in by custom, and what an office puts in their place.

No font comes with Duban. A reader's Word takes a font that it has; the HTML layout names some to fall back on.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

TITLE: Final = "方正小标宋简体"
BODY: Final = "仿宋_GB2312"
HEADING: Final = "黑体"
SUBHEADING: Final = "楷体_GB2312"
LATIN: Final = "Times New Roman"

ROLES: Final[Mapping[str, str]] = {"title": TITLE, "body": BODY, "heading": HEADING, "subheading": SUBHEADING}
"""By role: the font that the shipped templates name."""
FALLBACKS: Final[Mapping[str, tuple[str, ...]]] = {
    "title": (
        "方正小标宋_GBK",
        "FZXiaoBiaoSong-B05S",
        "Noto Serif CJK SC",
        "Source Han Serif SC",
        "SimSun",
        "serif",
    ),
    "body": ("仿宋", "FangSong", "FangSong_GB2312", "STFangsong", "Noto Serif CJK SC", "serif"),
    "heading": ("SimHei", "Noto Sans CJK SC", "Source Han Sans SC", "sans-serif"),
    "subheading": ("楷体", "KaiTi", "KaiTi_GB2312", "STKaiti", "Noto Serif CJK SC", "serif"),
}
"""What the HTML layout falls back on, in this order."""
MARK: Final = "paper.fonts"
"""The system mark that keeps the office's own choice."""


def replacements(chosen: Mapping[str, object]) -> dict[str, str]:
    """Font by the font that it replaces. `chosen` is by role; what is not chosen stays."""
    return {ROLES[role]: str(font) for role, font in chosen.items() if role in ROLES and font}


def families(chosen: Mapping[str, object]) -> dict[str, str]:
    """A CSS font-family by role."""
    return {
        role: ", ".join(_quoted(name) for name in (str(chosen.get(role) or usual), usual, *FALLBACKS[role]))
        for role, usual in ROLES.items()
    }


def _quoted(name: str) -> str:
    return name if name in {"serif", "sans-serif"} else f'"{name}"'
