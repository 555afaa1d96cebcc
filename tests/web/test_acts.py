"""The acts of a task through its pages: a dialog with a script, a page without one; nothing typed is lost."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from engine.records.org import Grant, Person
from engine.tasks.claim import claim_task
from engine.tasks.read import open_task
from engine.tasks.transfer import transfer_task
from tests.browser.office import Office
from tests.web.visitor import Visitor, island

Visit = Callable[[str], Visitor]
FRAGMENT = {"HX-Request": "true"}


@pytest.fixture
def task_id(office: Office, visit: Visit) -> str:
    """核对, in the hands of 周雨; 白露 could have it too."""
    with office.engine.store.write() as work:
        work.org.add_person(Person("p-bailu", "bailu", "白露", "xfj", "-"), [Grant("registrar", "xfj")])
    visit("jiedai").start_case()
    task_id = visit("dengji").task_id()
    claim_task(office.engine, office.actor("dengji"), task_id)
    return task_id


@pytest.fixture
def person_id(office: Office) -> Callable[[str], str]:
    return lambda username: office.actor(username).person_id


def act(clerk: Visitor, task_id: str, name: str, **fields: object) -> tuple[int, str]:
    answer = clerk.post(f"/tasks/{task_id}/acts/{name}", fields)
    return answer.status_code, answer.location or answer.text


def test_the_menu_offers_what_the_person_may_do(visit: Visit, task_id: str) -> None:
    page = visit("dengji").get(f"/tasks/{task_id}").text
    offered = re.findall(r"/acts/(\w+)\"", page)
    assert offered == ["transfer", "delegate", "add_signers", "return", "suspend", "copy"]
    others = visit("duban").get(f"/tasks/{task_id}").text
    assert re.findall(r"/acts/(\w+)\"", others) == ["urge", "copy"]


def test_every_act_has_a_dialog_and_a_page_that_say_what_it_does(visit: Visit, task_id: str) -> None:
    clerk, refused = visit("dengji"), {"return", "urge", "remove_signer"}
    for name in ("transfer", "delegate", "add_signers", "return", "suspend", "copy", "urge", "remove_signer"):
        page = clerk.get(f"/tasks/{task_id}/acts/{name}")
        part = clerk.get(f"/tasks/{task_id}/acts/{name}", headers=FRAGMENT)
        assert (page.status_code, part.status_code) == (200, 200), name
        assert "<html" in page.text
        assert "<html" not in part.text
        assert 'class="act-what"' in part.text
        # what cannot be done asks for nothing
        assert ('type="submit"' in part.text, "<textarea" in part.text) == 2 * (name not in refused,), name


def test_handing_over_names_who_may_have_it_and_keeps_what_was_typed(
    visit: Visit, task_id: str, office: Office
) -> None:
    clerk = visit("dengji")
    assert "白露" in clerk.get(f"/tasks/{task_id}/acts/transfer").text
    status, page = act(clerk, task_id, "transfer", person="p-bailu", reason=" ")
    assert (status, "请填写转办理由" in page) == (409, True)
    assert '<option value="p-bailu" selected>' in page
    assert act(clerk, task_id, "transfer", person="p-bailu", reason="外出")[0] == 302
    assert act(clerk, task_id, "transfer", person="p-bailu", reason="外出")[0] == 409
    assert open_task(office.engine, office.actor("dengji"), task_id).task.assignee == "p-bailu"


def test_a_delegate_sees_whose_task_it_is_and_gives_it_back(
    visit: Visit, task_id: str, office: Office, person_id: Callable[[str], str]
) -> None:
    owner, delegate = visit("dengji"), visit("jiedai")
    assert act(owner, task_id, "delegate", person=person_id("jiedai"), reason="请核实")[0] == 302
    assert "已委派林小满代为办理" in owner.get(f"/tasks/{task_id}").text
    page = delegate.get(f"/tasks/{task_id}").text
    assert "受周雨委派办理" in page
    assert "办好，交回周雨" in page
    answer = delegate.post(f"/tasks/{task_id}/completion", {"payload": '{"opinion": 7}', "opinion": "已核实"})
    assert answer.status_code == 422
    assert ">已核实</textarea>" in answer.text
    answer = delegate.post(f"/tasks/{task_id}/completion", {"payload": '{"opinion": "属实"}', "opinion": "已核实"})
    assert answer.status_code == 302
    page = owner.get(f"/tasks/{task_id}").text
    assert "林小满已办好交回" in page
    assert "已核实" in page
    assert island(owner.get(f"/tasks/{task_id}"))["values"]["opinion"] == "属实"


def test_a_step_that_is_done_says_so_and_counts_no_time(visit: Visit, task_id: str) -> None:
    clerk = visit("dengji")
    clerk.complete(task_id, {"opinion": "属实"})
    page = clerk.get(f"/tasks/{task_id}").text
    assert re.search(r"办理完毕 · 周雨", page)
    assert "这一步已经办完" in page
    assert "不由您办理" not in page
    assert "不能再撤回" not in page
    panel = clerk.get(f"/inbox/panel/{task_id}").text
    assert "办理完毕" in panel
    assert "去办理" not in panel
    leader = visit("zhiban")
    leader.post(f"/tasks/{leader.task_id()}/claim")
    assert "不能再撤回。如需更正" in clerk.get(f"/tasks/{task_id}").text


def test_a_signer_reads_the_form_and_gives_an_opinion(
    visit: Visit, task_id: str, person_id: Callable[[str], str]
) -> None:
    owner, signer = visit("dengji"), visit("rsj.banli")
    fields = {"people": person_id("rsj.banli"), "mode": "after", "reason": "请会签"}
    assert act(owner, task_id, "add_signers", **fields)[0] == 302
    assert "先请温暖签署意见" in owner.get(f"/tasks/{task_id}").text
    sign_id = signer.task_id("mine")
    assert "主办人提交后再请您签署" in signer.get(f"/tasks/{sign_id}").text
    assert owner.complete(task_id, {"opinion": "拟同意"}).status_code == 302
    assert "等温暖签署意见" in owner.get(f"/tasks/{task_id}").text

    page = signer.get(f"/tasks/{sign_id}")
    assert island(page)["values"]["opinion"] == "拟同意"
    assert not island(page)["editable"]
    answer = signer.post(f"/tasks/{sign_id}/opinion", {"verdict": "disagree", "opinion": ""})
    assert answer.status_code == 409
    assert re.search(r"task-banner is-trouble.*请填写意见", answer.text), "what is refused does not look done"
    long = "依据不足" * 200
    answer = signer.post(f"/tasks/{sign_id}/opinion", {"verdict": "disagree", "opinion": long})
    assert answer.status_code == 409
    assert long[:500] in answer.text, "an opinion that is refused stays, and never stands in an address"
    signer.post(f"/tasks/{sign_id}/opinion", {"verdict": "disagree", "opinion": "依据不足"})
    answer = signer.post(f"/tasks/{sign_id}/opinion", {"verdict": "agree", "opinion": "后来写的"})
    assert answer.status_code == 409
    assert "后来写的</p>" in answer.text
    page = owner.get(f"/tasks/{task_id}").text
    assert "温暖签署了不同意" in page
    assert "依据不足" in page


def test_who_was_second_keeps_what_was_typed(visit: Visit, task_id: str, office: Office) -> None:
    clerk = visit("dengji")
    transfer_task(office.engine, office.actor("juzhang"), task_id, "p-bailu", "统筹")
    answer = clerk.complete(task_id, {"opinion": "写了很久的意见"})
    assert answer.status_code == 409
    assert "白露" in answer.text
    assert "您填写的内容仍在下面" in answer.text
    assert island(answer)["values"]["opinion"] == "写了很久的意见"


def test_a_suspended_task_says_so_and_is_resumed(visit: Visit, task_id: str) -> None:
    clerk = visit("dengji")
    assert act(clerk, task_id, "suspend", reason="等材料", until="2025-09-25")[0] == 409
    assert act(clerk, task_id, "suspend", reason="等材料", until="not a day")[0] == 409
    assert act(clerk, task_id, "suspend", reason="等材料", until="2025-09-30")[0] == 302
    page = clerk.get(f"/tasks/{task_id}").text
    assert "等材料" in page
    assert "期限照常计算" in page
    assert 'id="completion" method' not in page
    assert act(clerk, task_id, "resume")[0] == 302
    assert 'id="completion" method' in clerk.get(f"/tasks/{task_id}").text


def test_a_colleague_is_picked_in_json(visit: Visit, task_id: str) -> None:
    clerk = visit("dengji")
    found = clerk.get(f"/people?purpose=sign&task_id={task_id}&q=slq").json
    assert [(p["name"], p["unit"], p["initials"]) for p in found["people"]] == [("沈立秋", "xfj", "slq")]
    assert clerk.get("/people?purpose=sign&task_id=none").status_code == 404
    assert clerk.get("/people?purpose=other").status_code == 409
    assert visit("rsj.banli").get(f"/people?purpose=sign&task_id={task_id}").status_code == 404


def test_phrases_are_kept_on_a_page_and_listed_for_text_boxes(visit: Visit) -> None:
    clerk = visit("dengji")
    clerk.post("/profile/phrases", {"text": "情况属实，同意。"})
    clerk.post("/profile/phrases", {"text": "长" * 201})
    assert clerk.get("/profile/phrases/list").json == {"phrases": ["情况属实，同意。"]}
    (phrase_id,) = re.findall(r'action="/profile/phrases/([^"]+)"', clerk.get("/profile/phrases").text)
    clerk.post(f"/profile/phrases/{phrase_id}", {"act": "drop"})
    assert clerk.get("/profile/phrases/list").json == {"phrases": []}


def test_following_is_one_button(visit: Visit, task_id: str) -> None:
    clerk = visit("dengji")
    assert clerk.post(f"/tasks/{task_id}/follow", {"follow": "1"}).status_code == 302
    assert "取消关注" in clerk.get(f"/tasks/{task_id}").text
    clerk.post(f"/tasks/{task_id}/follow", {"follow": "0"})
    assert "关注案件" in clerk.get(f"/tasks/{task_id}").text
    assert clerk.get(f"/tasks/{task_id}/acts/nothing").status_code == 404


def test_a_case_is_followed_and_copied_from_its_head(visit: Visit, task_id: str, office: Office) -> None:
    clerk, reader = visit("dengji"), visit("rsj.banli")
    case = open_task(office.engine, office.actor("dengji"), task_id).case.case_id
    page = clerk.get(f"/cases/{case}").text
    assert f'href="/cases/{case}/copy"' in page
    assert clerk.post(f"/cases/{case}/copy").status_code == 409
    fields = {"people": office.actor("rsj.banli").person_id, "reason": "请知悉"}
    assert clerk.post(f"/cases/{case}/copy", fields).status_code == 302
    assert "路灯不亮" in reader.get(f"/cases/{case}").text
    with office.engine.store.read() as work:
        assert work.desk.unread_copies(office.actor("rsj.banli").person_id, case) == ()
    assert reader.get(f"/cases/{case}/copy").status_code == 200
    assert reader.post(f"/cases/{case}/copy", {"people": office.actor("duban").person_id}).status_code == 403
    assert clerk.post(f"/cases/{case}/follow", {"follow": "1"}).status_code == 302
    assert "取消关注" in clerk.get(f"/cases/{case}").text
