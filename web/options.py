"""The choices of a list box. Long ones are written once and marked where one is chosen: a filter has hundreds."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from markupsafe import Markup, escape


def options(choices: Iterable[tuple[str, str]], chosen: str) -> Markup:
    """One `<option>` for each value and its words; `chosen` is the value that is."""
    written = _written(tuple(choices))
    if not chosen:
        return written
    before, marked, after = str(written).partition(_named(chosen))
    return Markup(before + marked + (" selected" if marked else "") + after)  # noqa: S704 - parts of what is escaped


@lru_cache(maxsize=512)
def _written(choices: tuple[tuple[str, str], ...]) -> Markup:
    written = (f"{_named(value)}>{escape(words)}</option>" for value, words in choices)
    return Markup("".join(written))  # noqa: S704 - each part is escaped


def _named(value: str) -> str:
    return f'<option value="{escape(value)}"'
