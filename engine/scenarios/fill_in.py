"""Placeholders in the data of a step: `${number}`, `${person:jingban}`, `${now}`."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from engine.errors import EngineError, Message

PLACEHOLDER = re.compile(r"\$\{([a-z_]+)(?::([^}]+))?\}")

Lookup = Callable[[str, str | None], str | None]
"""Name and argument of a placeholder to its text, None where there is no such placeholder."""


class UnknownPlaceholder(EngineError):
    """A `${…}` that means nothing."""


def fill_in(value: Any, lookup: Lookup) -> Any:
    """The value as plain data, every placeholder replaced in its texts. Raises UnknownPlaceholder."""
    if isinstance(value, str):
        return PLACEHOLDER.sub(lambda match: _text(match, lookup), value)
    if isinstance(value, dict):
        return {key: fill_in(item, lookup) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [fill_in(item, lookup) for item in value]
    return value


def _text(match: re.Match[str], lookup: Lookup) -> str:
    text = lookup(match[1], match[2])
    if text is None:
        raise UnknownPlaceholder(Message(f"“{match[0]}”没有对应的内容。", f"“{match[0]}” stands for nothing here."))
    return text
