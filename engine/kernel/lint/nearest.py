"""Help with typing errors: the nearest known name."""

from __future__ import annotations

from collections.abc import Collection
from difflib import get_close_matches


def nearest(name: str, known: Collection[str]) -> str | None:
    found = get_close_matches(name, [item for item in known if item], n=1, cutoff=0.6)
    return found[0] if found else None


def hint(name: str, known: Collection[str]) -> tuple[str, str]:
    """A sentence in Chinese and English: the nearest name, or some of those that exist."""
    best = nearest(name, known)
    if best is not None:
        return f"是不是“{best}”？", f"Did you mean “{best}”?"
    some = sorted(known)[:8]
    if not some:
        return "请先添加它，或改正名称。", "Add it first, or correct the name."
    more = "…" if len(known) > len(some) else ""
    return f"可用的有：{'、'.join(some)}{more}。", f"Known are: {', '.join(some)}{more}."
