"""`draft_paper`: drafts a document of the case; it has no number until it is issued."""

from __future__ import annotations

from engine.cases.actions.action import Action, ActionContext, required
from engine.cases.actions.issue_paper import drafted_by
from engine.documents.kinds import kind_of
from engine.errors import Message
from engine.kernel.ports import ActionCall, ActionResult, ActionSignature


def _draft_paper(context: ActionContext, call: ActionCall) -> ActionResult:
    paper = drafted_by(context, call, kind_of(required(call, "kind", str)))
    context.collector.add_paper(paper)
    context.collector.event("PaperDrafted", {"paper_id": paper.paper_id, "kind": paper.kind})
    return ActionResult({"paper_id": paper.paper_id})


ACTION = Action(
    ActionSignature(
        "draft_paper", {"kind": True, "title": True, "fields": False}, Message("草拟文书", "Draft a document")
    ),
    _draft_paper,
)
