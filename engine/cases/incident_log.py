"""Writing an incident: what failed, where, and what to do again once it is mended."""

from __future__ import annotations

from datetime import datetime
from uuid import uuid4

from engine.audit.record import record_event
from engine.cases.standing import SYSTEM
from engine.errors import StepFailed
from engine.ports.store import UnitOfWork
from engine.records.step import Incident
from engine.values import Data


def log_incident(
    work: UnitOfWork, failure: StepFailed, *, instance_id: str, case_id: str, operation: Data, now: datetime
) -> Incident:
    """Adds the incident and its audit entry, in the transaction after the one that failed."""
    incident = Incident(
        incident_id=str(uuid4()),
        instance_id=instance_id,
        case_id=case_id,
        element_id=failure.element_id,
        element_name=failure.element_name,
        expression=failure.expression,
        reason_zh=failure.message.zh,
        reason_en=failure.message.en,
        operation=operation,
        at=now,
    )
    work.registers.add_incident(incident)
    detail = {"incident_id": incident.incident_id, "element": failure.element_id}
    record_event(work, "IncidentRecorded", detail, actor=SYSTEM, at=now, case_id=case_id)
    return incident
