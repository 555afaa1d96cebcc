"""The lines of a timeline: what a step did, and what came of it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from engine.errors import Message
from engine.records.case import InstanceState
from engine.records.task import TaskState, UserTask
from engine.records.time import TimerState
from engine.records.views import CaseView
from engine.scenarios.instants import show_instant
from engine.scenarios.model import Step, Verb
from engine.scenarios.result import TimelineEntry

DONE = {
    Verb.START: ("发起", "starts"),
    Verb.COMPLETE: ("办结", "completes"),
    Verb.CLAIM: ("签收", "claims"),
    Verb.RELEASE: ("退回待领", "gives back"),
    Verb.RETURN: ("退回", "returns"),
    Verb.WITHDRAW: ("撤回", "takes back"),
    Verb.SAVE: ("暂存", "saves a draft of"),
    Verb.READ: ("打开", "opens"),
    Verb.LOOK: ("查看案件", "looks at the case"),
    Verb.REVEAL: ("查看信访人信息", "reads the parties"),
    Verb.EVALUATE: ("评价", "evaluates"),
    Verb.ATTACH: ("上传", "attaches"),
    Verb.RETRY: ("重试故障", "retries the incident"),
    Verb.PAUSE: ("暂停计时", "stops the clock of"),
    Verb.RESUME: ("恢复计时", "lets the clock go on of"),
}


def told_step(step: Step) -> Message:
    """What a step does, in a few words; its note where it has one."""
    if step.verb is None:
        zh, en = "检查", "check"
    elif step.verb is Verb.FOLLOW:
        zh, en = f"看另一件：{step.target}", f"on to the case of {step.target}"
    elif step.verb is Verb.DOWN:
        zh, en = "系统停机后重新启动", "the system was down and starts again"
    else:
        did, did_en = DONE[step.verb]
        zh, en = f"{step.actor} {did} {step.target}".strip(), f"{step.actor} {did_en} {step.target}".strip()
    return Message(f"{zh} · {step.note}", f"{en} · {step.note}") if step.note else Message(zh, en)


def happened(before: CaseView | None, after: CaseView, now: datetime, zone: ZoneInfo) -> Iterator[TimelineEntry]:
    """What differs between two views of a case, in the order: timers, tasks, papers, end."""
    yield from _fired(before, after)
    yield from _tasks(before, after, now, zone)
    known = {paper.paper_id for paper in before.papers} if before else set()
    for paper in after.papers:
        if paper.paper_id not in known:
            title = f"{paper.kind} {paper.number or ''}".strip()
            yield TimelineEntry(paper.issued_at, "paper", Message(f"出具 {title}", f"issued {title}"))
    ended = {i.instance_id for i in before.instances if i.state is not InstanceState.RUNNING} if before else set()
    for instance in after.instances:
        if instance.state is not InstanceState.RUNNING and instance.instance_id not in ended:
            name = instance.outcome_name or instance.outcome or ""
            yield TimelineEntry(instance.ended_at or now, "ended", Message(f"结束：{name}", f"ended: {name}"))


def _fired(before: CaseView | None, after: CaseView) -> Iterator[TimelineEntry]:
    known = {t.timer_id for t in before.timers if t.state is TimerState.FIRED} if before else set()
    fired = [t for t in after.timers if t.state is TimerState.FIRED and t.timer_id not in known]
    for timer in sorted(fired, key=lambda t: (t.fired_at or t.due_at, t.due_at)):
        late = " （停机补触发）" if timer.by_outage else ""
        late_en = " (after an outage)" if timer.by_outage else ""
        name = timer.name or timer.element_id
        yield TimelineEntry(
            timer.fired_at or timer.due_at, "timer", Message(f"到期 {name}{late}", f"fired {name}{late_en}")
        )


def _tasks(before: CaseView | None, after: CaseView, now: datetime, zone: ZoneInfo) -> Iterator[TimelineEntry]:
    states = {task.task_id: task.state for task in before.tasks} if before else {}
    for task in after.tasks:
        if task.task_id not in states:
            yield TimelineEntry(task.opened_at, "opened", _opened(task, zone))
        if task.state is TaskState.CANCELLED and states.get(task.task_id) is not TaskState.CANCELLED:
            yield TimelineEntry(
                task.closed_at or now, "closed", Message(f"撤销 {task.name}", f"withdrawn {task.element_id}")
            )


def _opened(task: UserTask, zone: ZoneInfo) -> Message:
    due = f" 期限 {show_instant(task.due_at, zone, is_due=True)}" if task.due_at else ""
    en = f" due {show_instant(task.due_at, zone, is_due=True)}" if task.due_at else ""
    return Message(
        f"待办 {task.name}（{task.role}@{task.unit}）{due}",
        f"open {task.element_id} ({task.role}@{task.unit}){en}",
    )
