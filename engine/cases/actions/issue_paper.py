"""`issue_paper`: issues a document of the case, numbered by its word (发文字) and the year.

The word is given, or else the kind; a kind that is a mere code (`F04`) is worded by the title.
"""

from __future__ import annotations

from collections.abc import Mapping
from uuid import uuid4

from engine.cases.actions.action import Action, ActionContext, optional, required
from engine.errors import Message
from engine.kernel.ports import ActionCall, ActionResult, ActionSignature
from engine.records.step import Paper


def _issue_paper(context: ActionContext, call: ActionCall) -> ActionResult:
    kind, title = required(call, "kind", str), required(call, "title", str)
    number = None
    if optional(call, "number", bool) is not False:
        word = optional(call, "word", str) or (title if kind.isascii() else kind)
        counted = context.work.registers.next_number(f"paper:{word}", context.year)
        number = f"{word}〔{context.year}〕{counted} 号"
    paper = Paper(
        paper_id=str(uuid4()),
        case_id=context.collector.case.case_id,
        instance_id=context.collector.instance_id,
        kind=kind,
        title=title,
        number=number,
        fields=dict(optional(call, "fields", Mapping) or {}),  # type: ignore[type-abstract]
        state="issued",
        issued_at=context.now,
        issued_by=context.collector.actor,
    )
    context.collector.add_paper(paper)
    context.collector.event("PaperIssued", {"paper_id": paper.paper_id, "kind": kind, "number": number})
    return ActionResult({"paper_id": paper.paper_id, "number": number})


ACTION = Action(
    ActionSignature(
        "issue_paper",
        {"kind": True, "title": True, "fields": False, "number": False, "word": False},
        Message("制发文书", "Issue a document"),
    ),
    _issue_paper,
)
