"""A diagram that another tool has drawn becomes a draft: whole, in UTF-8, with one process that runs."""

from __future__ import annotations

from dataclasses import dataclass

from engine.definitions.draft_rights import demand_admin
from engine.definitions.packages import import_package
from engine.kernel.diagram_adopt import Adopted, DrawnProcess, adopt_diagram, is_key, processes_of
from engine.ports.engine import Engine
from engine.records.org import Actor
from engine.records.studio import ProcedureDraft


@dataclass(frozen=True)
class Drawn:
    """What a file holds, before it is taken in. `key`: what its draft would be called; None: somebody must say."""

    processes: tuple[DrawnProcess, ...]
    key: str | None

    @property
    def busy(self) -> tuple[DrawnProcess, ...]:
        """Those that have something to run."""
        return tuple(process for process in self.processes if process.steps)

    @property
    def asks(self) -> bool:
        """Whether somebody must choose the process that runs, or say what it is to be called."""
        return len(self.busy) > 1 or self.key is None


def look_into(engine: Engine, actor: Actor, name: str, content: bytes) -> Drawn:
    """The processes of a file, the fullest first. Raises Forbidden (audited), InvalidDiagram."""
    demand_admin(engine, actor, "adopt_diagram", name)
    processes = processes_of(content, name)
    own = processes[0].id
    return Drawn(processes, own if is_key(own) else None)


def adopt(
    engine: Engine, actor: Actor, name: str, content: bytes, *, process: str | None = None, key: str | None = None
) -> tuple[ProcedureDraft, Adopted]:
    """A draft in which `process` (None: the fullest) runs, called `key` (None: as it is).

    Raises Forbidden (audited), InvalidDiagram, InvalidFile: then nothing is stored.
    """
    demand_admin(engine, actor, "adopt_diagram", name)
    adopted = adopt_diagram(content, name, process=process, key=key)
    files = {f"{adopted.process_id}.bpmn": adopted.content}
    return import_package(engine, actor, adopted.process_id, files), adopted
