"""Deadlines of a step: which start, end, are extended, stop or go on. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol, TypeVar
from uuid import NAMESPACE_OID, uuid5

from engine.cases.standing import ClockOrder, Collected, Event, Stamp, Standing
from engine.deadlines.life import RETURNED, ended, news_of, paused, told, undone, unpaused
from engine.deadlines.own import is_own
from engine.deadlines.terms import DeadlineTerms, to_record
from engine.errors import EngineError, InvalidState, Message, StepFailed
from engine.kernel.changes import Changes, Closure, TimerArmed
from engine.records.step import Paper
from engine.records.time import Deadline, DeadlineState
from engine.values import Data, Value

T = TypeVar("T")

EXTENSION_NOTICE = "L4"
"""The paper that tells the petitioner of an extension. Source: 信访工作条例 art. 34."""


class Reckoner(Protocol):
    """Computes dates again."""

    def deadline(self, deadline: Deadline) -> Deadline: ...
    def instant(self, basis: Data, deadline: Deadline) -> datetime | None: ...


@dataclass(frozen=True)
class Lives:
    """The deadlines of an instance after a step. `changed` are to be saved, `open` are all that still run or stand.

    `turned` are those that stood before and whose clock stopped or went on: their timers and tasks follow.
    `started` maps new deadlines to the timers that carry their terms.
    """

    changed: tuple[Deadline, ...]
    open: tuple[Deadline, ...]
    ended: tuple[str, ...]
    turned: tuple[Deadline, ...]
    started: Mapping[str, TimerArmed]
    events: tuple[Event, ...]


def lives_of(changes: Changes, standing: Standing, stamp: Stamp, collected: Collected, reckoner: Reckoner) -> Lives:
    """What became of the instance's deadlines. Raises InvalidState for a second or a late extension."""
    return _Lives(changes, standing, stamp, collected, reckoner).lead()


