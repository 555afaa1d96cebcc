"""The timeline of a simulation, from the cases as they stand at its end. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from engine.deadlines.moment_words import limit_of
from engine.deadlines.own import called
from engine.errors import Message
from engine.records.case import InstanceState
from engine.records.org import Grant, Person
from engine.records.step import OutboxEntry
from engine.records.task import TaskState, UserTask
from engine.records.time import Deadline, DeadlineState, Timer, TimerState
from engine.records.views import CaseView
from engine.scenarios.instants import show_instant
from engine.simulation.model import KINDS, Entry, Recipient

_ENDS = {
    DeadlineState.MET: Message("按期办结", "met"),
    DeadlineState.MET_LATE: Message("逾期办结", "met late"),
    DeadlineState.EXTENDED: Message("延期，由新的期限接续", "extended"),
    DeadlineState.VOIDED: Message("终止", "ended"),
    DeadlineState.SUPERSEDED: Message("重新起算", "began anew"),
}
_LIGHTS = {"blue": Message("亮蓝灯", "blue light"), "yellow": Message("亮黄灯", "yellow light")}


@dataclass(frozen=True)
class Staff:
    """Who holds what, by person id."""

    people: Mapping[str, Person]
    grants: Mapping[str, tuple[Grant, ...]]

    def name(self, person_id: str | None) -> str:
        person = self.people.get(person_id or "")
        return person.name if person else ""

    def holders(self, role: str, unit: str | None) -> tuple[str, ...]:
        """Names of the active holders, by user name."""
        found = [
            self.people[person_id]
            for person_id, grants in self.grants.items()
            if person_id in self.people and any(g.role == role and unit in (None, g.unit) for g in grants)
        ]
        return tuple(person.name for person in sorted(found, key=lambda p: p.username) if person.active)

    def seats(self, person_ids: Sequence[str]) -> tuple[Recipient, ...]:
        """Each person with the first role that it holds."""
        told = []
        for person_id in person_ids:
            held = sorted(self.grants.get(person_id, ()), key=lambda g: (g.unit, g.role))
            role, unit = (held[0].role, held[0].unit) if held else ("", "")
            told.append(Recipient(role, unit, (self.name(person_id) or person_id,)))
        return tuple(told)


def timeline_of(
    views: Sequence[CaseView], outbox: Sequence[OutboxEntry], staff: Staff, until: datetime, zone: ZoneInfo
) -> list[Entry]:
    """Everything that happened up to `until`, in order."""
    told: list[Entry] = []
    for view in views:
        of_case = [entry for entry in outbox if entry.case_id == view.case.case_id]
        told += _Teller(view, of_case, staff, until, zone).entries()
    return in_order(told)


def in_order(entries: Sequence[Entry]) -> list[Entry]:
    """By instant; of one instant in the order of KINDS. A microsecond after is the same instant."""
    return sorted(entries, key=lambda entry: (_second(entry.at), KINDS.index(entry.kind)))


class _Teller:
    def __init__(
        self, view: CaseView, outbox: Sequence[OutboxEntry], staff: Staff, until: datetime, zone: ZoneInfo
    ) -> None:
        self._view = view
        self._outbox = outbox
        self._staff = staff
        self._until = until
        self._zone = zone
        self._case = view.case.number or view.case.title
        self._homes = {task.task_id: task for task in view.tasks}
        self._ending = {_second(d.legal_due) for d in view.deadlines}
        self._ending |= {_second(t.due_at) for t in view.timers if self._ends_day(t)}

    def entries(self) -> Iterator[Entry]:
        case = self._view.case
        who = self._staff.name(case.created_by)
        started = Message(f"{who} 发起：{case.title}".strip(), f"{who} starts: {case.title}".strip())
        yield self._entry(case.created_at, "started", started)
        for task in self._view.tasks:
            yield from self._task(task)
        for deadline in self._view.deadlines:
            yield from self._deadline(deadline)
        yield from self._firings()
        yield from self._notices()
        for paper in self._view.papers:
            number = f" {paper.number}" if paper.number else ""
            message = Message(f"出具 {paper.title}{number}", f"issued {paper.kind}{number}")
            yield self._entry(paper.issued_at, "paper", message, element=paper.kind)
        for instance in self._view.instances:
            if instance.state is not InstanceState.RUNNING and instance.ended_at is not None:
                name = instance.outcome_name or instance.outcome or ""
                ended = Message(f"流程结束：{name}", f"ended: {name}")
                yield self._entry(instance.ended_at, "ended", ended, element=instance.outcome or "")

    def _entry(self, at: datetime, kind: str, message: Message, **more: object) -> Entry:
        return Entry(at, kind, message, case=self._case, **more)  # type: ignore[arg-type]

    def _task(self, task: UserTask) -> Iterator[Entry]:
        to: tuple[Recipient, ...] = ()
        if task.role:
            to = (Recipient(task.role, task.unit or "", self._staff.holders(task.role, task.unit)),)
        opened = Message(f"待办：{task.name}", f"open: {task.element_id}")
        here = {"element": task.element_id, "process": task.procedure}
        yield self._entry(task.opened_at, "opened", opened, **here, to=to, due_at=task.due_at)
        if task.closed_at is None:
            return
        if task.state is TaskState.COMPLETED:
            who = self._staff.name(task.closed_by)
            done = Message(f"{who} 办理：{task.name}".strip(), f"{who} does {task.element_id}".strip())
            yield self._entry(task.closed_at, "answered", done, **here)
        else:
            gone = Message(f"撤销待办：{task.name}", f"withdrawn: {task.element_id}")
            yield self._entry(task.closed_at, "closed", gone, **here)

    def _deadline(self, deadline: Deadline) -> Iterator[Entry]:
        first = deadline.history[0]["at"] if deadline.history else deadline.started_at
        due = show_instant(_second(deadline.legal_due), self._zone, is_due=True)
        limit, name = limit_of(deadline), called(deadline)
        began = Message(f"{name.zh}：{limit.zh}，{due} 到期", f"{name.en}: {limit.en}, due {due}")
        mark = {"rule": deadline.rule}
        task = self._homes.get(deadline.attached_to)
        if task is not None:
            mark |= {"element": task.element_id, "process": task.procedure}
        yield self._entry(first, "deadline", began, **mark, due_at=deadline.legal_due)
        until = min(deadline.ended_at or self._until, self._until)
        for light, at in (("blue", deadline.blue_at), ("yellow", deadline.yellow_at)):
            if first <= at <= until and at != deadline.started_at:
                lit = Message(f"{name.zh} {_LIGHTS[light].zh}", f"{name.en} {_LIGHTS[light].en}")
                yield self._entry(at, "light", lit, **mark)
        is_missed = deadline.ended_at is None or deadline.ended_at > deadline.legal_due
        if is_missed and deadline.legal_due <= self._until and deadline.state is not DeadlineState.PAUSED:
            missed = Message(f"{name.zh} 到期未办结，亮红灯", f"{name.en} is due and not done: red light")
            yield self._entry(deadline.legal_due, "due", missed, **mark, ends_day=True)
        if deadline.ended_at is not None and deadline.state in _ENDS:
            end = _ENDS[deadline.state]
            said = Message(f"{name.zh} {end.zh}", f"{name.en} {end.en}")
            entry = self._entry(deadline.ended_at, "met", said, **mark)
            yield replace(entry, is_late=deadline.state is DeadlineState.MET_LATE)

    def _firings(self) -> Iterator[Entry]:
        rules = {deadline.deadline_id: deadline.rule for deadline in self._view.deadlines}
        for timer in self._view.timers:
            if timer.state is not TimerState.FIRED or timer.fired_at is None:
                continue
            name = timer.name or timer.element_id
            kind, zh, en = ("escalated", "升级", "rung") if timer.rung else ("fired", "到时", "fired")
            yield self._entry(
                timer.fired_at,
                kind,
                Message(f"{zh}：{name}", f"{en}: {timer.rung or timer.element_id}"),
                element=timer.rung or timer.element_id,
                rule=rules.get(timer.deadline_id or "", ""),
                ends_day=self._ends_day(timer),
            )

    def _notices(self) -> Iterator[Entry]:
        grouped: dict[tuple[datetime, str, str], list[str]] = {}
        for entry in self._outbox:
            grouped.setdefault((entry.created_at, entry.text_zh, entry.text_en), []).append(entry.recipient)
        for (at, zh, en), recipients in grouped.items():
            to = self._staff.seats(list(dict.fromkeys(recipients)))
            yield self._entry(
                at, "notified", Message(f"通知：{zh}", f"told: {en}"), to=to, ends_day=_second(at) in self._ending
            )

    def _ends_day(self, timer: Timer) -> bool:
        """A reminder at 00:00 begins a day; what falls at or after the due instant ends one."""
        deadline = next((d for d in self._view.deadlines if d.deadline_id == timer.deadline_id), None)
        return deadline is None or timer.due_at >= deadline.legal_due


def _second(at: datetime) -> datetime:
    return (at + timedelta(milliseconds=1)).replace(microsecond=0)
