"""The timers of a case as its page lists them. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from engine.records.time import Deadline, Timer, TimerState
from web.i18n import text
from web.moments import OfficeTime

AT_ONCE = timedelta(seconds=1)
"""What fires within this of its instant is told by the instant: 24:00 stays 24:00."""


@dataclass(frozen=True)
class TimerLine:
    name: str
    due: str
    state: str
    fired: str


def timer_lines(timers: Sequence[Timer], deadlines: Sequence[Deadline], time: OfficeTime) -> list[TimerLine]:
    """All but the cancelled ones, the first due first."""
    by_id = {deadline.deadline_id: deadline for deadline in deadlines}
    return [
        _line(timer, by_id.get(timer.deadline_id or ""), time)
        for timer in sorted(timers, key=lambda timer: timer.due_at)
        if timer.state is not TimerState.CANCELLED
    ]


def _line(timer: Timer, deadline: Deadline | None, time: OfficeTime) -> TimerLine:
    """A reminder at 00:00 begins a day; what falls at or after the due instant ends one."""
    is_before = deadline is not None and timer.due_at < deadline.legal_due
    at = timer.due_at.replace(microsecond=0) if timer.due_at.microsecond < 1000 else timer.due_at
    due = time.happened(at) if is_before else time.due_plain(at)
    fired = text("common.dash", time.language)
    if timer.fired_at is not None:
        fired = due if timer.fired_at - timer.due_at < AT_ONCE else time.happened(timer.fired_at)
        if timer.by_outage:
            fired = f"{fired} · {text('timer.by_outage', time.language)}"
    return TimerLine(
        name=timer.name or timer.element_id,
        due=due,
        state=text(f"timer_state.{timer.state.value}", time.language),
        fired=fired,
    )
