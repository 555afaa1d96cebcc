"""From a draft to a version: submitted with a changelog, read by a second person, published or sent back.

Errors block. A warning passes with a reason, which the version keeps. What the reviewer approves is what was
submitted: a draft under review cannot be changed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from engine.audit.record import record_event, record_refusal
from engine.definitions.content import executable_files
from engine.definitions.draft_rights import demand_admin, missing_draft
from engine.definitions.drafts import being_edited, checked
from engine.definitions.publishing import Approval, Upload, store_version
from engine.definitions.review_notices import tell_reviewers, tell_submitter
from engine.errors import Conflict, EngineError, Forbidden, InvalidDiagram, InvalidState, Message
from engine.kernel.findings import Finding
from engine.ports.engine import Engine
from engine.ports.store import UnitOfWork
from engine.records.definition import Definition
from engine.records.org import Actor
from engine.records.studio import DraftState, ProcedureDraft

MOST_TEXT: Final = 4000
"""Characters of a changelog, a note, a reason."""
FURTHEST: Final = timedelta(days=400)
"""How far ahead a version may be scheduled."""


class OpenWarnings(EngineError):
    """Warnings that nobody gave a reason for. `findings` are those."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        self.findings = tuple(findings)
        first = self.findings[0].message
        super().__init__(
            Message(
                f"还有 {len(self.findings)} 条提醒没有写明理由，不能送审。例如：{first.zh}",
                f"{len(self.findings)} warning(s) have no reason yet; the draft cannot be submitted. "
                f"One of them: {first.en}",
            )
        )


def waiver_key(finding: Finding) -> str:
    """What the reason for a warning is kept under."""
    return f"{finding.rule}:{finding.element_id or finding.file}"


def is_waived(draft: ProcedureDraft, finding: Finding) -> bool:
    return not finding.is_error and waiver_key(finding) in draft.waivers


def waive(engine: Engine, actor: Actor, draft_id: str, *, code: str, element: str, reason: str) -> ProcedureDraft:
    """Keeps the reason why a warning stands; an empty one takes it back. The revision stays what it is.

    `code` is the finding's rule, `element` its element's id, or its file where it has none. Raises Forbidden
    (audited), NotFound, InvalidState.
    """
    demand_admin(engine, actor, "waive_finding", draft_id)
    reason = _text(reason)
    now = engine.clock.now()
    with engine.store.write() as work:
        draft = being_edited(work, draft_id)
        key = f"{code}:{element}"[:300]
        waivers = {kept: value for kept, value in draft.waivers.items() if kept != key}
        if reason:
            waivers[key] = {"text": reason, "by": actor.person_id, "at": now.isoformat()}
        return _saved(work, draft, replace(draft, waivers=waivers))


def submit_draft(
    engine: Engine,
    actor: Actor,
    draft_id: str,
    *,
    changelog: str,
    effective_at: datetime | None = None,
    seen: int | None = None,
) -> ProcedureDraft:
    """Hands a draft to a second person. `effective_at` None: in force as soon as it is published.

    Raises InvalidDiagram with all findings where there is an error, OpenWarnings, InvalidState for an empty
    changelog, a moment that is past or a draft that changes nothing, Conflict where the revision is not `seen`,
    Forbidden (audited), NotFound.
    """
    demand_admin(engine, actor, "submit_draft", draft_id)
    changelog, now = _text(changelog), engine.clock.now()
    if not changelog:
        raise InvalidState(
            Message("请写明这一版改了什么，再送审。", "Say what this version changes before you submit it.")
        )
    if effective_at is not None:
        _demand_ahead(effective_at, now)
    with engine.store.write() as work:
        draft = being_edited(work, draft_id)
        _demand_seen(draft, seen)
        draft = replace(draft, changelog=changelog, effective_at=effective_at)
        findings = _without_errors(engine, work, draft)
        standing = {waiver_key(finding) for finding in findings}
        waivers = {key: value for key, value in draft.waivers.items() if key in standing}
        upload = _upload(work, draft, actor.person_id, now)
        if upload.unchanged(work) is not None:
            raise InvalidState(
                Message(
                    "草稿与届时生效的版本完全相同，没有可发布的改动。请先修改，或作废草稿。",
                    "The draft is the same as the version in force: there is nothing to publish. Change it, or "
                    "discard it.",
                )
            )
        _demand_reasons(draft, findings)
        submitted = replace(
            draft,
            state=DraftState.REVIEW,
            waivers=waivers,
            submitted_by=actor.person_id,
            submitted_at=now,
            reviewed_by=None,
            reviewed_at=None,
            review_note="",
        )
        _saved(work, draft, submitted)
        detail = {"revision": draft.revision, "sha256": upload.sha256(upload.pinned(work)), "waivers": len(waivers)}
        _record(work, "ProcedureDraftSubmitted", submitted, actor, now, **detail)
        tell_reviewers(work, submitted, actor, now)
        return submitted


