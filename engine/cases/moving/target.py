"""What instances of a run would run on, and how one of them fits there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from engine.definitions.draft_source import draft_procedure
from engine.definitions.sources import Procedure, load_procedure
from engine.errors import InvalidState, Message, NotFound
from engine.kernel.migrate_values import Move
from engine.ports.engine import Engine
from engine.ports.store import UnitOfWork
from engine.records.case import Instance
from engine.records.moving import MoveRun


@dataclass(frozen=True)
class Target:
    """`mapping` and `rearm` are the run's."""

    procedure: Procedure
    mapping: Mapping[str, str]
    rearm: bool

    @property
    def definition_id(self) -> str:
        return self.procedure.definition.definition_id


def target_of(engine: Engine, work: UnitOfWork, run: MoveRun) -> Target:
    """Raises NotFound, InvalidDiagram for a draft that cannot run, InvalidState for one that was changed since."""
    if run.target_id is not None:
        return Target(load_procedure(work, run.target_id), run.mapping, run.rearm)
    draft = work.studio.get(run.draft_id or "")
    if draft is None:
        raise NotFound(Message("流程草稿", "draft of a procedure"), run.draft_id or "")
    if draft.revision != run.revision:
        raise InvalidState(
            Message(
                "试算期间草稿又有改动，这次试算不再作数。请重新试算。",
                "The draft was changed while this was worked out, so the result no longer holds. Try again.",
            )
        )
    return Target(draft_procedure(engine, work, draft.draft_id), run.mapping, run.rearm)


def fit(engine: Engine, work: UnitOfWork, instance: Instance, target: Target) -> Move:
    """The instance under the target's version. No statement where its own is in memory. Raises InvalidState."""
    own = load_procedure(work, instance.definition_id)
    return engine.kernel.moved(
        instance.snapshot, own.source, target.procedure.source, target.mapping, rearm=target.rearm
    )
