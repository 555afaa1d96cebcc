"""The steps that people do, by procedure: what a list can be narrowed to."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from engine.definitions.sources import load_procedure
from engine.kernel.diagram import read_diagram
from engine.ports.engine import Engine
from engine.records.definition import DefinitionSummary
from engine.records.org import Actor

_BY_PEOPLE = frozenset({"userTask", "manualTask"})


def steps_of(
    engine: Engine, actor: Actor, versions: Iterable[DefinitionSummary]
) -> dict[str, tuple[tuple[str, str], ...]]:
    """Ids and names of the steps of each version, by its procedure's key, in the drawing's order."""
    del actor
    with engine.store.read() as work:
        loaded = [load_procedure(work, version.definition_id) for version in versions]
    files = ((p.definition, p.file(f"{p.definition.key}.bpmn")) for p in loaded)
    return {d.key: _steps(d.definition_id, content) for d, content in files if content}


@lru_cache(maxsize=64)
def _steps(_definition_id: str, content: bytes) -> tuple[tuple[str, str], ...]:
    elements = read_diagram(content).elements.values()
    return tuple((e.id, e.name or e.id) for e in elements if e.kind in _BY_PEOPLE)
