"""Why a deadline is when it is, and why it shows the light that it shows.

`explain` is the use case. `explanation_of` is pure and cheap (one pass over the days of the span): the benchmark of
a 60-day deadline with its card calls it. `engine.deadlines.why_json` turns the result into JSON.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from engine.clock.calendar import WorkCalendar
from engine.clock.lights import BLUE, YELLOW, YELLOW_OF_HOURS
from engine.deadlines.explanation import (
    Around,
    Change,
    Event,
    Explanation,
    Extension,
    Light,
    LightWords,
    Pause,
    RungWords,
)
from engine.deadlines.life import PAUSE_REASONS
from engine.deadlines.moment_words import RED, limit_of, told_moment
from engine.deadlines.why_around import SYSTEM, around_of, calendar_of, unknown_deadline, visible_case
from engine.deadlines.why_days import Span, hours_of, span_of
from engine.errors import Message
from engine.ports.engine import Engine
from engine.records.org import Actor
from engine.records.time import Deadline, DeadlineState, Timer, TimerState
from engine.values import Data, Value

CLOCK_STARTS = Message("开始计时", "the clock starts")
"""What is said where nothing tells which event started it."""
_HISTORY_KEYS = frozenset({"at", "by", "event"})


_NOTHING = Around()


def explain(engine: Engine, actor: Actor, deadline_id: str) -> Explanation:
    """The explanation of a deadline of a case that the actor may see. Raises NotFound otherwise.

    To a unit that the case accuses, neither case nor deadline exists.
    """
    with engine.store.read() as work:
        deadline = work.deadlines.get(deadline_id)
        if deadline is None:
            raise unknown_deadline(deadline_id)
        case_number = visible_case(work, actor, deadline.case_id, unknown_deadline(deadline_id))
        calendar = calendar_of(engine, work, deadline)
        around = around_of(engine, work, [deadline], case_number)[deadline_id]
    return explanation_of(deadline, calendar, engine.settings.timezone, engine.clock.now(), around)


def explain_all(
    engine: Engine, actor: Actor, case_id: str, deadlines: Sequence[Deadline]
) -> tuple[Explanation, ...]:
    """The explanations of these deadlines of one case, in their order. Raises NotFound as `explain` does."""
    if not deadlines:
        return ()
    zone, now = engine.settings.timezone, engine.clock.now()
    with engine.store.read() as work:
        case_number = visible_case(work, actor, case_id)
        of_case = [deadline for deadline in deadlines if deadline.case_id == case_id]
        around = around_of(engine, work, of_case, case_number)
        calendars = [calendar_of(engine, work, deadline) for deadline in of_case]
    return tuple(
        explanation_of(deadline, calendar, zone, now, around[deadline.deadline_id])
        for deadline, calendar in zip(of_case, calendars, strict=True)
    )


def explanation_of(
    deadline: Deadline, calendar: WorkCalendar, zone: ZoneInfo, now: datetime, around: Around = _NOTHING
) -> Explanation:
    """The whole explanation of one deadline. Pure; microseconds for a span of months."""
    span = span_of(deadline, calendar, zone, around.notes, now)
    lights = _lights(deadline, around.lights, now)
    return Explanation(
        deadline=deadline,
        case_number=around.case_number,
        limit=limit_of(deadline),
        started_by=_name(deadline.triggered_by, around.names),
        start_event=_start_event(deadline),
        span=span,
        hours=hours_of(deadline),
        pauses=tuple(_pause(pause, around.names) for pause in deadline.pauses),
        extension=_extension(deadline, around),
        provisional_years=_provisional(deadline, calendar, span),
        lights=lights,
        fired=tuple(_timer(timer, around.rungs) for timer in around.timers if timer.state is TimerState.FIRED),
        next=_next(deadline, lights, around, now),
        history=tuple(_change(entry, around.names) for entry in deadline.history),
        now=now,
    )


def _lights(deadline: Deadline, own: LightWords, now: datetime) -> tuple[Light, ...]:
    hours = deadline.term.get("clock", deadline.clock) == "H"
    moments = (
        ("blue", deadline.blue_at, deadline.term.get("blue") or BLUE.text),
        ("yellow", deadline.yellow_at, deadline.term.get("yellow") or (YELLOW_OF_HOURS if hours else YELLOW).text),
        ("red", deadline.red_at, ""),
    )
    seen = deadline.ended_at or now
    shows = deadline.state is DeadlineState.RUNNING
    strongest = max((at for _, at, _ in moments if now >= at), default=None) if shows else None
    lit = next((name for name, at, _ in reversed(moments) if at == strongest), "")
    return tuple(
        Light(
            light=name,
            at=at,
            moment=moment,
            threshold=told_moment(moment) if moment else RED,
            words=own.words.get(name),
            icon=own.icons.get(name, ""),
            has_come=seen >= at,
            is_on=name == lit,
        )
        for name, at, moment in moments
    )


def _next(deadline: Deadline, lights: Sequence[Light], around: Around, now: datetime) -> tuple[Event, ...]:
    """What is still to come, soonest first; nothing once the duty has ended."""
    if not deadline.is_open:
        return ()
    coming = [_timer(timer, around.rungs) for timer in around.timers if timer.state is TimerState.WAITING]
    if deadline.state is DeadlineState.RUNNING:
        coming += [Event(light.at, "light", _lit(light)) for light in lights[:2] if light.at > now]
        if deadline.legal_due >= now:
            coming.append(Event(deadline.legal_due, "due", Message("到期；此后为逾期", "due; late from then on")))
    return tuple(sorted(coming, key=lambda one: one.at))


def _lit(light: Light) -> Message:
    zh, en = {"blue": ("亮蓝灯", "blue light"), "yellow": ("亮黄灯", "yellow light")}[light.light]
    if light.words is None:
        return Message(zh, en)
    return Message(f"{zh}：{light.words.zh}", f"{en}: {light.words.en}")


def _timer(timer: Timer, rungs: Mapping[str, RungWords]) -> Event:
    name = timer.name or timer.element_id
    words = rungs.get(timer.rung or "") or RungWords(Message(name, name))
    at = timer.fired_at or max(timer.due_at, timer.retry_at or timer.due_at)
    kind = "rung" if timer.rung else "timer"
    return Event(at, kind, words.name, words.to, words.action, timer.late_seconds)


def _start_event(deadline: Deadline) -> Message:
    """What started the clock, where the history says so."""
    told = next((str(line["trigger"]) for line in deadline.history[:1] if line.get("trigger")), "")
    return Message(told, told) if told else CLOCK_STARTS


def _pause(pause: Data, names: Mapping[str, str]) -> Pause:
    reason = str(pause.get("reason") or "")
    return Pause(
        since=pause["from"],
        until=pause.get("until"),
        reason=reason,
        words=PAUSE_REASONS.get(reason, Message(reason, reason)),
        note=str(pause.get("note") or ""),
        by=_name(pause.get("by"), names),
    )


def _extension(deadline: Deadline, around: Around) -> Extension | None:
    grace = deadline.term.get("grace")
    if not grace and deadline.follows is None:
        return None
    followed = around.followed
    lines = [line for line in followed.history if line.get("event") == "extended"] if followed else []
    told: Data = lines[-1] if lines else {}
    return Extension(
        from_due=followed.legal_due if followed else None,
        granted_days=int(grace or deadline.amount or 0),
        follows=deadline.follows,
        asked_by=_name(told.get("asked_by"), around.names),
        approved_by=_name(told.get("approved_by"), around.names),
        reason=_text(told.get("reason")),
        basis=_text(told.get("basis")),
        notice=_text(told.get("notice")),
        served_at=told.get("notice_served_at"),
    )


def _provisional(deadline: Deadline, calendar: WorkCalendar, span: Span) -> tuple[int, ...]:
    """The years without an announced calendar among those that the dates were looked up in."""
    if not deadline.provisional or not span.days:
        return ()
    first, last = span.start_on.year, span.last_on.year
    return tuple(year for year in range(first, last + 1) if year not in calendar.announced)


def _change(entry: Data, names: Mapping[str, str]) -> Change:
    detail = {key: value for key, value in entry.items() if key not in _HISTORY_KEYS}
    return Change(_instant(entry["at"]), str(entry.get("event", "")), _name(entry.get("by"), names), detail)


def _instant(value: Value) -> datetime:
    return value if isinstance(value, datetime) else datetime.fromisoformat(str(value)).astimezone(UTC)


def _name(person_id: Value, names: Mapping[str, str]) -> str | None:
    if not person_id or person_id == SYSTEM:
        return None
    return names.get(str(person_id), str(person_id))


def _text(value: Value) -> str | None:
    return str(value) if value not in (None, "") else None
