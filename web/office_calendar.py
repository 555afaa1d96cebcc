"""The working calendar for the pages: read once a request."""

from __future__ import annotations

from flask import g

from engine.clock.calendar import WorkCalendar
from engine.deadlines.calendar import load_calendar
from web.current import engine


def office_calendar() -> WorkCalendar:
    """The calendar in force."""
    if "office_calendar" not in g:
        with engine().store.read() as work:
            g.office_calendar = load_calendar(engine(), work)
    found: WorkCalendar = g.office_calendar
    return found
