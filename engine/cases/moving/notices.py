"""Whoever has a task hears that its step is called otherwise now, or goes to others. Neutral words, once a run."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from uuid import NAMESPACE_OID, uuid5

from engine.cases.actions.notify import neutral_text
from engine.errors import Message
from engine.notifications.receivers import told_of
from engine.ports.store import UnitOfWork
from engine.records.case import CaseFile
from engine.records.moving import TaskPlace
from engine.records.step import OutboxEntry
from engine.records.task import TaskKind, UserTask

TOPIC = "migrated"


def words_to_holders(
    work: UnitOfWork,
    case: CaseFile,
    tasks: Sequence[tuple[UserTask, TaskPlace]],
    *,
    run_id: str,
    now: datetime,
    is_back: bool = False,
) -> tuple[OutboxEntry, ...]:
    """`tasks` are open ones, with where they stand now. No statement where nobody needs to be told.

    Who stands in is told as well; who may not know of the case is not.
    """
    found = []
    for task, place in tasks:
        for person_id, said in _said(task, place, _BACK if is_back else _THERE):
            text = neutral_text(case, "info", said)
            people = work.org.addressees((), [person_id])
            for person in told_of(work, people, case, now, [place.procedure]):
                key = f"{TOPIC}:{'back' if is_back else 'there'}:{run_id}:{task.task_id}:{person.person_id}"
                found.append(
                    OutboxEntry(
                        entry_id=str(uuid5(NAMESPACE_OID, key)),
                        idempotency_key=key,
                        recipient=person.person_id,
                        case_id=case.case_id,
                        task_id=task.task_id,
                        topic=TOPIC,
                        text_zh=text.zh,
                        text_en=text.en,
                        created_at=now,
                    )
                )
    return tuple({entry.entry_id: entry for entry in found}.values())


def _said(task: UserTask, place: TaskPlace, why: Message) -> Iterator[tuple[str, Message]]:
    """Whom to tell what of a step."""
    was, now = task.assignee, place.assignee
    if task.kind is not TaskKind.STEP:
        return
    if was is not None and was != now:
        yield (
            was,
            Message(
                f"{why.zh}您办理的“{task.name}”改由其他岗位办理，您不用再办。",
                f"{why.en}“{task.name}” goes to others now; you need not do it any more.",
            ),
        )
    if now is not None and was != now:
        yield (
            now,
            Message(
                f"{why.zh}“{place.name}”交给您办理，请登录查看。",
                f"{why.en}“{place.name}” is given to you. Please log in to read it.",
            ),
        )
    elif now is not None and place.name != task.name:
        yield (
            now,
            Message(
                f"{why.zh}您办理的“{task.name}”现为“{place.name}”。已填的内容都在，请登录查看。",
                f"{why.en}“{task.name}”, which you have, is “{place.name}” now. What you wrote is kept.",
            ),
        )
    elif now is not None and place.element_id != task.element_id:
        yield (
            now,
            Message(
                f"{why.zh}您办理的“{task.name}”的位置有变化。已填的内容都在，请登录查看。",
                f"{why.en}“{task.name}”, which you have, stands elsewhere now. What you wrote is kept.",
            ),
        )


def moved_pairs(tasks: Sequence[UserTask], places: Sequence[TaskPlace]) -> Iterator[tuple[UserTask, TaskPlace]]:
    """Open tasks with the places that they are given."""
    by_id = {place.task_id: place for place in places}
    return ((task, by_id[task.task_id]) for task in tasks if task.task_id in by_id)


_THERE = Message("流程改版，", "The procedure has a new version: ")
_BACK = Message("流程改版已撤回，", "The new version was taken back: ")
