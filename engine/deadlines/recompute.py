"""Computing dates again from what was stored: after a pause, and on a changed calendar. Pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from functools import cached_property
from zoneinfo import ZoneInfo

from engine.clock.calendar import WorkCalendar
from engine.clock.deadline import ClockKind, Dues, Term, dues_of, share_of
from engine.clock.lights import Lights, lights_of
from engine.clock.pause import Pause
from engine.clock.period import Period
from engine.deadlines.rungs import Ground, rung_instant
from engine.deadlines.terms import lights_in, term_of
from engine.kernel.ports import TimeKind
from engine.records.time import Deadline
from engine.values import Data

_PLAIN = {
    TimeKind.WORKING_DAYS.value: ClockKind.WORKING_DAYS,
    TimeKind.CALENDAR_DAYS.value: ClockKind.DAYS,
    TimeKind.HOURS.value: ClockKind.HOURS,
}


def recompute(deadline: Deadline, calendar: WorkCalendar, zone: ZoneInfo) -> Deadline:
    """The deadline with the dates that its term, its pauses and this calendar give; identical where nothing moved.

    One that has ended, or comes from a version that stored no term, keeps its dates. Raises ImpossibleTime.
    """
    if not deadline.is_open or not deadline.term:
        return replace(deadline, stale=False)
    dues = dues_again(deadline, calendar, zone)
    moments = lights_in(deadline.term)
    kind = ClockKind(deadline.term["clock"])
    lights = lights_of(kind, dues, calendar, zone, blue=moments.blue, yellow=moments.yellow)
    return replace(
        deadline,
        raw_due=dues.raw_due,
        legal_due=dues.legal_due,
        target_due=dues.target_due,
        blue_at=lights.blue_at,
        yellow_at=lights.yellow_at,
        red_at=lights.red_at,
        calendar_version=calendar.version,
        provisional=dues.provisional,
        stale=False,
    )


def dues_again(deadline: Deadline, calendar: WorkCalendar, zone: ZoneInfo) -> Dues:
    """The dates behind a deadline that has a stored term."""
    return dues_of(term_of(deadline.term), deadline.started_at, calendar, zone, pauses_of(deadline))


def pauses_of(deadline: Deadline) -> tuple[Pause, ...]:
    """The stored pauses as the clock reads them."""
    return tuple(Pause(pause["from"], pause["until"]) for pause in deadline.pauses)


def instant_of(basis: Data, deadline: Deadline | None, calendar: WorkCalendar, zone: ZoneInfo) -> datetime | None:
    """The instant of a timer with this basis, on a deadline as it now is or on the calendar alone.

    None for a rung without its deadline. A later firing of a rung counts from the one before, which stands.
    Raises ImpossibleTime.
    """
    if "moment" in basis:
        return _moment(basis, deadline, calendar, zone)
    if deadline is not None and deadline.term:
        dues = dues_again(deadline, calendar, zone)
    elif "rule" in basis:
        dues = dues_of(term_of(basis["term"]), basis["start"], calendar, zone)
    else:
        dues = dues_of(_plain(basis), basis["start"], calendar, zone)
    share = float(basis["share"])
    return dues.legal_due if share == 1 else share_of(dues, share)


def is_same_span(basis: Data, deadline: Deadline) -> bool:
    """Whether a timer reminds of the very span that the deadline is: then it stands and moves with it."""
    clock = _PLAIN.get(basis.get("kind", ""))
    return (
        clock is not None
        and (clock.value, basis["amount"]) == (deadline.term.get("clock"), deadline.term.get("amount"))
        and basis["start"] == deadline.started_at
    )


def _moment(basis: Data, deadline: Deadline | None, calendar: WorkCalendar, zone: ZoneInfo) -> datetime | None:
    if deadline is None or not deadline.term:
        return None
    lights = Lights(deadline.blue_at, deadline.yellow_at, deadline.red_at)
    return rung_instant(basis, Ground(dues_again(deadline, calendar, zone), lights, calendar, zone))


def _plain(basis: Data) -> Term:
    if basis["kind"] == TimeKind.END_OF_MONTH.value:
        return Term(ClockKind.PERIOD, 1, Period.MONTH)
    return Term(_PLAIN[basis["kind"]], basis["amount"])


class Reckoning:
    """Dates again, on a calendar that is fetched when it is first needed."""

    def __init__(self, calendar: Callable[[], WorkCalendar], zone: ZoneInfo) -> None:
        self._fetch = calendar
        self._zone = zone

    def deadline(self, deadline: Deadline) -> Deadline:
        """As `recompute`."""
        return recompute(deadline, self._calendar, self._zone)

    def instant(self, basis: Data, deadline: Deadline) -> datetime | None:
        """As `instant_of`."""
        return instant_of(basis, deadline, self._calendar, self._zone)

    @cached_property
    def _calendar(self) -> WorkCalendar:
        return self._fetch()
