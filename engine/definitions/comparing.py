"""Two versions, or a version and a draft, side by side: for whoever decides what a change means."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from engine.definitions.content import SHARED, is_scenario
from engine.definitions.differences import Aspect, Change, Item
from engine.definitions.differences_files import FileDifference, FileKind, differing_files
from engine.definitions.draft_rights import demand_reader, may_read_drafts, missing_draft
from engine.definitions.sources import load_procedure
from engine.errors import InvalidState, Message, NotFound
from engine.ports.engine import Engine
from engine.ports.store import UnitOfWork
from engine.records.definition import Definition, DefinitionSummary
from engine.records.org import Actor
from engine.records.studio import ProcedureDraft

BOTH = 2
MOST_DRAFTS = 20
"""Of one procedure, to choose from."""


@dataclass(frozen=True)
class Side:
    """One of the two. `version` is None for a draft; `calls` are the versions that it is pinned to, by process."""

    side_id: str
    key: str
    name: str
    version: int | None
    changed_at: datetime
    changed_by: str
    files: Mapping[str, bytes]
    calls: Mapping[str, int]

    @property
    def drawing(self) -> bytes | None:
        return self.files.get(f"{self.key}.bpmn")


@dataclass(frozen=True)
class Comparison:
    """`files` are those that are not the same; `calls` which other version of a called procedure is used."""

    left: Side
    right: Side
    files: tuple[FileDifference, ...]
    calls: tuple[Aspect, ...]
    versions: tuple[DefinitionSummary, ...]
    drafts: tuple[ProcedureDraft, ...]

    @property
    def counts(self) -> Mapping[Change, int]:
        """Of items; a file that no reader understands counts as one."""
        found = Counter(item.change for file in self.files for item in file.items)
        found.update(file.change for file in self.files if file.lines)
        return found

    @property
    def drawn(self) -> tuple[Item, ...]:
        """What differs on the diagrams."""
        return tuple(i for file in self.files if file.kind is FileKind.DIAGRAM for i in file.items)


def compare_procedures(engine: Engine, actor: Actor, left: str, right: str) -> Comparison:
    """`left` and `right` are ids of versions or of drafts of one procedure.

    Raises NotFound, Forbidden (audited) for a draft that the actor may not see, InvalidState for two procedures.
    """
    reads_drafts = may_read_drafts(actor)
    with engine.store.read() as work:
        sides = [_side(work, side_id, reads_drafts) for side_id in (left, right)]
        one, two = (side for side in sides)
        if one is not None and two is not None:
            if one.key != two.key:
                raise InvalidState(
                    Message(
                        f"“{one.name}”与“{two.name}”不是同一个流程，不能比较。请从同一流程的版本和草稿里选两个。",
                        f"“{one.name}” and “{two.name}” are different procedures. Choose two versions of one.",
                    )
                )
            return Comparison(
                one,
                two,
                differing_files(_comparable(one, two), _comparable(two, one)),
                tuple(_calls(one, two)),
                tuple(s for s in work.definitions.list(engine.clock.now()) if s.key == one.key),
                work.studio.of_key(one.key, MOST_DRAFTS) if reads_drafts else (),
            )
    demand_reader(engine, actor, "compare_procedures", left if one is None else right)
    raise missing_draft(left if one is None else right)


def side_drawing(engine: Engine, actor: Actor, side_id: str) -> bytes:
    """The diagram of a version or of a draft. Raises NotFound, Forbidden (audited)."""
    with engine.store.read() as work:
        side = _side(work, side_id, may_read_drafts(actor))
    if side is None:
        demand_reader(engine, actor, "side_drawing", side_id)
        raise missing_draft(side_id)
    if side.drawing is None:
        raise NotFound(Message("流程图", "diagram"), side.key)
    return side.drawing


def _side(work: UnitOfWork, side_id: str, reads_drafts: bool) -> Side | None:
    """None where it is no version, and no draft or none that may be seen. Raises NotFound."""
    if work.definitions.get(side_id) is not None:
        return _of_version(work, load_procedure(work, side_id).definition)
    draft = work.studio.get(side_id) if reads_drafts else None
    if draft is None:
        return None
    files = work.studio.files(draft.draft_id)
    return Side(draft.draft_id, draft.key, draft.name, None, draft.changed_at, draft.changed_by, files, {})


def _of_version(work: UnitOfWork, definition: Definition) -> Side:
    return Side(
        definition.definition_id,
        definition.key,
        definition.name,
        definition.version,
        definition.deployed_at,
        definition.deployed_by,
        {file.path: file.content for file in definition.files},
        {key: load_procedure(work, called).definition.version for key, called in definition.calls.items()},
    )


def _comparable(side: Side, other: Side) -> Mapping[str, bytes]:
    """A version has no scenarios, and a draft no copy of the shared tables: neither is a difference."""
    versions = (side.version is not None) + (other.version is not None)
    return {
        path: content
        for path, content in side.files.items()
        if (versions == 0 or not is_scenario(path)) and (versions == BOTH or not path.startswith(SHARED))
    }


def _calls(left: Side, right: Side) -> Iterator[Aspect]:
    """Only between versions: a draft is pinned when it is published."""
    if left.version is None or right.version is None:
        return
    for key in sorted({*left.calls, *right.calls}):
        before, after = left.calls.get(key), right.calls.get(key)
        if before != after:
            yield Aspect(key, "" if before is None else str(before), "" if after is None else str(after))
