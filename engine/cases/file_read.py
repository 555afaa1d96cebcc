"""Reading a case's whole file: the case, what was put beside it, and what the reader may do with it."""

from __future__ import annotations

from dataclasses import replace

from engine.cases.handling import file_right, handling_right, keeping_right
from engine.definitions.sources import load_procedure
from engine.errors import Message, NotFound
from engine.ports.engine import Engine
from engine.ports.store import UnitOfWork
from engine.records.case import CaseFile, InstanceState
from engine.records.dossier import FileView
from engine.records.operating import Halt
from engine.records.org import Actor
from engine.records.views import CaseView
from engine.tasks.rights import is_accused


def open_file(engine: Engine, actor: Actor, case_id: str) -> FileView:
    """Raises NotFound where the case does not exist, or the actor may not know that it does."""
    with engine.store.read() as work:
        return read_file(work, actor, case_id)


def read_file(work: UnitOfWork, actor: Actor, case_id: str) -> FileView:
    """As `open_file`, in a transaction that is open already."""
    view = with_diagrams(work, visible_view(work, actor, case_id))
    merged = tuple(case for case in work.dossier.taken_in(case_id) if not is_accused(actor, case))
    attachments = [a for case in (view.case, *merged) for a in work.registers.attachments(case.case_id)]
    return FileView(
        view=view,
        comments=work.dossier.comments(case_id),
        attachments=tuple(sorted(attachments, key=lambda a: (a.added_at, a.attachment_id))),
        links=work.dossier.links(actor, case_id),
        may_add=file_right(actor, view.case, view.tasks) is not None,
        may_reveal=handling_right(actor, view.case, view.tasks) is not None,
        may_link=keeping_right(actor, view.case) is not None,
        merged=merged,
        halt=_halt(work, view),
    )


def _halt(work: UnitOfWork, view: CaseView) -> Halt | None:
    """One statement for each instance that runs, where nothing is halted."""
    running = (instance for instance in view.instances if instance.state is InstanceState.RUNNING)
    found = (work.operating.halt_of_instance(instance.instance_id) for instance in running)
    halt_id = next((each for each in found if each is not None), None)
    return None if halt_id is None else work.operating.halt(halt_id)


def visible_view(work: UnitOfWork, actor: Actor, case_id: str) -> CaseView:
    """Raises NotFound where the case does not exist, or the actor may not know that it does."""
    view = work.cases.view(case_id) if work.cases.may_see(actor, case_id) else None
    if view is None or is_accused(actor, view.case):
        raise unknown_case(case_id)
    return view


def visible_case(work: UnitOfWork, actor: Actor, case_id: str) -> CaseFile:
    """As `visible_view`, the case alone. Two statements."""
    case = work.cases.get(case_id)
    if case is None or is_accused(actor, case) or not work.cases.may_see(actor, case_id):
        raise unknown_case(case_id)
    return case


def with_diagrams(work: UnitOfWork, view: CaseView) -> CaseView:
    """With the drawings of all that its procedures call."""
    diagrams: dict[str, str] = {}
    for instance in view.instances:
        diagrams.update(load_procedure(work, instance.definition_id).homes)
    return replace(view, diagrams=diagrams)


def unknown_case(case_id: str) -> NotFound:
    return NotFound(Message("案件", "case"), case_id)
