"""What a deputy may do and how every trace says for whom; standing aside; handing over what somebody held."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from engine.cases.read import open_case
from engine.cases.read import register as read_register
from engine.cases.start import start_case
from engine.errors import Forbidden, InvalidForm, NotFound
from engine.notifications.messages import list_messages
from engine.org.absences import clear_absence, set_absence
from engine.org.coming_back import coming_back, looked_at, tell_returned
from engine.org.handover import handover
from engine.records.case import CaseFile
from engine.records.org import Grant, Person
from engine.tasks.claim import claim_task, unclaim_task
from engine.tasks.complete import complete_task
from engine.tasks.drafts import save_draft
from engine.tasks.leaving import begin_leaving, continue_leaving, leaving_of
from engine.tasks.recusal import declare_recusal, lift_recusal, recusals_of
from tests.unit.kernel.bpmn_builder import Bpmn
from tests.worlds import World

TODAY = date(2025, 9, 26)
"""The day of START."""


def deploy(world: World, **given: str) -> None:
    """`one`: the registrars' step, then one that names 许知行; a start may set columns of the case."""
    diagram = Bpmn("one").lane("l", role="registrar").start("s", lane="l")
    if given:
        diagram.service("set", "set_case", given, lane="l")
    diagram.manual("a", lane="l").manual("b", lane="l", properties={"assignee": '"p-jingban"'})
    world.deploy(diagram.end("e", lane="l"))


def start(world: World) -> CaseFile:
    return start_case(world.engine, world.actor("dengji"), "one", {})


def away(world: World, who: str, deputy: str, procedures: tuple[str, ...] = (), days: int = 3) -> None:
    set_absence(
        world.engine,
        world.actor(who),
        starts_on=TODAY,
        ends_on=TODAY + timedelta(days=days),
        deputy_id=f"p-{deputy}",
        procedures=procedures,
    )


def test_a_deputy_without_the_role_does_what_the_absent_could_and_every_trace_says_for_whom(either: World) -> None:
    deploy(either)
    case = start(either)
    task = either.task(case, "a")
    with pytest.raises(Forbidden):
        claim_task(either.engine, either.actor("jiedai"), task.task_id)
    away(either, "dengji", "fenguan")
    away(either, "fenguan", "jiedai")
    claim_task(either.engine, either.actor("jiedai"), task.task_id)
    claimed = either.task(case, "a")
    assert (claimed.assignee, claimed.claimed_for) == ("p-jiedai", "p-dengji")
    assert [h.by_name for h in handover(either.engine, either.actor("dengji")).taken] == ["林小满"]

    either.clock.advance(timedelta(days=5))
    assert either.actor("jiedai").principals == ()
    assert (tell_returned(either.engine), tell_returned(either.engine)) == (2, 0)
    dengji = either.actor("dengji")
    assert [m.topic for m in list_messages(either.engine, dengji)].count("absence_over") == 1
    prompted = coming_back(either.engine, dengji)
    assert prompted is not None
    assert [h.task.task_id for h in prompted.taken] == [task.task_id]
    looked_at(either.engine, dengji)
    assert coming_back(either.engine, dengji) is None
    assert coming_back(either.engine, either.actor("fenguan")) is not None
    assert tell_returned(either.engine) == 0
    complete_task(either.engine, either.actor("jiedai"), task.task_id, {})
    done = either.task(case, "a")
    assert (done.closed_by, done.closed_for) == ("p-jiedai", "p-dengji")
    view = either.view(case)
    told = {e.event: e.detail.get("acted_for") for e in view.audit if e.actor == "p-jiedai"}
    assert told["TaskClaimed"] == told["TaskCompleted"] == "p-dengji"
    assert {p.acted_for for p in view.path if p.element_id == "a"} == {"p-dengji"}
    back = handover(either.engine, either.actor("dengji"))
    assert [(h.task.task_id, h.by_name) for h in back.done] == [(task.task_id, "林小满")]
    assert back.taken == ()


