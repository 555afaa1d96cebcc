"""The papers that a diagram issues: their kinds, and the fields it gives them. Read from the diagram, never run."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from engine.kernel.diagram import Diagram, Element
from engine.kernel.feel_pieces import pieces_of

ISSUING = frozenset({"issue_paper", "draft_paper"})
_TEXT = re.compile(r'"((?:[^"\\]|\\.)*)"')
_KEY = re.compile(r'^\s*(?:"([^"]+)"|([^\s:"{}\[\](),]+))\s*:')


@dataclass(frozen=True)
class PaperCall:
    """A call of an action that makes a paper. `kind` None: known only when it runs; `keys` None: not a context."""

    element: Element
    kind: str | None
    title: str
    keys: tuple[str, ...] | None


def paper_calls(diagram: Diagram) -> Iterator[PaperCall]:
    """In the order of the file."""
    for element in diagram.of_kind("serviceTask"):
        call = element.service
        if call is None or call.action not in ISSUING:
            continue
        kind = _TEXT.fullmatch(call.params.get("kind", "").strip())
        title = _TEXT.fullmatch(call.params.get("title", "").strip())
        yield PaperCall(
            element,
            kind.group(1) if kind else None,
            title.group(1) if title else "",
            context_keys(call.params.get("fields", "{}")),
        )


def context_keys(text: str) -> tuple[str, ...] | None:
    """The keys of a FEEL context as it is written; None where the text is another expression."""
    text = text.strip()
    if not (text.startswith("{") and text.endswith("}")):
        return None
    keys = []
    for entry in pieces_of(text[1:-1]):
        found = _KEY.match(entry)
        if found is None:
            return None
        keys.append(found.group(1) or found.group(2))
    return tuple(keys)
