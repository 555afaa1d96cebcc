"""`link_case`: links this case to an earlier one by its number."""

from __future__ import annotations

from dataclasses import replace

from engine.cases.actions.action import Action, ActionContext, required
from engine.errors import Message, NotFound
from engine.kernel.ports import ActionCall, ActionResult, ActionSignature
from engine.records.work import CaseLink

RELATED = "related"


def _link_case(context: ActionContext, call: ActionCall) -> ActionResult:
    """Raises NotFound for an unknown number, and for this case's own."""
    number = required(call, "number", str).strip()
    other = context.work.cases.by_number(number)
    case = context.collector.case
    if other is None or other.case_id == case.case_id:
        raise NotFound(Message("案件", "case"), number)
    link = CaseLink(case.case_id, other.case_id, RELATED, "", context.now, context.collector.actor)
    context.work.dossier.add_links((link, replace(link, case_id=link.other_id, other_id=link.case_id)))
    linked = [*case.facts.get("关联案件", []), number]
    context.collector.update_case(facts={"关联案件": list(dict.fromkeys(linked))})
    context.collector.event("CaseLinked", {"case_id": other.case_id, "number": number})
    return ActionResult({"case_id": other.case_id})


ACTION = Action(ActionSignature("link_case", {"number": True}, Message("关联案件", "Link a case")), _link_case)
