"""Addresses that pages write over and over: put together once, then looked up or filled in."""

from __future__ import annotations

from functools import cache, lru_cache
from typing import Any
from urllib.parse import quote

import flask
from flask import request

_PLACE = "~"


def address_of(endpoint: str, argument: str, value: str) -> str:
    """As `url_for(endpoint, argument=value)`."""
    before, after = _around(endpoint, argument, request.script_root)
    return f"{before}{quote(value, safe='')}{after}"


def url_for(endpoint: str, **values: Any) -> str:
    """As Flask's, of what templates name: a page leads to fifty others, mostly the same as the one before."""
    for value in values.values():
        if value is not None and value.__class__ is not str:
            return flask.url_for(endpoint, **values)
    return _known(endpoint, tuple(values.items()), request.script_root)


@lru_cache(maxsize=4096)
def _known(endpoint: str, values: tuple[tuple[str, str | None], ...], _below: str) -> str:
    return flask.url_for(endpoint, **dict[str, Any](values))


@cache
def _around(endpoint: str, argument: str, _below: str) -> tuple[str, str]:
    before, _, after = flask.url_for(endpoint, **dict[str, Any]({argument: _PLACE})).partition(_PLACE)
    return before, after
