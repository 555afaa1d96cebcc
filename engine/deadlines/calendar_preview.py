"""What a change of the calendar would do, before anything is done: every open deadline that would move."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from engine.audit.record import record_refusal
from engine.clock.deadline import end_of, start_of
from engine.clock.lights import light_at
from engine.deadlines.calendar_change import (
    CalendarChange,
    DayChange,
    Sheet,
    changed_sheet,
    day_changes,
    effective,
    read_sheet,
    record_of_change,
)
from engine.deadlines.calendar_read import admit
from engine.deadlines.recompute import recompute
from engine.errors import Forbidden
from engine.ports.engine import Engine
from engine.ports.store import UnitOfWork
from engine.ports.time import Around, SeenCase
from engine.records.org import Actor
from engine.records.task import UserTask
from engine.records.time import Deadline


@dataclass(frozen=True)
class Movement:
    """A deadline before and after. `number` and `title` are None where the reader may not see the case.

    `unit` (code) and `people` (names) owe it; nobody has claimed it where `people` is empty.
    """

    before: Deadline
    after: Deadline
    case_id: str | None
    number: str | None
    title: str | None
    unit: str | None
    people: tuple[str, ...]
    light_before: str
    light_after: str

    @property
    def is_moved(self) -> bool:
        """Whether the legal due date changes; else only lights, the reminders' day or the mark."""
        return self.before.legal_due != self.after.legal_due

    @property
    def is_later(self) -> bool:
        return self.after.legal_due > self.before.legal_due

    @property
    def turns_red(self) -> bool:
        """It would be overdue at once."""
        return self.light_after == "red" != self.light_before


@dataclass(frozen=True)
class CalendarPreview:
    """`movements` leaves out cases that accuse a unit of the reader's; `fingerprint` covers all of them.

    `change` holds only what differs from the table of `version`. `considered` counts the deadlines looked at.
    """

    change: CalendarChange
    days: tuple[DayChange, ...]
    version: int
    movements: tuple[Movement, ...]
    considered: int
    fingerprint: str

    @property
    def moved(self) -> tuple[Movement, ...]:
        return tuple(m for m in self.movements if m.is_moved)

    @property
    def relit(self) -> tuple[Movement, ...]:
        """Those whose due date stays and whose lights or reminders' day change."""
        return tuple(m for m in self.movements if not m.is_moved and dates_of(m.before) != dates_of(m.after))

    @property
    def confirmed(self) -> tuple[Movement, ...]:
        """Those whose date stays and is provisional no more."""
        stays = (m for m in self.movements if dates_of(m.before) == dates_of(m.after))
        return tuple(m for m in stays if m.before.provisional and not m.after.provisional)

    @property
    def is_empty(self) -> bool:
        return not self.days and not self.change.announced


def preview_calendar_change(engine: Engine, actor: Actor, change: CalendarChange) -> CalendarPreview:
    """Changes nothing. Raises Forbidden (audited), ImpossibleTime where a deadline could no longer be counted."""
    admit_change(engine, actor, "preview_calendar_change")
    with engine.store.read() as work:
        return preview_in(engine, work, actor, read_sheet(work), change)


def admit_change(engine: Engine, actor: Actor, attempted: str) -> None:
    """Raises Forbidden, audited, for others than process admins."""
    try:
        admit(actor)
    except Forbidden:
        record_refusal(engine, actor, attempted, {})
        raise


def preview_in(
    engine: Engine, work: UnitOfWork, actor: Actor, sheet: Sheet, change: CalendarChange
) -> CalendarPreview:
    """The preview on a table that is at hand, within a transaction. Four statements where days count."""
    change = effective(sheet, change)
    days = day_changes(sheet, change)
    span = span_of(engine, sheet, change)
    deadlines = work.deadlines.around(span) if span else ()
    calendar = changed_sheet(sheet, change).calendar
    pairs = [(d, recompute(d, calendar, engine.settings.timezone)) for d in deadlines]
    pairs = [(before, after) for before, after in pairs if differs(before, after)]
    movements: tuple[Movement, ...] = ()
    if span and pairs:
        movements = _Reader(engine, work, actor, span).movements(pairs)
    return CalendarPreview(
        change, days, sheet.version, movements, len(deadlines), _fingerprint(sheet, change, pairs)
    )


