"""What a rung does: tells people, starts a task or a procedure, issues a paper, records a score."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import NAMESPACE_OID, uuid5

from engine.cases.actions.action import ActionContext
from engine.cases.actions.notify import neutral_text
from engine.cases.actions.registry import StepActions
from engine.cases.ladder_receivers import Addressed, people_of
from engine.deadlines.ladders import Rung, What
from engine.errors import EngineError, Message, StepFailed
from engine.kernel.feel import Feel
from engine.kernel.ports import ActionCall
from engine.records.step import OutgoingMessage
from engine.records.time import Deadline
from engine.values import Data

TASK_MESSAGE: Final = "escalation.task"
"""Starts the procedure `escalation_task` in the same case."""


@dataclass(frozen=True)
class Climber:
    """One firing, with all that its action may use. `units` are the responsible ones, the first of them leading.

    `firing_key` is the timer's: whatever leaves the step is keyed by it. `reply_by` is when the next firing comes.
    """

    context: ActionContext
    feel: Feel
    firing_key: str
    element_id: str
    rung: Rung
    nth: int
    deadline: Deadline
    units: tuple[str, ...]
    to: Addressed
    reply_by: datetime | None


@dataclass(frozen=True)
class Done:
    """`detail` goes into the deadline's history and the audit trail: whom it reached, what it made."""

    detail: Data
    messages: tuple[OutgoingMessage, ...] = ()


def act(climber: Climber) -> Done:
    """Raises StepFailed, naming the row, where it cannot be carried out."""
    try:
        match climber.rung.what:
            case What.NOTIFY:
                return Done(_told(climber))
            case What.TASK:
                return _task(climber)
            case What.PAPER:
                return Done({**_paper(climber), **_told(climber)})
            case What.START:
                return _start(climber)
            case What.SCORE:
                return Done({**_score(climber), **_told(climber)})
    except EngineError as error:
        raise _failed(climber, error) from error


def _told(climber: Climber) -> Data:
    """Tells the receivers where the row has a text. Says who was told."""
    rung, context = climber.rung, climber.context
    if rung.text is None or not rung.to:
        return {}
    case = context.collector.case
    text = neutral_text(case, rung.level, rung.text)
    sent = context.collector.notify(
        people_of(context.work, climber.to, case, context.now),
        source_id=climber.firing_key,
        topic=rung.topic,
        zh=text.zh,
        en=text.en,
        level=rung.level,
    )
    return {"receivers": list(sent)}


def _task(climber: Climber) -> Done:
    """One task for each post. The persons of `holder` have theirs already; a post of an accused unit gets none."""
    rung, case = climber.rung, climber.context.collector.case
    posts = [(role, unit or case.unit) for role, unit in climber.to.posts]
    messages = tuple(
        _message(
            climber,
            TASK_MESSAGE,
            {
                "escalation_title": rung.title,
                "escalation_text": rung.text.zh if rung.text else "",
                "escalation_role": role,
                "escalation_unit": unit,
                "escalation_days": rung.days,
                "escalation_rule": climber.deadline.rule,
                "escalation_due": climber.deadline.legal_due,
            },
            number,
        )
        for number, (role, unit) in enumerate(posts)
    )
    told = _told(climber)
    return Done({**told, "tasks": [f"{role}@{unit}" for role, unit in posts]}, messages)


def _paper(climber: Climber) -> Data:
    rung, deadline = climber.rung, climber.deadline
    local = climber.context.zone
    fields = {
        "unit": climber.units[0] if climber.units else None,
        "rule": deadline.rule,
        "duty": deadline.name,
        "legal_due": deadline.legal_due.astimezone(local),
        "nth": climber.nth,
        "reply_by": climber.reply_by.astimezone(local) if climber.reply_by else None,
    }
    result = _call(
        climber, "issue_paper", {"kind": rung.kind, "title": rung.title, "word": rung.word, "fields": fields}
    )
    return {"number": result["number"], "paper_id": result["paper_id"]} if isinstance(result, Mapping) else {}


def _start(climber: Climber) -> Done:
    payload = _payload(climber)
    told = _told(climber)
    return Done(
        {**told, "message": climber.rung.message}, (_message(climber, climber.rung.message or "", payload, 0),)
    )


def _score(climber: Climber) -> Data:
    rung = climber.rung
    unit = climber.units[0] if climber.units else None
    reason = rung.text.zh if rung.text else rung.name.zh
    _call(climber, "record_score", {"code": rung.code, "points": rung.points, "unit": unit, "reason": reason})
    return {"code": rung.code, "points": rung.points, "unit": unit}


def _call(climber: Climber, name: str, params: Data) -> object:
    """A server action, as a diagram's service task would call it."""
    given = {key: value for key, value in params.items() if value is not None}
    call = ActionCall(name, given, {}, climber.element_id, climber.rung.name.zh, "", climber.firing_key)
    return StepActions(climber.context).run(call).value


def _payload(climber: Climber) -> Data:
    if climber.rung.payload is None:
        return {}
    value = climber.feel.evaluate(climber.rung.payload, words_of(climber), climber.context.now)
    return dict(value) if isinstance(value, Mapping) else {}


def words_of(climber: Climber) -> Data:
    """What a payload may read: `engine.deadlines.rungs.WORDS`."""
    case, deadline, zone = climber.context.collector.case, climber.deadline, climber.context.zone
    return {
        "case_id": case.case_id,
        "case_number": case.number,
        "case_unit": case.unit,
        "resp_unit": climber.units[0] if climber.units else None,
        "rule": deadline.rule,
        "duty": deadline.name,
        "legal_due": deadline.legal_due.astimezone(zone),
        # 24:00 of a day is kept as 00:00 of the next
        "due_on": (deadline.legal_due - timedelta(microseconds=1)).astimezone(zone).date(),
        "nth": climber.nth,
        "times": climber.rung.times,
    }


def _message(climber: Climber, name: str, payload: Data, number: int) -> OutgoingMessage:
    collector = climber.context.collector
    collector.event("MessageSent", {"message": name, "element": climber.element_id})
    key = payload.get("key")
    return OutgoingMessage(
        message_id=str(uuid5(NAMESPACE_OID, f"{climber.firing_key}:{number}")),
        instance_id=collector.instance_id,
        case_id=collector.case.case_id,
        element_id=climber.element_id,
        message=name,
        key=None if key is None else str(key),
        payload=payload,
        created_at=collector.now,
    )


def _failed(climber: Climber, error: EngineError) -> StepFailed:
    row = climber.rung.rung
    return StepFailed(
        Message(
            f"升级表 {row} 这一行不能执行：{error.message.zh}请在升级表中更正，再重试。",
            f"Row {row} of the table of escalations cannot be carried out: {error.message.en} Mend it, then retry.",
        ),
        element_id=climber.element_id,
        element_name=climber.rung.name.zh,
        expression=climber.rung.payload,
    )
