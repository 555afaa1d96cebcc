"""A previewed change of the calendar is applied: one transaction, then every deadline that it touches follows."""

from __future__ import annotations

from engine.audit.record import record_event
from engine.cases.catch_up import Progress, recompute_stale
from engine.deadlines.calendar_change import (
    LONGEST_NOTE,
    CalendarChange,
    bad_note,
    read_sheet,
    record_of_change,
)
from engine.deadlines.calendar_preview import admit_change, preview_in, span_of
from engine.errors import Conflict, FieldError, InvalidForm, InvalidState, Message
from engine.ports.engine import Engine
from engine.records.org import Actor
from engine.records.time import CalendarVersion


def apply_calendar_change(
    engine: Engine,
    actor: Actor,
    change: CalendarChange,
    fingerprint: str,
    note: str = "",
    *,
    limit: int | None = None,
    progress: Progress | None = None,
) -> CalendarVersion:
    """Writes the change that was previewed, and lets at most `limit` cases follow it at once (None: all).

    What is left over follows with the next heartbeats. Raises Forbidden (audited), InvalidForm for the note,
    InvalidState where nothing would change, Conflict where the preview is out of date: since then the calendar
    has changed, or another deadline would move.
    """
    admit_change(engine, actor, "apply_calendar_change")
    note = note.strip()
    if len(note) > LONGEST_NOTE or not note.isprintable():
        raise InvalidForm([FieldError("note", bad_note())])
    version = _write(engine, actor, change, fingerprint, note)
    recompute_stale(engine, limit, progress)
    return version


def _write(engine: Engine, actor: Actor, change: CalendarChange, fingerprint: str, note: str) -> CalendarVersion:
    now = engine.clock.now()
    with engine.store.write() as work:
        work.calendar.hold()
        sheet = read_sheet(work)
        preview = preview_in(engine, work, actor, sheet, change)
        if preview.fingerprint != fingerprint:
            raise _out_of_date()
        if preview.is_empty:
            raise InvalidState(
                Message(
                    "日历本来就是这样，没有需要改动的。请返回日历。",
                    "The calendar is like that already; nothing was changed. Go back to it.",
                )
            )
        changes = record_of_change(sheet, preview.change)
        version = CalendarVersion(sheet.version + 1, now, actor.person_id, note, changes)
        work.calendar.add_version(
            version,
            changed=[row for row in preview.change.days.values() if row is not None],
            removed=[day for day, row in preview.change.days.items() if row is None],
            announced=sorted(preview.change.announced),
        )
        span = span_of(engine, sheet, preview.change)
        if span is not None:
            work.deadlines.mark_stale(span)
        detail = {"version": version.version, "note": note, "changes": changes, "considered": preview.considered}
        record_event(work, "CalendarChanged", detail, actor=actor.person_id, at=now)
    return version


def _out_of_date() -> Conflict:
    return Conflict(
        Message(
            "预览之后日历或在办期限又有变化，改动没有保存。请重新预览，核对后再确认。",
            "The calendar or the open deadlines have changed since the preview; nothing was saved. Preview again.",
        )
    )