class _Lives:
    def __init__(
        self, changes: Changes, standing: Standing, stamp: Stamp, collected: Collected, reckoner: Reckoner
    ) -> None:
        self._changes = changes
        self._standing = standing
        self._stamp = stamp
        self._collected = collected
        self._reckoner = reckoner
        self._now = {d.deadline_id: d for d in standing.deadlines}
        self._before = {**self._now, **{d.deadline_id: d for d in collected.undone}}
        self._started: dict[str, TimerArmed] = {}
        self._closures: dict[str, Closure] = {p.task_id: p.closure for p in changes.passed}
        self._closures.update({c.task_id: c.closure for c in changes.closed})

    def lead(self) -> Lives:
        for armed in self._changes.armed:
            self._start(armed)
        for deadline in tuple(self._now.values()):
            if deadline.is_open and deadline.attached_to in self._closures:
                self._end(deadline)
        for order in self._collected.clocks:
            if not order.set_aside:
                self._turn(order)
        changed = tuple(d for d in self._now.values() if d is not self._before.get(d.deadline_id))
        undone = tuple(self._undone(d) for d in self._collected.undone)
        still = tuple(d for d in self._now.values() if d.is_open)
        return Lives(
            changed=(*changed, *undone),
            open=still,
            ended=tuple(d.deadline_id for d in changed if not d.is_open and d.deadline_id in self._before),
            turned=tuple(d for d in still if d is not self._before.get(d.deadline_id, d)),
            started=self._started,
            events=tuple(
                Event(name, detail)
                for d in (*changed, *undone)
                for name, detail in news_of(d, self._before.get(d.deadline_id))
            ),
        )

    def _start(self, armed: TimerArmed) -> None:
        terms = armed.resolved.deadline
        if not isinstance(terms, DeadlineTerms) or armed.attached_to is None:
            return
        deadline = to_record(
            terms,
            deadline_id=str(uuid5(NAMESPACE_OID, armed.timer_id)),
            instance_id=self._standing.instance.instance_id,
            case_id=self._standing.case.case_id,
            attached_to=armed.attached_to,
            triggered_by=self._stamp.actor,
        )
        self._started[deadline.deadline_id] = armed
        before = self._continued(deadline, terms)
        extends = before is not None and before.rule != deadline.rule
        if before is not None and extends:
            deadline = replace(deadline, follows=before.deadline_id)
        pauses = self._taken_over(deadline, before)
        if pauses:
            deadline = self._reckoner.deadline(replace(deadline, pauses=pauses))
        trigger = _trigger(self._stamp.event)
        deadline = self._told(deadline, "started", trigger=trigger, follows=deadline.follows)
        self._now[deadline.deadline_id] = deadline
        if before is not None and extends:
            self._extend(before, deadline)
        elif before is not None:
            self._over(before, DeadlineState.SUPERSEDED, superseded_by=deadline.deadline_id)

    def _continued(self, deadline: Deadline, terms: DeadlineTerms) -> Deadline | None:
        """The standing deadline that the new one extends, or replaces as its own rule's. Raises InvalidState."""
        over = [d for d in self._now.values() if d.is_open and d.attached_to in self._closures]
        if terms.after_rule is None:
            return _first(
                d for d in over if d.rule == deadline.rule and self._closures[d.attached_to] is Closure.CANCELLED
            )
        again = _first(d for d in over if d.rule == deadline.rule)
        if again is not None and self._closures[again.attached_to] is Closure.COMPLETED:
            raise _only_once(deadline)
        # a shorter procedure that turned out not to be one goes over into the extended term just as well
        extended = _first(d for d in over if d.rule == terms.after_rule) or _first(
            d
            for d in over
            if d.started_at == deadline.started_at and d.rule != deadline.rule and not is_own(d.rule)
        )
        if extended is not None and self._stamp.now > self._resumed(extended).legal_due:
            raise _too_late(extended, deadline)
        return extended or again

    def _taken_over(self, deadline: Deadline, before: Deadline | None) -> tuple[Data, ...]:
        """Pauses of the same term, counted from the same start, that the new deadline must not lose."""
        same = before or _first(d for d in self._standing.earlier if d.rule == deadline.rule)
        if same is None or same.started_at != deadline.started_at:
            return ()
        return self._resumed(same).pauses

    def _extend(self, before: Deadline, after: Deadline) -> None:
        data, notice = self._changes.data, self._notice()
        self._over(
            before,
            DeadlineState.EXTENDED,
            extended_by=after.deadline_id,
            days=after.amount,
            asked_by=data.get("extension_asked_by"),
            approved_by=self._stamp.person,
            reason=data.get("extension_reason"),
            basis=after.source,
            notice=None if notice is None else notice.number or notice.title,
            notice_served_at=None if notice is None else notice.served_at,
            until=after.legal_due,
        )

    def _notice(self) -> Paper | None:
        return _first(p for p in reversed(self._collected.papers) if p.kind == EXTENSION_NOTICE)

    def _end(self, deadline: Deadline) -> None:
        if self._closures[deadline.attached_to] is Closure.CANCELLED:
            self._over(deadline, DeadlineState.VOIDED, reason=self._stamp.goes_back)
            return
        if self._stamp.now > self._resumed(deadline).legal_due:
            state = DeadlineState.MET_LATE
        else:
            aside = _first(o for o in self._collected.clocks if o.set_aside and o.rule == deadline.rule)
            if aside is not None:
                self._over(deadline, DeadlineState.VOIDED, reason=aside.reason)
                return
            state = DeadlineState.MET
        self._over(deadline, state)

    def _undone(self, deadline: Deadline) -> Deadline:
        return undone(deadline, self._stamp.goes_back or RETURNED, at=self._stamp.now, by=self._stamp.actor)

    def _over(self, deadline: Deadline, state: DeadlineState, **details: Value) -> None:
        """Ends it; a clock that stood goes on first, so that the time for which it stood counts."""
        running = self._resumed(deadline)
        self._now[deadline.deadline_id] = ended(running, state, at=self._stamp.now, by=self._stamp.actor, **details)

    def _turn(self, order: ClockOrder) -> None:
        """Stops the clocks that the order names, or lets them go on. Raises InvalidState or StepFailed."""
        named = [d for d in self._now.values() if d.is_open and order.deadline_id in {None, d.deadline_id}]
        named = [d for d in named if order.rule in {None, d.rule}]
        try:
            if not named:
                raise _no_clock(order)
            for deadline in named:
                self._now[deadline.deadline_id] = (
                    self._stopped(deadline, order) if order.stop else self._gone_on(deadline, order.note)
                )
        except EngineError as error:
            if not order.element_id:
                raise
            raise StepFailed(error.message, element_id=order.element_id, element_name=order.element_name) from error

    def _stopped(self, deadline: Deadline, order: ClockOrder) -> Deadline:
        return paused(deadline, order.reason, order.note, at=self._stamp.now, by=self._stamp.actor)

    def _gone_on(self, deadline: Deadline, note: str) -> Deadline:
        running = unpaused(deadline, at=self._stamp.now, by=self._stamp.actor)
        running = self._reckoner.deadline(running)
        return self._told(
            running,
            "resumed",
            reason=deadline.pauses[-1]["reason"],
            note=note or None,
            paused_at=deadline.pauses[-1]["from"],
            from_due=deadline.legal_due,
        )

    def _resumed(self, deadline: Deadline) -> Deadline:
        return self._gone_on(deadline, "") if deadline.state is DeadlineState.PAUSED else deadline

    def _told(self, deadline: Deadline, event: str, **details: Value) -> Deadline:
        return told(deadline, event, at=self._stamp.now, by=self._stamp.actor, **details)


def needs_earlier(changes: Changes, now: datetime) -> Sequence[str]:
    """Rules of new deadlines that began before this step: the same term may have run, and stood, before."""
    terms = (armed.resolved.deadline for armed in changes.armed if armed.attached_to is not None)
    return tuple({t.rule: None for t in terms if isinstance(t, DeadlineTerms) and t.dues.started_at < now})


def _trigger(event: Event) -> str | None:
    """What the step was, in the office's words."""
    name = event.detail.get("name") or event.detail.get("message")
    return str(name) if name else None


def _first(found: Iterable[T]) -> T | None:
    return next(iter(found), None)


def _only_once(deadline: Deadline) -> InvalidState:
    return InvalidState(
        Message(
            f"“{deadline.name}”已经延长过一次，不能再次延长（{deadline.source}）。请不予批准，按现有期限办结。",
            f"“{deadline.name_en}” has been extended once and cannot be extended again ({deadline.source}). "
            "Refuse the extension and conclude within the present limit.",
        )
    )


def _too_late(before: Deadline, deadline: Deadline) -> InvalidState:
    return InvalidState(
        Message(
            f"“{before.name}”已经届满，不能再延长（{deadline.source}）。请不予批准，尽快办结。",
            f"“{before.name_en}” is past its due date and cannot be extended any more ({deadline.source}). "
            "Refuse the extension and conclude as soon as possible.",
        )
    )


def _no_clock(order: ClockOrder) -> InvalidState:
    of = order.rule or ""
    return InvalidState(
        Message(
            f"没有正在计算的期限 {of}。请刷新页面，或在流程图中核对期限编号。",
            f"No deadline {of} is running. Reload the page, or check the rule's id in the diagram.",
        )
    )