def span_of(engine: Engine, sheet: Sheet, change: CalendarChange) -> Around | None:
    """What deadlines the change can touch; None where no day is worked otherwise and no year announced."""
    before, after = sheet.calendar, changed_sheet(sheet, change).calendar
    days = [day for day in change.days if before.is_workday(day) != after.is_workday(day)]
    for year in change.announced - sheet.announced:
        days += [date(year, 1, 1), date(year, 12, 31)]
    if not days:
        return None
    zone = engine.settings.timezone
    return Around(start_of(min(days), zone), end_of(max(days), zone))


def dates_of(deadline: Deadline) -> tuple[object, ...]:
    """Everything of a deadline that a calendar decides, but for the mark."""
    d = deadline
    return (d.raw_due, d.legal_due, d.target_due, d.blue_at, d.yellow_at, d.red_at)


def differs(before: Deadline, after: Deadline) -> bool:
    """Whether there is anything to write: the calendar's version alone is nothing."""
    return dates_of(before) != dates_of(after) or before.provisional != after.provisional


def owed_by(deadline: Deadline, tasks: Sequence[UserTask]) -> tuple[UserTask, ...]:
    """The open tasks of its instance that stand under a deadline."""
    return tuple(t for t in tasks if deadline.attached_to == t.task_id or deadline.attached_to in t.scopes)


class _Reader:
    """Names cases and people for one reader."""

    def __init__(self, engine: Engine, work: UnitOfWork, actor: Actor, span: Around) -> None:
        self._now = engine.clock.now()
        self._cases = {seen.case.case_id: seen for seen in work.deadlines.cases_around(span, actor)}
        self._tasks: Mapping[str, list[UserTask]] = defaultdict(list)
        for task in work.deadlines.tasks_around(span):
            self._tasks[task.instance_id].append(task)
        self._names = {person.person_id: person.name for person in work.org.people()}

    def movements(self, pairs: Sequence[tuple[Deadline, Deadline]]) -> tuple[Movement, ...]:
        seen = ((before, after, self._cases[before.case_id]) for before, after in pairs)
        return tuple(self._movement(before, after, case) for before, after, case in seen if not case.is_accused)

    def _movement(self, before: Deadline, after: Deadline, seen: SeenCase) -> Movement:
        owed = owed_by(before, self._tasks.get(before.instance_id, []))
        people = {task.assignee: self._names.get(task.assignee, "") for task in owed if task.assignee is not None}
        units = [task.unit for task in owed if task.unit is not None]
        return Movement(
            before=before,
            after=after,
            case_id=seen.case.case_id if seen.is_visible else None,
            number=seen.case.number if seen.is_visible else None,
            title=seen.case.title if seen.is_visible else None,
            unit=units[0] if units else seen.case.unit,
            people=tuple(people.values()),
            light_before=self._light(before),
            light_after=self._light(after),
        )

    def _light(self, deadline: Deadline) -> str:
        return light_at(self._now, blue_at=deadline.blue_at, yellow_at=deadline.yellow_at, red_at=deadline.red_at)


def _fingerprint(sheet: Sheet, change: CalendarChange, pairs: Sequence[tuple[Deadline, Deadline]]) -> str:
    """Of the table's version, the change, and every due date that it moves, seen by the reader or not."""
    moved = sorted(
        [before.deadline_id, before.legal_due.isoformat(), after.legal_due.isoformat()]
        for before, after in pairs
        if before.legal_due != after.legal_due
    )
    content = [sheet.version, record_of_change(sheet, change), moved]
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
