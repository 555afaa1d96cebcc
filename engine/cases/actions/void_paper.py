"""`void_paper`: a document becomes void, for a reason; it keeps its number and stays in the file."""

from __future__ import annotations

from engine.cases.actions.action import Action, ActionContext, required
from engine.cases.actions.paper_step import paper_named, put
from engine.documents.paper_states import voided
from engine.errors import Message
from engine.kernel.ports import ActionCall, ActionResult, ActionSignature


def _void_paper(context: ActionContext, call: ActionCall) -> ActionResult:
    before, is_fresh = paper_named(context, call)
    paper = voided(before, context.collector.actor, context.now, required(call, "reason", str))
    put(context, paper, before, is_fresh=is_fresh)
    context.collector.event("PaperVoided", {"paper_id": paper.paper_id, "reason": paper.void_reason})
    return ActionResult({"paper_id": paper.paper_id})


ACTION = Action(
    ActionSignature(
        "void_paper", {"reason": True, "paper_id": False, "kind": False}, Message("作废文书", "Void a document")
    ),
    _void_paper,
)
