"""The case file's pages: nothing for who may not know of the case, and a timeline that tells what it may."""

from __future__ import annotations

from datetime import timedelta

import pytest

from engine.cases.comments import add_comment
from engine.cases.file_read import open_file
from engine.cases.links import link_cases
from engine.cases.start import start_case
from engine.definitions.ahead import reachable
from engine.documents.attachments import add_attachment
from engine.kernel.diagram import read_diagram
from engine.records.case import CaseFile
from engine.records.work import Recusal
from engine.tasks.complete import complete_task
from tests.security.conftest import Enter
from tests.security.entering import token
from tests.unit.kernel.bpmn_builder import Bpmn
from tests.worlds import World


def test_who_stands_aside_finds_none_of_it(two: World, enter: Enter, case: CaseFile) -> None:
    other = start_case(two.engine, two.actor("jiedai"), "two_steps", {"title": "另一件"})
    attached = add_attachment(two.engine, two.actor("dengji"), case.case_id, "a.pdf", b"%PDF-1.7")
    with two.engine.store.write() as work:
        work.stand_ins.add_recusal(Recusal(case.case_id, "p-dengji", "亲属", two.clock.now(), "p-admin"))
    client = enter("dengji")
    base, file = f"/cases/{case.case_id}", f"/attachments/{attached.attachment_id}"
    for path in ("", "/timeline", "/comments", "/diagram", "/attachments", "/links", "/print", "/volume"):
        assert client.get(base + path).status_code == 404, path
    for path in (file, f"{file}/view", f"{file}/view?case={other.case_id}"):
        assert client.get(path).status_code == 404, path
    given = {
        "csrf_token": token(client),
        "text": "x",
        "other": other.case_id,
        "kind": "related",
        "purpose": "归档存查",
    }
    for path in ("/comments", "/links", "/merger", "/merger/removal", "/volume", "/print", "/parties"):
        assert client.post(base + path, data={**given, "with_parties": "1"}).status_code == 404, path
    for path in ("/links", "/merger"):
        mine = client.post(f"/cases/{other.case_id}{path}", data={**given, "other": case.case_id})
        assert mine.status_code == 404, path


def test_the_timeline_tells_everything_by_kind_and_person(two: World, enter: Enter, case: CaseFile) -> None:
    dengji = two.actor("dengji")
    two.clock.advance(timedelta(hours=1))
    add_comment(two.engine, dengji, case.case_id, "附图已核对")
    (task,) = two.tasks(case)
    complete_task(two.engine, dengji, task.task_id, {"opinion": "属实"})
    client = enter("dengji")
    page = client.get(f"/cases/{case.case_id}/timeline").text
    assert page.index("办完步骤") < page.index("附图已核对") < page.index("登记，启动流程")
    told = page.split('class="timeline is-told"')[1]
    assert "进入步骤" in told.split('class="line-after"')[1].split("</ul>")[0]

    comments = client.get(f"/cases/{case.case_id}/timeline?kind=comment&kind=nonsense").text
    assert "附图已核对" in comments
    assert "登记，启动流程" not in comments
    mine = client.get(f"/cases/{case.case_id}/timeline?person=p-jiedai&page=99&order=oldest").text
    assert "登记，启动流程" in mine
    assert "附图已核对" not in mine
    assert client.get(f"/cases/{case.case_id}/timeline?page=-1&person=%00").status_code == 200


def test_a_link_is_told_only_to_who_sees_the_other_case(two: World, enter: Enter, case: CaseFile) -> None:
    other = start_case(two.engine, two.actor("jiedai"), "two_steps", {"title": "举报某单位的另一件"})
    link_cases(two.engine, two.actor("dengji"), case.case_id, other.case_id, kind="related", note="密")
    assert "关联 举报某单位的另一件" in enter("jiedai").get(f"/cases/{case.case_id}/timeline").text
    with two.engine.store.write() as work:
        work.stand_ins.add_recusal(Recusal(other.case_id, "p-jiedai", "亲属", two.clock.now(), "p-admin"))
    for tab in ("timeline", "links", "print"):
        page = enter("jiedai").get(f"/cases/{case.case_id}/{tab}").text
        assert "举报某单位" not in page, tab
        assert other.case_id not in page, tab
    assert open_file(two.engine, two.actor("jiedai"), case.case_id).links == ()


def test_what_comes_next_is_read_through_gateways_and_scopes() -> None:
    diagram = Bpmn("d").lane("l", role="registrar").start("s", lane="l").user("a", name="甲", lane="l")
    diagram.exclusive("x", lane="l").user("b", name="乙", when="1 = 1", lane="l")
    diagram.timer_boundary("t", on="b", expression='deadline("T5")', lane="l").end("late", lane="l")
    diagram.at("x").end("e", name="办结", when="1 = 2", lane="l")
    found = reachable(read_diagram(diagram.xml()), ("a",))
    assert {(element.id, rules) for element, _, rules in found} == {("b", ("T5",)), ("e", ())}


@pytest.mark.parametrize("name", ["../../x.pdf", "..\\x.pdf", "x\r\nX-Evil: 1.pdf", "目录.html/../x.pdf"])
def test_a_name_leads_nowhere(two: World, enter: Enter, case: CaseFile, name: str) -> None:
    given = add_attachment(two.engine, two.actor("dengji"), case.case_id, name, b"%PDF-1.7")
    answer = enter("dengji").get(f"/attachments/{given.attachment_id}?download=1")
    assert "X-Evil" not in answer.headers
    assert "/" not in given.name
    assert "\\" not in given.name
