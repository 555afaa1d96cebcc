"""The icons of the interface: each a reference into the built sprite."""

from __future__ import annotations

from functools import cache

from flask import request
from markupsafe import Markup

from web.assets import asset


def icon(name: str, class_: str = "") -> Markup:
    """The icon, hidden from readers of the screen: what it says stands beside it in words."""
    return _icon(name, class_, request.script_root)


@cache
def _icon(name: str, class_: str, _below: str) -> Markup:
    """Put together once: a list draws a hundred."""
    return Markup(
        '<svg class="icon {}" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>'
    ).format(class_, asset("icons.svg"), name)
