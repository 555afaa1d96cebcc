"""All server actions, and the port through which the kernel runs them inside a step."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from engine.cases.actions import (
    check_deadline,
    draft_paper,
    issue_paper,
    link_case,
    notify,
    pause_deadline,
    record_score,
    register_case,
    resume_deadline,
    serve_paper,
    set_aside_deadline,
    set_case,
    sign_paper,
    void_paper,
)
from engine.cases.actions.action import Action, ActionContext
from engine.errors import InvalidState, Message
from engine.kernel.ports import ActionCall, ActionResult, ActionSignature

_ROOMS = (
    *(register_case, issue_paper, serve_paper, notify, set_case, record_score, link_case),
    *(check_deadline, pause_deadline, resume_deadline, set_aside_deadline),
    *(draft_paper, sign_paper, void_paper),
)
_ALL = (*(room.ACTION for room in _ROOMS), serve_paper.RECEIPT)

ACTIONS: Mapping[str, Action] = MappingProxyType({action.signature.name: action for action in _ALL})

SIGNATURES: Mapping[str, ActionSignature] = MappingProxyType(
    {name: action.signature for name, action in ACTIONS.items()}
)


class StepActions:
    """The kernel's ActionPort for one step: effects become rows of that step's transaction."""

    def __init__(self, context: ActionContext) -> None:
        self._context = context

    def run(self, call: ActionCall) -> ActionResult:
        """Raises InvalidState for an unknown action or parameter, and what the action itself raises."""
        action = ACTIONS.get(call.name)
        if action is None:
            raise InvalidState(
                Message(
                    f"没有名为“{call.name}”的动作。可用的有：{'、'.join(ACTIONS)}。",
                    f"There is no action “{call.name}”. There are: {', '.join(ACTIONS)}.",
                )
            )
        params = action.signature.params
        unknown = sorted(set(call.params) - set(params))
        missing = sorted(name for name, needed in params.items() if needed and name not in call.params)
        if unknown or missing:
            raise InvalidState(
                Message(
                    f"动作 {call.name} 的参数不符：多余 {unknown}，缺少 {missing}。",
                    f"The parameters of action {call.name} do not fit: unknown {unknown}, missing {missing}.",
                )
            )
        return action.run(self._context, call)
