"""Deployed versions as the kernel executes them, kept in memory: a version never changes."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from threading import Lock
from typing import Final

from engine.definitions.content import form_path
from engine.definitions.outline import Outline, outline_of
from engine.errors import Message, NotFound
from engine.kernel.diagram import read_diagram
from engine.kernel.forms import parse_form
from engine.kernel.specs import ProcedureSource
from engine.ports.store import UnitOfWork
from engine.records.definition import Definition

_LIMIT: Final = 128


@dataclass(frozen=True)
class Procedure:
    """A version ready to run. `homes` maps every process id that it can run to the version that holds it."""

    definition: Definition
    source: ProcedureSource
    outline: Outline
    called: Mapping[str, Procedure]

    @property
    def homes(self) -> Mapping[str, str]:
        found = {self.outline.process_id: self.definition.definition_id}
        for procedure in self.called.values():
            found.update(procedure.homes)
        return found

    def file(self, path: str) -> bytes | None:
        return next((file.content for file in self.definition.files if file.path == path), None)

    def form(self, name: str) -> Mapping[str, object]:
        """The schema of a form of this version. Raises NotFound."""
        content = self.file(form_path(name))
        if content is None:
            raise NotFound(Message("表单", "form"), name)
        return parse_form(content)


_loaded: OrderedDict[str, Procedure] = OrderedDict()
_lock = Lock()


def known_procedure(definition_id: str) -> Procedure | None:
    """A version that this process has ready already."""
    with _lock:
        known = _loaded.get(definition_id)
        if known is not None:
            _loaded.move_to_end(definition_id)
        return known


def load_procedure(work: UnitOfWork, definition_id: str) -> Procedure:
    """A version with all that it calls. No statement where this process has it already. Raises NotFound."""
    known = known_procedure(definition_id)
    if known is not None:
        return known
    definition = work.definitions.get(definition_id)
    if definition is None:
        raise NotFound(Message("流程版本", "version of a procedure"), definition_id)
    return remember(definition, {key: load_procedure(work, called) for key, called in definition.calls.items()})


def remember(definition: Definition, called: Mapping[str, Procedure]) -> Procedure:
    """Makes a version ready to run and keeps it. Ids are never used twice, so nothing can go stale."""
    files = {file.path: file.content for file in definition.files}
    procedure = Procedure(
        definition=definition,
        source=ProcedureSource(
            key=definition.key,
            sha256=definition.sha256,
            files=files,
            calls={key: other.source for key, other in called.items()},
        ),
        outline=outline_of(read_diagram(files[f"{definition.key}.bpmn"])),
        called=dict(called),
    )
    with _lock:
        _loaded[definition.definition_id] = procedure
        while len(_loaded) > _LIMIT:
            _loaded.popitem(last=False)
    return procedure


def current_procedure(work: UnitOfWork, key: str, at: datetime) -> Procedure:
    """The version of a procedure that is in force at the moment. Raises NotFound."""
    definition = work.definitions.current(key, at)
    if definition is None:
        raise NotFound(Message("流程", "procedure"), key)
    return load_procedure(work, definition.definition_id)
