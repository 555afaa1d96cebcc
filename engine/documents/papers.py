"""What people do with the papers of a case: draft, sign, issue, serve, take the receipt, make void, issue anew.

Each act locks the instance that the paper belongs to, checks the paper's state under that lock, and is audited.
Nothing is ever deleted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import uuid4

from engine.audit.record import record_event, record_refusal
from engine.cases.file_read import unknown_case, visible_case
from engine.cases.handling import Right, file_right, handling_right, keeping_right
from engine.cases.read import checked_purpose
from engine.documents.kinds import Kind, declared_kinds, kind_of
from engine.documents.numbering import numbered, word_of
from engine.documents.paper_file import (
    PaperSource,
    log_opening,
    read_source,
    require_reader,
    unknown_paper,
)
from engine.documents.paper_states import (
    LONGEST,
    MODES,
    PaperState,
    lacking_fields,
    may_become,
    receipted,
    require_complete,
    require_next,
    require_order,
    served,
    signed,
    voided,
)
from engine.documents.paper_values import context_of
from engine.errors import Forbidden, InvalidState, Message
from engine.ports.engine import Engine
from engine.ports.store import UnitOfWork
from engine.records.case import CaseFile
from engine.records.org import Actor
from engine.records.step import Paper
from engine.records.task import UserTask
from engine.tasks.rights import is_accused
from engine.values import Data

LEADERS = ("duty_leader", "chief", "deputy", "unit_leader")
"""Roles whose holders sign for their unit, and make void what it has issued."""


@dataclass(frozen=True)
class PaperView:
    """A paper as its page shows it. `texts` are masked unless the reader was shown the petitioner for a purpose.

    `verbs` are the states that this reader may lead it to; `may_reissue` where it is void and lacks nothing.
    """

    source: PaperSource
    texts: dict[str, str]
    is_masked: bool
    may_open: bool
    verbs: frozenset[PaperState]
    may_reissue: bool

    @property
    def paper(self) -> Paper:
        return self.source.paper

    @property
    def kind(self) -> Kind:
        return self.source.kind

    @property
    def has_word(self) -> bool:
        return self.source.file is not None or self.source.template is not None


def open_paper(engine: Engine, actor: Actor, paper_id: str, *, purpose: str | None = None) -> PaperView:
    """Raises NotFound; Forbidden (audited) and InvalidState where a `purpose` is given to see the petitioner."""
    source = read_source(engine, actor, paper_id)
    is_masked = source.kind.party and purpose is None
    if source.kind.party and purpose is not None:
        acted_for = require_reader(engine, actor, source, "open_paper")
        said = checked_purpose(purpose)
        log_opening(engine, actor, source, purpose=said, form="page", acted_for=acted_for)
    with engine.store.read() as work:
        tasks = work.dossier.tasks_of_case(source.case.case_id)
    rights = {state for state in PaperState if _right(actor, source.case, source.paper, tasks, state) is not None}
    verbs = frozenset(state for state in rights if may_become(source.paper, state))
    is_whole = not lacking_fields(source.kind, source.paper.fields)
    handles = handling_right(actor, source.case, tasks) is not None
    return PaperView(
        source=source,
        texts=source.texts(masked=is_masked),
        is_masked=is_masked,
        may_open=handles or not source.kind.party,
        verbs=verbs,
        may_reissue=is_whole and source.paper.state == PaperState.VOID.value and PaperState.VOID in rights,
    )


def kinds_by_hand(engine: Engine, actor: Actor, case_id: str) -> tuple[Kind, ...]:
    """The kinds that the actor may draft in this case. Raises NotFound."""
    with engine.store.read() as work:
        case = visible_case(work, actor, case_id)
        right = file_right(actor, case, work.dossier.tasks_of_case(case_id))
    return tuple(kind for kind in declared_kinds().values() if kind.by_hand) if right is not None else ()


def draft_paper(engine: Engine, actor: Actor, case_id: str, kind_code: str, fields: Data) -> Paper:
    """A new draft of a kind that people may draft. Raises NotFound, Forbidden (audited), InvalidState."""
    kind = declared_kinds().get(kind_code)
    if kind is None or not kind.by_hand:
        raise InvalidState(
            Message(
                f"“{kind_code[:40]}”不能手工草拟。请从列表中选择文书种类。",
                f"“{kind_code[:40]}” cannot be drafted by hand. Choose a kind from the list.",
            )
        )
    now = engine.clock.now()
    with engine.store.read() as work:
        visible_case(work, actor, case_id)
        view = work.cases.view(case_id)
    if view is None or not view.instances:
        raise unknown_case(case_id)
    instance_id = view.instances[0].instance_id
    try:
        with engine.store.write() as work:
            case = _held_case(work, actor, instance_id, case_id)
            right = file_right(actor, case, work.dossier.tasks_of_case(case_id))
            if right is None:
                raise _not_yours()
            paper = Paper(
                paper_id=str(uuid4()),
                case_id=case_id,
                instance_id=instance_id,
                kind=kind.code,
                title=kind.title,
                number=None,
                fields=checked_fields(kind, fields),
                state=PaperState.DRAFTED.value,
                issued_at=now,
                issued_by=actor.person_id,
                issued_for=right.acted_for,
                context=context_of(case, kind),
            )
            work.papers.add(paper)
            _record(work, actor, "PaperDrafted", paper, at=now, acted_for=right.acted_for, kind=paper.kind)
    except Forbidden:
        record_refusal(engine, actor, "draft_paper", {"kind": kind_code[:40]}, case_id=case_id)
        raise
    return paper


def sign_paper(engine: Engine, actor: Actor, paper_id: str) -> Paper:
    """A leader of the issuing unit, or of the one that keeps the case, signs a draft that lacks nothing."""

    def sign(_work: UnitOfWork, paper: Paper, _case: CaseFile, now: datetime) -> tuple[Paper, Data]:
        kind = kind_of(paper.kind, title=paper.title, keys=paper.fields)
        require_complete(kind, paper.title, paper.fields)
        return signed(paper, actor.person_id, now), {}

    return act_on_paper(engine, actor, paper_id, PaperState.SIGNED, sign)


def issue_paper(engine: Engine, actor: Actor, paper_id: str) -> Paper:
    """A draft gets its number. Raises InvalidState naming the field where one is empty that the kind demands."""

    def issue(work: UnitOfWork, paper: Paper, _case: CaseFile, now: datetime) -> tuple[Paper, Data]:
        require_next(paper, PaperState.ISSUED)
        kind = kind_of(paper.kind, title=paper.title, keys=paper.fields)
        require_complete(kind, paper.title, paper.fields)
        issued = replace(paper, state=PaperState.ISSUED.value, issued_at=now, issued_by=actor.person_id)
        if kind.numbered:
            year = now.astimezone(engine.settings.timezone).year
            issued = numbered(work, issued, word_of(kind, paper.title), year)
        return issued, {"kind": issued.kind, "number": issued.number}

    return act_on_paper(engine, actor, paper_id, PaperState.ISSUED, issue)


def serve_paper(
    engine: Engine, actor: Actor, paper_id: str, *, at: datetime, mode: str, note: str = "", receiver: str = ""
) -> Paper:
    """Records the service: when and how. With a `receiver` the receipt as well."""
    how = _how(mode=mode, note=note, receiver=receiver)
    if receiver.strip():
        return record_receipt(engine, actor, paper_id, at=at, **how)

    def serve(_work: UnitOfWork, paper: Paper, _case: CaseFile, now: datetime) -> tuple[Paper, Data]:
        after = served(paper, at, how, now=now)
        require_order(paper, at, engine.settings.timezone)
        return after, {"served_at": at, "mode": mode}

    return act_on_paper(engine, actor, paper_id, PaperState.SERVED, serve)


def record_receipt(
    engine: Engine,
    actor: Actor,
    paper_id: str,
    *,
    at: datetime,
    receiver: str,
    mode: str = "",
    note: str = "",
    attachment_id: str = "",
) -> Paper:
    """Who received it and when; `attachment_id` is the signed slip, among the case's attachments."""
    how = {**_how(mode=mode, note=note, receiver=receiver), "attachment_id": attachment_id}

    def receive(work: UnitOfWork, paper: Paper, _case: CaseFile, now: datetime) -> tuple[Paper, Data]:
        if attachment_id:
            proof = work.registers.attachment(attachment_id)
            if proof is None or proof[0].case_id != paper.case_id:
                raise InvalidState(
                    Message(
                        "送达凭证不在本案附件中。请先把回执上传为本案附件。",
                        "The proof is not among the attachments of this case. Upload it there first.",
                    )
                )
        after = receipted(paper, at, how, now=now)
        require_order(paper, at, engine.settings.timezone)
        return after, {"received_at": at, "mode": mode}

    return act_on_paper(engine, actor, paper_id, PaperState.RECEIPTED, receive)


