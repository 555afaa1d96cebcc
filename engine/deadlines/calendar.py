"""The office's working calendar: seeding its table, and reading it into a pure `WorkCalendar`."""

from __future__ import annotations

from dataclasses import replace
from weakref import WeakKeyDictionary

from engine.clock.calendar import WorkCalendar
from engine.deadlines.announced import announced_days, calendar_from
from engine.deadlines.calendar_change import read_sheet, undone
from engine.errors import Message, NotFound
from engine.ports.engine import Engine
from engine.ports.store import Store, UnitOfWork
from engine.records.time import CalendarVersion

_loaded: WeakKeyDictionary[Store, WorkCalendar] = WeakKeyDictionary()
_earlier: WeakKeyDictionary[Store, dict[int, WorkCalendar]] = WeakKeyDictionary()


def load_calendar(engine: Engine, work: UnitOfWork) -> WorkCalendar:
    """The calendar in force. One statement where this process has read that version already, three otherwise."""
    version = work.calendar.version()
    known = _loaded.get(engine.store)
    if known is None or known.version != version:
        known = calendar_from(work.calendar.days(), work.calendar.announced_years(), version)
        _loaded[engine.store] = known
    return known


def calendar_at(engine: Engine, work: UnitOfWork, version: int) -> WorkCalendar:
    """The calendar as it was at an earlier version, for explanations; what was changed since is undone.

    A version never changes, so each is worked out once a process. Raises NotFound for one that never was.
    """
    now_in_force = load_calendar(engine, work)
    if version == now_in_force.version:
        return now_in_force
    known = _earlier.setdefault(engine.store, {})
    if version not in known:
        sheet = read_sheet(work)
        if not 0 <= version <= sheet.version:
            raise NotFound(Message("工作日历版本", "version of the calendar"), str(version))
        for change in work.calendar.versions(after=version):
            sheet = replace(undone(sheet, change.changes), version=change.version - 1)
        known[version] = sheet.calendar
    return known[version]


def seed_calendar(engine: Engine) -> bool:
    """Fills an empty table with the announced years that chinesecalendar knows; says whether it did."""
    with engine.store.write() as work:
        if work.calendar.announced_years():
            return False
        days, years = announced_days()
        version = CalendarVersion(work.calendar.version() + 1, engine.clock.now(), "system", "chinesecalendar")
        work.calendar.add_version(version, changed=days, removed=(), announced=years)
    return True
