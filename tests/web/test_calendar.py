"""The pages of the working calendar."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from datetime import datetime
from html import unescape
from zoneinfo import ZoneInfo

import pytest

from engine.cases.start import start_case
from engine.deadlines import calendar_apply
from engine.definitions.deploy import deploy_procedure
from engine.records.case import CaseFile
from tests.browser.office import Office
from tests.usecases.calendar_office import under
from tests.web.visitor import Visitor
from tests.worlds import files_of
from web.calendar_grid import change_of
from web.pages import calendar

Visit = Callable[[str], Visitor]
ZONE = ZoneInfo("Asia/Shanghai")


def hidden(text: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', text)
    assert found, name
    return unescape(found[1])


def test_a_year_says_what_each_day_is_without_colour(visit: Visit) -> None:
    page = visit("admin").get("/calendar?year=2025").text
    assert re.search(r'data-day="2025-10-01"[^>]*aria-label="10 月 1 日 星期三 节假日 国庆节"', page)
    assert re.search(r'data-day="2025-10-11"[^>]*>11<b data-letter="班">', page)
    assert len(re.findall(r'data-day="2025-', page)) == 365
    assert "已公布" in page
    assert "改动记录" in page


def test_the_editor_comes_alone_and_with_the_page(visit: Visit) -> None:
    admin = visit("admin")
    alone = admin.get("/calendar/day/2025-10-09").text
    assert "<html" not in alone
    assert "2025 年 10 月 9 日" in alone
    assert "2025 年 10 月 9 日" in admin.get("/calendar?year=2025&day=2025-10-09").text
    for nonsense in ("2025-13-01", "x"):
        assert admin.get(f"/calendar/day/{nonsense}").status_code == 404
    assert admin.get("/calendar?year=1900").status_code == 422


def test_a_day_is_previewed_confirmed_and_told_of(visit: Visit) -> None:
    admin, reception = visit("admin"), visit("jiedai")
    reception.start_case()
    shown = admin.post(
        "/calendar/preview",
        {"intent": "day", "day": "2025-10-09", "kind": "local", "note": "县庆"},
        token_from="/calendar",
    )
    assert shown.status_code == 200
    assert "按星期" in shown.text
    assert "地（县庆）" in shown.text
    confirm = {name: hidden(shown.text, name) for name in ("change", "fingerprint")}
    assert len(change_of(confirm["change"]).days) == 1
    saved = admin.post("/calendar/apply", {**confirm, "note": "县府通知"}, token_from="/calendar")
    assert (saved.status_code, saved.location) == (302, "/calendar?year=2025")
    page = admin.get("/calendar?year=2025").text
    assert re.search(r'data-day="2025-10-09"[^>]*>9<b data-letter="地">', page)
    assert "县府通知" in page

    again = admin.post("/calendar/apply", confirm, token_from="/calendar")
    assert again.status_code == 409


def test_a_preview_that_is_out_of_date_is_shown_afresh(visit: Visit) -> None:
    admin = visit("admin")
    given = {"intent": "day", "day": "2025-10-09", "kind": "local", "note": ""}
    shown = admin.post("/calendar/preview", given, token_from="/calendar").text
    answer = admin.post(
        "/calendar/apply", {"change": hidden(shown, "change"), "fingerprint": "old"}, token_from="/calendar"
    )
    assert answer.status_code == 409
    assert "请重新预览" in answer.text
    assert hidden(answer.text, "fingerprint") == hidden(shown, "fingerprint")
    for change in ("", "{}", "[]", '{"days": {"x": null}, "announced": []}', "9" * 70_000):
        refused = admin.post("/calendar/apply", {"change": change, "fingerprint": "x"}, token_from="/calendar")
        assert refused.status_code == 409, change[:40]


def test_a_file_is_previewed_and_a_bad_one_refused(visit: Visit) -> None:
    admin = visit("admin")

    def send(name: str, content: bytes) -> tuple[int, str]:
        form = {"intent": "file", "year": "2027", "announced": "1", "file": (io.BytesIO(content), name)}
        answer = admin.post("/calendar/preview", form, token_from="/calendar")
        return answer.status_code, answer.text

    status, text = send("2027.csv", "2027-01-01,休,元旦".encode())
    assert status == 200
    assert "2027 年标为已公布" in text
    assert send("2027.csv", b"x,y")[0] == 422
    assert send("2027.txt", b"")[0] == 422
    assert send("2027.csv", "2026-01-01,休".encode())[0] == 422


def test_years_go_out_as_files(visit: Visit) -> None:
    admin = visit("admin")
    csv = admin.get("/calendar/export?year=2025&form=csv")
    assert "2025-10-01,休,国庆节" in csv.data.decode("utf-8-sig")
    ics = admin.get("/calendar/export?year=2025&form=ics")
    assert ics.mimetype == "text/calendar"
    assert b"X-DUBAN-KIND:rest" in ics.data
    assert admin.get("/calendar/export?year=2025&form=xls").status_code == 404


@pytest.mark.parametrize(
    "path", ["/calendar", "/calendar/day/2025-10-09", "/calendar/export?year=2025", "/calendar/progress"]
)
def test_the_calendar_is_for_admins(visit: Visit, path: str) -> None:
    assert visit("jingban").get(path).status_code == 403
    assert "工作日历" not in visit("jingban").get("/inbox").text


def test_others_change_nothing_and_are_on_record(office: Office, visit: Visit) -> None:
    stranger = visit("jingban")
    given = {"intent": "day", "day": "2025-10-09", "kind": "local", "note": ""}
    for path in ("/calendar/preview", "/calendar/apply", "/calendar/progress"):
        change = {"change": '{"days": {"2025-10-09": ["local", ""]}, "announced": []}', "fingerprint": "x"}
        assert stranger.post(path, {**given, **change}, token_from="/inbox").status_code == 403
    with office.engine.store.read() as work:
        refused = [e.detail["attempted"] for e in work.registers.audit_of(None) if e.event == "AccessRefused"]
    assert refused == ["preview_calendar_change", "apply_calendar_change", "follow_calendar"]


def test_admins_are_told_of_a_missing_year_from_october_on(office: Office, visit: Visit) -> None:
    office.clock.move_to(datetime(2026, 9, 30, 12, tzinfo=ZONE))
    assert "工作日历缺" not in visit("admin").get("/incidents").text
    office.clock.move_to(datetime(2026, 10, 1, 9, tzinfo=ZONE))
    assert "工作日历缺 2027 年" in visit("admin").get("/incidents").text
    assert "工作日历缺" not in visit("admin").get("/inbox").text
    assert "暂按星期推算" in visit("admin").get("/calendar?year=2027").text


def sixty_days(office: Office) -> CaseFile:
    """A case that the registrar has 60 days for."""
    deploy_procedure(office.engine, None, "under_T4", files_of(under("T4")))
    return start_case(office.engine, office.actor("dengji"), "under_T4", {})


def test_a_date_in_a_year_that_is_not_announced_says_so_in_every_list(office: Office, visit: Visit) -> None:
    case = sixty_days(office)
    registrar = visit("dengji")
    assert "暂定" not in registrar.get("/inbox?box=claimable").text
    office.clock.move_to(datetime(2026, 12, 20, 9, tzinfo=ZONE))
    case = sixty_days(office)
    registrar = visit("dengji")
    with office.engine.store.read() as work:
        view = work.cases.view(case.case_id)
    assert view is not None
    assert view.deadlines[0].provisional
    task = view.tasks[0].task_id
    for path in (
        "/inbox?box=claimable",
        f"/inbox/panel/{task}",
        f"/tasks/{task}",
        "/cases",
        f"/cases/{case.case_id}",
    ):
        assert "暂定</span>" in registrar.get(path).text, path


def test_cases_follow_on_the_page_of_progress(
    office: Office, visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(3):
        sixty_days(office)
    monkeypatch.setattr(calendar_apply, "recompute_stale", lambda *_: 0)
    monkeypatch.setattr(calendar, "AT_ONCE", 2)
    admin = visit("admin")
    given = {"intent": "day", "day": "2025-10-09", "kind": "local", "note": ""}
    shown = admin.post("/calendar/preview", given, token_from="/calendar").text
    confirm = {name: hidden(shown, name) for name in ("change", "fingerprint")}
    saved = admin.post("/calendar/apply", confirm, token_from="/calendar")
    assert saved.location == "/calendar/progress"
    assert "已完成 0 / 3" in admin.get("/calendar/progress").text
    assert "还有 3 件" in admin.get("/calendar").text
    first = admin.post("/calendar/progress", {"total": "3"}, token_from="/calendar/progress").text
    assert "已完成 2 / 3" in first
    assert (
        "全部期限都已按新日历重算" in admin.post("/calendar/progress", {"total": "3"}, token_from="/calendar").text
    )
