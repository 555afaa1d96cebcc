"""One act on several lines: each by itself, with its reason; the others are not touched."""

from __future__ import annotations

import pytest

from engine.cases.start import start_case
from engine.errors import InvalidForm, InvalidState
from engine.org.people import add_person
from engine.records.org import Grant
from engine.records.views import InboxQuery
from engine.tasks.batch import MOST_ITEMS, claim_each, read_each, transfer_each, urge_each
from engine.tasks.claim import claim_task
from engine.tasks.copies import copy_task
from engine.tasks.export import inbox_portions
from engine.tasks.inbox import inbox
from tests.worlds import World


@pytest.fixture(autouse=True)
def a_second_registrar(two: World) -> None:
    add_person(
        two.engine,
        None,
        username="dengji.li",
        name="李登",
        unit="xfj",
        password=None,
        grants=[Grant("registrar", "xfj")],
    )


def started(world: World, number: int) -> list[str]:
    """Ids of the open tasks of new cases, oldest first."""
    cases = [
        start_case(world.engine, world.actor("jiedai"), "two_steps", {"title": f"第{n}件"}) for n in range(number)
    ]
    return [world.task(case, "check").task_id for case in cases]


def keys(world: World, username: str, box: str) -> set[str]:
    return {row.key for row in inbox(world.engine, world.actor(username), InboxQuery(box=box)).rows}


def test_each_is_claimed_or_says_why_not(two: World) -> None:
    mine, theirs, also = started(two, 3)
    claim_task(two.engine, two.actor("dengji.li"), theirs)
    outcomes = claim_each(two.engine, two.actor("dengji"), [mine, theirs, "unknown", mine, also])
    assert [(o.item, o.is_done) for o in outcomes] == [
        (mine, True),
        (theirs, False),
        ("unknown", False),
        (also, True),
    ]
    assert all(o.refused is not None and o.refused.zh and o.refused.en for o in outcomes if not o.is_done)
    assert keys(two, "dengji", "mine") == {mine, also}


def test_each_is_handed_over_or_stays(two: World) -> None:
    first, second = started(two, 2)
    me, colleague = two.actor("dengji"), two.actor("dengji.li")
    claim_each(two.engine, me, [first])
    claim_task(two.engine, colleague, second)
    outcomes = transfer_each(two.engine, me, [first, second], colleague.person_id, "出差")
    assert [o.is_done for o in outcomes] == [True, False]
    assert keys(two, "dengji.li", "mine") == {first, second}
    for person, reason in (("", "出差"), (colleague.person_id, " ")):
        with pytest.raises(InvalidForm):
            transfer_each(two.engine, me, [first], person, reason)


def test_each_is_urged_once(two: World) -> None:
    (task,) = started(two, 1)
    me = two.actor("jiedai")
    claim_task(two.engine, two.actor("dengji"), task)
    urged = urge_each(two.engine, me, [task, "a case without a step"], "请抓紧")
    assert [o.is_done for o in urged] == [True, False]
    assert urged[1].refused is not None
    assert "不需要催办" in urged[1].refused.zh
    again = urge_each(two.engine, me, [task], "")
    assert not again[0].is_done


def test_copies_are_read_by_their_receiver_only(two: World) -> None:
    (task,) = started(two, 1)
    receiver = two.actor("dengji.li")
    copy_task(two.engine, two.actor("dengji"), task, [receiver.person_id], "请知悉")
    (copy,) = inbox(two.engine, receiver, InboxQuery(box="copied")).rows
    assert copy.is_unread
    assert copy.copy_id
    read_each(two.engine, two.actor("dengji"), [copy.copy_id])
    assert inbox(two.engine, receiver, InboxQuery(box="copied")).rows[0].is_unread
    assert read_each(two.engine, receiver, [copy.copy_id])[0].is_done
    assert not inbox(two.engine, receiver, InboxQuery(box="copied")).rows[0].is_unread


@pytest.mark.parametrize("items", [[], [""], [f"task {n}" for n in range(MOST_ITEMS + 1)]])
def test_nothing_and_too_much_are_refused(two: World, items: list[str]) -> None:
    with pytest.raises(InvalidState):
        claim_each(two.engine, two.actor("dengji"), items)


def test_what_is_taken_away_is_on_record(two: World, monkeypatch: pytest.MonkeyPatch) -> None:
    tasks = started(two, 5)
    monkeypatch.setattr("engine.tasks.export._PORTION", 2)
    me = two.actor("dengji")
    whole = list(inbox_portions(two.engine, me, InboxQuery(box="claimable")))
    assert [len(portion) for portion in whole] == [2, 2, 1]
    assert {row.key for portion in whole for row in portion} == set(tasks)
    chosen = [row.key for p in inbox_portions(two.engine, me, InboxQuery(box="claimable"), tasks[3:4]) for row in p]
    assert chosen == tasks[3:4]
    with two.engine.store.read() as work:
        told = [e.detail for e in work.registers.audit_of(None) if e.event == "InboxExported"]
    assert told == [{"box": "claimable", "rows": 5}, {"box": "claimable", "rows": 1}]


def test_a_refusal_within_is_no_error_of_the_whole(two: World) -> None:
    (task,) = started(two, 1)
    outsider = two.actor("zjj.zhiban")
    (outcome,) = claim_each(two.engine, outsider, [task])
    assert not outcome.is_done
    assert keys(two, "dengji", "claimable") == {task}
