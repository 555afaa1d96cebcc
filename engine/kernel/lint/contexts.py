"""The keys of a FEEL context literal, without evaluating it."""

from __future__ import annotations

import re
from collections.abc import Iterator

_TOKEN = re.compile(r'"(?:\\.|[^"\\])*"|[{}\[\]():,]|[^"{}\[\]():,]+|"')


def context_keys(text: str) -> Iterator[str]:
    """Keys of the outermost context, in order; nothing where the text is no context literal."""
    if not text.lstrip().startswith("{"):
        return
    depth = 0
    pending: list[str] = []
    is_key = False
    for part in _TOKEN.findall(text):
        if part in {"{", "[", "("}:
            depth += 1
            pending, is_key = [], depth == 1
        elif part in {"}", "]", ")"}:
            depth -= 1
        elif depth != 1:
            continue
        elif part == ",":
            pending, is_key = [], True
        elif part == ":" and is_key:
            yield "".join(pending).strip().strip('"')
            is_key = False
        elif is_key:
            pending.append(part)
