"""`record_score`: an office's confirmed delay or merit, as a row of the score table gives it.

Never a petitioner's act: visits and complaints score nothing.
"""

from __future__ import annotations

from decimal import Decimal
from uuid import uuid4

from engine.cases.actions.action import Action, ActionContext, optional, required
from engine.errors import InvalidState, Message
from engine.kernel.ports import ActionCall, ActionResult, ActionSignature
from engine.records.step import ScoreEvent


def _record_score(context: ActionContext, call: ActionCall) -> ActionResult:
    points = call.params.get("points")
    if isinstance(points, bool) or not isinstance(points, int | float | Decimal):
        raise InvalidState(
            Message(
                "计分必须是数字。请在流程图中更正 points。",
                "Points must be a number. Correct points in the diagram.",
            )
        )
    score = ScoreEvent(
        event_id=str(uuid4()),
        case_id=context.collector.case.case_id,
        unit=optional(call, "unit", str),
        code=required(call, "code", str),
        points=float(points),
        at=context.now,
        reason=required(call, "reason", str),
    )
    context.collector.add_score(score)
    context.collector.event("ScoreRecorded", {"code": score.code, "points": score.points, "unit": score.unit})
    return ActionResult()


ACTION = Action(
    ActionSignature(
        "record_score",
        {"code": True, "points": True, "unit": False, "reason": True},
        Message("记分", "Record a score"),
    ),
    _record_score,
)
