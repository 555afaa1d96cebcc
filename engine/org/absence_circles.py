"""Whether a new absence would leave nobody there: deputies who stand in for each other at one time. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from engine.records.reach import Absence


def circle_of(entered: Absence, others: Sequence[Absence]) -> tuple[str, ...]:
    """The person ids of a circle that `entered` would close, from its person back to it; () where there is none.

    A circle is one only where all its absences have a moment and a procedure in common.
    """
    return _search(entered, others, (entered.person_id, entered.deputy_id))


def _search(span: Absence, others: Sequence[Absence], path: tuple[str, ...]) -> tuple[str, ...]:
    """`span` is the absence entered, narrowed to what the links of `path` have in common."""
    for link in others:
        if link.person_id != path[-1] or link.deputy_id in path[1:]:
            continue
        first, last = max(span.starts_at, link.starts_at), min(span.ends_at, link.ends_at)
        common = _common(frozenset(span.procedures), frozenset(link.procedures))
        if first >= last or common is None:
            continue
        longer = (*path, link.deputy_id)
        if link.deputy_id == span.person_id:
            return longer
        narrower = replace(span, starts_at=first, ends_at=last, procedures=tuple(sorted(common)))
        found = _search(narrower, others, longer)
        if found:
            return found
    return ()


def _common(one: frozenset[str], other: frozenset[str]) -> frozenset[str] | None:
    """The empty set means everything, None nothing."""
    if not one or not other:
        return one or other
    return one & other or None
