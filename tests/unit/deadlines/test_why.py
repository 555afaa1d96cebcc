"""Why a deadline is when it is: each day, each light, what comes next; the worked scenarios among them."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.clock.deadline import ClockKind, Term
from engine.clock.period import Period
from engine.deadlines.explanation import Audience, LightWords, RungWords
from engine.deadlines.moment_words import told_moment
from engine.deadlines.why_json import to_json
from engine.errors import Message
from engine.records.time import DeadlineState, TimerState
from tests.builders import a_timer
from tests.unit.clock.days import ZONE, at
from tests.unit.deadlines.explained import a_running, explained, told

D, W, H, P, FIXED = ClockKind.DAYS, ClockKind.WORKING_DAYS, ClockKind.HOURS, ClockKind.PERIOD, ClockKind.FIXED


def test_working_days_over_the_holiday_and_the_worked_saturday() -> None:
    why = explained(a_running(Term(W, 5, rollover=False), "2025-09-30 10:00"), "2025-10-09 09:00")
    assert told(why) == [
        "09-30 start",
        *[f"10-0{n} rest" for n in range(1, 9)],
        "10-09 1",
        "10-10 2",
        "10-11 makeup 3",
        "10-12 rest",
        "10-13 4",
        "10-14 5",
    ]
    assert why.span.due_on == date(2025, 10, 14)
    assert why.span.days[1].note == "国庆节"
    assert why.limit == Message("5 个工作日", "5 working days")


def test_calendar_days_count_the_holiday_and_roll_over_it() -> None:
    """五查: three days from 09-30 end in the holiday."""
    why = explained(a_running(Term(D, 3), "2025-09-30 16:00"), "2025-10-01 09:00")
    assert told(why)[:5] == ["09-30 start", "10-01 1", "10-02 2", "10-03 3", "10-04 rolled"]
    assert told(why)[-1] == "10-09 rolled"
    assert (why.span.raw_on, why.span.due_on) == (date(2025, 10, 3), date(2025, 10, 9))
    assert why.is_rolled
    assert why.span.counted == 3


def test_a_count_that_ends_on_a_worked_saturday_does_not_roll() -> None:
    why = explained(a_running(Term(D, 15), "2025-09-26 09:40"), "2025-09-27 09:00")
    last = why.span.days[-1]
    assert (last.day, last.number, last.is_workday, why.is_rolled) == (date(2025, 10, 11), 15, True, False)


def test_an_extension_begins_after_the_original_days() -> None:
    first = a_running(Term(D, 60), "2025-10-09 15:00", deadline_id="l0")
    granted = {
        "at": at("2025-12-05 10:00"),
        "by": "p-a",
        "event": "extended",
        "asked_by": "p-a",
        "approved_by": "p-b",
        "basis": "第三十四条",
    }
    first = replace(first, history=(granted,), state=DeadlineState.EXTENDED)
    why = explained(
        a_running(Term(D, 60, grace=30), "2025-10-09 15:00", follows="l0"),
        "2025-12-06 09:00",
        followed=first,
        names={"p-a": "张三", "p-b": "李四"},
    )
    boundary = [day.day for day in why.span.days if day.extended]
    assert (boundary[0], boundary[-1], len(boundary)) == (date(2025, 12, 9), date(2026, 1, 7), 30)
    assert why.extension is not None
    assert why.extension.from_due == first.legal_due
    assert (why.extension.asked_by, why.extension.approved_by, why.extension.basis) == (
        "张三",
        "李四",
        "第三十四条",
    )
    assert why.limit.zh == "60 日之后另加 30 日"


def test_paused_days_are_not_counted() -> None:
    pause = {"from": at("2025-10-10 10:00"), "until": at("2025-10-13 09:00"), "reason": "supplement", "by": "p-a"}
    deadline = a_running(Term(W, 5, rollover=False), "2025-09-30 10:00", pauses=[pause])
    why = explained(deadline, "2025-10-14 09:00", names={"p-a": "张三"})
    assert told(why)[9:] == [
        "10-09 1", "10-10 paused", "10-11 paused", "10-12 paused", "10-13 2", "10-14 3", "10-15 4", "10-16 5",
    ]  # fmt: skip
    assert (why.pauses[0].by, why.pauses[0].reason) == ("张三", "supplement")


def test_a_clock_that_stands_has_no_due_day_yet() -> None:
    pause = {"from": at("2025-10-10 10:00"), "until": None, "reason": "supplement", "by": "system"}
    deadline = a_running(Term(W, 5, rollover=False), "2025-09-30 10:00", pauses=[pause], state=DeadlineState.PAUSED)
    why = explained(deadline, "2025-10-13 09:00")
    assert told(why)[9:] == ["10-09 1", "10-10 paused", "10-11 paused", "10-12 paused", "10-13 paused"]
    assert (why.span.due_on, why.span.counted, why.light, why.next) == (None, 1, "normal", ())
    assert why.pauses[0].by is None


def test_hours_run_through_new_years_eve() -> None:
    """除夕 20:30, eight hours."""
    why = explained(a_running(Term(H, 8), "2026-02-16 20:30"), "2026-02-16 21:00")
    assert [(hour.number, hour.since.astimezone(ZONE).hour) for hour in why.hours][::7] == [(1, 20), (8, 3)]
    assert why.hours[-1].until == at("2026-02-17 04:30")
    assert [light.at for light in why.lights[:2]] == [at("2026-02-17 00:30"), at("2026-02-17 02:30")]
    assert why.lights[1].threshold.zh == "时间用去 75%"


def test_lights_say_their_threshold_their_words_and_which_is_on() -> None:
    words = LightWords({"yellow": Message("明天必须办结", "tomorrow")}, {"yellow": "bell"})
    deadline = a_running(Term(D, 15), "2025-09-26 09:40", yellow="before 2 W")
    why = explained(deadline, "2025-10-09 00:00", lights=words)
    blue, yellow, red = why.lights
    assert (yellow.at, yellow.threshold.zh) == (at("2025-10-09 00:00"), "届满前第 2 个工作日的 00:00")
    assert (yellow.words, yellow.icon) == (words.words["yellow"], "bell")
    assert (blue.is_on, yellow.is_on, red.is_on) == (False, True, False)
    assert (blue.has_come, red.has_come) == (True, False)
    late = explained(deadline, "2025-10-12 00:01")
    assert late.light == "red"
    assert explained(deadline, "2025-10-11 24:00").light == "yellow"
    done = replace(deadline, state=DeadlineState.MET, ended_at=at("2025-10-09 10:00"))
    assert explained(done, "2025-10-20 00:00").light == "normal"


def test_what_comes_next_is_in_order_and_says_to_whom() -> None:
    deadline = a_running(Term(D, 15), "2025-09-26 09:40")
    waiting = a_timer("l1:R1:1", due_at=at("2025-10-14 24:00"), rung="R1", name="催办", deadline_id="l1")
    rungs = {"R1": RungWords(Message("第一次催办", "first urging"), (Audience("head", "unit"),), "notify")}
    why = explained(deadline, "2025-10-05 10:00", timers=[waiting], rungs=rungs)
    assert [(one.kind, one.at) for one in why.next] == [
        ("light", at("2025-10-10 00:00")),
        ("due", at("2025-10-11 24:00")),
        ("rung", at("2025-10-14 24:00")),
    ]
    assert (why.next[-1].name.zh, why.next[-1].to, why.next[-1].action) == (
        "第一次催办", (Audience("head", "unit"),), "notify",
    )  # fmt: skip
    fired = replace(waiting, state=TimerState.FIRED, fired_at=at("2025-10-15 00:01"), late_seconds=60.0)
    later = explained(deadline, "2025-10-16 10:00", timers=[fired], rungs=rungs)
    assert [(one.name.zh, one.at, one.late_seconds) for one in later.fired] == [
        ("第一次催办", at("2025-10-15 00:01"), 60.0)
    ]
    assert later.next == ()
    ended = replace(deadline, state=DeadlineState.VOIDED, ended_at=at("2025-10-05 09:00"))
    assert explained(ended, "2025-10-05 10:00", timers=[waiting]).next == ()


def test_who_started_it_and_the_whole_history_have_names() -> None:
    history = (
        {"at": at("2025-09-26 09:40"), "by": "p-a", "event": "started", "trigger": "登记"},
        {"at": at("2025-09-28 09:40"), "by": "system", "event": "moved", "legal_due": at("2025-10-11 24:00")},
    )
    deadline = a_running(Term(D, 15), "2025-09-26 09:40", triggered_by="p-a", history=history)
    why = explained(deadline, "2025-10-05 10:00", names={"p-a": "张三"})
    assert (why.started_by, why.start_event.zh) == ("张三", "登记")
    assert [(one.event, one.by) for one in why.history] == [("started", "张三"), ("moved", None)]
    assert why.history[1].detail == {"legal_due": at("2025-10-11 24:00")}


def test_a_year_that_is_not_announced_is_named() -> None:
    why = explained(a_running(Term(D, 60), "2026-11-20 09:00"), "2026-11-21 09:00")
    assert why.provisional_years == (2027,)
    assert why.span.due_on == date(2027, 1, 19)


def test_periods_and_dates_that_were_set() -> None:
    month = explained(a_running(Term(P, 1, Period.MONTH), "2026-07-02 09:00"), "2026-07-03 09:00")
    assert (month.limit.zh, month.span.due_on) == ("本月末", date(2026, 7, 31))
    fixed = explained(a_running(Term(FIXED, fixed_on=date(2025, 10, 3)), "2025-09-26 09:00"), "2025-09-27 09:00")
    assert (fixed.limit.zh, fixed.span.due_on) == ("指定日期", date(2025, 10, 9))


def test_the_same_day_and_a_date_in_the_past_are_told() -> None:
    today = explained(a_running(Term(D, 0), "2025-09-26 17:30"), "2025-09-26 18:00")
    assert (told(today), today.span.due_on) == (["09-26 start"], date(2025, 9, 26))
    past = explained(a_running(Term(FIXED, fixed_on=date(2025, 9, 24)), "2025-09-26 09:00"), "2025-09-26 18:00")
    assert (told(past), past.light) == (["09-26 start"], "red")


def test_moments_in_words() -> None:
    assert [told_moment(text).zh for text in ("after 3 D", "before 30 M", "due", "light red", "nonsense")] == [
        "届满后第 3 日的 24:00", "届满前 30 分钟", "届满时", "超期时", "nonsense",
    ]  # fmt: skip
    assert told_moment("before 1 W").en == "00:00, 1 working day before due"


def test_json_has_iso_instants_and_24_00_as_written() -> None:
    history = (
        {"at": at("2025-09-26 09:40"), "by": "system", "event": "started", "legal_due": at("2025-10-11 24:00")},
    )
    deadline = a_running(Term(D, 15), "2025-09-26 09:40", history=history)
    made = to_json(explained(deadline, "2025-10-05 10:00", case_number="XF2025-00001"), ZONE)
    assert json.loads(json.dumps(made)) == made
    assert made["dates"]["legal_due"] == {"at": "2025-10-12T00:00:00+08:00", "written": "2025-10-11 24:00"}
    assert made["days"][-1] == {
        "day": "2025-10-11", "kind": "counted", "number": 15, "workday": True,
        "due": True, "extended": False, "note": "国庆节",
    }  # fmt: skip
    assert made["lights"][1]["on"] is False
    assert made["history"][0]["detail"]["legal_due"]["at"] == "2025-10-12T00:00:00+08:00"


@given(
    kind=st.sampled_from([D, W]),
    amount=st.integers(1, 90),
    start=st.integers(0, 900),
    rollover=st.booleans(),
)
@settings(max_examples=60, deadline=None)
def test_the_last_counted_day_is_the_raw_due_day_and_has_the_amount(
    kind: ClockKind, amount: int, start: int, rollover: bool
) -> None:
    began = (at("2023-11-01 09:00") + timedelta(days=start)).astimezone(ZONE)
    why = explained(a_running(Term(kind, amount, rollover=rollover), f"{began:%Y-%m-%d %H:%M}"), "2023-11-01 09:00")
    counted = [day for day in why.span.days if day.number]
    assert [day.number for day in counted] == list(range(1, amount + 1))
    assert counted[-1].day == why.span.raw_on
    assert why.span.days[-1].day == why.span.due_on
    assert why.deadline.legal_due.astimezone(UTC) >= why.deadline.raw_due
