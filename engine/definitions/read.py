"""Reading deployed procedures: versions, drawings, and what a person may start."""

from __future__ import annotations

from collections.abc import Mapping

from engine.cases.start import plain_start, starting_unit
from engine.definitions.sources import current_procedure, load_procedure
from engine.errors import Message, NotFound
from engine.ports.engine import Engine
from engine.records.definition import Definition, DefinitionSummary
from engine.records.org import Actor


def list_definitions(engine: Engine, actor: Actor, *, counted: bool = False) -> tuple[DefinitionSummary, ...]:
    """All versions; every member of staff may read how the office works. `counted`: with their open instances."""
    del actor
    with engine.store.read() as work:
        return work.definitions.list(engine.clock.now(), counted=counted)


def open_definition(engine: Engine, actor: Actor, definition_id: str) -> Definition:
    """Raises NotFound."""
    del actor
    with engine.store.read() as work:
        return load_procedure(work, definition_id).definition


def diagram_xml(engine: Engine, actor: Actor, definition_id: str) -> bytes:
    """The drawing of a version. Raises NotFound."""
    definition = open_definition(engine, actor, definition_id)
    found = next((f.content for f in definition.files if f.path.endswith(".bpmn")), None)
    if found is None:
        raise NotFound(Message("流程图", "diagram"), definition.key)
    return found


def start_form(engine: Engine, actor: Actor, key: str) -> Mapping[str, object]:
    """The schema of the form that starts a procedure, empty where it has none.

    Raises NotFound for a procedure that does not exist, InvalidState for one that is not started by hand.
    """
    del actor
    with engine.store.read() as work:
        procedure = current_procedure(work, key, engine.clock.now())
    start = plain_start(procedure)
    return procedure.form(start.form) if start.form else {}


def startable(engine: Engine, actor: Actor) -> list[tuple[str, str]]:
    """(key, name) of the procedures that the actor may start by hand, by key."""
    with engine.store.read() as work:
        current = [
            load_procedure(work, s.definition_id) for s in work.definitions.list(engine.clock.now()) if s.is_current
        ]
    found = []
    for procedure in current:
        start = procedure.outline.plain_start
        if start is not None and starting_unit(actor, start) is not None:
            found.append((procedure.definition.key, procedure.definition.name))
    return sorted(found)
