"""`issue_paper`: issues a document of the case, numbered by its word (发文字) and the year; or a draft of it.

The word is given, or else that of a kind that Duban knows; of any other kind it is the kind, or the title where the
kind is a mere code. Its file is made when it is first opened, of what the paper keeps from this step.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from uuid import uuid4

from engine.cases.actions.action import Action, ActionContext, optional, required
from engine.cases.actions.paper_step import paper_named, put
from engine.documents.kinds import Kind, kind_of
from engine.documents.numbering import numbered, word_of
from engine.documents.paper_states import PaperState, require_complete, require_next
from engine.documents.paper_values import context_of
from engine.errors import Message
from engine.kernel.ports import ActionCall, ActionResult, ActionSignature
from engine.records.step import Paper


def drafted_by(context: ActionContext, call: ActionCall, kind: Kind) -> Paper:
    """A new paper of the case as the call gives it: a draft, until it gets a number."""
    return Paper(
        paper_id=str(uuid4()),
        case_id=context.collector.case.case_id,
        instance_id=context.collector.instance_id,
        kind=required(call, "kind", str),
        title=required(call, "title", str),
        number=None,
        fields=dict(optional(call, "fields", Mapping) or {}),  # type: ignore[type-abstract]
        state=PaperState.DRAFTED.value,
        issued_at=context.now,
        issued_by=context.collector.actor,
        context=context_of(context.collector.case, kind),
    )


def _issue_paper(context: ActionContext, call: ActionCall) -> ActionResult:
    """Raises InvalidState naming the field where one that the kind demands is empty."""
    kind = kind_of(required(call, "kind", str))
    is_draft = optional(call, "draft", bool) is True
    if is_draft:
        before, is_fresh = paper_named(context, call, is_draft=True)
        require_next(before, PaperState.ISSUED)
    else:
        before = drafted_by(context, call, kind)
    given = optional(call, "fields", Mapping)  # type: ignore[type-abstract]
    paper = replace(
        before,
        fields={**before.fields, **(given or {})},
        state=PaperState.ISSUED.value,
        issued_at=context.now,
        issued_by=context.collector.actor,
        signed_by=optional(call, "signed_by", str) or before.signed_by,
        signed_at=optional(call, "signed_at", datetime) or before.signed_at,
    )
    require_complete(kind, paper.title, paper.fields)
    if optional(call, "number", bool) is not False:
        word = word_of(kind, paper.title, optional(call, "word", str))
        paper = numbered(context.work, paper, word, context.year)
    if is_draft:
        put(context, paper, before, is_fresh=is_fresh)
    else:
        context.collector.add_paper(paper)
    detail = {"paper_id": paper.paper_id, "kind": paper.kind, "number": paper.number}
    context.collector.event("PaperIssued", detail)
    return ActionResult({"paper_id": paper.paper_id, "number": paper.number})


ACTION = Action(
    ActionSignature(
        "issue_paper",
        {"kind": True, "title": True}
        | dict.fromkeys(("fields", "number", "word", "signed_by", "signed_at", "draft", "paper_id"), False),
        Message("制发文书", "Issue a document"),
    ),
    _issue_paper,
)
