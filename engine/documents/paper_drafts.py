"""Wording a draft anew: what was forgotten is filled in, what the leader objects to is changed."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from hashlib import sha256

from engine.documents.kinds import kind_of
from engine.documents.paper_states import PaperState, require_next
from engine.documents.papers import PaperView, act_on_paper, checked_fields
from engine.errors import Conflict, InvalidState, Message
from engine.ports.engine import Engine
from engine.ports.store import UnitOfWork
from engine.records.case import CaseFile
from engine.records.org import Actor
from engine.records.step import Paper
from engine.values import Data


def may_redraft(view: PaperView) -> bool:
    """Drafts of kinds that people draft; what a procedure drafts is worded by its steps."""
    return view.kind.by_hand and PaperState.DRAFTED in view.verbs


def draft_print(paper: Paper) -> str:
    """Changes whenever the draft says something else."""
    return sha256(repr(sorted((key, str(value)) for key, value in paper.fields.items())).encode()).hexdigest()


def redraft_paper(engine: Engine, actor: Actor, paper_id: str, fields: Data, *, seen: str = "") -> Paper:
    """The same draft with these fields; one that was signed has to be signed again.

    `seen` is the `draft_print` of what the writer had before it. Raises NotFound, Forbidden (audited), Conflict
    where somebody else has changed it since, InvalidState where it is a draft no more.
    """

    def redraft(_work: UnitOfWork, paper: Paper, _case: CaseFile, _now: datetime) -> tuple[Paper, Data]:
        require_next(paper, PaperState.DRAFTED)
        kind = kind_of(paper.kind, title=paper.title, keys=paper.fields)
        if not kind.by_hand:
            raise InvalidState(
                Message(
                    f"“{paper.title}”由流程草拟，内容在办理步骤中填写，不能在这里修改。",
                    f"“{paper.title}” is drafted by the procedure; its steps say what is in it.",
                )
            )
        if seen and seen != draft_print(paper):
            raise Conflict(
                Message(
                    "这份草稿刚刚已由他人修改，您的修改还没有保存。请对照各栏下方的现有内容，核对后再保存。",
                    "Somebody else has just changed this draft, so yours was not saved. Compare it with what the "
                    "draft says now, below each field, then save again.",
                )
            )
        given = checked_fields(kind, fields)
        others = {key: value for key, value in paper.fields.items() if kind.field(key) is None}
        after = {**others, **given}
        changed = sorted(key for key in {*after, *paper.fields} if after.get(key) != paper.fields.get(key))
        fresh = replace(paper, fields=after, state=PaperState.DRAFTED.value, signed_at=None, signed_by=None)
        return fresh, {"kind": paper.kind, "changed": changed}

    return act_on_paper(engine, actor, paper_id, PaperState.DRAFTED, redraft, event="PaperRedrafted")
