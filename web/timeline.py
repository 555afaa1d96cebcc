"""A case's timeline: everything in the audit trail told in one sequence, filtered by kind and person. Pure.

What follows from a step (`Telling.follows`) stands beneath it, not beside it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from engine.records.step import AuditEntry
from engine.values import Data
from web.telling import KINDS, Names, Telling
from web.tellings import OTHER, TELLINGS

SYSTEM = "system"
PAGE_SIZE = 40


@dataclass(frozen=True)
class Line:
    """One line. `look` is step, late or note; `acted_for` whom the person stood in for; `after` what followed."""

    at: datetime
    person_id: str
    who: str
    acted_for: str
    words: str
    detail: str
    kind: str
    look: str
    follows: bool = False
    after: tuple[Line, ...] = ()


@dataclass(frozen=True)
class Day:
    """The lines of a day, under its heading."""

    heading: str
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class TimelineQuery:
    """What a reader asks for. No kinds: all of them. `page` counts from 1."""

    kinds: frozenset[str] = field(default_factory=frozenset)
    person: str = ""
    oldest_first: bool = False
    page: int = 1


@dataclass(frozen=True)
class Timeline:
    """A page of days. `kinds` and `people` (id, name) are those that occur at all; `total` counts lines of acts."""

    days: tuple[Day, ...]
    total: int
    pages: int
    kinds: tuple[tuple[str, int], ...]
    people: tuple[tuple[str, str], ...]


def timeline_of(names: Names, query: TimelineQuery) -> Timeline:
    """A page of the timeline; a page beyond the last is the last."""
    lines = tuple(lines_of(names))
    chosen = tuple(_without(line, query) for line in grouped(lines) if _is_wanted(line, query))
    if not query.oldest_first:
        chosen = chosen[::-1]
    pages = max(1, -(-len(chosen) // PAGE_SIZE))
    start = (min(query.page, pages) - 1) * PAGE_SIZE
    counts = {kind: sum(1 for line in lines if line.kind == kind) for kind in KINDS}
    people = {line.person_id: line.who for line in lines if line.who and line.person_id != SYSTEM}
    return Timeline(
        days=_days(chosen[start : start + PAGE_SIZE], names),
        total=len(chosen),
        pages=pages,
        kinds=tuple((kind, n) for kind, n in counts.items() if n),
        people=tuple(sorted(people.items(), key=lambda pair: pair[1])),
    )


def lines_of(names: Names) -> Iterable[Line]:
    """Every line, oldest first, ungrouped."""
    for entry in names.view.audit:
        telling = TELLINGS.get(entry.event, OTHER)
        if not telling.is_quiet and (telling.shows is None or telling.shows(entry.detail, names)):
            yield _line(entry, names)


def grouped(lines: Iterable[Line]) -> tuple[Line, ...]:
    """What followed from a line of the same instant goes beneath it."""
    heads: list[Line] = []
    for line in lines:
        if line.follows and heads and heads[-1].at == line.at:
            heads[-1] = replace(heads[-1], after=(*heads[-1].after, line))
        else:
            heads.append(line)
    return tuple(heads)


def _line(entry: AuditEntry, names: Names) -> Line:
    telling = TELLINGS.get(entry.event, OTHER)
    if telling.words:
        words = names.text(telling.words, **(telling.fill(entry.detail, names) if telling.fill else {}))
    else:
        words = names.label("event", entry.event)
    who = ""
    if not telling.follows:
        who = names.text("timeline.system") if entry.actor == SYSTEM else names.person(entry.actor)
    return Line(
        at=entry.at,
        person_id=entry.actor,
        who=who,
        acted_for=names.person(entry.detail.get("acted_for")),
        words=words,
        detail=telling.detail(entry.detail, names) if telling.detail else _otherwise(entry.detail),
        kind=telling.kind,
        look=_look(telling, entry.detail),
        follows=telling.follows,
    )


def _look(telling: Telling, detail: Data) -> str:
    if telling.is_late or detail.get("late"):
        return "late"
    return "step" if telling.kind == "step" else "note"


def _otherwise(detail: Data) -> str:
    return next((str(detail[key]) for key in ("number", "name", "purpose", "reason") if detail.get(key)), "")


def _is_wanted(line: Line, query: TimelineQuery) -> bool:
    kinds = {line.kind, *(after.kind for after in line.after)}
    if query.kinds and query.kinds.isdisjoint(kinds):
        return False
    return not query.person or (line.person_id == query.person and not line.follows)


def _without(line: Line, query: TimelineQuery) -> Line:
    """Beneath a line stays what was asked for."""
    if not query.kinds:
        return line
    return replace(line, after=tuple(after for after in line.after if after.kind in query.kinds))


def _days(lines: Sequence[Line], names: Names) -> tuple[Day, ...]:
    days: list[Day] = []
    for line in lines:
        heading = names.time.day_heading(line.at)
        if days and days[-1].heading == heading:
            days[-1] = replace(days[-1], lines=(*days[-1].lines, line))
        else:
            days.append(Day(heading, (line,)))
    return tuple(days)
