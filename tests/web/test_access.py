"""Who sees what: the accused unit nothing, the parties for a purpose only, the admin's pages the admins."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest

from tests.web.visitor import Visitor, island

Visit = Callable[[str], Visitor]


def test_a_case_that_would_go_to_the_accused_office_is_not_started(visit: Visit) -> None:
    reception = visit("jiedai")
    answer = reception.start({"title": "反映窗口推诿", "accused_units": ["xfj"]})
    assert answer.status_code == 422
    page = island(answer)
    assert "将交给被反映的单位" in page["errors"][0]["message"]
    assert page["values"]["title"] == "反映窗口推诿"
    assert "还没有事项" in reception.get("/cases").text


def test_an_accused_unit_opens_neither_case_nor_attachment(visit: Visit) -> None:
    reception = visit("jiedai")
    case = reception.start_case(accused_units=["cgjd"])
    content = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
    added = reception.post(f"/cases/{case}/attachments", {"file": (io.BytesIO(content), "来信.pdf")})
    assert added.status_code == 302
    accused = visit("cgjd.lingdao")
    for path in (f"/cases/{case}", f"/cases/{case}/diagram", f"/cases/{case}/attachments"):
        assert accused.get(path).status_code == 404
    assert "路灯不亮" not in accused.get("/cases?q=路灯").text


def test_parties_are_shown_for_a_purpose(visit: Visit) -> None:
    reception = visit("jiedai")
    case = reception.start_case(name="陈某某", contact="13800000000")
    assert "陈某某" not in reception.get(f"/cases/{case}").text
    short = reception.post(f"/cases/{case}/parties", {"purpose": "看"})
    assert short.status_code == 422
    assert "陈某某" not in short.text
    shown = reception.post(f"/cases/{case}/parties", {"purpose": "送达受理告知书"})
    assert "陈某某" in shown.text
    timeline = reception.get(f"/cases/{case}/timeline").text
    assert "查看信访人信息" in timeline
    assert "送达受理告知书" in timeline


def test_parties_are_not_for_those_who_only_see_the_case(visit: Visit) -> None:
    case = visit("jiedai").start_case(name="陈某某")
    answer = visit("juzhang").post(f"/cases/{case}/parties", {"purpose": "想了解一下"})
    assert answer.status_code in {403, 404}
    assert "陈某某" not in answer.text


@pytest.mark.parametrize("path", ["/timers", "/incidents"])
def test_ledgers_are_for_those_who_answer_for_them(visit: Visit, path: str) -> None:
    assert visit("jiedai").get(path).status_code == 403
    assert visit("admin").get(path).status_code == 200
    assert path not in visit("jiedai").get("/inbox").text


def test_a_released_task_goes_back_to_the_unit(visit: Visit) -> None:
    visit("jiedai").start_case()
    registrar = visit("dengji")
    task = registrar.task_id()
    registrar.post(f"/tasks/{task}/claim")
    assert registrar.task_id("mine") == task
    registrar.post(f"/tasks/{task}/release")
    assert registrar.task_id("claimable") == task


@pytest.mark.parametrize("username", ["jiedai", "admin", "zrzyj.banli", "shenji"])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_page_opens_in_both_languages(visit: Visit, username: str, language: str) -> None:
    case = visit("jiedai").start_case(name="陈某")
    visitor = visit(username)
    visitor.post("/language", {"language": language})
    for path in (
        "/inbox",
        "/inbox?box=claimable",
        "/inbox?box=done",
        "/cases",
        "/definitions",
        "/messages",
        "/profile",
        "/profile/notifications",
        "/profile/absence",
    ):
        answer = visitor.get(path)
        assert answer.status_code == 200
        assert f'<html lang="{"zh-CN" if language == "zh" else "en"}"' in answer.text
    if username == "jiedai":
        for tab in ("facts", "clocks", "timeline", "diagram", "papers", "attachments"):
            assert visitor.get(f"/cases/{case}/{tab}").status_code == 200
