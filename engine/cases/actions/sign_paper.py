"""`sign_paper`: a leader's task has signed a draft; `issue_paper` with `draft` numbers it."""

from __future__ import annotations

from datetime import datetime

from engine.cases.actions.action import Action, ActionContext, optional
from engine.cases.actions.paper_step import paper_named, put
from engine.documents.paper_states import signed
from engine.errors import Message
from engine.kernel.ports import ActionCall, ActionResult, ActionSignature


def _sign_paper(context: ActionContext, call: ActionCall) -> ActionResult:
    before, is_fresh = paper_named(context, call, is_draft=True)
    by = optional(call, "signed_by", str) or context.collector.actor
    paper = signed(before, by, optional(call, "signed_at", datetime) or context.now)
    put(context, paper, before, is_fresh=is_fresh)
    context.collector.event("PaperSigned", {"paper_id": paper.paper_id, "kind": paper.kind, "signed_by": by})
    return ActionResult({"paper_id": paper.paper_id})


ACTION = Action(
    ActionSignature(
        "sign_paper",
        dict.fromkeys(("paper_id", "kind", "signed_by", "signed_at"), False),
        Message("签发文书", "Sign a document"),
    ),
    _sign_paper,
)
