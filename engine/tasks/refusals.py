"""What a person reads who cannot have a task: who was first, or why it is closed."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from engine.errors import Conflict, Forbidden, InvalidState, Message, NotFound
from engine.ports.store import UnitOfWork
from engine.records.task import TaskState, UserTask

TASK = Message("任务", "task")


def unknown_task(task_id: str) -> NotFound:
    return NotFound(TASK, task_id)


def closed_task(work: UnitOfWork, task: UserTask, zone: ZoneInfo) -> Conflict | InvalidState:
    """Conflict where a person completed it, InvalidState where the procedure closed it."""
    at = _local(task.closed_at, zone)
    if task.state is TaskState.COMPLETED and task.closed_by is not None:
        name = _name(work, task.closed_by)
        return Conflict(
            Message(
                f"“{task.name}”已由{name}于 {at} 办理完毕，您的提交没有保存。请刷新页面查看结果。",
                f"{name} completed “{task.name}” at {at}; your submission was not saved. Reload to see the result.",
            ),
            by=name,
            at=task.closed_at.isoformat() if task.closed_at else None,
        )
    return InvalidState(
        Message(
            f"“{task.name}”已于 {at} 关闭（期限届满或流程已转入其他环节），不能再办理。请打开案件查看现状。",
            f"“{task.name}” closed at {at} (its time ran out, or the procedure went another way). Open the case.",
        )
    )


def taken_task(work: UnitOfWork, task: UserTask) -> Conflict:
    """Somebody else has claimed it."""
    name = _name(work, task.assignee or "")
    return Conflict(
        Message(
            f"“{task.name}”已由{name}签收。如需由您办理，请{name}先退回待领。",
            f"{name} has claimed “{task.name}”. Ask {name} to give it back if you are to do it.",
        ),
        by=name,
    )


def stale_page(task: UserTask) -> Conflict:
    """The case has moved since the page was opened."""
    return Conflict(
        Message(
            f"打开“{task.name}”之后，案件又有新的进展。请刷新页面，核对后再提交；已填内容可先存为草稿。",
            f"The case has moved on since you opened “{task.name}”. Reload, check, and submit again.",
        )
    )


def not_yours(task: UserTask) -> Forbidden:
    return Forbidden(
        Message(
            f"“{task.name}”不是交给您办理的。请由承办人员办理，或请管理员核对您的角色。",
            f"“{task.name}” is not yours to do. Leave it to its handlers, or ask an admin about your role.",
        )
    )


def _name(work: UnitOfWork, person_id: str) -> str:
    person = work.org.person(person_id)
    return person.name if person else "其他人员"


def _local(at: datetime | None, zone: ZoneInfo) -> str:
    return at.astimezone(zone).strftime("%Y-%m-%d %H:%M") if at else "?"
