"""Server actions, called by diagrams."""

from __future__ import annotations

from datetime import timedelta

import pytest

from engine.cases.start import start_case
from engine.errors import StepFailed
from engine.notifications.messages import list_messages, mark_read, unread_count
from engine.records.case import CaseFile
from engine.tasks.complete import complete_task
from tests.unit.kernel.bpmn_builder import Bpmn
from tests.worlds import World


def calling(*calls: tuple[str, dict[str, str]], key: str = "calling") -> Bpmn:
    """start → each action in turn, its result in r0, r1, … → a task that sees them."""
    diagram = Bpmn(key).lane("l", role="registrar").start("s", lane="l")
    for index, (action, params) in enumerate(calls):
        diagram.service(f"a{index}", action, params, result=f"r{index}", name=action, lane="l")
    return diagram.manual("see", lane="l").end("e", lane="l")


def run(world: World, *calls: tuple[str, dict[str, str]], key: str = "calling") -> CaseFile:
    world.deploy(calling(*calls, key=key))
    return start_case(world.engine, world.actor("dengji"), key, {})


def test_register_case_numbers_once_and_counts_by_year(world: World) -> None:
    case = run(world, ("register_case", {}), ("register_case", {}))
    other = start_case(world.engine, world.actor("dengji"), "calling", {})
    world.clock.advance(timedelta(days=120))
    next_year = start_case(world.engine, world.actor("dengji"), "calling", {})

    assert [c.number for c in (case, other, next_year)] == ["XF2025-00001", "XF2025-00002", "XF2026-00001"]
    data = world.task(case, "see").data
    assert data["r0"] == data["r1"] == {"number": case.number, "query_code": case.query_code}
    assert data["case_number"] == case.number
    assert case.query_code != other.query_code


def test_a_number_of_a_failed_step_is_given_again(world: World) -> None:
    with pytest.raises(StepFailed):
        run(world, ("register_case", {}), ("link_case", {"number": '"none"'}), key="failing")

    assert run(world, ("register_case", {})).number == "XF2025-00001"


def test_issue_paper_numbers_by_kind_and_serve_paper_finds_it_in_the_same_step(world: World) -> None:
    case = run(
        world,
        ("issue_paper", {"kind": '"督办令"', "title": '"关于征地补偿"', "fields": '{"dept": "zrzyj"}'}),
        ("issue_paper", {"kind": '"告知书"', "title": '"受理告知"', "number": "false"}),
        ("serve_paper", {"kind": '"告知书"'}),
    )

    order, notice = sorted(world.view(case).papers, key=lambda paper: paper.number is None)
    assert (order.number, order.state, order.fields, order.issued_by) == (
        "督办令〔2025〕1 号",
        "issued",
        {"dept": "zrzyj"},
        "p-dengji",
    )
    assert (notice.number, notice.state, notice.served_at) == (None, "served", world.clock.now())
    assert world.task(case, "see").data["r0"] == {"paper_id": order.paper_id, "number": order.number}


def test_serve_paper_finds_a_paper_of_an_earlier_step(world: World) -> None:
    diagram = (
        Bpmn("serving")
        .lane("l", role="registrar")
        .start("s", lane="l")
        .service("issue", "issue_paper", {"kind": '"答复意见书"', "title": '"答复"'}, lane="l")
        .manual("wait", lane="l")
        .service("serve", "serve_paper", {"kind": '"答复意见书"'}, lane="l")
        .end("e", lane="l")
    )
    world.deploy(diagram)
    case = start_case(world.engine, world.actor("dengji"), "serving", {})
    world.clock.advance(timedelta(days=1))

    complete_task(world.engine, world.actor("dengji"), world.task(case, "wait").task_id, {})

    (paper,) = world.view(case).papers
    assert (paper.state, paper.served_at) == ("served", world.clock.now())


@pytest.mark.parametrize(
    "call",
    [
        ("serve_paper", {"kind": '"没有"'}),
        ("serve_paper", {"served_at": 'date and time("2099-01-01T00:00:00Z")', "kind": '"督办令"'}),
        ("issue_paper", {"kind": "null", "title": '"x"'}),
        ("issue_paper", {"kind": "1", "title": '"x"'}),
        ("record_score", {"code": '"19"', "points": '"three"', "reason": '"x"'}),
    ],
)
def test_what_cannot_be_done_fails_the_step(world: World, call: tuple[str, dict[str, str]]) -> None:
    with pytest.raises(StepFailed):
        run(world, call)


def test_notify_tells_the_holders_of_the_role_in_neutral_words_once(world: World) -> None:
    case = run(
        world,
        ("register_case", {}),
        (
            "notify",
            {
                "role": '"unit_leader"',
                "unit": '"zrzyj"',
                "topic": '"overdue"',
                "level": '"overdue"',
                "text": '"请催办"',
            },
        ),
    )

    receiver = world.actor("zrzyj.lingdao")
    (entry,) = list_messages(world.engine, receiver)
    assert (entry.topic, entry.text_zh, entry.case_id) == ("overdue", "【超期】XF2025-00001 请催办", case.case_id)
    assert entry.task_id is None, "the notifying element is no task that anybody can open"
    assert world.task(case, "see").data["r1"] == {"receivers": [receiver.person_id]}
    assert unread_count(world.engine, receiver) == 1
    mark_read(world.engine, receiver)
    assert unread_count(world.engine, receiver) == 0
    assert list_messages(world.engine, world.actor("zrzyj.banli")) == ()


def test_of_a_confidential_case_nothing_is_said(world: World) -> None:
    run(
        world,
        ("set_case", {"confidential": "true"}),
        ("notify", {"role": '"duty_leader"', "topic": '"task"', "text": '"反映局长受贿"'}),
    )

    (entry,) = list_messages(world.engine, world.actor("zhiban"))
    assert "受贿" not in entry.text_zh + entry.text_en


def test_an_accused_unit_is_never_told(world: World) -> None:
    case = run(
        world,
        ("set_case", {"accused_units": '["zrzyj"]'}),
        ("notify", {"role": '"unit_leader"', "unit": '"zrzyj"', "topic": '"task"'}),
    )

    assert list_messages(world.engine, world.actor("zrzyj.lingdao")) == ()
    assert "NobodyToNotify" in world.events(case)


def test_set_case_sets_columns_and_leaves_the_others(world: World) -> None:
    case = run(world, ("set_case", {"state": '"不予受理"', "title": '"新标题"', "category": "null"}))

    assert (case.state, case.title, case.category, case.unit) == ("不予受理", "新标题", None, "xfj")
    assert world.task(case, "see").data["title"] == "新标题"


def test_link_case_links_to_the_other(world: World) -> None:
    first = run(world, ("register_case", {}), key="first")
    assert first.number is not None

    case = run(world, ("link_case", {"number": f'"{first.number}"'}))

    assert world.task(case, "see").data["r0"] == {"case_id": first.case_id}
    assert case.facts == {"关联案件": [first.number]}


def test_record_score_keeps_the_row(world: World) -> None:
    case = run(
        world, ("record_score", {"code": '"19"', "points": "-3", "unit": '"zrzyj"', "reason": '"督办令逾期"'})
    )

    (entry,) = [e for e in world.view(case).audit if e.event == "ScoreRecorded"]
    assert entry.detail == {"code": "19", "points": -3.0, "unit": "zrzyj"}
