"""The card of a deadline: its sentence, marks, squares and notes; the page, the part and the JSON."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from engine.cases.start import start_case
from engine.clock.deadline import ClockKind, Term
from engine.deadlines.explanation import Audience, RungWords
from engine.definitions.deploy import deploy_procedure
from engine.errors import Message
from engine.records.time import DeadlineState, TimerState
from engine.tasks.complete import complete_task
from tests.browser.office import Office
from tests.builders import a_timer
from tests.unit.clock.days import ZONE, at
from tests.unit.deadlines.explained import a_running, explained
from tests.usecases.test_own_deadlines import verifying
from tests.web.visitor import Visitor
from tests.worlds import files_of
from web.moments import OfficeTime
from web.timer_lines import timer_lines
from web.why import Card, card_of

D, W, H = ClockKind.DAYS, ClockKind.WORKING_DAYS, ClockKind.HOURS
Visit = Callable[[str], Visitor]


def a_card(term: Term, start: str, now: str, *, language: str = "zh", **around: object) -> Card:
    given = around.pop("given", {})
    deadline = a_running(term, start, **given)  # type: ignore[arg-type]
    return card_of(explained(deadline, now, **around), OfficeTime(ZONE, at(now), language))


def test_a_card_says_in_one_sentence_how_the_date_follows() -> None:
    card = a_card(Term(D, 3), "2025-09-30 16:00", "2025-10-02 09:00")
    assert (
        card.sentence
        == "09-30 16:00 起算，当日不计；计满 3 日，10-03 24:00 届满。届满日不是工作日，顺延至 10-09 24:00。"
    )
    assert card.totals == "计入 3 日 · 顺延 6 日"
    english = a_card(Term(H, 3), "2026-10-03 09:20", "2026-10-03 09:20", language="en")
    assert english.sentence == "3 hours from 10-03 09:20, through nights and holidays; due at 10-03 12:20. "


def test_a_short_span_is_told_week_by_week() -> None:
    strip = a_card(Term(W, 5, rollover=False), "2025-09-30 10:00", "2025-10-10 09:00").strip
    assert strip is not None
    assert (strip.layout, [block.label for block in strip.blocks]) == ("weeks", ["10 月", "", ""])
    assert strip.blocks[0].blanks == 1
    words = {cell.words: cell.flags for block in strip.blocks for cell in block.cells}
    assert "10-11 星期六，第 3 日（调休上班），国庆节" in words
    assert words["10-14 星期二，第 5 日，到期日"] == "is-due"
    assert words["10-10 星期五，第 2 日"] == "is-today"
    assert strip.kinds == ("start", "counted", "makeup", "rest", "due", "today")
    english = a_card(Term(W, 5, rollover=False), "2025-09-30 10:00", "2025-10-10 09:00", language="en").strip
    assert english is not None
    assert english.blocks[0].label == "Oct"


def test_a_long_span_is_told_month_by_month() -> None:
    strip = a_card(Term(D, 60), "2025-11-20 10:00", "2025-11-21 09:00").strip
    assert strip is not None
    assert strip.layout == "months"
    assert [(block.label, len(block.cells)) for block in strip.blocks] == [
        ("11 月", 11), ("12 月", 31), ("2026 年 1 月", 19),
    ]  # fmt: skip


def test_hours_are_squares_too() -> None:
    strip = a_card(Term(H, 3), "2026-10-03 09:20", "2026-10-03 10:30").strip
    assert strip is not None
    assert [(c.flags, c.words) for c in strip.blocks[0].cells][:2] == [
        ("is-past", "第 1 小时，09:20 至 10:20"),
        ("is-today", "第 2 小时，10:20 至 11:20"),
    ]
    assert strip.blocks[0].cells[-1].flags == "is-due"


def test_marks_of_one_instant_are_one_line_and_say_to_whom() -> None:
    deadline = a_running(Term(H, 3), "2026-10-03 09:20")
    rungs = {
        "half": RungWords(Message("50% 提醒", "50%"), (Audience("unit_leader", "unit"),), "notify"),
        "red": RungWords(
            Message("逾时告知", "late"), (Audience("joint_office", "any"), Audience("chief", "keeping"))
        ),
    }
    timers = [
        a_timer(
            "l1:half:1", rung="half", due_at=deadline.blue_at, state=TimerState.FIRED, fired_at=deadline.blue_at
        ),
        a_timer("l1:red:1", rung="red", due_at=deadline.red_at),
    ]
    marks = a_card(Term(H, 3), "2026-10-03 09:20", "2026-10-03 11:00", timers=timers, rungs=rungs).marks
    assert [(mark.at, mark.words, mark.to) for mark in marks] == [
        ("09:20", "开始计时", ""),
        ("10:50", "50% 提醒", "责任单位负责人"),
        ("11:35", "时间用去 75%", ""),
        ("今天 12:20", "到期；逾时告知", "联席办、主要领导"),
    ]
    assert [mark.kind for mark in marks] == ["past", "past", "ahead", "due-ahead"]


def test_a_deadline_that_was_met_is_not_red() -> None:
    met = {"state": DeadlineState.MET, "ended_at": at("2025-09-25 10:00")}
    card = a_card(Term(D, 5), "2025-09-20 09:00", "2025-10-20 09:00", given=met)
    assert card.pill.words == "按期完成"
    assert "due" not in {mark.kind for mark in card.marks}
    assert {mark.words for mark in card.marks} >= {"办结"}


def test_a_clock_that_stands_says_so() -> None:
    pause = {"from": at("2025-10-10 10:00"), "until": None, "reason": "supplement", "by": "system"}
    given = {"pauses": [pause], "state": DeadlineState.PAUSED}
    card = a_card(Term(W, 5), "2025-09-30 10:00", "2025-10-13 09:00", given=given)
    assert card.sentence == "09-30 10:00 起算，已计 1 日；10-10 10:00 起暂停，恢复后接着计。"
    assert (card.pill.words, card.totals) == ("已暂停", "计入 1 日 · 不计 8 日 · 暂停 4 日")
    assert "due" not in {mark.kind.removesuffix("-ahead") for mark in card.marks}


def test_a_year_that_is_not_announced_is_a_note() -> None:
    card = a_card(Term(D, 60), "2026-11-20 09:00", "2026-11-21 09:00")
    assert card.notes == ("2027 年放假安排尚未公布，公布后重算。",)


def test_the_page_the_part_and_the_json_of_one_deadline(visit: Visit, office: Office) -> None:
    officer, deadline_id = _petition(visit, office)
    page = officer.get(f"/deadlines/{deadline_id}")
    assert page.status_code == 200
    assert "期限计算说明" in page.text
    assert "《信访工作条例》第二十二条" in page.text
    assert "陈某" not in page.text
    assert "逐日计算" not in officer.get(f"/deadlines/{deadline_id}/card").text
    told = officer.get(f"/deadlines/{deadline_id}.json").get_json()
    assert (told["rule"]["id"], told["dates"]["legal_due"]["written"]) == ("T1", "2025-10-11 24:00")
    assert told["days"][-1]["due"] is True


def test_days_of_a_steps_own_are_called_by_its_name_and_never_by_a_code(visit: Visit, office: Office) -> None:
    deploy_procedure(office.engine, None, "verifying", files_of(verifying()))
    case = start_case(office.engine, office.actor("dengji"), "verifying", {})
    with office.engine.store.read() as work:
        before = work.cases.view(case.case_id)
    assert before is not None
    complete_task(office.engine, office.actor("dengji"), before.tasks[0].task_id, {})
    with office.engine.store.read() as work:
        view = work.cases.view(case.case_id)
    assert view is not None
    (deadline,) = view.deadlines
    clerk = visit("dengji")
    for path in (
        f"/deadlines/{deadline.deadline_id}",
        f"/cases/{case.case_id}/clocks",
        f"/cases/{case.case_id}/timeline",
        f"/tasks/{view.tasks[-1].task_id}",
    ):
        page = clerk.get(path)
        assert page.status_code == 200, path
        assert "@verify" not in page.text, path
        assert "实地核查" in page.text, path
    explained = clerk.get(f"/deadlines/{deadline.deadline_id}").text
    assert "本流程规定" in explained
    assert "法定到期" not in explained
    assert clerk.get(f"/deadlines/{deadline.deadline_id}.json").get_json()["rule"]["id"] == "@verify"
    english = a_card(Term(W, 2), "2025-09-26 10:00", "2025-09-26 11:00", language="en", given={"rule": "@verify"})
    assert english.source == "this procedure"


def test_an_accused_unit_hears_of_no_deadline(visit: Visit, office: Office) -> None:
    _, deadline_id = _petition(visit, office, accused_units=["cgjd"])
    accused = visit("cgjd.lingdao")
    for path in ("", "/card", ".json"):
        answer = accused.get(f"/deadlines/{deadline_id}{path}")
        assert answer.status_code == 404
        assert "T1" not in answer.text
    assert visit("admin").get("/deadlines/none").status_code == 404


def _petition(visit: Visit, office: Office, **more: object) -> tuple[Visitor, str]:
    """A registered petition with its first deadline, and who may see it."""
    data = {
        "title": "反映路灯不亮", "channel": "letter", "purpose": "3", "category": "1402", "name": "陈某",
        "contact": "13800000000", "persons_count": 1, "occurred_place": "青山乡", "claim": "修好路灯", **more,
    }  # fmt: skip
    reception = visit("jiedai")
    answer = reception.start(data, procedure="petition_main")
    assert answer.status_code == 302, answer.text
    case_id = answer.location.rsplit("/", 1)[-1]
    screen = {"entered": "yes", "legal_path": "petition", "contactable": True, "screen_reason": "属于职权范围"}
    assert reception.complete(reception.task_id(), screen).status_code == 302
    registrar = visit("dengji")
    assert registrar.complete(registrar.task_id(), {"purpose": "3", "category": "1402"}).status_code == 302
    office.move_to(office.clock.now() + timedelta(days=1))
    with office.engine.store.read() as work:
        view = work.cases.view(case_id)
    assert view is not None
    return registrar, replace(view.deadlines[0]).deadline_id


def test_timers_of_a_case_write_their_midnights_as_the_office_does() -> None:
    deadline = a_running(Term(D, 15), "2025-09-26 09:40")
    due, yellow = deadline.legal_due, deadline.yellow_at
    timers = [
        a_timer("t1", due_at=deadline.red_at, deadline_id="l1", name="红灯", state=TimerState.FIRED, fired_at=due),
        a_timer("t2", due_at=yellow, deadline_id="l1", name="黄灯"),
        a_timer("t3", due_at=due, name="到期"),
        a_timer("t4", due_at=due, name="取消", state=TimerState.CANCELLED),
    ]
    lines = timer_lines(timers, [deadline], OfficeTime(ZONE, at("2025-10-20 09:00"), "zh"))
    assert [(line.name, line.due, line.fired) for line in lines] == [
        ("黄灯", "10-10 00:00", "—"),
        ("到期", "10-11 24:00", "—"),
        ("红灯", "10-11 24:00", "10-11 24:00"),
    ]