def test_of_absences_that_run_into_each_other_the_last_is_told_and_none_that_never_began(world: World) -> None:
    day = timedelta(days=1)
    for first, last, deputy, procedures in ((0, 2, "jiedai", ()), (3, 4, "fenguan", ()), (9, 9, "jiedai", ())):
        set_absence(
            world.engine,
            world.actor("dengji"),
            starts_on=TODAY + first * day,
            ends_on=TODAY + last * day,
            deputy_id=f"p-{deputy}",
            procedures=procedures,
        )
    world.clock.advance(3 * day)
    assert tell_returned(world.engine) == 0, "away again without a day between"
    world.clock.advance(3 * day)
    with world.engine.store.read() as work:
        lasting = work.stand_ins.absences_of("p-dengji", world.clock.now())[0]
    clear_absence(world.engine, world.actor("dengji"), lasting.absence_id)
    assert tell_returned(world.engine) == 1
    prompted = coming_back(world.engine, world.actor("dengji"))
    assert prompted is not None
    assert prompted.since.astimezone(world.engine.settings.timezone).date() == TODAY


def test_what_a_deputy_gives_back_is_nobodys(world: World) -> None:
    deploy(world)
    case = start(world)
    away(world, "dengji", "jiedai")
    task = world.task(case, "a")
    claim_task(world.engine, world.actor("jiedai"), task.task_id)
    unclaim_task(world.engine, world.actor("jiedai"), task.task_id)
    freed = world.task(case, "a")
    assert (freed.assignee, freed.claimed_for) == (None, None)
    complete_task(world.engine, world.actor("dengji"), task.task_id, {})
    assert world.task(case, "a").closed_for is None


def test_a_task_by_name_stays_the_absents_and_the_deputy_hears_and_may_do_it(either: World) -> None:
    deploy(either)
    away(either, "jingban", "duban", ("one",))
    away(either, "jingban", "fenguan", ("two_steps",))
    case = start(either)
    complete_task(either.engine, either.actor("dengji"), either.task(case, "a").task_id, {})
    task = either.task(case, "b")
    assert task.assignee == "p-jingban"
    save_draft(either.engine, either.actor("duban"), task.task_id, {})
    with pytest.raises(Forbidden):
        save_draft(either.engine, either.actor("fenguan"), task.task_id, {})
    words = [m for m in list_messages(either.engine, either.actor("duban")) if m.topic == "deputised"]
    assert [(m.task_id, "许知行" in m.text_zh) for m in words] == [(task.task_id, True)]
    with pytest.raises(Forbidden):
        complete_task(either.engine, either.actor("fenguan"), task.task_id, {})
    assert open_case(either.engine, either.actor("duban"), case.case_id).case.case_id == case.case_id
    complete_task(either.engine, either.actor("duban"), task.task_id, {})
    done = either.task(case, "b")
    assert (done.closed_by, done.closed_for) == ("p-duban", "p-jingban")


def test_neither_an_accused_unit_nor_its_persons_deputy_acts(world: World) -> None:
    with world.engine.store.write() as work:
        work.org.add_person(Person("p-both", "both", "兼职", "xfj", "-"), [Grant("resp_dept", "zjj")])
        work.org.add_person(Person("p-clean", "clean", "清白", "xfj", "-"), [Grant("registrar", "xfj")])
    deploy(world, accused_units='["zjj"]')
    away(world, "dengji", "both")
    away(world, "both", "jiedai")
    case = start(world)
    task = world.task(case, "a")
    with pytest.raises(NotFound):
        claim_task(world.engine, world.actor("both"), task.task_id)
    claim_task(world.engine, world.actor("jiedai"), task.task_id)
    assert world.task(case, "a").claimed_for == "p-dengji", "for the registrar, not for who acts for the accused"


def test_who_stands_aside_hears_and_sees_nothing_and_its_tasks_go_back(either: World) -> None:
    deploy(either)
    case = start(either)
    task = either.task(case, "a")
    me = either.actor("dengji")
    claim_task(either.engine, me, task.task_id)
    away(either, "dengji", "jiedai")
    with pytest.raises(Forbidden):
        declare_recusal(either.engine, either.actor("jiedai"), case.case_id, "近亲属", "p-fenguan")
    stranded = declare_recusal(either.engine, me, case.case_id, "与信访人是近亲属")
    assert [s.task_id for s in stranded] == [task.task_id], "nobody else is a registrar"
    assert either.task(case, "a").assignee is None
    me = either.actor("dengji")
    for attempt in (
        lambda: open_case(either.engine, me, case.case_id),
        lambda: claim_task(either.engine, me, task.task_id),
        lambda: claim_task(either.engine, either.actor("jiedai"), task.task_id),
    ):
        with pytest.raises((NotFound, Forbidden)):
            attempt()
    assert read_register(either.engine, me).rows == ()
    keeper = either.actor("jingban")
    assert [r.person_id for r in recusals_of(either.engine, keeper, case.case_id).recusals] == ["p-dengji"]
    assert len(recusals_of(either.engine, keeper, case.case_id).stranded) == 1
    with pytest.raises(NotFound):
        lift_recusal(either.engine, me, case.case_id, "p-dengji")
    lift_recusal(either.engine, keeper, case.case_id, "p-dengji")
    claim_task(either.engine, either.actor("dengji"), task.task_id)
    events = either.events(case)
    assert [e for e in events if e.startswith("Recusal")] == ["RecusalDeclared", "RecusalLifted"]
    assert "TaskGivenBack" in events


