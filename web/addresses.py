"""Addresses of what a list has many of: asked for once, then filled in line by line."""

from __future__ import annotations

from functools import cache
from typing import Any
from urllib.parse import quote

from flask import request, url_for

_PLACE = "~"


def address_of(endpoint: str, argument: str, value: str) -> str:
    """As `url_for(endpoint, argument=value)`."""
    before, after = _around(endpoint, argument, request.script_root)
    return f"{before}{quote(value, safe='')}{after}"


@cache
def _around(endpoint: str, argument: str, _below: str) -> tuple[str, str]:
    values: dict[str, Any] = {argument: _PLACE}
    before, _, after = url_for(endpoint, **values).partition(_PLACE)
    return before, after
