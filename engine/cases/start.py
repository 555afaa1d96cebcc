"""Starting a case: a person fills in the start form of a procedure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import uuid4

from engine.audit.record import record_refusal
from engine.cases.advance import Beginning, begin
from engine.cases.form_context import lists_of
from engine.cases.form_files import SentFile, Upload, keep_sent_files, with_sent_files
from engine.cases.form_flow import case_columns, facts_of, parties_of
from engine.cases.halted import refuse_halted_start
from engine.cases.messages import deliver_sent
from engine.cases.standing import Event
from engine.definitions.outline import StartPoint
from engine.definitions.sources import Procedure, current_procedure
from engine.errors import Conflict, Forbidden, InvalidState, Message
from engine.kernel.forms import FormData, Lists, require_musts, validate_form
from engine.ports.engine import Engine
from engine.ports.store import UnitOfWork
from engine.records.case import CaseFile
from engine.records.org import Actor
from engine.records.step import StepBatch


def start_case(
    engine: Engine,
    actor: Actor,
    procedure: str,
    data: Mapping[str, Any],
    *,
    submission_key: str | None = None,
    uploads: Sequence[Upload] = (),
) -> CaseFile:
    """Opens a case file and starts the newest version of the procedure in it; returns the file as it then is.

    The same `submission_key` gives the same case, once. `uploads` are the files that the form's file fields name by
    number; they become attachments. The actor's draft of this form goes. Raises NotFound, Forbidden (audited) where
    the actor does not hold the start event's role, InvalidForm, Halted, StepFailed (nothing is kept).
    """
    now = engine.clock.now()
    desk = open_desk(engine, actor, procedure)
    entry = check_entry(engine, actor, desk, data, now, uploads=uploads)
    try:
        with engine.store.write() as work:
            earlier = _earlier(work, actor, submission_key)
            if earlier is not None:
                return earlier
            batch = write_entry(engine, work, actor, entry, submission_key=submission_key, now=now)
            work.drafts.drop_start(actor.person_id, procedure)
    except Conflict:
        # the same form, sent at the same instant, was faster
        with engine.store.read() as work:
            earlier = _earlier(work, actor, submission_key)
        if earlier is None:
            raise
        return earlier
    deliver_sent(engine, batch)
    with engine.store.read() as work:
        return work.cases.get(entry.case.case_id) or entry.case


@dataclass(frozen=True)
class Desk:
    """Where a person may start cases of a procedure: its newest version, its start, the unit that keeps them."""

    version: Procedure
    start: StartPoint
    unit: str
    lists: Lists = field(default_factory=dict)

    @property
    def schema(self) -> Mapping[str, Any]:
        """The start's form, empty where it has none."""
        return self.version.form(self.start.form) if self.start.form else {}


@dataclass(frozen=True)
class Entry:
    """A case about to be started: checked, not yet written."""

    version: Procedure
    case: CaseFile
    form: FormData
    files: tuple[SentFile, ...] = ()


def open_desk(engine: Engine, actor: Actor, procedure: str) -> Desk:
    """Raises NotFound, InvalidState, Forbidden (audited) where the actor does not hold the start event's role."""
    with engine.store.read() as work:
        version = current_procedure(work, procedure, engine.clock.now())
        start = plain_start(version)
        lists = lists_of(work, version.form(start.form)) if start.form else {}
    unit = starting_unit(actor, start)
    if unit is None:
        record_refusal(engine, actor, "start_case", {"procedure": procedure})
        raise Forbidden(
            Message(
                f"您没有发起“{version.outline.name}”的角色。请由有权的人员登记，或请管理员核对您的角色。",
                f"You hold no role that may start “{version.outline.name}”. Ask an admin about your role.",
            )
        )
    return Desk(version, start, unit, lists)


def check_entry(
    engine: Engine,
    actor: Actor,
    desk: Desk,
    data: Mapping[str, Any],
    now: datetime,
    *,
    uploads: Sequence[Upload] = (),
) -> Entry:
    """Raises InvalidForm."""
    schema, feel = desk.schema, engine.kernel.feel
    form = validate_form(schema, data, feel, now, lists=desk.lists) if desk.start.form else FormData({}, {})
    require_musts(schema, form.variables, {}, feel, now)
    case_id = str(uuid4())
    form, files = with_sent_files(engine, actor, schema, form, case_id=case_id, uploads=uploads)
    case = _case(desk, form, actor=actor, case_id=case_id, now=now)
    return Entry(desk.version, case, form, files)


def write_entry(
    engine: Engine, work: UnitOfWork, actor: Actor, entry: Entry, *, submission_key: str | None, now: datetime
) -> StepBatch:
    """Inside a writing transaction: the case, its parties, its first step. Raises Conflict, Halted, StepFailed."""
    case, version = entry.case, entry.version
    refuse_halted_start(work, version.definition.key)
    work.cases.add(case, parties_of(entry.form.party, case.case_id, ()), submission_key=submission_key)
    event = Event("CaseStarted", {"procedure": case.procedure, "version": version.definition.version})
    batch = begin(
        engine, work, Beginning(version, case, entry.form.variables, event), actor=actor.person_id, now=now
    )
    keep_sent_files(work, actor, case.case_id, entry.files, now)
    return batch


def _earlier(work: UnitOfWork, actor: Actor, submission_key: str | None) -> CaseFile | None:
    """The case that this actor's same submission started."""
    case = work.cases.by_submission_key(submission_key) if submission_key is not None else None
    return case if case is not None and case.created_by == actor.person_id else None


def plain_start(version: Procedure) -> StartPoint:
    """The start that people use. Raises InvalidState where the procedure starts by messages only."""
    start = version.outline.plain_start
    if start is None:
        raise InvalidState(
            Message(
                f"“{version.outline.name}”只能由其他流程发起，不能手工发起。",
                f"“{version.outline.name}” is started by other procedures only, not by hand.",
            )
        )
    return start


def starting_unit(actor: Actor, start: StartPoint) -> str | None:
    """The unit in which the actor holds the start's role, the own one first; None where the actor may not start."""
    if start.role is None:
        return None
    units = sorted(grant.unit for grant in actor.grants if grant.role == start.role)
    if actor.unit in units:
        return actor.unit
    return units[0] if units else None


def _case(desk: Desk, form: FormData, *, actor: Actor, case_id: str, now: datetime) -> CaseFile:
    version, start = desk.version, desk.start
    columns = case_columns(form.variables)
    title = str(columns.pop("title", None) or version.outline.name)
    return CaseFile(
        case_id=case_id,
        procedure=version.definition.key,
        title=title,
        unit=desk.unit,
        state=start.state or start.name or version.outline.name,
        created_at=now,
        created_by=actor.person_id,
        facts=facts_of(desk.schema, form.variables, only_marked=False),
        **columns,
    )
