"""A scenario file, read and checked as a whole before anything runs."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from engine.scenarios.errors import InvalidScenario
from engine.scenarios.instants import UnreadableInstant, When, read_when
from engine.scenarios.lined_yaml import LinedMapping, read_yaml
from engine.scenarios.load_expect import read_expectations
from engine.scenarios.model import Refusal, Scenario, Step, Verb
from engine.scenarios.reading import Reading
from engine.scenarios.refusals import KINDS
from engine.scenarios.schema import Field

SHANGHAI = ZoneInfo("Asia/Shanghai")
HEADER = ("procedure", "title", "title_en", "source", "start", "steps")
STEP = ("at", "as", *(verb.value for verb in Verb), "data", "unit", "case", "refused", "note", "expect")
REFUSED = ("error", "fields", "says")


def load_scenario(path: Path, zone: ZoneInfo = SHANGHAI) -> Scenario:
    """Reads a file; local times are in `zone`. Raises InvalidScenario with every fault, by line and key."""
    return read_scenario(path.read_bytes(), str(path), zone)


def read_scenario(content: bytes, path: str, zone: ZoneInfo = SHANGHAI) -> Scenario:
    """As `load_scenario`, from bytes; `path` is for messages."""
    top = read_yaml(content, path)
    reading = Reading(zone)
    reading.check_keys(top, HEADER)
    start = _start(reading, top)
    scenario = Scenario(
        path=path,
        procedure=reading.text(top, "procedure", required=True),
        title=reading.text(top, "title", required=True),
        title_en=reading.text(top, "title_en"),
        source=reading.text(top, "source"),
        start=start,
        steps=_steps(reading, top),
    )
    _check_order(reading, scenario)
    if reading.faults:
        raise InvalidScenario(path, reading.faults)
    return scenario


def _start(reading: Reading, top: LinedMapping) -> datetime:
    if "start" not in top:
        reading.fault(top.line, "start", "缺少这个键。", "This key is missing.")
    elif isinstance(at := reading.value(top["start"], Field.INSTANT, top.line_of("start"), "start"), datetime):
        return at
    return datetime(2000, 1, 1, tzinfo=reading.zone)


def _steps(reading: Reading, top: LinedMapping) -> tuple[Step, ...]:
    raw = top.get("steps")
    if not isinstance(raw, list) or not raw:
        reading.fault(top.line_of("steps"), "steps", "至少写一个步骤。", "Write at least one step.")
        return ()
    steps = []
    for item in raw:
        if isinstance(item, LinedMapping):
            steps.append(_step(reading, item))
        else:
            reading.fault(
                top.line_of("steps"), "steps", f"“{item}”不是步骤。", f"“{item}” is no step: write key: value."
            )
    return tuple(steps)


def _step(reading: Reading, item: LinedMapping) -> Step:
    reading.check_keys(item, STEP)
    verb = _verb(reading, item)
    actor = reading.text(item, "as") or None
    if verb not in (None, Verb.DOWN, Verb.FOLLOW) and actor is None:
        reading.fault(item.line, "as", "没有写由谁来做。", "Say who acts.")
    data = item.get("data", {})
    if not isinstance(data, dict):
        reading.fault(item.line_of("data"), "data", "应为“字段: 值”。", "This must be “field: value” lines.")
        data = {}
    until = item.get(Verb.DOWN.value)
    return Step(
        line=item.line,
        at=_when(reading, item, "at") if "at" in item else None,
        actor=actor,
        verb=verb,
        target=reading.text(item, verb.value) if verb and verb is not Verb.DOWN else "",
        until=_when(reading, item, Verb.DOWN.value) if until is not None else None,
        data=data,
        unit=reading.text(item, "unit") or None,
        case=reading.text(item, "case") or None,
        refused=_refusal(reading, item),
        note=reading.text(item, "note"),
        expect=read_expectations(reading, item),
    )


def _verb(reading: Reading, item: LinedMapping) -> Verb | None:
    written = [verb for verb in Verb if verb.value in item]
    if len(written) > 1:
        reading.fault(
            item.line_of(written[1].value),
            written[1].value,
            "一步只能做一件事，请拆成两步。",
            "A step does one thing: make this two steps.",
        )
    return written[0] if written else None


def _when(reading: Reading, item: LinedMapping, key: str) -> When | None:
    try:
        return read_when(item[key], reading.zone)
    except UnreadableInstant as error:
        reading.fault(item.line_of(key), key, error.message.zh + "。", error.message.en + ".")
        return None


def _refusal(reading: Reading, item: LinedMapping) -> Refusal | None:
    raw: Any = item.get("refused")
    if raw is None:
        return None
    line = item.line_of("refused")
    fields: tuple[str, ...] = ()
    says = None
    if isinstance(raw, LinedMapping):
        reading.check_keys(raw, REFUSED)
        fields = tuple(reading.value(raw.get("fields", []), Field.TEXTS, line, "fields") or ())
        says = reading.text(raw, "says") or None
        raw = raw.get("error")
    if raw not in KINDS:
        listed = ", ".join(KINDS)
        reading.fault(line, "refused", f"应为其中之一：{listed}。", f"This must be one of {listed}.")
        return None
    return Refusal(raw, fields, says)


def _check_order(reading: Reading, scenario: Scenario) -> None:
    """The clock never goes back."""
    now = scenario.start
    for step in scenario.steps:
        for key, when in (("at", step.at), (Verb.DOWN.value, step.until)):
            if when is None:
                continue
            moved = now + when if isinstance(when, timedelta) else when
            if moved < now:
                reading.fault(step.line, key, "时刻早于前面的步骤，钟不能倒走。", "This is before the step above.")
            now = max(now, moved)
