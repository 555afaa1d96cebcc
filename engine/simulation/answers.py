"""Reads an answers file: who answers which task, when, and what they enter.

```yaml
start:                        # the start form
  as: jiedai                  # optional: the first who may, where it is left out
  data: {title: 反映…, channel: letter}
screen: {after: 30 M, data: {entered: "yes"}}
propose: {at: 2025-10-09 10:00, data: {resp_unit: zrzyj}}
forward: never                # is left open
unit_review:                  # opens several times: one answer each, the last one for all that follow
  - {after: 1 W, data: {review_decision: accept}}
otherwise: {after: 1 W}       # every other task, with what its form needs filled in
```
"""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from engine.errors import FieldError, Message
from engine.scenarios.errors import Fault, InvalidScenario
from engine.scenarios.lined_yaml import LinedMapping, read_yaml
from engine.scenarios.reading import Reading
from engine.scenarios.schema import Field
from engine.simulation.model import Answer, Answers, Delay

NEVER = "never"
START = "start"
OTHERWISE = "otherwise"
KEYS = ("as", "after", "at", "data")
MOST = {"W": 1000, "D": 3660, "H": 24 * 3660, "M": 60 * 24 * 366}
_DELAY = re.compile(r"(\d{1,6}) ?([WDHM])", re.IGNORECASE)


class InvalidAnswers(InvalidScenario):
    """An answers file that cannot be used, or an answer that a form or the procedure refuses; by line and key."""


def read_answers(content: bytes, path: str, zone: ZoneInfo, elements: Collection[str]) -> Answers:
    """Local times are in `zone`; `elements` are the ids that may be answered. Raises InvalidAnswers."""
    try:
        top = read_yaml(content, path)
    except InvalidScenario as error:
        raise InvalidAnswers(path, list(error.faults)) from error
    reading = Reading(zone)
    reading.check_keys(top, (START, OTHERWISE, *elements))
    start = _one(reading, top, START, top[START]) if START in top else Answer(line=top.line)
    tasks = {key: _several(reading, top, key) for key in top if key not in {START, OTHERWISE}}
    otherwise = _one(reading, top, OTHERWISE, top[OTHERWISE]).after if OTHERWISE in top else None
    if start.never or start.at is not None or start.after != Delay():
        reading.fault(
            start.line, START, "起始表单在 --start 时填写，不写时刻。", "The start is at --start; leave it out."
        )
    if reading.faults:
        raise InvalidAnswers(path, reading.faults)
    return Answers(path, start, tasks, otherwise=otherwise)


def refused(
    answers: Answers, key: str, answer: Answer, errors: tuple[FieldError, ...], said: Message
) -> InvalidAnswers:
    """What the form or the procedure said of an answer, with the lines of its fields."""
    if not errors:
        return InvalidAnswers(answers.path or key, [Fault(answer.line, key, said)])
    faults = [
        Fault(answer.lines.get(_top(error.path), answer.line), error.path or key, _in(key, error.message))
        for error in errors
    ]
    return InvalidAnswers(answers.path or key, faults)


def _in(key: str, message: Message) -> Message:
    return Message(f"{key}：{message.zh}", f"{key}: {message.en}")


def _top(path: str) -> str:
    return path.partition(".")[0].partition("[")[0]


def _several(reading: Reading, top: LinedMapping, key: str) -> tuple[Answer, ...]:
    raw = top[key]
    items = raw if isinstance(raw, list) else [raw]
    return tuple(_one(reading, top, key, item) for item in items)


def _one(reading: Reading, top: LinedMapping, key: str, item: Any) -> Answer:
    line = top.line_of(key)
    if item == NEVER:
        return Answer(line=line, never=True)
    if item is None:
        return Answer(line=line)
    if not isinstance(item, LinedMapping):
        reading.fault(
            line,
            key,
            f"“{item}”不是答复。请写 data、after、at、as，或 never。",
            "Write data, after, at, as, or never.",
        )
        return Answer(line=line)
    reading.check_keys(item, KEYS)
    data = item.get("data") or {}
    if not isinstance(data, LinedMapping) and data != {}:
        reading.fault(item.line_of("data"), "data", "应为“字段: 值”。", "This must be “field: value” lines.")
        data = {}
    if "at" in item and "after" in item:
        reading.fault(item.line_of("at"), "at", "at 与 after 只能写一个。", "Write at or after, not both.")
    return Answer(
        line=item.line,
        username=reading.text(item, "as") or None,
        after=_delay(reading, item),
        at=_instant(reading, item),
        data=data,
        lines=getattr(data, "lines", {}),
    )


def _instant(reading: Reading, item: LinedMapping) -> datetime | None:
    if "at" not in item:
        return None
    at = reading.value(item["at"], Field.INSTANT, item.line_of("at"), "at")
    return at if isinstance(at, datetime) else None


def _delay(reading: Reading, item: LinedMapping) -> Delay:
    if "after" not in item:
        return Delay()
    match = _DELAY.fullmatch(str(item["after"]).strip())
    if match is None or int(match[1]) > MOST[match[2].upper()]:
        reading.fault(
            item.line_of("after"),
            "after",
            f"“{item['after']}”不是时长。可用：2 W（工作日）、3 D（日）、4 H（小时）、30 M（分钟）。",
            f"“{item['after']}” is no span. Write 2 W (working days), 3 D, 4 H or 30 M.",
        )
        return Delay()
    return Delay(int(match[1]), match[2].upper())
