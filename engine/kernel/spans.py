"""What timers on an activity of people say: how long it has, or when somebody is reminded."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

OF_PEOPLE: Final = frozenset({"userTask", "manualTask", "subProcess", "transaction", "callActivity"})
"""Kinds of activities whose time is people's."""
ONLY_REMINDS: Final = "only_reminds"
"""The property of a timer that is a reminder, and no limit, although it gives a span."""
_SPAN: Final = re.compile(r"\b(?:working|calendar) days\(|^\s*P")
_PART: Final = re.compile(r"\bshare of\(|^\s*R\d*/")


def is_part(text: str) -> bool:
    """Whether a timer's text is a part of a span, or a cycle."""
    return _PART.search(text) is not None


def gives_span(text: str) -> bool:
    """Whether a timer's text is a span of days or hours, or may yield one."""
    return _SPAN.search(text) is not None and not is_part(text)


def only_reminds(properties: Mapping[str, str], text: str) -> bool:
    """Whether a timer is no limit: as its text says, or its property."""
    return is_part(text) or bool(properties.get(ONLY_REMINDS, "").strip())
