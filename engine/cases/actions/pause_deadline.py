"""`pause_deadline`: the clock of a running deadline of this procedure stands, for a reason that its rule allows."""

from __future__ import annotations

from engine.cases.actions.action import Action, ActionContext, optional, required
from engine.cases.standing import ClockOrder
from engine.errors import Message
from engine.kernel.ports import ActionCall, ActionResult, ActionSignature


def _pause(context: ActionContext, call: ActionCall) -> ActionResult:
    context.collector.order_clock(
        ClockOrder(
            stop=True,
            rule=required(call, "rule", str),
            reason=required(call, "reason", str),
            note=optional(call, "note", str) or "",
            element_id=call.element_id,
            element_name=call.element_name,
        )
    )
    return ActionResult()


ACTION = Action(
    ActionSignature(
        "pause_deadline", {"rule": True, "reason": True, "note": False}, Message("暂停计时", "Stop a clock")
    ),
    _pause,
)
