"""The versions of a procedure: what is in force and from when, retired, rolled back, and who did what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from engine.audit.record import record_event
from engine.cases.standing import SYSTEM
from engine.definitions.draft_rights import demand_admin, may_read_drafts
from engine.definitions.drafts import add_draft
from engine.definitions.people_names import names_in
from engine.definitions.sources import load_procedure
from engine.errors import InvalidState, Message, NotFound
from engine.ports.engine import Engine
from engine.ports.store import UnitOfWork
from engine.records.definition import Definition, DefinitionSummary
from engine.records.org import Actor
from engine.records.step import AuditEntry
from engine.records.studio import ProcedureDraft

MOST_REASON: Final = 1000
"""Characters."""
LOOKED_AT: Final = 2000
"""Entries of the audit chain, of all procedures together."""
MOST_EVENTS: Final = 60
MOST_DRAFTS: Final = 30


class Standing(StrEnum):
    """What a version is at a moment."""

    IN_FORCE = "in_force"
    SCHEDULED = "scheduled"
    SUPERSEDED = "superseded"
    RETIRED = "retired"


@dataclass(frozen=True)
class VersionLine:
    """A version; `by` and `reviewer` are names, `reviewer` "" where it was published without a review.

    `fallback` is the version that would be in force if this one, which is, were retired; None: none would be.
    """

    summary: DefinitionSummary
    standing: Standing
    by: str
    reviewer: str
    fallback: int | None


@dataclass(frozen=True)
class ProcedureEvent:
    """An entry of the audit chain about a procedure; `by` is a name."""

    entry: AuditEntry
    by: str


@dataclass(frozen=True)
class ProcedureVersions:
    """All that is known of a procedure's versions, the newest first. `left_behind` are names of procedures whose
    version in force still calls an older version of this one.
    """

    key: str
    name: str
    lines: tuple[VersionLine, ...]
    drafts: tuple[ProcedureDraft, ...]
    events: tuple[ProcedureEvent, ...]
    left_behind: tuple[str, ...]
    names: Mapping[str, str]

    @property
    def in_force(self) -> VersionLine | None:
        return next((line for line in self.lines if line.standing is Standing.IN_FORCE), None)


def procedure_versions(engine: Engine, actor: Actor, key: str) -> ProcedureVersions:
    """Every member of staff may read the versions; drafts and events are for those who may look at drafts.

    Raises NotFound.
    """
    now = engine.clock.now()
    with engine.store.read() as work:
        summaries = work.definitions.list(now, counted=True, key=key)
        if not summaries:
            raise NotFound(Message("流程", "procedure"), key[:80])
        names = names_in(work)
        may_look = may_read_drafts(actor)
        return ProcedureVersions(
            key=key,
            name=next((s.name for s in summaries if s.is_current), summaries[0].name),
            lines=tuple(_lines(summaries, names, now)),
            drafts=work.studio.of_key(key, MOST_DRAFTS) if may_look else (),
            events=_events_of(work, key, names) if may_look else (),
            left_behind=_left_behind(work, key, now),
            names=names,
        )


def standing_of(summary: DefinitionSummary, among: Sequence[DefinitionSummary], now: datetime) -> Standing:
    """Pure. `among` are all versions of the procedure."""
    if summary.retired_at is not None and summary.retired_at <= now:
        return Standing.RETIRED
    newer = [s for s in among if s.version > summary.version and s.retired_at is None]
    if any(s.effective_at <= max(now, summary.effective_at) for s in newer):
        return Standing.SUPERSEDED
    return Standing.SCHEDULED if summary.effective_at > now else Standing.IN_FORCE


def retire_version(
    engine: Engine, actor: Actor, definition_id: str, *, reason: str, whole: bool = False
) -> Definition | None:
    """Takes a version out of force for good; running cases stay on it. Returns what is in force then.

    `whole`: all versions of the procedure, so that none is and nothing can be started. Else the one before comes
    into force again. Raises Forbidden (audited), NotFound, InvalidState without a reason or where it is retired.
    """
    demand_admin(engine, actor, "retire_version", definition_id)
    reason, now = reason.strip()[:MOST_REASON], engine.clock.now()
    if not reason:
        raise InvalidState(Message("请写明停用的理由。", "Say why the version is retired."))
    with engine.store.write() as work:
        chosen = work.definitions.get(definition_id)
        if chosen is None:
            raise NotFound(Message("流程版本", "version of a procedure"), definition_id[:80])
        summaries = work.definitions.list(now, key=chosen.key)
        meant = [
            s for s in summaries if s.retired_at is None and (whole or s.definition_id == chosen.definition_id)
        ]
        if not meant:
            raise InvalidState(
                Message("这一版已经停用。请刷新页面查看。", "This version is retired already. Reload the page.")
            )
        for summary in meant:
            work.definitions.retire(summary.definition_id, actor.person_id, now)
        for summary in meant:
            detail = {"procedure": summary.key, "version": summary.version, "sha256": summary.sha256}
            record_event(work, "ProcedureRetired", {**detail, "reason": reason}, actor=actor.person_id, at=now)
        return work.definitions.current(chosen.key, now)


def roll_back(engine: Engine, actor: Actor, definition_id: str) -> ProcedureDraft:
    """A draft with the content of an earlier version, to be reviewed like any other; its changelog says so.

    Raises Forbidden (audited), NotFound.
    """
    demand_admin(engine, actor, "roll_back", definition_id)
    now = engine.clock.now()
    with engine.store.write() as work:
        old = load_procedure(work, definition_id).definition
        current = work.definitions.current(old.key, now)
        return add_draft(
            engine,
            work,
            actor.person_id,
            old.key,
            base_id=current.definition_id if current else old.definition_id,
            files={file.path: file.content for file in old.files},
            changelog=f"恢复第 {old.version} 版的内容。原因：",
            waivers=old.waivers,
        )


def _lines(summaries: Sequence[DefinitionSummary], names: Mapping[str, str], now: datetime) -> list[VersionLine]:
    return [
        VersionLine(
            summary=summary,
            standing=standing_of(summary, summaries, now),
            by=names.get(summary.deployed_by, summary.deployed_by),
            reviewer=names.get(summary.reviewed_by or "", summary.reviewed_by or ""),
            fallback=next(
                (
                    other.version
                    for other in summaries
                    if other.version < summary.version and other.retired_at is None and other.effective_at <= now
                ),
                None,
            ),
        )
        for summary in summaries
    ]


def _events_of(work: UnitOfWork, key: str, names: Mapping[str, str]) -> tuple[ProcedureEvent, ...]:
    found = [e for e in work.registers.procedure_events(LOOKED_AT) if e.detail.get("procedure") == key]
    return tuple(ProcedureEvent(entry, names.get(entry.actor, entry.actor)) for entry in found[:MOST_EVENTS])


def _left_behind(work: UnitOfWork, key: str, now: datetime) -> tuple[str, ...]:
    current = work.definitions.current(key, now)
    if current is None:
        return ()
    found = [
        load_procedure(work, summary.definition_id).definition
        for summary in work.definitions.list(now)
        if summary.is_current and summary.key != key
    ]
    return tuple(d.name for d in found if d.calls.get(key, current.definition_id) != current.definition_id)


def is_of_the_installation(definition: Definition) -> bool:
    """Whether a version came with the installation, and not from a person of the office."""
    return definition.deployed_by == SYSTEM
