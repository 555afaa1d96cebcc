"""Reading cases: the file as its page shows it, the register, and the parties behind the seal."""

from __future__ import annotations

from dataclasses import replace

from engine.audit.record import record_event, record_refusal
from engine.definitions.sources import load_procedure
from engine.errors import Forbidden, InvalidState, Message, NotFound
from engine.ports.engine import Engine
from engine.ports.store import UnitOfWork
from engine.records.case import Party
from engine.records.org import Actor
from engine.records.task import UserTask
from engine.records.views import CasePage, CaseView
from engine.tasks.rights import is_accused, is_candidate

_PURPOSE_LIMIT = 200


def open_case(engine: Engine, actor: Actor, case_id: str) -> CaseView:
    """Raises NotFound where the case does not exist, or the actor may not know that it does."""
    with engine.store.read() as work:
        view = _visible(work, actor, case_id)
        diagrams: dict[str, str] = {}
        for instance in view.instances:
            diagrams.update(load_procedure(work, instance.definition_id).homes)
    return replace(view, diagrams=diagrams)


def register(
    engine: Engine,
    actor: Actor,
    *,
    procedure: str | None = None,
    text: str = "",
    state: str | None = None,
    page: int = 1,
    page_size: int = 20,
) -> CasePage:
    """A page of the cases that the actor may see, newest first."""
    with engine.store.read() as work:
        return work.cases.register(
            actor, procedure=procedure, text=text.strip(), state=state, page=max(page, 1), page_size=page_size
        )


def reveal_parties(engine: Engine, actor: Actor, case_id: str, purpose: str) -> tuple[Party, ...]:
    """The petitioner and the representatives, for those who handle the case; the audit trail keeps the purpose.

    Raises NotFound, Forbidden (audited), InvalidState without a purpose. Source: 信访工作条例 art. 30, 46(5).
    """
    purpose = purpose.strip()
    if not purpose or len(purpose) > _PURPOSE_LIMIT:
        raise InvalidState(
            Message(
                f"请写明查看信访人信息的用途（1 至 {_PURPOSE_LIMIT} 字）。",
                f"Say what you need the petitioner's details for (1 to {_PURPOSE_LIMIT} characters).",
            )
        )
    with engine.store.read() as work:
        view = _visible(work, actor, case_id)
    if not _handles(actor, view):
        record_refusal(engine, actor, "reveal_parties", {"purpose": purpose}, case_id=case_id)
        raise Forbidden(
            Message(
                "只有本案的经办人员可以查看信访人信息。请向经办人员了解。",
                "Only those who handle this case may read the petitioner's details. Ask its handlers.",
            )
        )
    with engine.store.write() as work:
        record_event(
            work,
            "PartiesRevealed",
            {"purpose": purpose},
            actor=actor.person_id,
            at=engine.clock.now(),
            case_id=case_id,
        )
        return work.cases.parties(case_id)


def _visible(work: UnitOfWork, actor: Actor, case_id: str) -> CaseView:
    view = work.cases.view(case_id) if work.cases.may_see(actor, case_id) else None
    if view is None or is_accused(actor, view.case):
        raise NotFound(Message("案件", "case"), case_id)
    return view


def _handles(actor: Actor, view: CaseView) -> bool:
    """Created it, completed or holds a task of it, or is a candidate for an open one."""
    if view.case.created_by == actor.person_id:
        return True
    return any(_has_handled(actor, task) for task in view.tasks)


def _has_handled(actor: Actor, task: UserTask) -> bool:
    return actor.person_id in {task.assignee, task.closed_by} or is_candidate(actor, task)