def withdraw_draft(engine: Engine, actor: Actor, draft_id: str) -> ProcedureDraft:
    """Takes a draft back from review, to change it. Raises InvalidState, Forbidden (audited), NotFound."""
    demand_admin(engine, actor, "withdraw_draft", draft_id)
    with engine.store.write() as work:
        draft = _under_review(work, draft_id)
        back = replace(draft, state=DraftState.EDITING)
        _saved(work, draft, back)
        _record(work, "ProcedureDraftWithdrawn", back, actor, engine.clock.now())
        return back


def discard_draft(engine: Engine, actor: Actor, draft_id: str) -> ProcedureDraft:
    """Ends a draft that is being edited; it stays readable. Raises InvalidState, Forbidden (audited), NotFound."""
    demand_admin(engine, actor, "discard_draft", draft_id)
    with engine.store.write() as work:
        draft = being_edited(work, draft_id)
        ended = replace(draft, state=DraftState.DISCARDED)
        _saved(work, draft, ended)
        _record(work, "ProcedureDraftDiscarded", ended, actor, engine.clock.now())
        return ended


def may_review(actor: Actor, draft: ProcedureDraft) -> bool:
    """A second process admin: neither who submitted the draft nor who changed it last."""
    is_second = actor.person_id not in {draft.submitted_by, draft.changed_by}
    return actor.is_admin and draft.state is DraftState.REVIEW and is_second


def review_draft(
    engine: Engine, actor: Actor, draft_id: str, *, approve: bool, note: str, seen: int | None = None
) -> Definition | None:
    """Publishes what was submitted, or sends it back with a note (None). `seen`: the revision that was read.

    Raises Forbidden (audited) for whoever submitted the draft or changed it last, InvalidDiagram and OpenWarnings
    where what it depends on has changed since, InvalidState, Conflict, NotFound.
    """
    demand_admin(engine, actor, "review_draft", draft_id)
    note, now = _text(note), engine.clock.now()
    with engine.store.read() as work:
        known = work.studio.get(draft_id)
    if known is not None and known.state is DraftState.REVIEW and not may_review(actor, known):
        record_refusal(engine, actor, "review_own_draft", {"draft": draft_id, "procedure": known.key})
        raise Forbidden(
            Message(
                "送审人和最后修改人不能自己审核。请另一位流程管理员审核。",
                "Whoever submitted or last changed a draft cannot review it. Ask another process admin.",
            )
        )
    with engine.store.write() as work:
        draft = _under_review(work, draft_id)
        _demand_seen(draft, seen)
        if not may_review(actor, draft):
            raise _changed_hands(draft)
        decided = replace(draft, reviewed_by=actor.person_id, reviewed_at=now, review_note=note)
        if not approve:
            if not note:
                raise InvalidState(
                    Message("退回草稿要写明理由。请填写审核意见。", "Say why the draft is sent back.")
                )
            returned = replace(decided, state=DraftState.EDITING)
            _saved(work, draft, returned)
            _record(work, "ProcedureDraftReturned", returned, actor, now, note=note)
            tell_submitter(work, draft, None, actor, now)
            return None
        _demand_reasons(draft, _without_errors(engine, work, draft))
        upload = _upload(work, draft, draft.submitted_by or draft.changed_by, now)
        approval = Approval(draft_id, actor.person_id, draft.changelog, draft.waivers)
        definition = store_version(work, upload, approval)
        published = replace(decided, state=DraftState.PUBLISHED, definition_id=definition.definition_id)
        _saved(work, draft, published)
        tell_submitter(work, draft, definition, actor, now)
        return definition


