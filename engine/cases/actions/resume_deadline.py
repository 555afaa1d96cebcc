"""`resume_deadline`: a clock that stands goes on; its dates move by the time for which it stood."""

from __future__ import annotations

from engine.cases.actions.action import Action, ActionContext, optional, required
from engine.cases.standing import ClockOrder
from engine.errors import Message
from engine.kernel.ports import ActionCall, ActionResult, ActionSignature


def _resume(context: ActionContext, call: ActionCall) -> ActionResult:
    context.collector.order_clock(
        ClockOrder(
            stop=False,
            rule=required(call, "rule", str),
            note=optional(call, "note", str) or "",
            element_id=call.element_id,
            element_name=call.element_name,
        )
    )
    return ActionResult()


ACTION = Action(
    ActionSignature("resume_deadline", {"rule": True, "note": False}, Message("恢复计时", "Let a clock go on")),
    _resume,
)