def void_paper(engine: Engine, actor: Actor, paper_id: str, reason: str) -> Paper:
    """Void, for a reason. Those who look after the file may, and the leaders of the issuing unit."""

    def void(_work: UnitOfWork, paper: Paper, _case: CaseFile, now: datetime) -> tuple[Paper, Data]:
        return voided(paper, actor.person_id, now, reason), {"reason": reason.strip(), "number": paper.number}

    return act_on_paper(engine, actor, paper_id, PaperState.VOID, void)


def reissue_paper(engine: Engine, actor: Actor, paper_id: str) -> Paper:
    """In place of a void paper one that says the same, of the case as it is now, under a new number."""
    made: list[Paper] = []

    def reissue(work: UnitOfWork, paper: Paper, case: CaseFile, now: datetime) -> tuple[Paper | None, Data]:
        if paper.state != PaperState.VOID.value:
            raise InvalidState(
                Message(
                    "只有作废的文书可以重新印发。请先作废。", "Only a void paper is issued anew. Void it first."
                )
            )
        kind = kind_of(paper.kind, title=paper.title, keys=paper.fields)
        require_complete(kind, paper.title, paper.fields)
        fresh = Paper(
            paper_id=str(uuid4()),
            case_id=paper.case_id,
            instance_id=paper.instance_id,
            kind=paper.kind,
            title=paper.title,
            number=None,
            fields=paper.fields,
            state=PaperState.ISSUED.value,
            issued_at=now,
            issued_by=actor.person_id,
            signed_at=paper.signed_at,
            signed_by=paper.signed_by,
            context=context_of(case, kind),
        )
        if paper.series is not None:
            year = now.astimezone(engine.settings.timezone).year
            fresh = numbered(work, fresh, paper.series.partition(":")[2], year)
        work.papers.add(fresh)
        made.append(fresh)
        return None, {
            "kind": fresh.kind,
            "number": fresh.number,
            "in_place_of": paper.paper_id,
            "new": fresh.paper_id,
        }

    act_on_paper(engine, actor, paper_id, PaperState.VOID, reissue, event="PaperReissued")
    return made[0]


