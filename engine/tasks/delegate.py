"""委派: a colleague does the work, the owner keeps the task and decides.

The delegate works in the same form; completing it gives the task back, and what was filled in is the owner's draft.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from engine.cases.advance import Operation
from engine.cases.form_flow import without_party
from engine.errors import Forbidden, Message
from engine.ports.engine import Engine
from engine.records.org import Actor
from engine.records.task import Draft, UserTask
from engine.tasks.acting import Acting, act_on, checked_text, refuse
from engine.tasks.notices import notice, people_to_tell
from engine.tasks.receivers import may_be_delegated, refuse_receiver
from engine.tasks.rights import is_owner, is_suspended


def delegate_task(engine: Engine, actor: Actor, task_id: str, person_id: str, request: str) -> None:
    """Lets a colleague of the task's unit do the work. The actor stays its owner, and answers for it.

    Raises NotFound, Forbidden (audited), Conflict, InvalidState (delegated, submitted or suspended already).
    """
    request = checked_text(request, zh="委派要求", en="request")

    def delegate(acting: Acting) -> Operation | None:
        task = acting.task
        acting.require_own()
        refuse_suspended(acting)
        receiver = acting.receiver(person_id)
        if not may_be_delegated(receiver, task, acting.case, actor):
            raise refuse_receiver(receiver.name, task.name)
        delegated = replace(
            task,
            assignee=person_id,
            owner=actor.person_id,
            asked_by=actor.person_id,
            note=request,
            came_by="delegated",
            begun_at=task.begun_at or acting.now,
        )
        return acting.operation(
            "TaskDelegated",
            {"to": person_id, "reason": request},
            changed=[delegated],
            beside=notice(
                acting,
                people_to_tell(acting, [person_id]),
                "delegated",
                f"{actor.name}委派您办理“{task.name}”，办好后交回。",
                f"{actor.name} delegates “{task.name}” to you; it goes back when you are done.",
            ),
        )

    act_on(engine, actor, task_id, "delegate_task", delegate)


def recall_task(engine: Engine, actor: Actor, task_id: str) -> None:
    """The owner has the task again, whatever the delegate has done; the delegate's draft stays the delegate's.

    Raises NotFound, Forbidden (audited), Conflict, InvalidState where it is not delegated.
    """

    def recall(acting: Acting) -> Operation | None:
        task = acting.task
        acting.require_open()
        if task.owner is None:
            refuse(f"“{task.name}”没有委派他人，不用收回。", f"“{task.name}” is not delegated.")
        if not is_owner(actor, task):
            raise Forbidden(
                Message(
                    f"“{task.name}”只能由委派人收回。请联系委派人。",
                    f"Only who delegated “{task.name}” can recall it. Ask them.",
                )
            )
        operation = acting.operation(
            "TaskRecalled",
            {"from": task.assignee},
            changed=[_back(task, asked_by=None, note="", came_by="recalled")],
            beside=notice(
                acting,
                people_to_tell(acting, [task.assignee]),
                "recalled",
                f"{actor.name}收回了委派给您的“{task.name}”。",
                f"{actor.name} has recalled “{task.name}”.",
            ),
        )
        stands_for = task.owner if task.owner != actor.person_id else None
        return replace(operation, acted_for=stands_for)

    act_on(engine, actor, task_id, "recall_task", recall)


def give_back_task(engine: Engine, actor: Actor, task_id: str, opinion: str) -> None:
    """The delegate gives the task back without filling in the form, and says why.

    Raises NotFound, Forbidden (audited), Conflict, InvalidState where it was not delegated.
    """
    opinion = checked_text(opinion, zh="交回说明", en="opinion")

    def give_back(acting: Acting) -> Operation | None:
        acting.require_hand()
        if acting.task.owner is None:
            refuse(f"“{acting.task.name}”不是委派给您的。", f"“{acting.task.name}” was not delegated to you.")
        return given_back(acting, {}, {}, opinion)

    act_on(engine, actor, task_id, "give_back_task", give_back)


def given_back(acting: Acting, form: Mapping[str, Any], values: Mapping[str, Any], opinion: str) -> Operation:
    """The delegate's work returned to the owner: `values` become the owner's draft, fields of parties sealed."""
    task = acting.task
    owner = task.owner or ""
    if values:
        typed = without_party(form, values)
        party = {name: value for name, value in values.items() if name not in typed}
        acting.work.drafts.save(Draft(task.task_id, owner, typed, acting.now, party=party))
    return acting.operation(
        "TaskHandedBack",
        {"to": owner, "reason": opinion},
        changed=[_back(task, asked_by=acting.actor.person_id, note=opinion, came_by="given_back")],
        beside=notice(
            acting,
            people_to_tell(acting, [owner]),
            "given_back",
            f"{acting.actor.name}已交回“{task.name}”，请您定夺。",
            f"{acting.actor.name} has given “{task.name}” back: it is yours to decide.",
        ),
    )


def refuse_suspended(acting: Acting) -> None:
    """Raises InvalidState where the task is set aside now."""
    if is_suspended(acting.task, acting.now):
        refuse(
            f"“{acting.task.name}”已挂起，请先恢复再办理。",
            f"“{acting.task.name}” is suspended. Resume it first.",
        )


def _back(task: UserTask, *, asked_by: str | None, note: str, came_by: str) -> UserTask:
    back = replace(task, assignee=task.owner, owner=None, asked_by=asked_by, note=note, came_by=came_by)
    return replace(back, suspended=False, suspended_until=None, suspended_why="")
