"""`notify`: tells the holders of a role that something needs them, in neutral words.

The text goes to phones and screens that others see: it names the case by number only, and of a confidential case it
says nothing but that there is something to read. (Source: 信访工作条例 art. 46(5).)
"""

from __future__ import annotations

from engine.cases.actions.action import Action, ActionContext, optional, required
from engine.errors import Message
from engine.kernel.ports import ActionCall, ActionResult, ActionSignature
from engine.notifications.receivers import told_of
from engine.records.case import CaseFile

LEVELS = {
    "info": Message("提醒", "Note"),
    "warning": Message("预警", "Warning"),
    "overdue": Message("超期", "Overdue"),
    "urgent": Message("紧急", "Urgent"),
}
_NEUTRAL = Message("有事项需要您处理，请登录查看。", "Something needs your attention. Please log in to read it.")


def _notify(context: ActionContext, call: ActionCall) -> ActionResult:
    role = required(call, "role", str)
    topic = required(call, "topic", str)
    unit = optional(call, "unit", str) or context.collector.case.unit
    level = _level(call)
    case = context.collector.case
    holders = () if unit in case.accused_units else context.holders(role, unit)
    people = told_of(context.work, holders, case, context.now, [call.process_id])
    given = optional(call, "text", str)
    text = neutral_text(case, level, Message(given, given) if given else None)
    sent = context.collector.notify(
        people, source_id=call.task_id, topic=topic, zh=text.zh, en=text.en, level=level
    )
    event = "Notified" if sent else "NobodyToNotify"
    context.collector.event(event, {"role": role, "unit": unit, "topic": topic, "receivers": list(sent)})
    return ActionResult({"receivers": list(sent)})


def _level(call: ActionCall) -> str:
    level = optional(call, "level", str)
    return level if level in LEVELS else "info"


def neutral_text(case: CaseFile, level: str, text: Message | None) -> Message:
    """What is sent: the level, the case's number, and the text, which a confidential case does not have."""
    word = LEVELS[level]
    said = _NEUTRAL if text is None or case.confidential else text
    number = f"{case.number} " if case.number else ""
    return Message(f"【{word.zh}】{number}{said.zh}", f"[{word.en}] {number}{said.en}")


ACTION = Action(
    ActionSignature(
        "notify",
        {"role": True, "unit": False, "topic": True, "text": False, "level": False},
        Message("通知", "Notify"),
    ),
    _notify,
)
