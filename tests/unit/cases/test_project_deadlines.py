"""How deadlines continue, replace and end one another within a step. Pure."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from engine.cases.project import Projection, project
from engine.cases.standing import ClockOrder, Collected, Event, Stamp, Standing
from engine.clock.deadline import ClockKind, Term, dues_of
from engine.clock.lights import lights_of
from engine.deadlines.recompute import Reckoning
from engine.deadlines.terms import DeadlineTerms, RungPlan, term_data, to_record
from engine.errors import InvalidState, StepFailed
from engine.kernel.changes import Changes, Closure, Passed, ResolvedTime, TaskClosed, TimerArmed
from engine.records.step import Paper
from engine.records.time import Deadline, DeadlineState, TimerState
from tests.builders import a_case, an_instance
from tests.unit.clock.days import ZONE, announced, at

ACCEPTED = at("2025-10-09 09:30")
RECKONING = Reckoning(announced, ZONE)


def terms(
    rule: str, days: int, grace: int = 0, after: str | None = None, start: datetime = ACCEPTED
) -> DeadlineTerms:
    term = Term(ClockKind.DAYS, days, grace=grace)
    dues = dues_of(term, start, announced(), ZONE)
    lights = lights_of(term.kind, dues, announced(), ZONE)
    source = "《信访工作条例》第三十四条"
    data = term_data(term, pause_reasons=("supplement",))
    rung = RungPlan("urge", "催办", dues.legal_due, {"moment": "due"})
    return DeadlineTerms(
        rule,
        "办结",
        "Conclude",
        source,
        "D",
        grace or days,
        dues,
        lights,
        1,
        term=data,
        rungs=(rung,),
        after_rule=after,
    )


T4, T4X = terms("T4", 60), terms("T4X", 60, 30, "T4")


def running(of: DeadlineTerms, on: str = "k1", **given: Any) -> Deadline:
    made = to_record(of, deadline_id=f"d-{of.rule}", instance_id="i1", case_id="c1", attached_to=on)
    return replace(made, **given)


def paused_at(deadline: Deadline, since: datetime, until: datetime | None = None) -> Deadline:
    span = {"from": since, "until": until, "reason": "supplement", "by": "p-jingban"}
    return replace(deadline, pauses=(span,), state=DeadlineState.PAUSED if until is None else DeadlineState.RUNNING)


def starting(of: DeadlineTerms, on: str = "k2") -> TimerArmed:
    basis = {"rule": of.rule, "share": 1.0, "term": of.term, "start": of.dues.started_at}
    return TimerArmed(f"m-{of.rule}", "due", "期限", "main", on, False, ResolvedTime(of.dues.legal_due, of, basis))


def over(on: str = "k1", closure: Closure = Closure.COMPLETED) -> Changes:
    return Changes(passed=(Passed(on, "concluding", "办理与答复", "main", closure),))


def step(
    changes: Changes,
    *before: Deadline,
    now: datetime,
    earlier: tuple[Deadline, ...] = (),
    collected: Collected | None = None,
) -> Projection:
    standing = Standing(an_instance(), a_case(), {}, before, earlier=earlier)
    stamp = Stamp(now, "p-lingdao", Event("TaskCompleted", {"name": "审批延期"}), "k9", {})
    return project(changes, standing, stamp, collected or Collected(), reckoner=RECKONING)


def by_rule(projection: Projection) -> dict[str, Deadline]:
    return {deadline.rule: deadline for deadline in projection.batch.deadlines}


def test_an_extension_ends_the_first_limit_as_extended_and_follows_it() -> None:
    now = at("2025-12-05 10:00")
    paper = Paper(
        "p1", "c1", "i1", "L4", "延期告知书", "延期告知书〔2025〕3 号", {}, "served", now, "p-lingdao", now
    )
    data = {"extension_asked_by": "p-banli", "extension_reason": "需补充测绘"}
    changes = replace(over(), armed=(starting(T4X),), data=data)

    projection = step(changes, running(T4), now=now, collected=Collected(papers=(paper,)))

    old, new = by_rule(projection)["T4"], by_rule(projection)["T4X"]
    assert (old.state, old.ended_at, new.follows) == (DeadlineState.EXTENDED, now, old.deadline_id)
    assert (new.raw_due, new.legal_due) == (at("2026-01-07 24:00"), at("2026-01-07 24:00"))
    line = old.history[-1]
    assert line == {
        "at": now, "by": "p-lingdao", "event": "extended", "extended_by": new.deadline_id, "days": 30,
        "asked_by": "p-banli", "approved_by": "p-lingdao", "reason": "需补充测绘",
        "basis": "《信访工作条例》第三十四条", "notice": "延期告知书〔2025〕3 号", "notice_served_at": now,
        "until": new.legal_due, "legal_due": old.legal_due,
    }  # fmt: skip
    told = [event for event in projection.events if event.name.startswith("Deadline")]
    assert [event.name for event in told] == ["DeadlineExtended", "DeadlineStarted"]
    assert told[0].detail["deadline_id"] == old.deadline_id
    assert projection.batch.ladders_ended == (old.deadline_id,)


def test_a_second_extension_is_refused_with_the_article() -> None:
    changes = replace(over(), armed=(starting(T4X),))
    with pytest.raises(InvalidState, match="第三十四条") as refused:
        step(changes, running(T4X), now=at("2025-12-20 10:00"))
    assert "延长过一次" in refused.value.message.zh


def test_an_extension_after_the_limit_has_passed_is_refused() -> None:
    changes = replace(over(), armed=(starting(T4X),))
    with pytest.raises(InvalidState, match="已经届满"):
        step(changes, running(T4), now=T4.dues.legal_due.replace(second=1))
    step(changes, running(T4), now=T4.dues.legal_due)


def test_a_shorter_procedure_that_is_extended_reads_extended_too() -> None:
    simple = terms("T26", 14)
    extended = step(replace(over(), armed=(starting(T4X),)), running(simple), now=at("2025-10-15 10:00"))
    assert by_rule(extended)["T26"].state is DeadlineState.EXTENDED


def test_days_of_a_steps_own_are_not_what_an_extension_extends() -> None:
    own, simple = terms("@answer", 20), terms("T26", 14)
    changes = replace(over(), armed=(starting(T4X),))
    projection = step(changes, running(own), running(simple), now=at("2025-10-15 10:00"))
    states = {rule: deadline.state for rule, deadline in by_rule(projection).items()}
    assert states == {
        "@answer": DeadlineState.MET, "T26": DeadlineState.EXTENDED, "T4X": DeadlineState.RUNNING,
    }  # fmt: skip


def test_the_same_rule_anew_in_the_step_that_cancels_it_supersedes() -> None:
    changes = replace(over(closure=Closure.CANCELLED), armed=(starting(T4),))
    projection = step(changes, running(T4, deadline_id="old"), now=at("2025-10-20 10:00"))
    old, new = projection.batch.deadlines
    assert (old.state, old.history[-1]["superseded_by"]) == (DeadlineState.SUPERSEDED, new.deadline_id)
    assert (new.state, new.follows) == (DeadlineState.RUNNING, None)


def test_the_next_step_with_the_same_rule_is_another_duty() -> None:
    """a ⏱ T5 → b ⏱ T5: what was done was done."""
    projection = step(
        replace(over(), armed=(starting(T4),)), running(T4, deadline_id="old"), now=at("2025-10-20 10:00")
    )
    assert [d.state for d in projection.batch.deadlines] == [DeadlineState.MET, DeadlineState.RUNNING]


def test_an_extension_takes_over_the_time_for_which_the_clock_stood() -> None:
    old = paused_at(running(T4), at("2025-11-03 09:00"), at("2025-11-13 09:00"))
    old = RECKONING.deadline(old)
    projection = step(replace(over(), armed=(starting(T4X),)), old, now=at("2025-12-05 10:00"))
    new = by_rule(projection)["T4X"]
    assert (old.raw_due, new.raw_due) == (at("2025-12-18 24:00"), at("2026-01-17 24:00"))
    assert new.legal_due == at("2026-01-19 24:00")
    assert {timer.due_at for timer in projection.batch.timers_armed} == {new.legal_due}
    assert {timer.deadline_id for timer in projection.batch.timers_armed} == {new.deadline_id}


def test_a_case_sent_back_keeps_the_time_for_which_its_clock_stood() -> None:
    ended = replace(
        paused_at(running(T4), at("2025-11-03 09:00"), at("2025-11-13 09:00")),
        state=DeadlineState.MET,
        ended_at=at("2025-12-01 09:00"),
    )
    projection = step(Changes(armed=(starting(T4),)), now=at("2025-12-03 10:00"), earlier=(ended,))
    assert by_rule(projection)["T4"].raw_due == at("2025-12-18 24:00")


def test_what_ends_while_its_clock_stands_is_judged_with_the_time_for_which_it_stood() -> None:
    old = paused_at(running(T4), at("2025-12-08 09:00"))
    projection = step(over(), old, now=at("2025-12-20 10:00"))
    (end,) = projection.batch.deadlines
    assert (end.state, end.raw_due) == (DeadlineState.MET, at("2025-12-20 24:00"))
    assert [line["event"] for line in end.history] == ["resumed", "met"]
    assert end.pauses[-1]["until"] == at("2025-12-20 10:00")


def test_a_deadline_begun_and_stopped_in_one_step_holds_its_timers() -> None:
    orders = Collected(clocks=(ClockOrder(stop=True, rule="T4", reason="supplement"),))
    projection = step(Changes(armed=(starting(T4),)), now=ACCEPTED, collected=orders)
    assert by_rule(projection)["T4"].state is DeadlineState.PAUSED
    assert {timer.state for timer in projection.batch.timers_armed} == {TimerState.HELD}
    assert len(projection.batch.timers_armed) == 2


def test_an_order_of_an_action_without_such_a_clock_names_the_action() -> None:
    order = ClockOrder(stop=False, rule="T9", element_id="go", element_name="恢复")
    with pytest.raises(StepFailed, match="T9") as failed:
        step(Changes(), running(T4), now=ACCEPTED, collected=Collected(clocks=(order,)))
    assert failed.value.element_id == "go"


def test_one_that_begins_and_ends_in_one_step_is_told_whole() -> None:
    closed = Changes(armed=(starting(T4),), closed=(TaskClosed("k2", Closure.COMPLETED),))
    (deadline,) = step(closed, now=ACCEPTED).batch.deadlines
    assert [line["event"] for line in deadline.history] == ["started", "met"]
    assert deadline.history[0]["trigger"] == "审批延期"
    assert deadline.triggered_by == "p-lingdao"


@pytest.mark.parametrize(
    ("now", "state"), [("2025-12-01 09:00", DeadlineState.VOIDED), ("2025-12-20 09:00", DeadlineState.MET_LATE)]
)
def test_what_is_put_off_does_not_count_as_met(now: str, state: DeadlineState) -> None:
    orders = Collected(clocks=(ClockOrder(stop=False, rule="T4", reason="申请延期", set_aside=True),))
    (end,) = step(over(), running(T4), now=at(now), collected=orders).batch.deadlines
    assert end.state is state
