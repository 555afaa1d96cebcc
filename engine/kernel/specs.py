"""Executable specs: parsed once for each procedure and content, then shared and never changed.

A procedure is known by its content hash, which covers the procedures that it calls. SpiffWorkflow parses; its specs
are then given our classes (`engine.kernel.bpmn`), their links are fixed, and what SpiffWorkflow adds for joining
boundary events and start events, which our classes do not need, is cut out.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from engine.kernel.bpmn.adoption import adopt
from engine.kernel.bpmn.definitions import RunMessage
from engine.kernel.bpmn.parsing import parse_processes
from engine.kernel.decisions import Decision, parse_decisions
from engine.kernel.diagram import Diagram, read_diagram

CACHED_PROCEDURES: Final = 64


@dataclass(frozen=True)
class ProcedureSource:
    """A deployed procedure's files. `sha256` covers them and those of `calls` (by process id).

    `files` are by name: one `.bpmn`, the `.dmn` that it may use, shared ones included.
    """

    key: str
    sha256: str
    files: Mapping[str, bytes]
    calls: Mapping[str, ProcedureSource] = field(default_factory=dict)


@dataclass(frozen=True)
class Procedure:
    """What runs. `specs` are workflow specs by name: `process`, `process/subprocess`; `main` names the first.

    `entries` are start events of the main process by the name of their message, None for a plain one.
    """

    main: str
    specs: Mapping[str, Any]
    entries: Mapping[str | None, Any]


class SpecCache:
    """Procedures by content hash, the least recently used dropped. Thread-safe."""

    def __init__(self) -> None:
        self._procedures: OrderedDict[str, Procedure] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, source: ProcedureSource) -> Procedure:
        """Raises InvalidDiagram for what cannot be read."""
        with self._lock:
            procedure = self._procedures.get(source.sha256)
            if procedure is None:
                procedure = build(source)
                self._procedures[source.sha256] = procedure
                while len(self._procedures) > CACHED_PROCEDURES:
                    self._procedures.popitem(last=False)
            self._procedures.move_to_end(source.sha256)
            return procedure


def build(source: ProcedureSource) -> Procedure:
    """Parse a procedure and all that it calls. Raises InvalidDiagram."""
    specs: dict[str, Any] = {}
    main = _add(source, specs, {})
    return Procedure(main, specs, {_message(start): start for start in specs[main].start.followers})


def _message(start: Any) -> str | None:
    return start.event_definition.name if isinstance(start.event_definition, RunMessage) else None


def _add(source: ProcedureSource, specs: dict[str, Any], names: dict[str, str]) -> str:
    """Add a source's specs, and return the name of its process. `names` are those given, by content hash."""
    if source.sha256 in names:
        return names[source.sha256]
    diagram = _diagram(source)
    is_taken = diagram.process_id in names.values()
    name = f"{diagram.process_id}@{source.sha256[:8]}" if is_taken else diagram.process_id
    names[source.sha256] = name
    decisions = _decisions(source)
    called = {process_id: _add(call, specs, names) for process_id, call in source.calls.items()}
    parsed = parse_processes(diagram)
    renamed = {p: name if p == diagram.process_id else f"{name}/{p}" for p in parsed}
    for process_id, spec in parsed.items():
        adopt(spec, diagram, decisions, {**called, **renamed})
        specs[renamed[process_id]] = spec
    return name


def _diagram(source: ProcedureSource) -> Diagram:
    name = next(name for name in sorted(source.files) if name.endswith(".bpmn"))
    return read_diagram(source.files[name], name)


def _decisions(source: ProcedureSource) -> dict[str, Decision]:
    return {
        decision.decision_id: decision
        for name, content in source.files.items()
        if name.endswith(".dmn")
        for decision in parse_decisions(content, name)
    }
