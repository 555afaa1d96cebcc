"""A periodic duty starts a procedure: by the message that its row names, in a case of its own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import NAMESPACE_OID, uuid5

from engine.cases.advance import Beginning, begin
from engine.cases.standing import SYSTEM, Event
from engine.definitions.outline import SAME_CASE, StartPoint
from engine.definitions.sources import Procedure, load_procedure
from engine.ports.engine import Engine
from engine.ports.store import UnitOfWork
from engine.records.case import CaseFile


@dataclass(frozen=True)
class DutyCase:
    """The case that a duty starts. `key` names the occurrence: the same one cannot start twice."""

    key: str
    title: str
    unit: str


def start_by_duty(
    engine: Engine, work: UnitOfWork, message: str, about: DutyCase, *, now: datetime
) -> tuple[str, ...]:
    """Starts every procedure that begins a case of its own by `message`; the cases' ids, none where none does.

    Raises StepFailed; then nothing may be kept.
    """
    started = []
    for procedure, start in _starting(work, message, now):
        key = procedure.definition.key
        case = CaseFile(
            case_id=str(uuid5(NAMESPACE_OID, f"{about.key}:{key}")),
            procedure=key,
            title=about.title,
            unit=about.unit,
            state=start.state or procedure.outline.name,
            created_at=now,
            created_by=SYSTEM,
        )
        work.cases.add(case, ())
        event = Event("CaseStarted", {"procedure": key, "message": message})
        beginning = Beginning(procedure, case, {"duty": about.key}, event, message)
        begin(engine, work, beginning, actor=SYSTEM, now=now)
        started.append(case.case_id)
    return tuple(started)


def _starting(work: UnitOfWork, message: str, now: datetime) -> list[tuple[Procedure, StartPoint]]:
    current = [load_procedure(work, s.definition_id) for s in work.definitions.list(now) if s.is_current]
    starts = [(procedure, procedure.outline.message_start(message)) for procedure in current]
    return [(procedure, start) for procedure, start in starts if start is not None and start.case != SAME_CASE]
