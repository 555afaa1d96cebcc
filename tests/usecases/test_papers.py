"""Papers: numbered, rendered once, sealed, served, made void; and tasks that wait for them."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from engine.cases.start import start_case
from engine.documents.paper_drafts import draft_print, redraft_paper
from engine.documents.paper_file import paper_file
from engine.documents.paper_templates import (
    SHIPPED,
    compare_templates,
    read_kind,
    restore_template,
    template_file,
    upload_template,
)
from engine.documents.papers import (
    draft_paper,
    issue_paper,
    open_paper,
    record_receipt,
    reissue_paper,
    serve_paper,
    sign_paper,
    void_paper,
)
from engine.documents.word import words_of
from engine.documents.word_check import InvalidTemplate
from engine.errors import Conflict, Forbidden, InvalidState, NotFound, StepFailed
from engine.records.case import CaseFile
from engine.records.step import Paper
from engine.tasks.complete import complete_task
from tests.unit.kernel.bpmn_builder import Bpmn
from tests.usecases.test_races import at_once
from tests.worlds import World, a_field, a_form

NAME = "诸葛某"
L5 = {
    "kind": '"L5"',
    "title": '"信访事项处理意见书"',
    "fields": '{ unit: "zrzyj", basis: "《土地管理法》", opinion: "补足差额", review_rights: "可以申请复查" }',
}


def issuing(params: dict[str, str] | None = None, key: str = "issuing") -> Bpmn:
    """start (a petitioner's name) → issue → see, which waits for the paper → end."""
    diagram = Bpmn(key).lane("l", role="registrar").start("s", form="intake", lane="l")
    diagram.service("issue", "issue_paper", params or L5, result="paper", name="印发", lane="l")
    return diagram.manual("see", name="归档", properties={"awaits_paper": '"L5"'}, lane="l").end("e", lane="l")


def started(world: World, params: dict[str, str] | None = None) -> tuple[CaseFile, Paper]:
    form = a_form(
        a_field("title", label="事由"),
        a_field("name", properties={"store": "party"}),
        a_field("contact", properties={"store": "party"}),
    )
    world.deploy(issuing(params), intake=form)
    data = {"title": "征地补偿", "name": NAME, "contact": "139 1234 5678"}
    case = start_case(world.engine, world.actor("dengji"), "issuing", data)
    return case, world.view(case).papers[0]


def test_a_paper_that_names_the_petitioner_opens_for_handlers_for_a_purpose(world: World) -> None:
    case, paper = started(world)
    handler, officer = world.actor("dengji"), world.actor("jingban")

    assert open_paper(world.engine, officer, paper.paper_id).texts["信访人"] == "×××"
    with pytest.raises(Forbidden, match="经办人员"):
        paper_file(world.engine, officer, paper.paper_id, purpose="看看")
    with pytest.raises(InvalidState, match="用途"):
        paper_file(world.engine, handler, paper.paper_id)
    with pytest.raises(NotFound):
        open_paper(world.engine, world.actor("nyj.banli"), paper.paper_id)

    name, content = paper_file(world.engine, handler, paper.paper_id, purpose="送达")
    lines = words_of(content)
    assert name == "信访事项处理意见书 处理意见书〔2025〕1号.docx"
    assert f"{NAME}：" in lines
    assert lines[0] == "自然资源局"
    assert "PaperOpened" in world.events(case)
    assert [e.event for e in world.view(case).audit].count("AccessRefused") == 1


def test_the_database_never_holds_the_name_and_the_file_never_changes(world: World) -> None:
    case, paper = started(world)
    handler = world.actor("dengji")
    with world.engine.store.write() as work:  # the record is corrected after the paper was issued
        (party,) = work.cases.parties(case.case_id)
        work.cases.add_parties([replace(party, name="司马某")])

    first = paper_file(world.engine, handler, paper.paper_id, purpose="送达")[1]
    world.clock.advance(timedelta(days=1))
    upload_template(world.engine, world.actor("admin"), "L5", "新.docx", reworded(world, "权利告知", "你的权利"))
    second = paper_file(world.engine, handler, paper.paper_id, purpose="归档")[1]

    assert first == second
    assert f"{NAME}：" in words_of(first)
    world.close()
    stored = b"".join(p.read_bytes() for p in Path(world.engine.settings.home).glob("duban.sqlite3*"))
    assert "征地补偿".encode() in stored
    for secret in (NAME, "司马某", "139 1234 5678"):
        assert secret.encode() not in stored


def test_people_lead_a_paper_from_draft_to_receipt(world: World) -> None:
    case, _ = started(world)
    engine, officer = world.engine, world.actor("jingban")
    draft = draft_paper(engine, officer, case.case_id, "F15", {"course": "已复核", "unknown": "x"})
    assert (draft.state, draft.number, dict(draft.fields)) == ("drafted", None, {"course": "已复核"})
    with pytest.raises(Forbidden):
        sign_paper(engine, officer, draft.paper_id)
    for lead in (sign_paper, issue_paper):
        with pytest.raises(InvalidState, match="处理结果"):
            lead(engine, world.actor("zhiban" if lead is sign_paper else "jingban"), draft.paper_id)

    seen, more = draft_print(draft), {"course": "已复核", "result": "已补发"}
    with pytest.raises(Forbidden):
        redraft_paper(engine, world.actor("shenji"), draft.paper_id, more)
    redraft_paper(engine, officer, draft.paper_id, more, seen=seen)
    with pytest.raises(Conflict, match="已由他人修改"):
        redraft_paper(engine, officer, draft.paper_id, {}, seen=seen)
    sign_paper(engine, world.actor("zhiban"), draft.paper_id)
    whole = redraft_paper(engine, officer, draft.paper_id, {**more, "evidence": "回单"})
    assert (whole.state, whole.signed_by, dict(whole.fields)) == ("drafted", None, {**more, "evidence": "回单"})
    issued = issue_paper(engine, officer, whole.paper_id)
    with pytest.raises(InvalidState, match="已印发"):
        redraft_paper(engine, officer, whole.paper_id, more)
    assert issued.number == "办结报告〔2025〕1 号"
    later = world.clock.now() + timedelta(hours=1)
    with pytest.raises(InvalidState, match="晚于现在"):
        serve_paper(engine, officer, whole.paper_id, at=later, mode="post")
    with pytest.raises(InvalidState, match="才印发"):
        serve_paper(engine, officer, whole.paper_id, at=later - timedelta(days=1), mode="post")
    serve_paper(engine, officer, whole.paper_id, at=world.clock.now(), mode="post", note="EMS 1")
    with pytest.raises(InvalidState, match="已送达"):
        serve_paper(engine, officer, whole.paper_id, at=world.clock.now(), mode="post")
    with pytest.raises(InvalidState, match="才印发"):
        record_receipt(engine, officer, whole.paper_id, at=later - timedelta(days=1), receiver="门卫")
    kept = record_receipt(engine, officer, whole.paper_id, at=world.clock.now(), receiver="门卫")
    assert kept.state == "receipted"
    assert kept.receipt == {
        "mode": "post", "note": "EMS 1", "receiver": "门卫", "received_at": world.clock.now()
    }  # fmt: skip
    told = [e for e in world.events(case) if e.startswith("Paper")]
    assert told[-4:] == ["PaperRedrafted", "PaperIssued", "PaperServed", "PaperReceipted"]


def test_a_void_paper_keeps_its_number_and_its_successor_gets_the_next(world: World) -> None:
    case, paper = started(world)
    engine, officer = world.engine, world.actor("jingban")
    with pytest.raises(Forbidden):
        void_paper(engine, world.actor("shenji"), paper.paper_id, "不对")
    with pytest.raises(InvalidState, match="原因"):
        void_paper(engine, officer, paper.paper_id, "  ")
    void_paper(engine, officer, paper.paper_id, "依据写错")
    fresh = reissue_paper(engine, officer, paper.paper_id)

    numbers = {p.number: (p.state, p.void_reason) for p in world.view(case).papers}
    assert numbers == {
        "处理意见书〔2025〕1 号": ("void", "依据写错"),
        "处理意见书〔2025〕2 号": ("issued", ""),
    }
    assert fresh.fields == paper.fields
    with pytest.raises(InvalidState):
        void_paper(engine, officer, paper.paper_id, "再来")


def test_a_task_that_waits_for_a_paper_is_held_until_it_is_served(world: World) -> None:
    case, paper = started(world)
    engine, registrar = world.engine, world.actor("dengji")
    task = world.task(case, "see")
    with pytest.raises(InvalidState, match=r"处理意见书〔2025〕1 号.*登记送达"):
        complete_task(engine, registrar, task.task_id, {})
    void_paper(engine, world.actor("jingban"), paper.paper_id, "写错")
    with pytest.raises(InvalidState, match="还没有有效的“处理意见书”"):
        complete_task(engine, registrar, task.task_id, {})
    fresh = reissue_paper(engine, world.actor("jingban"), paper.paper_id)
    serve_paper(engine, registrar, fresh.paper_id, at=world.clock.now(), mode="direct", receiver="本人")

    complete_task(engine, registrar, task.task_id, {})

    assert world.task(case, "see").state.value == "completed"


def test_a_paper_without_what_the_law_demands_fails_the_step_by_name(world: World) -> None:
    incomplete = {**L5, "fields": '{ unit: "zrzyj", opinion: "补足差额", review_rights: "可以复查" }'}
    with pytest.raises(StepFailed, match=r"信访事项处理意见书.*依据") as failed:
        started(world, incomplete)
    assert failed.value.element_id == "issue"


def test_numbers_have_no_gaps_and_no_doubles_under_concurrency(either: World) -> None:
    case = start_case(either.engine, either.actor("jiedai"), "two_steps", {"title": "T"})
    officer, engine = either.actor("jingban"), either.engine
    whole = {"course": "已复核", "result": "已补发"}
    drafts = [draft_paper(engine, officer, case.case_id, "F15", whole) for _ in range(5)]
    drafts.append(draft_paper(engine, officer, case.case_id, "F15", {}))  # is refused: gives its number back

    refused = at_once(*((lambda d=d: issue_paper(engine, officer, d.paper_id)) for d in (*drafts, drafts[0])))

    assert len(refused) == 2
    papers = [p for p in either.view(case).papers if p.kind == "F15"]
    assert sorted(p.sequence for p in papers if p.sequence) == [1, 2, 3, 4, 5]
    assert isinstance(refused[0], InvalidState | Conflict)


def test_an_office_uploads_its_own_template_and_brings_the_old_one_back(world: World) -> None:
    _, before = started(world)
    engine, admin = world.engine, world.actor("admin")
    with pytest.raises(Forbidden):
        upload_template(engine, world.actor("jingban"), "L5", "x.docx", b"")
    own = reworded(world, "权利告知", "你的权利")
    assert upload_template(engine, admin, "L5", "我局.docx", own, note="改标题") == 1
    assert "-四、权利告知" in compare_templates(engine, admin, "L5", SHIPPED, 1)

    case = start_case(engine, world.actor("dengji"), "issuing", {"title": "T", "name": NAME})
    (paper,) = world.view(case).papers
    assert "四、你的权利" in words_of(paper_file(engine, world.actor("dengji"), paper.paper_id, purpose="送达")[1])
    old = words_of(paper_file(engine, world.actor("dengji"), before.paper_id, purpose="送达")[1])
    assert "四、权利告知" in old

    assert restore_template(engine, admin, "L5", SHIPPED) == 2
    view = read_kind(engine, admin, "L5")
    assert [v.version for v in view.versions] == [2, 1]
    assert template_file(engine, admin, "L5", 2) == template_file(engine, admin, "L5", SHIPPED)


def test_a_template_with_an_unknown_field_is_refused_by_name(world: World) -> None:
    wrong = reworded(world, "{{依据}}", "{{法条}}")
    with pytest.raises(InvalidTemplate, match=r"没有字段“法条”.*可用") as refused:
        upload_template(world.engine, world.actor("admin"), "L5", "x.docx", wrong)
    assert [f.rule for f in refused.value.findings] == ["unknown-field"]
    assert read_kind(world.engine, world.actor("admin"), "L5").versions == ()


def reworded(world: World, old: str, new: str, kind: str = "L5") -> bytes:
    """The shipped template with other words, as somebody changes it in Word."""
    content = template_file(world.engine, world.actor("admin"), kind, SHIPPED)
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(target, "w") as changed:
        for entry in source.infolist():
            changed.writestr(entry.filename, source.read(entry).replace(old.encode(), new.encode()))
    return target.getvalue()
