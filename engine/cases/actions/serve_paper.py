"""`serve_paper`: records when a document was served on its receiver."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time

from engine.cases.actions.action import Action, ActionContext, optional
from engine.errors import InvalidState, Message, NotFound
from engine.kernel.ports import ActionCall, ActionResult, ActionSignature


def _serve_paper(context: ActionContext, call: ActionCall) -> ActionResult:
    """By `paper_id`, or else the newest paper of `kind` in this case. Raises NotFound, InvalidState."""
    paper_id, kind = optional(call, "paper_id", str), optional(call, "kind", str)
    served_at = _served_at(context, call)
    fresh = context.collector.find_paper(paper_id=paper_id, kind=kind)
    if fresh is not None:
        paper_id = fresh.paper_id
        context.collector.replace_paper(replace(fresh, state="served", served_at=served_at))
    else:
        if paper_id is None and kind is not None:
            stored = context.work.registers.latest_paper(context.collector.case.case_id, kind)
            paper_id = stored.paper_id if stored else None
        if paper_id is None:
            raise NotFound(Message("文书", "document"), kind or "?")
        context.work.registers.mark_paper_served(paper_id, served_at)
    context.collector.event("PaperServed", {"paper_id": paper_id, "served_at": served_at})
    return ActionResult({"paper_id": paper_id, "served_at": served_at})


def _served_at(context: ActionContext, call: ActionCall) -> datetime:
    """The given instant or day (its start, in the office's zone); default: now. It cannot lie ahead."""
    given = optional(call, "served_at", date)
    if given is None:
        return context.now
    served_at = given if isinstance(given, datetime) else datetime.combine(given, time(), context.zone)
    if served_at > context.now:
        raise InvalidState(
            Message(
                f"送达时间 {given} 晚于现在。请填写实际送达的时间。",
                f"The time of service {given} is in the future. Give the time at which it was really served.",
            )
        )
    return served_at


ACTION = Action(
    ActionSignature(
        "serve_paper",
        {"paper_id": False, "kind": False, "served_at": False},
        Message("送达文书", "Record the service of a document"),
    ),
    _serve_paper,
)
