"""The inbox by its addresses: boxes, filters, views, acts on several, export, and what goes over the wire."""

from __future__ import annotations

import gzip
import io
import json
import re
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from openpyxl import load_workbook

from engine.org.people import add_person
from engine.records.org import Grant
from engine.store.tables.case import case_file
from engine.store.tables.task import user_task
from engine.store.unit_of_work import SqlUnitOfWork
from engine.tasks.claim import claim_task
from engine.tasks.suspend import suspend_task
from tests.browser.office import Office
from tests.web.visitor import Visitor
from web.inbox_filter import BOXES, InboxFilter, query_of, read_filter

Visit = Callable[[str], Visitor]
WIRE_LIMIT = 150 * 1024
SATURDAY = date(2025, 10, 11)


def test_every_box_has_a_page_in_both_languages(visit: Visit) -> None:
    visitor = visit("jiedai")
    visitor.start_case()
    for language in ("zh", "en"):
        visitor.client.set_cookie("duban_language", language)
        for box in BOXES:
            answer = visitor.get(f"/inbox?box={box}")
            assert answer.status_code == 200, box
            assert ("data-task=" in answer.text) == (box == "started")
            assert visitor.get(f"/inbox?box={box}&page=9").text.count("data-task=") == answer.text.count(
                "data-task="
            )
            assert visitor.get(f"/inbox/rows?box={box}").status_code == 200


def test_a_line_says_that_its_task_is_set_aside_only_while_it_is(office: Office, visit: Visit) -> None:
    visit("jiedai").start_case()
    clerk, me = visit("dengji"), office.actor("dengji")
    task_id = clerk.task_id()
    suspend_task(office.engine, me, task_id, "等材料", office.clock.now() + timedelta(days=1))
    assert "已挂起" in clerk.get("/inbox").text
    office.move_to(office.clock.now() + timedelta(days=2))
    page = clerk.get("/inbox").text
    assert task_id in page
    assert "已挂起" not in page


def test_the_lists_numbers_are_asked_for_once(visit: Visit, monkeypatch: pytest.MonkeyPatch) -> None:
    visitor = visit("dengji")

    def asked_again(*_: object) -> None:
        raise AssertionError("the rail counts what the page has counted")

    monkeypatch.setattr("web.frame.count_boxes", asked_again)
    assert visitor.get("/inbox?box=claimable").status_code == 200


def test_a_filter_is_what_the_address_says() -> None:
    asked = read_filter(
        {"box": "done", "q": " 路灯 ", "due": "week", "page": "3", "light": "green", "nonsense": "1"}
    )
    assert asked.arguments() == {"box": "done", "q": "路灯", "due": "week", "page": "3"}
    assert asked.changed(due="").arguments() == {"box": "done", "q": "路灯"}
    assert read_filter(asked.to_save()) == asked.changed()
    for page in ("0", "-1", "x", "²", "99999999"):
        assert read_filter({"page": page}).page == 1


@pytest.mark.parametrize(
    ("asked", "due_until", "received_from"),
    [
        (InboxFilter(due="today", received="today"), SATURDAY, SATURDAY),
        (InboxFilter(due="week", received="week"), date(2025, 10, 12), date(2025, 10, 6)),
        (InboxFilter(due="days7", received="days7"), date(2025, 10, 18), date(2025, 10, 4)),
        (InboxFilter(due="month", received="month"), date(2025, 10, 31), date(2025, 10, 1)),
        (InboxFilter(due="month", due_until="2025-10-20"), date(2025, 10, 20), None),
        (InboxFilter(due_until="2025-02-30", received_from="2025-10-02"), None, date(2025, 10, 2)),
    ],
)
def test_spans_move_with_the_day(asked: InboxFilter, due_until: date | None, received_from: date | None) -> None:
    query = query_of(asked, SATURDAY)
    assert (query.due_until, query.received_from) == (due_until, received_from)


def test_conditions_are_chips_that_can_be_taken_away(visit: Visit) -> None:
    visit("jiedai").start_case(title="公交线路调整意见")
    visitor = visit("dengji")
    found = visitor.get("/inbox?box=claimable&q=公交&procedure=two_steps").text
    assert found.count("data-task=") == 1
    chips = re.search(r'<ul class="active-chips.*?</ul>', found, re.DOTALL)
    assert chips
    assert [*re.findall(r"box=claimable&amp;(\w+)=", chips[0])] == ["procedure", "q"]
    none = visitor.get("/inbox?box=claimable&q=没有的").text
    assert "没有符合条件的事项" in none
    assert "data-task=" not in none


def test_a_view_is_saved_opened_changed_shared_and_deleted(office: Office, visit: Visit) -> None:
    me = visit("dengji")
    saved = me.post("/inbox/views", {"name": "路灯", "filter": "box=claimable&q=路灯&page=4", "shared": "yes"})
    assert saved.status_code == 302
    page = me.get(saved.location).text
    assert "<h1>路灯</h1>" in page
    assert "已与本单位共享" in page
    view_id = re.search(r"/inbox/views/([0-9a-f-]{36})", page)
    assert view_id
    path = f"/inbox/views/{view_id[1]}"
    theirs = visit("jiedai").get(path)
    assert theirs.status_code == 302
    assert "周雨共享的视图" in visit("jiedai").get(theirs.location).text
    assert visit("jiedai").post(path, {"name": "我的"}).status_code == 403
    assert visit("zjj.zhiban").get(path).status_code == 404
    changed = me.get(f"/inbox?view={view_id[1]}&box=claimable&q=电梯").text
    assert "条件已改动" in changed
    me.post(path, {"filter": "box=claimable&q=电梯"})
    assert "q=%E7%94%B5%E6%A2%AF" in me.get(path).location
    me.post(path, {"shared": "no"})
    assert visit("jiedai").get(path).status_code == 404
    assert me.post(f"{path}/deletion").status_code == 302
    assert me.get(path).status_code == 404
    # an address that somebody kept goes on working
    assert me.get(f"/inbox?view={view_id[1]}&q=电梯").status_code == 200


