"""The steps that people do, by procedure: what a list can be narrowed to."""

from __future__ import annotations

from functools import lru_cache

from engine.definitions.sources import load_procedure
from engine.kernel.diagram import read_diagram
from engine.ports.engine import Engine
from engine.records.org import Actor

_BY_PEOPLE = frozenset({"userTask", "manualTask"})


def steps_in_force(engine: Engine, actor: Actor) -> dict[str, tuple[tuple[str, str], ...]]:
    """Ids and names of the steps in the newest version of each procedure, by its key, in the drawing's order."""
    del actor
    with engine.store.read() as work:
        current = [s for s in work.definitions.list() if s.is_current]
        files = {
            s.key: (s.definition_id, load_procedure(work, s.definition_id).file(f"{s.key}.bpmn")) for s in current
        }
    return {key: _steps(definition_id, content) for key, (definition_id, content) in files.items() if content}


@lru_cache(maxsize=64)
def _steps(_definition_id: str, content: bytes) -> tuple[tuple[str, str], ...]:
    elements = read_diagram(content).elements.values()
    return tuple((e.id, e.name or e.id) for e in elements if e.kind in _BY_PEOPLE)
