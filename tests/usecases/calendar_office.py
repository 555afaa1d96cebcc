"""An office with open deadlines of every clock, for tests of the calendar."""

from __future__ import annotations

from datetime import timedelta

from engine.cases.start import start_case
from engine.deadlines.calendar_apply import apply_calendar_change
from engine.deadlines.calendar_change import CalendarChange
from engine.deadlines.calendar_preview import CalendarPreview, preview_calendar_change
from engine.records.case import CaseFile
from engine.records.time import Deadline
from engine.tasks.claim import claim_task
from tests.unit.kernel.bpmn_builder import Bpmn
from tests.worlds import World

RULES = ("T1", "T3", "T4", "T9", "T11")


def under(rule: str) -> Bpmn:
    """handle ⏱ deadline(rule), with a reminder after three working days that hangs on no deadline."""
    return (
        Bpmn(f"under_{rule}")
        .lane("l", role="registrar")
        .start("s", lane="l")
        .manual("handle", name="承办", lane="l")
        .end("e", lane="l")
        .timer_boundary(
            "due", on="handle", expression=f'deadline("{rule}")', kind="timeDate", interrupting=False, lane="l"
        )
        .manual("urge", name="催办", lane="l")
        .end("urged", lane="l")
        .timer_boundary(
            "remind",
            on="handle",
            expression="working days(3)",
            kind="timeDate",
            interrupting=False,
            lane="l",
            properties={"only_reminds": "yes"},
        )
        .manual("look", name="提醒", lane="l")
        .end("looked", lane="l")
    )


def populate(world: World, *, rounds: int = 3, every: timedelta = timedelta(days=2, hours=5)) -> list[CaseFile]:
    """Cases of all rules, some claimed, begun on different days; the clock stands after the last."""
    dengji = world.actor("dengji")
    for rule in RULES:
        world.deploy(under(rule))
    cases = []
    for n in range(rounds):
        for rule in RULES:
            cases.append(start_case(world.engine, dengji, f"under_{rule}", {}))
            if n % 2:
                claim_task(world.engine, dengji, world.task(cases[-1], "handle").task_id)
        world.clock.advance(every)
    return cases


def open_deadlines(world: World, cases: list[CaseFile]) -> dict[str, Deadline]:
    found = (deadline for case in cases for deadline in world.view(case).deadlines)
    return {deadline.deadline_id: deadline for deadline in found if deadline.is_open}


def preview(world: World, change: CalendarChange, who: str = "admin") -> CalendarPreview:
    return preview_calendar_change(world.engine, world.actor(who), change)


def change_calendar(world: World, change: CalendarChange, who: str = "admin") -> CalendarPreview:
    """Previews and applies at once."""
    seen = preview(world, change, who)
    apply_calendar_change(world.engine, world.actor(who), change, seen.fingerprint, "测试")
    return seen
