"""`check_deadline`: how the newest deadline of a rule in this procedure ended, or stands, as its record says.

A diagram that must know whether a duty was done in time asks here, never by comparing dates of its own: due dates
roll, stand and are extended. `state` is a state of a deadline; `late` whether it was met late, or is past due now.
"""

from __future__ import annotations

from engine.cases.actions.action import Action, ActionContext, required
from engine.errors import Message
from engine.kernel.ports import ActionCall, ActionResult, ActionSignature
from engine.records.time import Deadline, DeadlineState


def _check(context: ActionContext, call: ActionCall) -> ActionResult:
    collector = context.collector
    rule = required(call, "rule", str)
    found = context.work.deadlines.of_rules(collector.case.case_id, collector.instance_id, [rule])
    if not found:
        return ActionResult({"state": None, "late": False, "legal_due": None})
    newest = found[0]
    return ActionResult(
        {"state": newest.state.value, "late": _is_late(newest, context), "legal_due": newest.legal_due}
    )


def _is_late(deadline: Deadline, context: ActionContext) -> bool:
    if deadline.state is DeadlineState.RUNNING:
        return context.now > deadline.legal_due
    return deadline.state is DeadlineState.MET_LATE


ACTION = Action(ActionSignature("check_deadline", {"rule": True}, Message("核对期限", "Check a deadline")), _check)
