"""`serve_paper`: records when a document was served on its receiver, and how."""

from __future__ import annotations

from datetime import date, datetime, time

from engine.cases.actions.action import Action, ActionContext, optional
from engine.cases.actions.paper_step import paper_named, put
from engine.documents.paper_states import PaperState, receipted, served, state_of
from engine.errors import Message
from engine.kernel.ports import ActionCall, ActionResult, ActionSignature
from engine.records.step import Paper
from engine.values import Data

HOW = ("mode", "receiver", "note")


def _serve_paper(context: ActionContext, call: ActionCall) -> ActionResult:
    """By `paper_id`, or else the newest paper of `kind` in this case. Raises NotFound, InvalidState.

    A paper that people have recorded as served stays as they recorded it.
    """
    before, is_fresh = paper_named(context, call)
    if state_of(before) in {PaperState.SERVED, PaperState.RECEIPTED}:
        return _result(before)
    at = instant_given(context, call, "served_at")
    if (
        at < before.issued_at
        and at.astimezone(context.zone).date() == before.issued_at.astimezone(context.zone).date()
    ):
        at = before.issued_at  # a day alone begins before the paper was issued on it
    paper = served(before, at, how_given(call), now=context.now)
    put(context, paper, before, is_fresh=is_fresh)
    context.collector.event("PaperServed", {"paper_id": paper.paper_id, "served_at": at})
    return _result(paper)


def _receipt_paper(context: ActionContext, call: ActionCall) -> ActionResult:
    """The receiver has acknowledged it; who completes the task is the receiver where none is given."""
    before, is_fresh = paper_named(context, call)
    if state_of(before) is PaperState.RECEIPTED:
        return _result(before)
    at = instant_given(context, call, "received_at")
    how = how_given(call)
    paper = receipted(
        before, at, {**how, "receiver": how.get("receiver") or context.collector.actor}, now=context.now
    )
    put(context, paper, before, is_fresh=is_fresh)
    context.collector.event("PaperReceipted", {"paper_id": paper.paper_id, "received_at": at})
    return _result(paper)


def how_given(call: ActionCall) -> Data:
    given = {name: optional(call, name, str) for name in HOW}
    return {name: value for name, value in given.items() if value}


def instant_given(context: ActionContext, call: ActionCall, name: str) -> datetime:
    """The given instant or day (its start, in the office's zone); default: now."""
    given = optional(call, name, date)
    if given is None:
        return context.now
    return given if isinstance(given, datetime) else datetime.combine(given, time(), context.zone)


def _result(paper: Paper) -> ActionResult:
    return ActionResult({"paper_id": paper.paper_id, "served_at": paper.served_at})


ACTION = Action(
    ActionSignature(
        "serve_paper",
        dict.fromkeys(("paper_id", "kind", "served_at", *HOW), False),
        Message("送达文书", "Record the service of a document"),
    ),
    _serve_paper,
)
RECEIPT = Action(
    ActionSignature(
        "receipt_paper",
        dict.fromkeys(("paper_id", "kind", "received_at", *HOW), False),
        Message("登记回执", "Record the receipt of a document"),
    ),
    _receipt_paper,
)
