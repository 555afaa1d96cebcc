"""Which process a lone uploaded diagram draws: read off its text, before anything is parsed."""

from __future__ import annotations

import re
from collections.abc import Mapping

_PROCESS_ID = re.compile(rb"<(?:\w{1,40}:)?process\s[^<>]{0,1000}?\bid=[\"']([A-Za-z_][\w.-]{0,100})[\"']")
"""Bounded: whatever is uploaded, the search takes time in proportion to its length."""


def process_id_of(files: Mapping[str, bytes]) -> str:
    """The process id that a lone diagram names; the linter says what is wrong where it names none."""
    path = next(path for path in files if path.endswith(".bpmn"))
    found = _PROCESS_ID.search(files[path])
    return found.group(1).decode() if found else path.removesuffix(".bpmn")[:100]
