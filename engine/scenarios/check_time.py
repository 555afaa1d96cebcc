"""Expectations about deadlines and timers."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from engine.errors import Message
from engine.records.time import Deadline, Timer, TimerKind, TimerState
from engine.scenarios.matching import AnyOf, Found, Matcher
from engine.scenarios.model import Entry, Expectation
from engine.scenarios.scene import Scene


def check_deadlines(scene: Scene, expectation: Expectation) -> list[Message]:
    found = [_found_deadline(deadline) for deadline in scene.view.deadlines]
    entries = [_without_count(entry) for entry in expectation.wanted]
    messages = Matcher("deadlines", "rule", scene.zone).each([e for e in entries if e.values], found)
    for entry in expectation.wanted:
        wanted = entry.values.get("count")
        count = sum(1 for deadline in scene.view.deadlines if deadline.rule == entry["rule"])
        if wanted is not None and wanted != count:
            rule = entry["rule"]
            messages.append(
                Message(
                    f"deadlines：{rule} 应有 {wanted} 条，实际 {count} 条",
                    f"deadlines: {count} of {rule}, not {wanted}",
                )
            )
    return messages


def check_fired(scene: Scene, expectation: Expectation) -> list[Message]:
    """The diagram's own timers."""
    return _check_new("fired", TimerKind.BPMN, scene, expectation)


def check_climbed(scene: Scene, expectation: Expectation) -> list[Message]:
    """Rungs of escalation ladders, by id or name."""
    return _check_new("climbed", TimerKind.RUNG, scene, expectation)


def _check_new(key: str, kind: TimerKind, scene: Scene, expectation: Expectation) -> list[Message]:
    new = [t for t in scene.firings if t.kind is kind and t.timer_id not in scene.checked_firings]
    return Matcher(key, "timer", scene.zone).in_order(expectation.wanted, [_found_firing(t) for t in new])


def check_has_fired(scene: Scene, expectation: Expectation) -> list[Message]:
    found = [_found_firing(timer) for timer in scene.firings]
    return Matcher("has fired", "timer", scene.zone).each(expectation.wanted, found)


def check_waiting(scene: Scene, expectation: Expectation) -> list[Message]:
    found = [
        {"timer": _names(timer), "due": _plain(timer.due_at)}
        for timer in scene.view.timers
        if timer.state is TimerState.WAITING
    ]
    return Matcher("waiting", "timer", scene.zone).each(expectation.wanted, found)


def _without_count(entry: Entry) -> Entry:
    """An entry that says nothing but how many there are asks for no deadline."""
    values = {key: value for key, value in entry.values.items() if key != "count"}
    only_counts = "count" in entry.values and set(values) == {"rule"}
    return replace(entry, values={} if only_counts else values)


def _found_deadline(deadline: Deadline) -> Found:
    return {
        "rule": deadline.rule,
        "raw_due": deadline.raw_due,
        "legal_due": deadline.legal_due,
        "target_due": deadline.target_due,
        "blue_at": deadline.blue_at,
        "yellow_at": deadline.yellow_at,
        "red_at": deadline.red_at.replace(microsecond=0),
        "started_at": deadline.started_at,
        "ended_at": deadline.ended_at,
        "state": deadline.state.value,
        "provisional": deadline.provisional,
    }


def _found_firing(timer: Timer) -> Found:
    late = timer.late_seconds
    return {
        "timer": _names(timer),
        "at": _plain(timer.fired_at),
        "due": _plain(timer.due_at),
        "late_minutes": None if late is None else late / 60,
        "by_outage": timer.by_outage,
    }


def _plain(at: datetime | None) -> datetime | None:
    """Red comes on in the instant after due: a file writes the due instant."""
    return None if at is None else at.replace(microsecond=0)


def _names(timer: Timer) -> AnyOf:
    return AnyOf((timer.rung or timer.element_id, timer.name))
