"""The registers' pages: filters, Excel, print; an import from template to register; reports."""

from __future__ import annotations

import io
import re
from collections.abc import Callable

import openpyxl
from werkzeug.test import TestResponse

from tests.browser.office import Office
from tests.web.visitor import Visitor

Visit = Callable[[str], Visitor]


def rows_of(answer: TestResponse) -> list[list[object]]:
    assert answer.status_code == 200, answer.text
    page = openpyxl.load_workbook(io.BytesIO(answer.data)).worksheets[0]
    return [[cell.value for cell in row] for row in page.iter_rows()]


def filled_in(template: bytes, *lines: dict[str, object]) -> bytes:
    book = openpyxl.load_workbook(io.BytesIO(template))
    page = book.worksheets[0]
    headings = [str(cell.value).rstrip("*") for cell in page[1]]
    for line in lines:
        page.append([line.get(heading) for heading in headings])
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def test_a_register_is_imported_in_three_steps(office: Office, visit: Visit) -> None:
    jiedai = visit("jiedai")
    assert "导入" in jiedai.get("/imports/petition_main").text
    template = jiedai.get("/imports/petition_main/template.xlsx").data
    line = {
        "事由": "村口路灯不亮",
        "来源": "来访",
        "信访目的": "求决",
        "内容分类": "市政和物业管理",
        "人数": 3,
        "诉求": "修好",
    }
    bad = filled_in(template, {**line, "人数": "许多", "内容分类": "没有这一类"})
    answer = jiedai.post("/imports/petition_main/dry-run", {"file": (io.BytesIO(bad), "三月.xlsx")})
    assert answer.status_code == 422
    assert "没有这一类" in answer.text
    assert "不是数字" in answer.text
    photo = jiedai.post("/imports/petition_main/dry-run", {"file": (io.BytesIO(b"PNG"), "照片.png")})
    assert (photo.status_code, 'id="file-error"' in photo.text) == (422, True)
    good = filled_in(template, line)
    answer = jiedai.post("/imports/petition_main/dry-run", {"file": (io.BytesIO(good), "三月.xlsx")})
    assert answer.status_code == 200, answer.text
    confirm = re.search(r'action="(/imports/petition_main/[^"]+/confirmation)"', answer.text)
    assert confirm
    assert jiedai.post(confirm.group(1)).status_code == 302
    assert "村口路灯不亮" in jiedai.get("/cases?form=f02").text
    assert "村口路灯不亮" not in jiedai.get("/cases?form=f02&purpose=1").text
    assert visit("zhiban").get("/imports/petition_main").status_code == 404
    assert office.engine


def test_a_register_goes_out_as_excel_and_on_paper(visit: Visit) -> None:
    jiedai = visit("jiedai")
    jiedai.start_case(title="=1+1 路灯不亮", name="陈某甲")
    rows = rows_of(jiedai.post("/cases/extract", {"procedure": "two_steps"}))
    assert rows[0][:4] == ["编号", "登记时间", "流程", "事由"]
    assert [row[3] for row in rows[1:]] == ["=1+1 路灯不亮"]
    assert "陈某甲" not in str(rows)
    printed = jiedai.post("/cases/print", {"procedure": "two_steps"}).text
    assert "共 1 件" in printed
    assert "路灯不亮" in printed
    assert len(rows_of(visit("zjj.banli").post("/cases/extract"))) == 1


def test_filters_that_make_no_sense_are_dropped(visit: Visit) -> None:
    answer = visit("jiedai").get("/cases?form=x&since=2025-13-01&light=pink&page=-3&until=%00&q=%25")
    assert answer.status_code == 200
    beyond = visit("jiedai").get("/cases?form=f02&since=2025-12-31&until=2025-01-01&page=99")
    assert beyond.status_code == 302
    assert "since=2025-01-01&until=2025-12-31" in beyond.location
    assert visit("jiedai").get(beyond.location).status_code == 200


def test_reports_are_shown_and_taken_along(visit: Visit) -> None:
    duban = visit("duban")
    for path in ("/reports/receptions", "/reports/receptions?by=unit&channel=all", "/reports/scores"):
        assert duban.get(path).status_code == 200
    assert rows_of(duban.get("/reports/receptions.xlsx"))[-1] == ["合计", 0, 0, 0, 0]
    assert rows_of(duban.get("/reports/scores.xlsx"))[0][0] == "时间"
    assert " 登记的事项 · 来访</p>" in re.sub(r"\s+", " ", duban.get("/reports/receptions").text), "on paper too"
    for path in ("receptions", "scores"):
        wrong = duban.get(f"/reports/{path}?since=2025-02-01&until=2025-01-01")
        assert (wrong.status_code, "结束日期不能早于开始日期" in wrong.text) == (422, True)
        assert 'value="2025-02-01"' in wrong.text, "what was typed stays"
        assert duban.get(f"/reports/{path}.xlsx?since=2025-02-01&until=2025-01-01").status_code == 409
    assert visit("zrzyj.banli").get("/reports/scores").status_code == 403
    duban.client.set_cookie("duban_language", "en")
    english = duban.get("/reports/receptions").text
    assert ">Letter<" in english
    assert "来信" not in english


def test_a_register_has_views_of_its_own_which_colleagues_open(office: Office, visit: Visit) -> None:
    jiedai, dengji = visit("jiedai"), visit("dengji")
    given = {"page": "register", "name": "九月来访", "shared": "yes", "filter": "form=f02&since=2025-09-01&page=3"}
    saved = jiedai.post("/inbox/views", given)
    view_id = re.search(r"view=([0-9a-f-]+)", saved.location)
    assert view_id, saved.location
    shown = dengji.get(f"/inbox/views/{view_id.group(1)}")
    assert shown.location.startswith("/cases?")
    page = dengji.get(shown.location).text
    assert "<h1>九月来访</h1>" in page
    assert 'value="2025-09-01"' in page
    assert page.count("九月来访") >= 2, "as a chip as well"
    assert "九月来访" not in dengji.get("/inbox").text, "no view of the inbox"
    path = f"/inbox/views/{view_id.group(1)}"
    assert dengji.post(path, {"name": "别人的"}).status_code == 403
    changed = jiedai.post(path, {"filter": "form=f01&light=red"})
    assert "form=f01" in changed.location
    assert "light=red" in changed.location
    assert jiedai.post(f"{path}/deletion").location.startswith("/cases?")
    assert "九月来访" not in dengji.get("/cases").text
