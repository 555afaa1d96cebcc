"""One running instance as an operator sees it: where its tokens stand, its clocks, what halts it, its variables."""

from __future__ import annotations

from dataclasses import dataclass

from engine.audit.record import record_event
from engine.cases.advance import Held
from engine.cases.going_back import look_at
from engine.cases.read import checked_purpose
from engine.definitions.sources import Procedure, load_procedure
from engine.kernel.diagram import read_diagram
from engine.kernel.mend import Token, tokens_of
from engine.operating.rights import known_instance, require_onlooker, require_operator
from engine.operating.values import Variable, kind_of, variables_of
from engine.ports.engine import Engine
from engine.ports.store import UnitOfWork
from engine.records.case import CaseFile, Instance, InstanceState
from engine.records.definition import Definition
from engine.records.operating import Halt
from engine.records.org import Actor
from engine.records.step import Incident
from engine.records.time import Deadline

_BY_PEOPLE = frozenset({"userTask", "manualTask"})


@dataclass(frozen=True)
class Place:
    """An element that a token may be moved to; `process` is the name of the procedure that holds it."""

    element_id: str
    name: str
    process: str


@dataclass(frozen=True)
class InstanceView:
    """`names` are those of the variables, with their kinds: values are shown for a purpose only."""

    instance: Instance
    case: CaseFile
    definition: Definition
    tokens: tuple[Token, ...]
    places: tuple[Place, ...]
    deadlines: tuple[Deadline, ...]
    incidents: tuple[Incident, ...]
    names: tuple[Variable, ...]
    halt: Halt | None
    may_see_case: bool

    @property
    def is_running(self) -> bool:
        return self.instance.state is InstanceState.RUNNING


def open_instance(engine: Engine, actor: Actor, instance_id: str) -> InstanceView:
    """For those who may look. Raises Forbidden (audited), NotFound."""
    require_onlooker(engine, actor, {"instance_id": instance_id})
    with engine.store.read() as work:
        return _view(engine, work, actor, instance_id)


def reveal_variables(
    engine: Engine, actor: Actor, instance_id: str, purpose: str
) -> tuple[InstanceView, tuple[Variable, ...]]:
    """The variables with their values, for a purpose that the case's trail keeps.

    They hold what the petition is about, though never who the parties are. Raises Forbidden (audited), NotFound,
    InvalidState without a purpose.
    """
    require_operator(engine, actor, "reveal_variables", {"instance_id": instance_id})
    purpose = checked_purpose(purpose)
    with engine.store.write() as work:
        view = _view(engine, work, actor, instance_id)
        record_event(
            work,
            "VariablesRevealed",
            {"instance_id": instance_id, "purpose": purpose},
            actor=actor.person_id,
            at=engine.clock.now(),
            case_id=view.case.case_id,
        )
        procedure = load_procedure(work, view.instance.definition_id)
        data = look_at(engine, work, Held(view.instance, view.case)).data
    return view, variables_of(procedure, data)


def _view(engine: Engine, work: UnitOfWork, actor: Actor, instance_id: str) -> InstanceView:
    instance, case = known_instance(work, actor, instance_id)
    procedure = load_procedure(work, instance.definition_id)
    is_running = instance.state is InstanceState.RUNNING
    run = look_at(engine, work, Held(instance, case)) if is_running else None
    variables = variables_of(procedure, run.data) if run is not None else ()
    halt_id = work.operating.halt_of_instance(instance_id) if is_running else None
    return InstanceView(
        instance=instance,
        case=case,
        definition=procedure.definition,
        tokens=tokens_of(run) if run is not None else (),
        places=tuple(dict.fromkeys(_places(procedure))),
        deadlines=work.instances.open_deadlines(instance_id),
        incidents=work.operating.incidents_of(case.case_id, instance_id),
        names=tuple(Variable(v.name, None, kind_of(v.value), v.label) for v in variables),
        halt=work.operating.halt(halt_id) if halt_id is not None else None,
        may_see_case=work.cases.may_see(actor, case.case_id),
    )


def _places(procedure: Procedure) -> list[Place]:
    content = procedure.file(f"{procedure.definition.key}.bpmn")
    elements = read_diagram(content).elements.values() if content is not None else ()
    own = [Place(e.id, e.name or e.id, procedure.definition.name) for e in elements if e.kind in _BY_PEOPLE]
    return [*own, *(place for called in procedure.called.values() for place in _places(called))]
