"""ISO 8601 texts of timers: recognised by how they begin, valid or not."""

from __future__ import annotations

import re
from datetime import date, datetime

_BEGINNING = re.compile(r"^(?:[-+]?P(?:[\dT]|$)|R\d*/|\d{4}-\d)")
_DURATION = re.compile(
    r"^P(?=[\dT])(?:\d+Y)?(?:\d+M)?(?:\d+W)?(?:\d+D)?"
    r"(?:T(?=\d)(?:\d+(?:\.\d+)?H)?(?:\d+(?:\.\d+)?M)?(?:\d+(?:\.\d+)?S)?)?\Z"
)


def is_iso(text: str) -> bool:
    """Whether a timer's text is meant as ISO 8601: anything else is FEEL."""
    return _BEGINNING.match(text) is not None


def is_cycle(text: str) -> bool:
    return text.startswith("R") and is_iso(text)


def is_valid_iso(text: str) -> bool:
    """A duration, a date, an aware date and time, or a cycle `R[n]/[start/]duration`."""
    if text.startswith("R"):
        parts = text.split("/")
        return len(parts) in {2, 3} and _is_duration(parts[-1]) and all(_is_moment(part) for part in parts[1:-1])
    return _is_duration(text) or _is_moment(text)


def is_naive(text: str) -> bool:
    """A date and time without offset: its meaning would depend on the server."""
    try:
        return "T" in text and not text.startswith(("P", "R")) and datetime.fromisoformat(text).tzinfo is None
    except ValueError:
        return False


def _is_duration(text: str) -> bool:
    return _DURATION.match(text) is not None


def _is_moment(text: str) -> bool:
    try:
        if "T" in text:
            return datetime.fromisoformat(text).tzinfo is not None
        date.fromisoformat(text)
    except ValueError:
        return False
    return True
