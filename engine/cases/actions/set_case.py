"""`set_case`: sets columns of the case file that the office's lists and rights rest on."""

from __future__ import annotations

from engine.cases.actions.action import Action, ActionContext, optional
from engine.errors import Message
from engine.kernel.ports import ActionCall, ActionResult, ActionSignature

_TEXTS = ("state", "title", "unit", "category", "purpose")


def _set_case(context: ActionContext, call: ActionCall) -> ActionResult:
    columns: dict[str, object] = {name: optional(call, name, str) for name in _TEXTS}
    columns["confidential"] = optional(call, "confidential", bool)
    accused = optional(call, "accused_units", list)
    columns["accused_units"] = None if accused is None else tuple(str(unit) for unit in accused)
    context.collector.update_case(**columns)
    changed = sorted(name for name, value in columns.items() if value is not None)
    context.collector.event("CaseChanged", {"columns": changed})
    title = columns["title"]
    return ActionResult(None, {"title": title} if title else {})


ACTION = Action(
    ActionSignature(
        "set_case",
        dict.fromkeys((*_TEXTS, "confidential", "accused_units"), False),
        Message("更新案件", "Update the case file"),
    ),
    _set_case,
)