def test_who_stands_aside_is_told_nothing_more_and_reads_nothing_it_was_told(either: World) -> None:
    with either.engine.store.write() as work:
        work.org.add_person(Person("p-new", "new", "新登记", "xfj", "-"), [Grant("registrar", "xfj")])
    params = {"role": '"registrar"', "topic": '"t"', "level": '"urgent"'}
    diagram = (
        Bpmn("telling").lane("l", role="registrar").start("s", lane="l").service("tell", "notify", params, lane="l")
    )
    diagram.manual("a", lane="l").service("again", "notify", params, lane="l").manual("b", lane="l").end(
        "e", lane="l"
    )
    either.deploy(diagram)
    case = start_case(either.engine, either.actor("dengji"), "telling", {})
    away(either, "dengji", "jiedai")

    def heard(username: str) -> int:
        return sum(m.topic == "t" for m in list_messages(either.engine, either.actor(username)))

    assert (heard("dengji"), heard("new")) == (1, 1)
    declare_recusal(either.engine, either.actor("dengji"), case.case_id, "与信访人是近亲属")
    complete_task(either.engine, either.actor("new"), either.task(case, "a").task_id, {})
    assert (heard("dengji"), heard("jiedai"), heard("new")) == (0, 0, 2)
    with either.engine.store.read() as work:
        told = [row[0] for row in work.connection.exec_driver_sql("SELECT recipient FROM outbox WHERE topic = 't'")]
        assert sorted(told) == ["p-dengji", "p-new", "p-new"], (
            "what it was told before is hidden, nothing is written after"
        )
        assert work.registers.unread_count("p-dengji", reader=either.actor("dengji")) == 0
        assert work.reach.own_deadlines(either.actor("dengji"), limit=10) == ()


def test_all_that_somebody_holds_goes_to_others_each_by_itself(either: World) -> None:
    with either.engine.store.write() as work:
        work.org.add_person(Person("p-new", "new", "新登记", "xfj", "-"), [Grant("registrar", "xfj")])
    deploy(either)
    cases = [start(either) for _ in range(3)]
    for case in cases:
        claim_task(either.engine, either.actor("dengji"), either.task(case, "a").task_id)
    admin = either.actor("admin")
    declare_recusal(either.engine, either.actor("new"), cases[1].case_id, "本人曾代理")
    for nobody in (either.actor("jingban"), either.actor("zrzyj.lingdao"), either.actor("dengji")):
        with pytest.raises(Forbidden):
            leaving_of(either.engine, nobody, "p-dengji")
    (share,) = leaving_of(either.engine, either.actor("juzhang"), "p-dengji").shares
    assert (share.key, share.many, [p.name for p in share.candidates]) == ("one:registrar", 3, ["新登记"])
    with pytest.raises(InvalidForm):
        begin_leaving(either.engine, admin, "p-dengji", {}, "调离", deactivate=True)
    begin_leaving(either.engine, admin, "p-dengji", {"one:registrar": "p-new"}, "调离", deactivate=True)
    view = continue_leaving(either.engine, admin, "p-dengji")
    assert (view.done, view.total, view.is_over, len(view.failed)) == (2, 3, False, 1)
    assert "回避" in view.failed[0][1].zh
    assert continue_leaving(either.engine, admin, "p-dengji").is_over
    assert [either.task(case, "a").assignee for case in cases] == ["p-new", "p-dengji", "p-new"]
    assert either.actor("dengji").person_id == "p-dengji", "not closed while a task is left"

    unclaim_task(either.engine, either.actor("dengji"), either.task(cases[1], "a").task_id)
    begin_leaving(either.engine, admin, "p-dengji", {}, "调离", deactivate=True)
    assert continue_leaving(either.engine, admin, "p-dengji").is_over
    with either.engine.store.read() as work:
        left = work.org.person("p-dengji")
        ended = [e for e in work.registers.audit_of(None) if e.event == "PersonDeactivated"]
    assert left is not None
    assert not left.active
    assert ended[0].detail["grants"] == ["registrar@xfj"]