def test_some_of_several_fail_with_their_reasons(office: Office, visit: Visit) -> None:
    add_person(
        office.engine,
        None,
        username="dengji.li",
        name="李登",
        unit="xfj",
        password=None,
        grants=[Grant("registrar", "xfj")],
    )
    for title in ("第一件", "第二件", "第三件"):
        visit("jiedai").start_case(title=title)
    me = visit("dengji")
    listed = dict(
        re.findall(
            r'data-task="([^"]+)".*?class="title"[^>]*>([^<]+)<', me.get("/inbox?box=claimable").text, re.DOTALL
        )
    )
    taken = next(key for key, title in listed.items() if title == "第二件")
    claim_task(office.engine, office.actor("dengji.li"), taken)
    items = [*listed, "unknown"]
    form = {"act": "claim", "filter": "box=claimable", "csrf_token": me.token()}
    page = me.client.post("/inbox/batch", data={**form, "item": items})
    assert page.status_code == 200
    assert "成功 2 项，未成功 2 项" in page.text
    assert "第二件" in page.text
    assert "第 4 项" in page.text
    told = me.client.post("/inbox/batch", data={**form, "item": items}, headers={"Accept": "application/json"})
    reasons = {o["item"]: o["reason"] for o in told.get_json()["outcomes"]}
    assert [bool(reasons[item]) for item in items] == [item in {taken, "unknown"} for item in items]
    for bad in ({"act": "claim"}, {"act": "burn", "item": items}, {"act": "transfer", "item": items}):
        assert me.client.post("/inbox/batch", data={**bad, "csrf_token": me.token()}).status_code in {409, 422}


def test_what_is_exported_is_what_the_list_shows(office: Office, visit: Visit) -> None:
    reception = visit("jiedai")
    reception.start_case(title="=1+1", name="张三", contact="13900000000")
    hidden = reception.start_case(title="举报")
    with office.engine.store.write() as work:
        assert isinstance(work, SqlUnitOfWork)
        for table in (case_file, user_task):
            work.connection.execute(table.update().where(table.c.case_id == hidden).values(confidential=True))
    me = visit("dengji")
    form = {"filter": "box=claimable", "csrf_token": me.token()}
    answer = me.client.post("/inbox/export/all", data=form)
    assert "attachment" in answer.headers["Content-Disposition"]
    rows = [*load_workbook(io.BytesIO(answer.data)).active.values]
    assert rows[0][:4] == ("编号", "事项", "流程", "步骤")
    assert sorted(str(row[1]) for row in rows[1:]) == ["=1+1", "（保密事项，不导出）"]
    assert not {"张三", "13900000000"} & {str(cell) for row in rows for cell in row}
    key = me.task_id()
    chosen = me.client.post("/inbox/export", data={**form, "item": [key]})
    assert len([*load_workbook(io.BytesIO(chosen.data)).active.values]) == 2
    asked = {"Accept": "application/x-ndjson"}
    lines = me.client.post("/inbox/export/all", data=form, headers=asked).text.splitlines()
    assert json.loads(lines[0]) == {"done": 2}
    assert json.loads(lines[-1])["name"].startswith("待认领-")


def test_the_first_inbox_costs_little_over_the_wire(visit: Visit) -> None:
    visitor = visit("jiedai")
    for n in range(20):
        visitor.start_case(title=f"反映道路施工噪声扰民的第 {n} 件来信")
    page = visit("dengji").get("/inbox?box=claimable", headers={"Accept-Encoding": "gzip"})
    assert page.headers["Content-Encoding"] == "gzip"
    html = gzip.decompress(page.data).decode()
    assert html.count("data-task=") == 20
    files = {found.partition("#")[0] for found in re.findall(r'(?:src|href)="(/static/[^"]+)"', html)}
    assert len(files) >= 4
    sizes = {"page": len(page.data)}
    for address in files:
        answer = visitor.get(address.replace("&amp;", "&"), headers={"Accept-Encoding": "gzip"})
        assert answer.status_code == 200
        assert b"url(" not in answer.data or answer.mimetype != "text/css"
        sizes[address] = len(answer.data)
    assert sum(sizes.values()) <= WIRE_LIMIT, sizes


def test_compressed_is_the_same(visit: Visit) -> None:
    visitor = visit("dengji")
    html = visitor.get("/inbox").text
    for address in re.findall(r'="(/static/dist/[^"#]+)"', html)[:3]:
        plain = visitor.get(address)
        packed = visitor.get(address, headers={"Accept-Encoding": "gzip"})
        assert "Content-Encoding" not in plain.headers
        assert gzip.decompress(packed.data) == plain.data
        for answer in (plain, packed):
            assert "Accept-Encoding" in answer.headers["Vary"]
            assert "immutable" in answer.headers["Cache-Control"]
    lengths = {len(visitor.get("/inbox", headers={"Accept-Encoding": "gzip"}).data) for _ in range(6)}
    assert len(lengths) > 1
