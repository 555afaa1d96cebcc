"""One incident: what failed, with which data; and what an operator does about it beside trying again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from engine.audit.record import record_event
from engine.cases.form_flow import COLUMNS, case_columns
from engine.cases.incidents import known_incident, redo, require_unsettled, seen_again, settle
from engine.definitions.sources import Procedure, load_procedure
from engine.errors import Forbidden, InvalidState, Message, StepFailed
from engine.kernel.diagram import Element, read_diagram
from engine.kernel.feel import FeelError
from engine.operating.repairs import Preview, Seen, told_values
from engine.operating.rights import require_operator
from engine.operating.values import Reading, Variable, variables_of
from engine.ports.engine import Engine
from engine.records.case import CaseFile, Instance, InstanceState
from engine.records.definition import Definition
from engine.records.operating import ListedIncident
from engine.records.org import Actor
from engine.records.step import Incident
from engine.tasks.acting import checked_text
from engine.values import Data

MOST_LISTED = 200
_LEFT_OUT = frozenset(
    {"userTask", "manualTask", "serviceTask", "scriptTask", "businessRuleTask", "sendTask", "task"}
)
"""Elements that can be passed over: a way cannot be chosen by leaving a gateway out."""


@dataclass(frozen=True)
class IncidentView:
    """An incident with its data, without anything about the parties.

    `involved` are the variables that the failing expression names, as the instance has them now; `submitted` is
    what somebody typed in the step that failed, and would be written again. `may_skip`: it can be left out.
    `instance` is None where it is gone; `kind` is that of the element. `step` is the name of the task that somebody
    was completing, `by` who that was; "" where nobody was. `fed` are the variables that a service task's parameters
    name, without their values: these may tell what the petition is about, and are shown for a purpose only.
    """

    incident: Incident
    case: CaseFile
    instance: Instance | None
    definition: Definition | None
    kind: str
    involved: tuple[Variable, ...]
    submitted: tuple[Variable, ...]
    may_skip: bool
    fed: tuple[Variable, ...] = ()
    step: str = ""
    by: str = ""
    may_see_case: bool = False


def read_incidents(
    engine: Engine, actor: Actor, *, state: str | None = "open", limit: int = MOST_LISTED
) -> tuple[ListedIncident, ...]:
    """The newest first, without cases that the actor may not know of; `state` None: all.

    For process admins and auditors. Raises Forbidden.
    """
    _require_reader(actor)
    with engine.store.read() as work:
        return work.operating.incidents_listed(actor, state=state, limit=limit)


def open_incident(engine: Engine, actor: Actor, incident_id: str) -> IncidentView:
    """For process admins and auditors. Raises Forbidden, NotFound."""
    _require_reader(actor)
    with engine.store.read() as work:
        incident, case = known_incident(work, actor, incident_id)
        instance = work.instances.get(incident.instance_id)
        procedure = load_procedure(work, instance.definition_id) if instance is not None else None
        task = work.tasks.get(incident.operation.get("task_id", ""))
        person = work.org.person(incident.operation.get("person_id", ""))
        may_see = work.cases.may_see(actor, case.case_id)
    if procedure is None or instance is None:
        return IncidentView(incident, case, instance, None, "", (), (), may_skip=False, may_see_case=may_see)
    home, element = _home_of(procedure, incident.element_id)
    kind = element.kind if element is not None else ""
    names = _names_in(engine, incident.expression)
    data = engine.kernel.variables_at(procedure.source, instance.snapshot, incident.operation.get("task_id", ""))
    submitted: Data = incident.operation.get("data", {})
    known = {name: value for name, value in data.items() if name in names and name not in submitted}
    fed = {name: data[name] for name in _fed(engine, element) - names - submitted.keys() if name in data}
    is_open = incident.state == "open" and instance.state is InstanceState.RUNNING
    return IncidentView(
        incident=incident,
        case=case,
        instance=instance,
        definition=home.definition,
        kind=kind,
        involved=variables_of(procedure, known),
        submitted=variables_of(procedure, submitted),
        fed=tuple(replace(variable, value=None) for variable in variables_of(procedure, fed)),
        step=task.name if task is not None else "",
        by=person.name if person is not None else "",
        may_see_case=may_see,
        may_skip=is_open and kind in _LEFT_OUT and incident.operation["kind"] in {"complete", "fire", "message"},
    )


def preview_incident(engine: Engine, actor: Actor, incident_id: str, *, skip: bool) -> Preview | Message | None:
    """What trying again would do, with (`skip`: without) the failing element; or why it would fail again.

    None where it cannot be told: messages go to others, a calendar to all. Raises Forbidden (audited), NotFound.
    """
    require_operator(engine, actor, "preview_incident", {"incident_id": incident_id})
    try:
        with engine.store.write() as work:
            incident, case = known_incident(work, actor, incident_id)
            if incident.operation["kind"] not in {"complete", "fire"}:
                return None
            names = {task.task_id: task.name for task in work.tasks.open_of(case.case_id, incident.instance_id)}
            over = frozenset({incident.element_id} if skip else ())
            held, batch = seen_again(engine, work, incident, over)
            raise Seen(held, batch, names)
    except Seen as seen:
        return seen.preview()
    except (StepFailed, InvalidState) as error:
        return error.message


def skip_incident(engine: Engine, actor: Actor, incident_id: str, reason: str) -> None:
    """Does again what failed, leaving the effect of the failing element out.

    Raises Forbidden (audited), NotFound, InvalidState, StepFailed where something else fails: it stays open.
    """
    require_operator(engine, actor, "skip_incident", {"incident_id": incident_id})
    reason = checked_text(reason, zh="理由", en="reason")
    view = open_incident(engine, actor, incident_id)
    require_unsettled(view.incident)
    if not view.may_skip:
        raise InvalidState(_NOT_LEFT_OUT)
    element_id = view.incident.element_id
    redo(engine, view.incident, frozenset({element_id}))
    settle(
        engine,
        actor,
        view.incident,
        state="skipped",
        event="IncidentElementSkipped",
        element=element_id,
        reason=reason,
    )


def correct_submitted(
    engine: Engine, actor: Actor, incident_id: str, values: Mapping[str, str], reason: str
) -> None:
    """Corrects what somebody typed in the step that failed; trying again then writes the corrected values.

    `values` are texts by name. Raises Forbidden (audited), NotFound, InvalidState, InvalidForm, FeelError.
    """
    require_operator(engine, actor, "correct_submitted", {"incident_id": incident_id})
    reason = checked_text(reason, zh="理由", en="reason")
    with engine.store.write() as work:
        incident, case = known_incident(work, actor, incident_id)
        require_unsettled(incident)
        instance = work.instances.get(incident.instance_id)
        data: Data = incident.operation.get("data", {})
        if instance is None or not values or not set(values) <= set(data):
            raise InvalidState(_NOT_SUBMITTED)
        reading = Reading(engine, work, load_procedure(work, instance.definition_id), case)
        new = {name: reading.value_of(name, text, data[name]) for name, text in values.items()}
        columns = case_columns({name: value for name, value in new.items() if name in COLUMNS})
        plain = {name: list(v) if isinstance(v, tuple) else v for name, v in columns.items()}
        operation = {
            **incident.operation,
            "data": {**data, **new},
            "columns": {**incident.operation.get("columns", {}), **plain},
        }
        work.operating.save_incident(replace(incident, operation=operation))
        for name, value in new.items():
            record_event(
                work,
                "SubmittedValueCorrected",
                {"incident_id": incident_id, "name": name, **told_values(data[name], value), "reason": reason},
                actor=actor.person_id,
                at=engine.clock.now(),
                case_id=case.case_id,
            )


def _require_reader(actor: Actor) -> None:
    if not (actor.is_admin or actor.holds("auditor")):
        raise Forbidden(
            Message(
                "只有流程管理员和审计可以查看故障。请联系流程管理员。",
                "Incidents are for process admins and auditors. Ask a process admin.",
            )
        )


def _home_of(procedure: Procedure, element_id: str) -> tuple[Procedure, Element | None]:
    """The procedure that holds the element, this one or one that it calls; and the element."""
    content = procedure.file(f"{procedure.definition.key}.bpmn")
    element = read_diagram(content).elements.get(element_id) if content is not None else None
    if element is not None:
        return procedure, element
    for called in procedure.called.values():
        found = _home_of(called, element_id)
        if found[1] is not None:
            return found
    return procedure, None


def _fed(engine: Engine, element: Element | None) -> frozenset[str]:
    """The names in the parameters of a service task."""
    if element is None or element.service is None:
        return frozenset()
    return frozenset(name for text in element.service.params.values() for name in _names_in(engine, text))


def _names_in(engine: Engine, expression: str | None) -> frozenset[str]:
    if not expression:
        return frozenset()
    try:
        return engine.kernel.feel.names(expression)
    except FeelError:
        return frozenset()


_NOT_LEFT_OUT = Message(
    "这个环节不能跳过：网关要选路，事件要等待。请更正变量，或在流程实例页转到其他环节。",
    "This element cannot be left out: a gateway chooses the way, an event waits. Correct a variable, or move the "
    "token on the page of the instance.",
)
_NOT_SUBMITTED = Message(
    "没有可更正的提交数据。请在流程实例页更正变量。",
    "There is nothing submitted to correct. Correct a variable on the page of the instance.",
)
