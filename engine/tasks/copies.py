"""抄送: a case, or a step of it, is brought to somebody's attention, who need not do anything.

A copy lets its receiver see the case. A confidential case is copied only to those who may see it anyway.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from uuid import uuid4

from engine.audit.record import record_refusal
from engine.cases.advance import Held, Operation, hold_by_task, hold_instance
from engine.cases.collector import Collector
from engine.cases.standing import Event
from engine.cases.step import run_step
from engine.errors import Forbidden, InvalidState, Message, NotFound
from engine.kernel.changes import Changes
from engine.notifications.receivers import told_of
from engine.ports.engine import Engine
from engine.ports.store import UnitOfWork
from engine.records.case import CaseFile
from engine.records.org import Actor
from engine.records.task import UserTask
from engine.records.work import CopyNote
from engine.tasks.acting import checked_text, refuse
from engine.tasks.refusals import unknown_task
from engine.tasks.rights import is_accused, is_handler, is_owner
from engine.tasks.urging import KEEPERS

MOST = 50
"""Receivers of one copy."""


def copy_task(engine: Engine, actor: Actor, task_id: str, people: Sequence[str], note: str = "") -> None:
    """Brings a step to the attention of colleagues: by its handler, a keeper of the case, or who started it.

    Raises NotFound, Forbidden (audited; also where a receiver is accused, stands aside, or may not see a
    confidential case), InvalidState.
    """

    def hold(work: UnitOfWork) -> Held:
        held = hold_by_task(work, task_id)
        if held is None or is_accused(actor, held.case):
            raise unknown_task(task_id)
        return held

    _copy(engine, actor, hold, people, note=note, named={"task_id": task_id})


def copy_case(engine: Engine, actor: Actor, case_id: str, people: Sequence[str], note: str = "") -> None:
    """As `copy_task`, of the case as a whole; an archived one too."""
    with engine.store.read() as work:
        view = work.cases.view(case_id) if work.cases.may_see(actor, case_id) else None
    if view is None or not view.instances:
        raise _unknown_case(case_id)
    instance_id = view.instances[0].instance_id

    def hold(work: UnitOfWork) -> Held:
        held = hold_instance(work, instance_id)
        if held is None or is_accused(actor, held.case):
            raise _unknown_case(case_id)
        return held

    _copy(engine, actor, hold, people, note=note, named={"case_id": case_id})


def may_copy(actor: Actor, case: CaseFile, tasks: Sequence[UserTask]) -> bool:
    """Whoever handles a task of the case, keeps the case, or started it."""
    if is_accused(actor, case):
        return False
    is_keeper = any(actor.holds(role, case.unit) for role in KEEPERS)
    has_it = any(is_handler(actor, t) or is_owner(actor, t) or t.closed_by == actor.person_id for t in tasks)
    return is_keeper or has_it or case.created_by == actor.person_id


def read_copies(engine: Engine, actor: Actor, case_id: str) -> int:
    """Marks the actor's copies of a case as read, because the actor has opened it; says how many were new."""
    with engine.store.read() as work:
        unread = work.desk.unread_copies(actor.person_id, case_id)
    return mark_copies_read(engine, actor, [copy.copy_id for copy in unread]) if unread else 0


def mark_copies_read(engine: Engine, actor: Actor, copy_ids: Sequence[str]) -> int:
    """Marks those of the actor's own copies that are unread; others stay as they are."""
    with engine.store.write() as work:
        return work.desk.mark_copies(actor.person_id, copy_ids, engine.clock.now())


def _copy(
    engine: Engine,
    actor: Actor,
    hold: Callable[[UnitOfWork], Held],
    people: Sequence[str],
    *,
    note: str,
    named: dict[str, str],
) -> None:
    note = checked_text(note, zh="抄送说明", en="note", required=False)
    receivers = tuple(dict.fromkeys(people))
    if not 0 < len(receivers) <= MOST:
        refuse(f"请选择 1 至 {MOST} 位抄送人。", f"Choose 1 to {MOST} receivers.")

    def plan(work: UnitOfWork, held: Held, now: datetime) -> Operation:
        tasks = (held.task,) if held.task is not None else work.dossier.tasks_of_case(held.case.case_id)
        if not may_copy(actor, held.case, tasks):
            raise Forbidden(
                Message(
                    "只有本案的办理人员、发起人和主管单位的经办人、督查人员可以抄送。",
                    "Only who handles the case, who started it and its keeping office may send copies.",
                )
            )
        for person_id in receivers:
            _check_receiver(work, held, actor, person_id)
        task_id = held.task.task_id if held.task is not None else None
        copies = [
            CopyNote(str(uuid4()), held.case.case_id, task_id, actor.person_id, person_id, note, now)
            for person_id in receivers
        ]
        told = told_of(work, work.org.addressees((), receivers), held.case, now)
        about = held.task.name if held.task is not None else ""

        def beside(collector: Collector) -> None:
            work.desk.add_copies(copies)
            number = held.case.number or ""
            collector.notify(
                [p for p in told if p.person_id != actor.person_id],
                source_id=f"copied:{held.instance.instance_id}:{held.instance.version}",
                topic="copied",
                zh=f"{actor.name}抄送您 {number}{f'“{about}”' if about else ''}，请知悉。".replace(" ，", "，"),
                en=f"{actor.name} sends you a copy of {number or 'a case'}{f' “{about}”' if about else ''}.",
                task_id=task_id,
            )

        detail = {"people": list(receivers), **({"reason": note} if note else {})}
        where = {"task_id": task_id, "name": about} if task_id else {}
        return Operation(
            event=Event("CopySent", {**where, **detail}), act=lambda _run, _at: Changes(), retry={}, beside=beside
        )

    try:
        run_step(engine, hold, plan, actor=actor.person_id)
    except Forbidden:
        record_refusal(engine, actor, "copy", named)
        raise


def _check_receiver(work: UnitOfWork, held: Held, actor: Actor, person_id: str) -> None:
    receiver = work.org.actor(person_id)
    if receiver is None:
        raise NotFound(Message("人员", "person"), person_id)
    if receiver.person_id == actor.person_id:
        raise InvalidState(Message("不用抄送给自己。", "There is no need to send oneself a copy."))
    is_closed = held.case.confidential and not work.cases.may_see(receiver, held.case.case_id)
    if is_accused(receiver, held.case) or is_closed:
        raise Forbidden(
            Message(
                f"不能抄送给{receiver.name}：属于应当回避的单位，或无权知悉保密案件。请另选人员。",
                f"No copy may go to {receiver.name}: a unit that must stand aside, or a confidential case.",
            )
        )


def _unknown_case(case_id: str) -> NotFound:
    return NotFound(Message("案件", "case"), case_id)
