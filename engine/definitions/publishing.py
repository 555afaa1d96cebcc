"""A version as it is stored: its files with the shared tables, pinned to the versions that it calls."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import uuid4

from engine.audit.record import record_event
from engine.definitions.builtin import shared_tables
from engine.definitions.content import SHARED, content_hash
from engine.definitions.outline import Outline, outline_of
from engine.kernel.diagram import read_diagram
from engine.ports.store import UnitOfWork
from engine.records.definition import Definition, DefinitionFile
from engine.values import Data


@dataclass(frozen=True)
class Upload:
    """What is to become a version. `own` are its executable files, without the shared ones.

    `at` is now, `effective_at` from when it is to be in force (None: at once): it is pinned to what is then.
    """

    key: str
    own: Mapping[str, bytes]
    by: str
    at: datetime
    effective_at: datetime | None = None

    @property
    def begins(self) -> datetime:
        return self.effective_at if self.effective_at is not None and self.effective_at > self.at else self.at

    @property
    def files(self) -> dict[str, bytes]:
        return {**self.own, **{f"{SHARED}{path}": content for path, content in shared_tables().items()}}

    @property
    def name(self) -> str:
        return read_diagram(self.own[f"{self.key}.bpmn"]).name

    def pinned(self, work: UnitOfWork) -> dict[str, Definition]:
        """The versions of what it calls that are in force when it begins."""
        called = {key: work.definitions.current(key, self.begins) for key in self._outline().calls}
        return {key: definition for key, definition in called.items() if definition is not None}

    def sha256(self, pinned: Mapping[str, Definition]) -> str:
        return content_hash(self.files, {key: definition.sha256 for key, definition in pinned.items()})

    def unchanged(self, work: UnitOfWork) -> Definition | None:
        """The version that will be in force when this begins, where it is this upload."""
        current = work.definitions.current(self.key, self.begins)
        is_same = current is not None and current.sha256 == self.sha256(self.pinned(work))
        return current if is_same else None

    def _outline(self) -> Outline:
        return outline_of(read_diagram(self.own[f"{self.key}.bpmn"]))


@dataclass(frozen=True)
class Approval:
    """How a version came about. `draft_id` None: it was deployed without a draft, by the installation itself."""

    draft_id: str | None = None
    reviewed_by: str | None = None
    changelog: str = ""
    waivers: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


def store_version(work: UnitOfWork, upload: Upload, approval: Approval = Approval()) -> Definition:
    """Stores the next version, or returns the one in force where its content is the same. Nothing is checked."""
    if (current := upload.unchanged(work)) is not None:
        return current
    pinned = upload.pinned(work)
    definition = Definition(
        definition_id=str(uuid4()),
        key=upload.key,
        version=work.definitions.next_version(upload.key),
        name=upload.name,
        sha256=upload.sha256(pinned),
        files=tuple(DefinitionFile(path, content) for path, content in sorted(upload.files.items())),
        calls={key: called.definition_id for key, called in pinned.items()},
        deployed_at=upload.at,
        deployed_by=upload.by,
        effective_at=upload.begins,
        reviewed_by=approval.reviewed_by,
        changelog=approval.changelog,
        waivers=approval.waivers,
    )
    work.definitions.add(definition)
    by = approval.reviewed_by or upload.by
    record_event(work, "ProcedureDeployed", _detail(definition, approval), actor=by, at=upload.at)
    return definition


def _detail(definition: Definition, approval: Approval) -> Data:
    detail = {"procedure": definition.key, "version": definition.version, "sha256": definition.sha256}
    if approval.draft_id is None:
        return detail
    return {
        **detail,
        "draft": approval.draft_id,
        "drawn_by": definition.deployed_by,
        "effective_at": definition.effective_at.isoformat(),
        "waivers": len(definition.waivers),
    }
