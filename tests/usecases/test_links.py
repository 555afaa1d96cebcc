"""Linked, similar and merged petitions: found by party, place and wording; shown to nobody who may not see them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from engine.audit.verify import verify_chain
from engine.cases import similar
from engine.cases.file_read import open_file
from engine.cases.links import link_cases, unlink_cases
from engine.cases.merger_clocks import ADVANCED, CARRIED, CLOSED
from engine.cases.merger_preview import merger_preview
from engine.cases.merging import merge_case
from engine.cases.read import reveal_parties
from engine.cases.similar import similar_cases
from engine.cases.start import start_case
from engine.cases.unmerging import undo_merger
from engine.deadlines.fire import fire_due_timers
from engine.documents.attachments import add_attachment, open_attachment
from engine.errors import Conflict, Forbidden, InvalidState, NotFound
from engine.records.case import CaseFile
from engine.records.time import DeadlineState, TimerKind
from engine.records.work import Recusal
from engine.store import count_statements
from engine.store.tables.time import deadline as deadlines
from engine.tasks.complete import complete_task
from tests.unit.kernel.bpmn_builder import Bpmn
from tests.worlds import World, a_field, a_form

TITLE = "反映青山村征地补偿款未足额发放"


def timed() -> Bpmn:
    """start → handle ⏱ T5 → end; the intake names who is accused."""
    diagram = Bpmn("timed").lane("l", role="registrar").start("s", form="intake", lane="l")
    diagram.manual("handle", lane="l").end("e", lane="l")
    diagram.timer_boundary("due", on="handle", expression='deadline("T5")', interrupting=False, lane="l")
    return diagram.end("late", lane="l")


INTAKE = a_form(
    a_field("title"),
    a_field("occurred_place"),
    a_field("confidential", "checkbox"),
    a_field("accused_units", "checklist", values=[{"value": "rsj", "label": "人社局"}]),
    a_field("name", properties={"store": "party"}),
    a_field("contact", properties={"store": "party"}),
)


@pytest.fixture
def office(either: World) -> World:
    either.deploy(timed(), intake=INTAKE)
    return either


def a_petition(world: World, title: str = TITLE, name: str = "陈某某", **more: object) -> CaseFile:
    world.clock.advance(timedelta(days=1))
    data = {"title": title, "name": name, "contact": "13800000000", **more}
    return start_case(world.engine, world.actor("dengji"), "timed", data)


def test_the_same_person_and_the_same_words_are_found_with_the_reasons(office: World) -> None:
    first = a_petition(office, occurred_place="青山村")
    a_petition(office, "要求安装路灯", "王某", contact="13911112222")
    same_words = a_petition(
        office, "再次反映青山村征地补偿款没有足额发放", "李某", contact="1", occurred_place="青山村"
    )
    same_person = a_petition(office, "咨询养老保险", contact="+86 138 0000 0000")

    with count_statements(office.engine.store) as statements:
        found = similar_cases(office.engine, office.actor("dengji"), first.case_id)

    assert [(c.case.case_id, c.reasons) for c in found] == [
        (same_person.case_id, ("contact", "name")),
        (same_words.case_id, ("wording", "place")),
    ]
    assert statements.count <= 9


def test_the_same_words_are_found_however_long_ago(office: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(similar, "NEWEST", 2)
    old = a_petition(office, contact="13911112222", name="李某")
    secret = a_petition(office, contact="13911112222", name="李某", accused_units=["rsj"])
    elsewhere = a_petition(office, "要求安装路灯", "王某", contact="13933334444")
    for n in range(3):
        a_petition(office, f"咨询养老保险{n}", f"赵{n}", contact=f"1395555000{n}")
    again = a_petition(office, "再次反映青山村征地补偿款没有足额发放", "孙某", contact="13977778888")
    dengji = office.actor("dengji")
    with count_statements(office.engine.store) as statements:
        found = similar.similar_cases(office.engine, dengji, again.case_id)
    assert {c.case.case_id for c in found} == {old.case_id, secret.case_id}
    assert elsewhere.case_id not in {c.case.case_id for c in found}
    assert {c.reasons for c in found} == {("wording",)}
    assert statements.count <= 9
    with office.engine.store.read() as work:
        assert "征地" not in work.dossier.saying(["征地", "养老", "x"], 1)
        assert work.dossier.saying(["路灯", "x", '"'], 1) == {"路灯": (elsewhere.case_id,)}


def test_what_may_not_be_seen_is_no_candidate(office: World) -> None:
    first, second = a_petition(office), a_petition(office)
    a_petition(office, accused_units=["rsj"])
    dengji, insider = office.actor("dengji"), office.actor("rsj.banli")
    assert len(similar_cases(office.engine, dengji, first.case_id)) == 2
    with office.engine.store.write() as work:
        work.stand_ins.add_recusal(Recusal(second.case_id, "p-dengji", "亲属", office.clock.now(), "p-admin"))
    assert len(similar_cases(office.engine, office.actor("dengji"), first.case_id)) == 1
    with pytest.raises(NotFound):
        similar_cases(office.engine, insider, first.case_id)
    with pytest.raises(Forbidden):
        similar_cases(office.engine, office.actor("shenji"), first.case_id)


def test_a_link_stands_on_both_sides_and_only_for_who_sees_both(office: World) -> None:
    one, other = a_petition(office), a_petition(office, accused_units=["rsj"])
    dengji = office.actor("dengji")
    link_cases(office.engine, dengji, one.case_id, other.case_id, kind="repeat", note="同一诉求")
    with pytest.raises(InvalidState):
        link_cases(office.engine, dengji, one.case_id, other.case_id, kind="repeat")
    for case in (one, other):
        (link,) = open_file(office.engine, dengji, case.case_id).links
        assert (link.link.kind, link.link.note) == ("repeat", "同一诉求")
    with office.engine.store.read() as work:
        assert work.dossier.links(office.actor("rsj.banli"), one.case_id) == ()
    with pytest.raises(NotFound):
        link_cases(office.engine, office.actor("rsj.banli"), one.case_id, other.case_id, kind="related")
    with pytest.raises(Forbidden):
        link_cases(office.engine, office.actor("shenji"), one.case_id, other.case_id, kind="related")

    unlink_cases(office.engine, dengji, other.case_id, one.case_id, kind="repeat")
    assert open_file(office.engine, dengji, one.case_id).links == ()
    assert verify_chain(office.engine, one.case_id) == verify_chain(office.engine, other.case_id) == []


def test_a_merged_case_ends_and_is_carried_on_with_the_earlier_deadline(office: World) -> None:
    engine, dengji = office.engine, office.actor("dengji")
    late_start = a_petition(office)
    (deadline,) = office.view(late_start).deadlines
    later = deadline.legal_due + timedelta(days=30)  # as after an extension
    with engine.store.write() as work:
        work.connection.execute(
            deadlines.update()
            .where(deadlines.c.deadline_id == deadline.deadline_id)
            .values(legal_due=later, raw_due=later, target_due=later, term={**deadline.term, "amount": 40})
        )
    repeat = a_petition(office)
    attachment = add_attachment(engine, dengji, repeat.case_id, "信.pdf", b"%PDF-1.7")
    (sooner,) = office.view(repeat).deadlines

    shown = merger_preview(engine, dengji, repeat.case_id, late_start.case_id)
    assert [(c.effect, c.due_before, c.due_after) for c in shown.main_clocks] == [
        (ADVANCED, later, sooner.legal_due)
    ]
    assert [(c.effect, c.due_after) for c in shown.merged_clocks] == [(CARRIED, sooner.legal_due)]
    assert [task.element_id for task in shown.ending] == ["handle"]
    with pytest.raises(Conflict):
        merge_case(engine, dengji, repeat.case_id, late_start.case_id, seen="something else")
    assert office.view(repeat).case.merged_into is None
    merge_case(engine, dengji, repeat.case_id, late_start.case_id, "同一诉求", seen=shown.seen)

    merged = office.view(repeat)
    assert merged.case.state.startswith("并入")
    assert merged.case.closed_at == office.clock.now()
    assert merged.case.merged_into == late_start.case_id
    assert not [t for t in merged.tasks if t.state.value == "open"]
    assert [d.state for d in merged.deadlines] == [DeadlineState.VOIDED]
    assert not [t for t in merged.timers if t.state.value == "waiting"]
    main = open_file(engine, dengji, late_start.case_id)
    (governing,) = main.view.deadlines
    assert governing.legal_due == sooner.legal_due
    assert governing.history[-1]["event"] == "advanced"
    (task,) = office.tasks(late_start)
    assert task.due_at == sooner.legal_due
    assert [a.attachment_id for a in main.attachments] == [attachment.attachment_id]
    assert open_attachment(engine, dengji, attachment.attachment_id)[0] == attachment
    assert [p.case_id for p in reveal_parties(engine, dengji, late_start.case_id, "回访")] == [
        late_start.case_id,
        repeat.case_id,
    ]
    assert "PartiesRevealed" in office.events(repeat)
    assert verify_chain(engine, late_start.case_id) == verify_chain(engine, repeat.case_id) == []
    undo_merger(engine, dengji, repeat.case_id)
    again = office.view(repeat)
    assert (again.case.closed_at, again.case.merged_into, again.case.state) == (None, None, repeat.state)
    assert [(d.state, d.legal_due) for d in again.deadlines] == [(DeadlineState.RUNNING, sooner.legal_due)]
    assert office.view(late_start).deadlines[0].legal_due > sooner.legal_due
    assert open_file(engine, dengji, late_start.case_id).links == ()
    office.clock.move_to(sooner.legal_due + timedelta(seconds=1))
    fire_due_timers(engine, worker="w1")
    assert [t.state.value for t in office.view(repeat).timers if t.kind is TimerKind.BPMN] == ["fired"]
    (open_task,) = office.tasks(repeat)
    complete_task(engine, dengji, open_task.task_id, {})
    assert office.view(repeat).case.closed_at == office.clock.now()
    assert verify_chain(engine, late_start.case_id) == verify_chain(engine, repeat.case_id) == []


def test_a_merger_stands_once_the_main_case_has_moved(office: World) -> None:
    main, repeat = a_petition(office), a_petition(office)
    with office.engine.store.write() as work:
        work.connection.execute(
            deadlines.update().where(deadlines.c.case_id == main.case_id).values(rule="T1", name="受理告知")
        )
    shown = merger_preview(office.engine, office.actor("dengji"), repeat.case_id, main.case_id)
    assert [(c.effect, c.due_after) for c in shown.merged_clocks] == [(CLOSED, None)]
    merge_case(office.engine, office.actor("dengji"), repeat.case_id, main.case_id)
    with pytest.raises(Forbidden):
        undo_merger(office.engine, office.actor("shenji"), repeat.case_id)
    (task,) = office.tasks(main)
    complete_task(office.engine, office.actor("dengji"), task.task_id, {})
    with pytest.raises(InvalidState):
        undo_merger(office.engine, office.actor("dengji"), repeat.case_id)
    assert office.view(repeat).case.merged_into == main.case_id


@pytest.mark.parametrize(
    ("mine", "theirs"),
    [({"confidential": True}, {}), ({"accused_units": ["rsj"]}, {})],
    ids=["a secret", "an accused unit"],
)
def test_a_merger_opens_nothing_to_anybody(
    office: World, mine: dict[str, object], theirs: dict[str, object]
) -> None:
    main, repeat = a_petition(office, **theirs), a_petition(office, **mine)
    with pytest.raises(InvalidState):
        merge_case(office.engine, office.actor("dengji"), repeat.case_id, main.case_id)
    assert office.view(repeat).case.merged_into is None


def test_the_later_goes_into_the_earlier_and_only_keepers_decide(office: World) -> None:
    main, repeat = a_petition(office), a_petition(office)
    with pytest.raises(InvalidState):
        merge_case(office.engine, office.actor("dengji"), main.case_id, repeat.case_id)
    assert merger_preview(office.engine, office.actor("dengji"), main.case_id, repeat.case_id).refusal is not None
    with pytest.raises(Forbidden):
        merger_preview(office.engine, office.actor("shenji"), repeat.case_id, main.case_id)
    with pytest.raises(Forbidden):
        merge_case(office.engine, office.actor("shenji"), repeat.case_id, main.case_id)
    assert "AccessRefused" in office.events(repeat)
