"""Papers inside a step: those made in this very step, and those of earlier ones."""

from __future__ import annotations

from engine.cases.actions.action import ActionContext, optional
from engine.documents.kinds import declared_kinds
from engine.errors import Message, NotFound
from engine.kernel.ports import ActionCall
from engine.records.step import Paper


def paper_named(context: ActionContext, call: ActionCall, *, is_draft: bool = False) -> tuple[Paper, bool]:
    """By `paper_id`, or else the newest of `kind` in this case; and whether it was made in this step.

    `is_draft`: one that is not issued yet. Raises NotFound. No statement for one of this step, else one.
    """
    paper_id, kind = optional(call, "paper_id", str), optional(call, "kind", str)
    fresh = context.collector.find_paper(paper_id=paper_id, kind=kind)
    if fresh is not None:
        return fresh, True
    case_id = context.collector.case.case_id
    stored: Paper | None = None
    if paper_id is not None:
        stored = context.work.papers.get(paper_id)
    elif kind is not None and is_draft:
        drafts = (p for p in context.work.papers.of_case(case_id) if p.kind == kind)
        stored = next((p for p in reversed(tuple(drafts)) if p.state in {"drafted", "signed"}), None)
    elif kind is not None:
        stored = context.work.papers.newest(case_id, kind)
    if stored is None or stored.case_id != case_id:
        declared = declared_kinds().get(kind or "")
        raise NotFound(Message("文书", "document"), declared.name.zh if declared else kind or paper_id or "?")
    return stored, False


def put(context: ActionContext, paper: Paper, before: Paper, *, is_fresh: bool) -> None:
    """The changed paper, in the step or in the store."""
    if is_fresh:
        context.collector.replace_paper(paper)
    else:
        context.work.papers.change(paper, expected=before.state)