_EVENTS = {
    PaperState.SIGNED: "PaperSigned",
    PaperState.ISSUED: "PaperIssued",
    PaperState.SERVED: "PaperServed",
    PaperState.RECEIPTED: "PaperReceipted",
    PaperState.VOID: "PaperVoided",
}
Change = Callable[[UnitOfWork, Paper, CaseFile, datetime], "tuple[Paper | None, Data]"]
"""What becomes of the paper (None: it stays), and what the audit trail says beside its id."""


def act_on_paper(
    engine: Engine, actor: Actor, paper_id: str, state: PaperState, change: Change, *, event: str = ""
) -> Paper:
    """Raises NotFound, Forbidden (audited), InvalidState, Conflict."""
    now = engine.clock.now()
    with engine.store.read() as work:
        seen = work.papers.get(paper_id)
        if seen is None:
            raise unknown_paper(paper_id)
        visible_case(work, actor, seen.case_id)
    try:
        with engine.store.write() as work:
            case = _held_case(work, actor, seen.instance_id, seen.case_id)
            before = work.papers.get(paper_id) or seen
            right = _right(actor, case, before, work.dossier.tasks_of_case(case.case_id), state)
            if right is None:
                raise _not_yours()
            after, detail = change(work, before, case, now)
            if after is not None:
                work.papers.change(after, expected=before.state)
            _record(work, actor, event or _EVENTS[state], before, at=now, acted_for=right.acted_for, **detail)
    except Forbidden:
        record_refusal(engine, actor, f"paper:{state.value}", {"paper_id": paper_id}, case_id=seen.case_id)
        raise
    return after or before


def _held_case(work: UnitOfWork, actor: Actor, instance_id: str, case_id: str) -> CaseFile:
    """The case, its instance locked, as every step has it."""
    locked = work.instances.lock(instance_id)
    if locked is None or is_accused(actor, locked[1]):
        raise unknown_case(case_id)
    return locked[1]


def _right(
    actor: Actor, case: CaseFile, paper: Paper, tasks: Iterable[UserTask], state: PaperState
) -> Right | None:
    """Signing and voiding are a leader's or the keeping office's; the rest is anybody's who handles the file."""
    if is_accused(actor, case):
        return None
    if state in {PaperState.SIGNED, PaperState.VOID}:
        kind = kind_of(paper.kind, title=paper.title, keys=paper.fields)
        units = {case.unit, str(paper.fields.get(kind.issuer or "") or case.unit)}
        leads = any(actor.holds(role, unit) for role in LEADERS for unit in units)
        if leads:
            return Right()
        return keeping_right(actor, case) if state is PaperState.VOID else None
    return file_right(actor, case, tasks)


def _record(work: UnitOfWork, actor: Actor, event: str, paper: Paper, *, at: datetime, **said: object) -> None:
    detail = {"paper_id": paper.paper_id, **{name: value for name, value in said.items() if value is not None}}
    record_event(work, event, detail, actor=actor.person_id, at=at, case_id=paper.case_id)


def _how(*, mode: str, note: str, receiver: str) -> dict[str, str]:
    for text in (note, receiver):
        if len(text) > LONGEST:
            raise InvalidState(
                Message(f"说明最多 {LONGEST} 字。请缩短。", f"At most {LONGEST} characters. Shorten it.")
            )
    if mode and mode not in MODES:
        raise InvalidState(Message("请选择送达方式。", "Choose how it was served."))
    return {"mode": mode, "note": note.strip(), "receiver": receiver.strip()}


def checked_fields(kind: Kind, fields: Data) -> dict[str, object]:
    """Only fields of the kind, as text."""
    kept = {one.key: str(fields.get(one.key) or "").strip()[:10_000] for one in kind.fields}
    return {key: value for key, value in kept.items() if value}


def _not_yours() -> Forbidden:
    return Forbidden(
        Message(
            "您不能对这份文书做此操作。签发由领导办理，作废由主管单位或印发单位领导办理，其余由本案经办人员办理。",
            "You may not do this with the paper. Leaders sign; the keeping office or the issuing unit's leader "
            "makes void; those who handle the case do the rest.",
        )
    )
