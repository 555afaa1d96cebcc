"""`register_case`: gives the case its business number and its query code."""

from __future__ import annotations

import secrets

from engine.cases.actions.action import Action, ActionContext, optional
from engine.casework.case_numbers import case_number
from engine.errors import Message
from engine.kernel.ports import ActionCall, ActionResult, ActionSignature

_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""Digits and letters that cannot be mistaken for one another on paper or on the telephone."""
_CODE_LENGTH = 10


def _register_case(context: ActionContext, call: ActionCall) -> ActionResult:
    """A case that has a number keeps it: registering twice changes nothing."""
    case = context.collector.case
    if case.number is None:
        series = optional(call, "series", str) or "XF"
        counted = context.work.registers.next_number(series, context.year)
        number = case_number(series, context.year, counted)
        context.collector.update_case(number=number, query_code=_query_code())
        context.collector.event("CaseRegistered", {"number": number})
        case = context.collector.case
    value = {"number": case.number, "query_code": case.query_code}
    return ActionResult(value, {"case_number": case.number})


def _query_code() -> str:
    """Cannot be guessed from the number: it opens the public query page."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(_CODE_LENGTH))


ACTION = Action(
    ActionSignature("register_case", {"series": False}, Message("登记编号", "Register the case")), _register_case
)
