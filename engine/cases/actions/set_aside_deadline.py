"""`set_aside_deadline`: the duty was not done, but put off: what ends in this step in time does not count as met.

The record then says `voided`, for the reason given. What ends past due is late all the same.
"""

from __future__ import annotations

from engine.cases.actions.action import Action, ActionContext, required
from engine.cases.standing import ClockOrder
from engine.errors import Message
from engine.kernel.ports import ActionCall, ActionResult, ActionSignature


def _set_aside(context: ActionContext, call: ActionCall) -> ActionResult:
    rule, reason = required(call, "rule", str), required(call, "reason", str)
    context.collector.order_clock(ClockOrder(stop=False, rule=rule, reason=reason, set_aside=True))
    return ActionResult()


ACTION = Action(
    ActionSignature(
        "set_aside_deadline", {"rule": True, "reason": True}, Message("期限搁置", "Set a deadline aside")
    ),
    _set_aside,
)
