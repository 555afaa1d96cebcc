"""Addresses of the built front-end files: each carries its content's hash, so browsers may keep it."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

from flask import request, url_for

DIST = Path(__file__).parent / "static" / "dist"


@cache
def manifest() -> dict[str, str]:
    """sha256 by file name."""
    content: dict[str, str] = json.loads((DIST / "manifest.json").read_text(encoding="utf-8"))
    return content


def asset(name: str) -> str:
    """The address of a built file. Raises KeyError for a file that is not built."""
    return _address(name, request.script_root)


@cache
def _address(name: str, _below: str) -> str:
    """Put together once: a page names its icons a hundred times."""
    return url_for("static", filename=f"dist/{name}", v=manifest()[name][:12])
