"""The timer ledger in words: instants, spans down to the second, counts that stop, places to go on from. Pure."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from engine.deadlines.ledger import COUNTED
from engine.records.ledger import Place, TouchedTimer
from engine.records.time import TimerState
from web.i18n import text
from web.moments import OfficeTime

_SECONDS = 120
"""Below so many seconds a span is told in seconds."""
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def span(late: timedelta | float, time: OfficeTime) -> str:
    """How late, to the second where that is little."""
    seconds = late.total_seconds() if isinstance(late, timedelta) else late
    if seconds >= _SECONDS:
        return time.span(round(seconds))
    short = f"{seconds:.1f}" if seconds < 10 else f"{seconds:.0f}"
    return text("ledger.seconds", time.language, n=short.removesuffix(".0"))


def count(n: int, language: str) -> str:
    """A count that stops at `COUNTED`."""
    return text("ledger.more", language, n=f"{COUNTED:,}".replace(",", " ")) if n > COUNTED else str(n)


def due(at: datetime, time: OfficeTime) -> str:
    """The instant after 24:00 is when red lights come on; it reads as 24:00."""
    return time.due(at.replace(microsecond=0) if at.microsecond < 1000 else at)


def fell_due(at: datetime, time: OfficeTime) -> str:
    """As `due`, with the date in full: a report is read on other days, too."""
    return time.due_date(at.replace(microsecond=0) if at.microsecond < 1000 else at)


def written(place: Place) -> str:
    """A place as a parameter of an address."""
    return f"{place.at.isoformat()}~{place.timer_id}"


def read(words: str) -> Place | None:
    """None where it is no place."""
    at, _, timer_id = words.partition("~")
    try:
        instant = datetime.fromisoformat(at)
    except ValueError:
        return None
    return Place(instant, timer_id) if timer_id and instant.tzinfo is not None else None


def touched_csv(timers: Sequence[TouchedTimer], time: OfficeTime, coded: Callable[[str, str], str]) -> str:
    """The report of an outage for a spreadsheet; nothing in it is a formula."""
    language = time.language
    out = io.StringIO()
    sheet = csv.writer(out)
    keys = ("timer", "due", "fired_at", "late", "state", "case", "case_title", "told", "holders", "posts")
    sheet.writerow(text(f"outage.{key}", language).rstrip("：: ") for key in keys)
    for row in timers:
        timer = row.timer
        is_fired = timer.state is TimerState.FIRED
        sheet.writerow(
            _plain(cell)
            for cell in (
                timer.name or timer.element_id,
                fell_due(timer.due_at, time),
                time.instant(timer.fired_at) if timer.fired_at else "",
                f"{timer.late_seconds:.0f}" if timer.late_seconds is not None else "",
                text("outage.state_fired" if is_fired else "outage.state_waiting", language),
                (row.case_number or "") if row.is_visible else text("outage.hidden", language),
                row.case_title or "",
                "、".join(row.told),
                "、".join(row.holders),
                "、".join(f"{coded('role', role)}·{unit}" for role, unit in row.posts),
            )
        )
    return out.getvalue()


def _plain(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULA) else cell