def _without_errors(engine: Engine, work: UnitOfWork, draft: ProcedureDraft) -> tuple[Finding, ...]:
    """The warnings. Raises InvalidDiagram with all findings."""
    findings = checked(engine, work, draft, work.studio.files(draft.draft_id))
    if any(finding.is_error for finding in findings):
        raise InvalidDiagram(findings)
    return findings


def _demand_reasons(draft: ProcedureDraft, warnings: Sequence[Finding]) -> None:
    bare = [finding for finding in warnings if not is_waived(draft, finding)]
    if bare:
        raise OpenWarnings(bare)


def _upload(work: UnitOfWork, draft: ProcedureDraft, by: str, now: datetime) -> Upload:
    own = executable_files(work.studio.files(draft.draft_id))
    return Upload(draft.key, own, by, now, draft.effective_at)


def _under_review(work: UnitOfWork, draft_id: str) -> ProcedureDraft:
    draft = work.studio.locked(draft_id)
    if draft is None:
        raise missing_draft(draft_id)
    if draft.state is not DraftState.REVIEW:
        raise InvalidState(
            Message(
                "草稿现在不在送审中：可能已被撤回、退回或发布。请刷新页面查看。",
                "The draft is not under review now: it was taken back, sent back or published. Reload the page.",
            )
        )
    return draft


def _saved(work: UnitOfWork, draft: ProcedureDraft, changed: ProcedureDraft) -> ProcedureDraft:
    if not work.studio.save(changed, seen=draft.revision):
        raise _changed_hands(draft)
    return changed


def _demand_seen(draft: ProcedureDraft, seen: int | None) -> None:
    if seen is not None and seen != draft.revision:
        raise _changed_hands(draft)


def _changed_hands(draft: ProcedureDraft) -> Conflict:
    return Conflict(
        Message(
            "草稿在您打开之后又被改动。请刷新页面，看过最新内容再操作。",
            "The draft was changed after you opened it. Reload the page and look at what is there now.",
        ),
        by=draft.changed_by,
        at=draft.changed_at.isoformat(),
    )


def _demand_ahead(effective_at: datetime, now: datetime) -> None:
    if not now <= effective_at <= now + FURTHEST:
        raise InvalidState(
            Message(
                f"生效时间要在今后 {FURTHEST.days} 天以内，不能是过去。请另选日期，或选择“发布即生效”。",
                f"A version begins within the next {FURTHEST.days} days, never in the past. Choose another day, or "
                "“in force when published”.",
            )
        )


def _record(
    work: UnitOfWork, event: str, draft: ProcedureDraft, actor: Actor, at: datetime, **more: object
) -> None:
    detail = {"procedure": draft.key, "draft": draft.draft_id, **more}
    record_event(work, event, detail, actor=actor.person_id, at=at)


def _text(text: str) -> str:
    """Raises InvalidState for one that is too long."""
    if len(text) > MOST_TEXT:
        raise InvalidState(
            Message(f"文字太长，最多 {MOST_TEXT} 字。", f"The text is too long: at most {MOST_TEXT} characters.")
        )
    return text.strip()
