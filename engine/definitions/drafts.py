"""Drafts of procedures: begun, opened, saved and checked. Whoever saves names the revision that it saw."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final
from uuid import uuid4

from engine.audit.record import record_event
from engine.definitions.blank import blank_diagram
from engine.definitions.builtin import builtin_scenarios
from engine.definitions.content import is_scenario
from engine.definitions.deploy import findings_in
from engine.definitions.draft_files import check_key, check_paths, check_sizes, draft_files
from engine.definitions.draft_rights import demand_admin, demand_reader, missing_draft
from engine.definitions.sources import load_procedure
from engine.errors import Conflict, InvalidDiagram, InvalidState, Message
from engine.kernel.diagram import read_diagram
from engine.kernel.findings import Finding
from engine.ports.engine import Engine
from engine.ports.store import UnitOfWork
from engine.records.definition import DefinitionFile
from engine.records.org import Actor
from engine.records.studio import DraftState, ProcedureDraft

SITTING: Final = timedelta(minutes=30)
"""Saves of one person that follow each other within it are one entry of the audit chain."""
MOST_NAME: Final = 100
"""Characters."""


class DraftConflict(Conflict):
    """Somebody else saved the draft meanwhile. `draft` is what is stored; nothing was overwritten."""

    def __init__(self, draft: ProcedureDraft) -> None:
        super().__init__(
            Message(
                "这份草稿已被他人保存过，您的改动没有覆盖它。请先查看对方的改动，再决定用哪一份。",
                "Somebody else has saved this draft; your changes did not overwrite it. Look at theirs first, "
                "then decide which to keep.",
            ),
            by=draft.changed_by,
            at=draft.changed_at.isoformat(),
        )
        self.draft = draft


@dataclass(frozen=True)
class DraftView:
    """A draft with its files by path."""

    draft: ProcedureDraft
    files: Mapping[str, bytes]


def create_draft(
    engine: Engine,
    actor: Actor,
    key: str,
    *,
    base_id: str | None = None,
    files: Mapping[str, bytes] | None = None,
    name: str = "",
) -> ProcedureDraft:
    """Begins a draft: of these files, of the version `base_id`, or with an empty diagram.

    With both, the files are to become the version after `base_id`. Reasons for warnings of the base stay.
    Raises Forbidden (audited), NotFound, InvalidFile.
    """
    demand_admin(engine, actor, "create_draft", key)
    check_key(key)
    with engine.store.write() as work:
        return add_draft(engine, work, actor.person_id, key, base_id=base_id, files=files, name=name)


def add_draft(
    engine: Engine,
    work: UnitOfWork,
    by: str,
    key: str,
    *,
    base_id: str | None = None,
    files: Mapping[str, bytes] | None = None,
    name: str = "",
    changelog: str = "",
    waivers: Mapping[str, Mapping[str, str]] | None = None,
) -> ProcedureDraft:
    """`create_draft` within a transaction, for whoever has checked that it may. Raises NotFound, InvalidFile."""
    base = None if base_id is None else load_procedure(work, base_id).definition
    if base is not None and base.key != key:
        raise InvalidState(
            Message(
                f"“{base.name}”不是流程“{key}”的版本。请从本流程的版本列表里选。",
                f"“{base.name}” is no version of “{key}”. Choose one from its list of versions.",
            )
        )
    if files is not None:
        content = draft_files(files)
    elif base is not None:
        content = draft_files({file.path: file.content for file in base.files}) | _scenarios_of(work, key, base_id)
    else:
        content = {f"{key}.bpmn": blank_diagram(key, name or key)}
    check_paths(content)
    check_sizes(content)
    now = engine.clock.now()
    draft = ProcedureDraft(
        draft_id=str(uuid4()),
        key=key,
        name=(name or name_in(key, content) or (base.name if base else "") or key)[:MOST_NAME],
        base_id=base_id,
        revision=1,
        state=DraftState.EDITING,
        created_by=by,
        created_at=now,
        changed_by=by,
        changed_at=now,
        changelog=changelog,
        waivers={**(base.waivers if base else {}), **(waivers or {})},
    )
    work.studio.add(draft, [DefinitionFile(path, content[path]) for path in sorted(content)])
    detail = {"procedure": key, "draft": draft.draft_id, "base": base.version if base else None}
    record_event(work, "ProcedureDraftCreated", detail, actor=by, at=now)
    return draft


def open_draft(engine: Engine, actor: Actor, draft_id: str) -> DraftView:
    """Raises Forbidden (audited), NotFound."""
    demand_reader(engine, actor, "open_draft", draft_id)
    with engine.store.read() as work:
        draft = work.studio.get(draft_id)
        if draft is None:
            raise missing_draft(draft_id)
        return DraftView(draft, work.studio.files(draft_id))


def list_drafts(engine: Engine, actor: Actor, *, limit: int = 100) -> tuple[ProcedureDraft, ...]:
    """Those that are worked on or wait for a review, the last changed first. Raises Forbidden (audited)."""
    demand_reader(engine, actor, "list_drafts", "")
    with engine.store.read() as work:
        return work.studio.live(limit)


def save_draft(
    engine: Engine,
    actor: Actor,
    draft_id: str,
    *,
    seen: int,
    put: Mapping[str, bytes],
    drop: Sequence[str] = (),
) -> ProcedureDraft:
    """Stores files of a draft and drops others; the revision grows by one.

    Raises DraftConflict where the stored revision is not `seen`, InvalidState where the draft is not being edited,
    Forbidden (audited), NotFound, InvalidFile: then nothing is stored.
    """
    demand_admin(engine, actor, "save_draft", draft_id)
    check_paths(put)
    with engine.store.write() as work:
        draft = being_edited(work, draft_id)
        if draft.revision != seen:
            raise DraftConflict(draft)
        before = work.studio.files(draft_id)
        after = {path: content for path, content in before.items() if path not in drop} | dict(put)
        check_sizes(after)
        changed = [path for path, content in put.items() if before.get(path) != content]
        gone = [path for path in drop if path in before and path not in put]
        if not changed and not gone:
            return draft
        now = engine.clock.now()
        saved = replace(
            draft,
            name=name_in(draft.key, after)[:MOST_NAME] or draft.name,
            revision=seen + 1,
            changed_by=actor.person_id,
            changed_at=now,
        )
        files = [DefinitionFile(path, put[path]) for path in changed]
        if not work.studio.save(saved, seen=seen, put=files, drop=gone):
            raise DraftConflict(draft)
        if _begins_a_sitting(draft, actor, now):
            detail = {"procedure": draft.key, "draft": draft_id, "revision": saved.revision}
            record_event(work, "ProcedureDraftSaved", detail, actor=actor.person_id, at=now)
        return saved


def draft_findings(engine: Engine, actor: Actor, draft_id: str) -> tuple[Finding, ...]:
    """What is wrong with a draft as it stands; bad content is a finding. Raises Forbidden (audited), NotFound."""
    view = open_draft(engine, actor, draft_id)
    with engine.store.read() as work:
        return checked(engine, work, view.draft, view.files)


def findings_of_content(
    engine: Engine, actor: Actor, draft_id: str, files: Mapping[str, bytes]
) -> tuple[ProcedureDraft, tuple[Finding, ...]]:
    """The draft, and its findings with these files in the place of its own; stores nothing.

    Raises Forbidden (audited), NotFound, InvalidFile.
    """
    view = open_draft(engine, actor, draft_id)
    check_paths(files)
    together = {**view.files, **files}
    check_sizes(together)
    with engine.store.read() as work:
        return view.draft, checked(engine, work, view.draft, together)


def checked(
    engine: Engine, work: UnitOfWork, draft: ProcedureDraft, files: Mapping[str, bytes]
) -> tuple[Finding, ...]:
    """The findings of a draft with these files, at the moment from which it is to be in force."""
    now = engine.clock.now()
    begins = draft.effective_at if draft.effective_at is not None and draft.effective_at > now else now
    return findings_in(engine, work, draft.key, files, begins)


def being_edited(work: UnitOfWork, draft_id: str) -> ProcedureDraft:
    """The draft, kept from other writers. Raises NotFound, InvalidState where nobody may change it now."""
    draft = work.studio.locked(draft_id)
    if draft is None:
        raise missing_draft(draft_id)
    if draft.state is not DraftState.EDITING:
        raise InvalidState(_NOT_EDITED[draft.state])
    return draft


def name_in(key: str, files: Mapping[str, bytes]) -> str:
    """The name that the diagram gives its process, "" where it cannot be read."""
    content = files.get(f"{key}.bpmn")
    if content is None:
        return ""
    try:
        return read_diagram(content).name
    except InvalidDiagram:
        return ""


def _scenarios_of(work: UnitOfWork, key: str, base_id: str | None) -> dict[str, bytes]:
    """Those of the draft that became the version, else those that come with Duban."""
    former = work.studio.of_definition(base_id) if base_id else None
    if former is None:
        return dict(builtin_scenarios(key))
    return {path: content for path, content in work.studio.files(former.draft_id).items() if is_scenario(path)}


def _begins_a_sitting(draft: ProcedureDraft, actor: Actor, now: datetime) -> bool:
    return draft.revision == 1 or draft.changed_by != actor.person_id or now - draft.changed_at > SITTING


_NOT_EDITED: Final = {
    DraftState.REVIEW: Message(
        "草稿正在送审，不能再改。要改，请先撤回送审。",
        "The draft is with its reviewer and cannot be changed. Take it back first.",
    ),
    DraftState.PUBLISHED: Message(
        "草稿已经发布。要再改，请从已发布的版本新建草稿。",
        "The draft was published. To change more, begin a new draft from that version.",
    ),
    DraftState.DISCARDED: Message(
        "草稿已经作废。请新建草稿。",
        "The draft was discarded. Begin a new one.",
    ),
}
