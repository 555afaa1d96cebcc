"""The office's working calendar: seeding its table, and reading it into a pure `WorkCalendar`."""

from __future__ import annotations

from weakref import WeakKeyDictionary

from engine.clock.calendar import WorkCalendar
from engine.deadlines.announced import announced_days, calendar_from
from engine.ports.engine import Engine
from engine.ports.store import Store, UnitOfWork
from engine.records.time import CalendarVersion

_loaded: WeakKeyDictionary[Store, WorkCalendar] = WeakKeyDictionary()


def load_calendar(engine: Engine, work: UnitOfWork) -> WorkCalendar:
    """The calendar in force. One statement where this process has read that version already, three otherwise."""
    version = work.calendar.version()
    known = _loaded.get(engine.store)
    if known is None or known.version != version:
        known = calendar_from(work.calendar.days(), work.calendar.announced_years(), version)
        _loaded[engine.store] = known
    return known


def seed_calendar(engine: Engine) -> bool:
    """Fills an empty table with the announced years that chinesecalendar knows; says whether it did."""
    with engine.store.write() as work:
        if work.calendar.announced_years():
            return False
        days, years = announced_days()
        version = CalendarVersion(work.calendar.version() + 1, engine.clock.now(), "system", "chinesecalendar")
        work.calendar.add_version(version, changed=days, removed=(), announced=years)
    return True
