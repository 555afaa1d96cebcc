"""Bad input through the pages: each gets a clear message and changes nothing."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.web.visitor import Visitor, island

Visit = Callable[[str], Visitor]


def test_a_start_form_sent_twice_makes_one_case(visit: Visit) -> None:
    reception = visit("jiedai")
    first = reception.start({"title": "路灯不亮"}, key="the-same-page")
    second = reception.start({"title": "路灯不亮"}, key="the-same-page")
    assert first.location == second.location
    assert visit("dengji").get("/inbox?box=claimable").text.count("data-task=") == 1


def test_a_task_sent_twice_is_done_once_and_says_so(visit: Visit) -> None:
    visit("jiedai").start_case()
    registrar = visit("dengji")
    task = registrar.task_id()
    assert registrar.complete(task, {"opinion": "属实"}).status_code == 302
    again = registrar.complete(task, {"opinion": "属实"})
    assert again.status_code == 409
    assert "周雨" in again.text
    assert visit("zhiban").get("/inbox?box=claimable").text.count("data-task=") == 1


def test_a_page_from_another_time_is_refused(visit: Visit) -> None:
    visit("jiedai").start_case()
    registrar = visit("dengji")
    task = registrar.task_id()
    answer = registrar.complete(task, {"opinion": "属实"}, seen_version=99)
    assert answer.status_code == 409
    assert registrar.task_id() == task


def test_a_claimed_task_is_not_for_a_colleague(visit: Visit) -> None:
    case = visit("jiedai").start_case()
    registrar = visit("dengji")
    task = registrar.task_id()
    assert registrar.post(f"/tasks/{task}/claim").status_code == 302
    stranger = visit("zjj.banli")
    assert stranger.get(f"/tasks/{task}").status_code == 404
    assert stranger.complete(task, {"opinion": "x"}).status_code in {403, 404}
    assert stranger.post(f"/tasks/{task}/claim").status_code in {403, 404}
    assert stranger.get(f"/cases/{case}").status_code == 404
    leader = visit("zhiban")
    assert leader.complete(task, {"opinion": "x"}).status_code == 403
    assert registrar.task_id("mine") == task


def test_a_date_that_does_not_exist_is_named_at_its_field(visit: Visit) -> None:
    visit("jiedai").start_case()
    registrar = visit("dengji")
    task = registrar.task_id()
    answer = registrar.complete(task, {"opinion": "属实，已现场查看", "visit_on": "2025-02-30"})
    assert answer.status_code == 422
    page = island(answer)
    assert [e["path"] for e in page["errors"]] == ["visit_on"]
    assert page["values"]["opinion"] == "属实，已现场查看"
    assert registrar.task_id() == task


def test_a_missing_answer_is_named_at_its_field(visit: Visit) -> None:
    visit("jiedai").start_case()
    registrar = visit("dengji")
    answer = registrar.complete(registrar.task_id(), {})
    assert answer.status_code == 422
    assert [e["path"] for e in island(answer)["errors"]] == ["opinion"]


def test_a_megabyte_of_text_is_refused_at_its_field(visit: Visit) -> None:
    visit("jiedai").start_case()
    registrar = visit("dengji")
    task = registrar.task_id()
    answer = registrar.complete(task, {"opinion": "长" * 350_000})
    assert answer.status_code == 422
    assert [e["path"] for e in island(answer)["errors"]] == ["opinion"]
    assert registrar.task_id() == task


def test_many_megabytes_are_refused_as_a_whole(visit: Visit) -> None:
    registrar = visit("dengji")
    answer = registrar.start({"title": "x" * 5_000_000})
    assert answer.status_code == 413
    assert "内容太大" in answer.text


@pytest.mark.parametrize("payload", ["not json", "[1, 2]", "null", '{"title": ', "[" * 20_000])
def test_a_payload_that_is_no_form_is_refused(visit: Visit, payload: str) -> None:
    reception = visit("jiedai")
    answer = reception.post("/new/two_steps", {"payload": payload})
    assert answer.status_code == 422
    assert "表单内容无法读取" in answer.text


def test_a_field_that_the_form_has_not_is_refused(visit: Visit) -> None:
    answer = visit("jiedai").start({"title": "x", "state": "归档", "case_id": "1"})
    assert answer.status_code == 422
    assert "state" in answer.text


def test_scripts_in_a_title_stay_text(visit: Visit) -> None:
    reception = visit("jiedai")
    case = reception.start_case(title="<script>alert(1)</script></title><b>")
    for path in (f"/cases/{case}", "/cases", f"/cases/{case}/timeline"):
        text = reception.get(path).text
        assert "<script>alert" not in text
        assert "&lt;script&gt;alert(1)" in text
    registrar = visit("dengji")
    page = registrar.get(f"/tasks/{registrar.task_id()}").text
    assert "<script>alert" not in page


def test_what_nobody_may_start_by_hand_is_not_there(visit: Visit) -> None:
    assert visit("jiedai").get("/new/nothing").status_code == 404
    assert visit("zjj.banli").get("/new/petition_main").status_code == 404
    assert visit("zjj.banli").start({"title": "x"}).status_code == 403


@pytest.mark.parametrize(
    "path", ["/tasks/1", "/cases/..%2f", "/definitions/x", "/attachments/x", "/cases/x/papers/y"]
)
def test_ids_that_do_not_exist_are_not_found(visit: Visit, path: str) -> None:
    answer = visit("jiedai").get(path)
    assert answer.status_code == 404
    assert 'href="/inbox"' in answer.text


@pytest.mark.parametrize(
    "query", ["page=-5", "page=99999999999999999999", "light=mauve", "box=<b>", "q=%00%25_'\"", "order=x"]
)
def test_odd_queries_show_a_list(visit: Visit, query: str) -> None:
    assert visit("jiedai").get(f"/inbox?{query}").status_code == 200
    assert visit("jiedai").get(f"/cases?{query}").status_code == 200


def test_a_draft_is_kept_for_the_one_who_typed(visit: Visit) -> None:
    visit("jiedai").start_case()
    registrar = visit("dengji")
    task = registrar.task_id()
    headers = {"X-CSRFToken": registrar.token()}
    saved = registrar.client.post(f"/tasks/{task}/draft", json={"opinion": "写到一半"}, headers=headers)
    assert saved.get_json() == {"saved_at": "09:00"}
    assert island(registrar.get(f"/tasks/{task}"))["values"]["opinion"] == "写到一半"
    other = visit("zjj.banli")
    refused = other.client.post(f"/tasks/{task}/draft", json={}, headers={"X-CSRFToken": other.token()})
    assert refused.status_code in {403, 404}
    assert refused.is_json


def test_a_draft_that_is_no_json_is_refused(visit: Visit) -> None:
    registrar = visit("dengji")
    headers = {"X-CSRFToken": registrar.token(), "Content-Type": "application/json"}
    assert registrar.client.post("/tasks/x/draft", data="{", headers=headers).status_code in {400, 422}
