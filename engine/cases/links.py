"""Linking cases that belong together: related ones, a repeated petition, a joint one. Both files say so.

A link shows nothing to who may not see the other case; so the trails name the other case by its id alone.
"""

from __future__ import annotations

from dataclasses import replace
from unicodedata import normalize

from engine.audit.record import record_event, record_refusal
from engine.cases.file_read import visible_case
from engine.cases.handling import Right, file_right
from engine.errors import Forbidden, InvalidState, Message, NotFound
from engine.ports.engine import Engine
from engine.ports.store import UnitOfWork
from engine.records.case import CaseFile
from engine.records.org import Actor
from engine.records.work import CaseLink
from engine.values import Data

RELATED, REPEAT, JOINT = "related", "repeat", "joint"
KINDS = (RELATED, REPEAT, JOINT)
MERGED_INTO, MERGED_FROM = "merged_into", "merged_from"
LONGEST_NOTE = 200


def link_cases(engine: Engine, actor: Actor, case_id: str, other: str, *, kind: str, note: str = "") -> CaseLink:
    """Links two cases that the actor may see, `other` by its id or its number; it handles or keeps the first.

    Raises NotFound, Forbidden (audited), InvalidState for a kind that is none, a link that stands, the case itself.
    """
    note = checked_note(note)
    if kind not in KINDS:
        raise InvalidState(Message("请选择关联方式。", "Choose how the cases belong together."))
    now = engine.clock.now()
    try:
        with engine.store.write() as work:
            case, right = held_case(work, actor, case_id)
            found = named_case(work, actor, other)
            if found.case_id == case.case_id:
                raise InvalidState(Message("不能与本件自身关联。", "A case cannot be linked to itself."))
            if work.dossier.link(case.case_id, found.case_id, kind) is not None:
                raise InvalidState(
                    Message("已经这样关联过了。请刷新页面。", "They are linked so already. Reload the page.")
                )
            lock_chains(work, case, found)
            link = CaseLink(case.case_id, found.case_id, kind, note, now, actor.person_id)
            work.dossier.add_links(both_ways(link, kind, kind))
            tell_both(work, "CaseLinked", link, {"kind": kind, **right_detail(right)})
    except Forbidden:
        record_refusal(engine, actor, "link_cases", {}, case_id=case_id)
        raise
    return link


def unlink_cases(engine: Engine, actor: Actor, case_id: str, other_id: str, *, kind: str) -> None:
    """Takes a link away; the trails keep it. Raises as `link_cases`; a merger is undone, not unlinked."""
    try:
        with engine.store.write() as work:
            case, right = held_case(work, actor, case_id)
            other = visible_case(work, actor, other_id)
            link = work.dossier.link(case_id, other_id, kind) if kind in KINDS else None
            if link is None:
                raise NotFound(Message("关联", "link"), other_id)
            lock_chains(work, case, other)
            work.dossier.drop_links(both_ways(link, kind, kind))
            undone = replace(link, at=engine.clock.now(), by=actor.person_id)
            tell_both(work, "CaseUnlinked", undone, {"kind": kind, **right_detail(right)})
    except Forbidden:
        record_refusal(engine, actor, "link_cases", {}, case_id=case_id)
        raise


def held_case(work: UnitOfWork, actor: Actor, case_id: str) -> tuple[CaseFile, Right]:
    """The case with the actor's right to its file. Raises NotFound, Forbidden."""
    case = visible_case(work, actor, case_id)
    right = file_right(actor, case, work.dossier.tasks_of_case(case_id))
    if right is None:
        raise Forbidden(
            Message(
                "只有本案的经办人员和主管单位的登记、经办、督查人员可以关联案件。请联系经办人员。",
                "Only those who handle this case, and its keepers, may link it. Ask its handlers.",
            )
        )
    return case, right


def named_case(work: UnitOfWork, actor: Actor, other: str) -> CaseFile:
    """By id or by number, which may be typed in small or full-width letters.

    Raises NotFound, also where the actor may not know of it.
    """
    given = other.strip()
    by_number = work.cases.by_number(given) or work.cases.by_number(normalize("NFKC", given).upper())
    return visible_case(work, actor, by_number.case_id if by_number is not None else given)


def lock_chains(work: UnitOfWork, *cases: CaseFile) -> None:
    """In one order, whoever links which to which."""
    for case_id in sorted(case.case_id for case in cases):
        work.registers.audit_head(case_id)


def both_ways(link: CaseLink, there: str, back: str) -> tuple[CaseLink, CaseLink]:
    """The two rows of a link: `there` its kind as the first case has it, `back` as the other does."""
    return (
        CaseLink(link.case_id, link.other_id, there, link.note, link.at, link.by),
        CaseLink(link.other_id, link.case_id, back, link.note, link.at, link.by),
    )


def tell_both(work: UnitOfWork, event: str, link: CaseLink, detail: Data) -> None:
    """The event in both trails."""
    for one, another in ((link.case_id, link.other_id), (link.other_id, link.case_id)):
        record_event(work, event, {"case_id": another, **detail}, actor=link.by, at=link.at, case_id=one)


def right_detail(right: Right) -> Data:
    return {"acted_for": right.acted_for} if right.acted_for else {}


def checked_note(note: str) -> str:
    """Raises InvalidState where it is too long."""
    note = note.strip()
    if len(note) > LONGEST_NOTE or "\0" in note:
        raise InvalidState(
            Message(
                f"说明最多 {LONGEST_NOTE} 个字。请缩短。",
                f"A note has at most {LONGEST_NOTE} characters. Shorten it.",
            )
        )
    return note
