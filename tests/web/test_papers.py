"""Pages of papers: what a reader sees, what is asked for, and what is refused at its form."""

from __future__ import annotations

import io
import re
import sys
import zipfile
from collections.abc import Callable

import pytest

from engine.documents.papers import draft_paper, issue_paper
from engine.documents.word import MEDIA_TYPE
from tests.browser.office import Office
from tests.web.visitor import Visitor

Visit = Callable[[str], Visitor]


@pytest.fixture
def report(office: Office, visit: Visit) -> str:
    """The path of an issued report of a case of two steps."""
    case_id = visit("jiedai").start_case(name="陈某某")
    officer = office.actor("jingban")
    said = {"course": "已复核", "result": "已补发"}
    paper = issue_paper(office.engine, officer, draft_paper(office.engine, officer, case_id, "F15", said).paper_id)
    return f"/cases/{case_id}/papers/{paper.paper_id}"


def test_an_officer_downloads_serves_and_voids_on_one_page(visit: Visit, report: str) -> None:
    officer, act = visit("jingban"), f"/papers/{report.rpartition('/')[2]}"
    page = officer.get(report)
    assert "办结报告〔2025〕1号" in page.text
    assert "登记送达" in page.text

    word = officer.get(f"{act}/docx")
    assert word.mimetype == MEDIA_TYPE
    assert "attachment" in word.headers["Content-Disposition"]
    assert "word/document.xml" in zipfile.ZipFile(io.BytesIO(word.data)).namelist()
    assert officer.get(f"{act}/pdf").data.startswith(b"%PDF")

    late = officer.post(f"{act}/service", {"served_at": "2026-01-01T00:00", "mode": "post"}, token_from=report)
    assert late.status_code == 422
    assert "晚于现在" in late.text
    served = officer.post(f"{act}/service", {"served_at": "2025-09-26T09:00", "mode": "post"}, token_from=report)
    assert served.status_code == 302
    assert "邮寄送达" in officer.get(report).text
    assert officer.post(f"{act}/void", {"reason": " "}, token_from=report).status_code == 422
    assert officer.post(f"{act}/void", {"reason": "写错"}, token_from=report).status_code == 302
    assert "重新印发" in officer.get(report).text


def test_what_a_draft_lacks_is_said_on_its_page_and_filled_in_there(visit: Visit) -> None:
    case_id, officer = visit("jiedai").start_case(name="陈某某"), visit("jingban")
    new = f"/cases/{case_id}/papers/new/F15"
    path = officer.post(new, {"course": "已复核"}, token_from=new).location
    act = f"/papers/{path.rpartition('/')[2]}"
    refused = officer.post(f"{act}/number", {}, token_from=path)
    assert refused.status_code == 422
    assert "缺少“处理结果”" in refused.text
    assert f"{act}/draft" in refused.text

    edit = officer.get(f"{act}/draft").text
    assert "已复核</textarea>" in edit
    said = {"course": "已复核", "result": "已补发", "seen": "another"}
    stale = officer.post(f"{act}/draft", said, token_from=f"{act}/draft")
    assert stale.status_code == 409
    assert "已补发</textarea>" in stale.text
    assert stale.text.count("草稿现为：") == 1  # of the result alone: that is empty
    said.pop("seen")
    assert officer.post(f"{act}/draft", said, token_from=f"{act}/draft").status_code == 302
    assert officer.post(f"{act}/number", {}, token_from=path).status_code == 302
    issued = officer.get(path).text
    assert "印发编号" in issued
    assert "签发</li>" not in issued  # nobody has signed it
    assert officer.get(f"{act}/draft").status_code == 404
    told = officer.get(f"/cases/{case_id}/timeline?kind=paper").text
    assert re.search(r"修改文书草稿\W.*信访事项办结报告", told)


def test_where_pdf_is_not_installed_the_page_says_so(
    visit: Visit, report: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.modules["web.pages.papers"], "has_pdf", lambda: False)
    officer = visit("jingban")
    page = officer.get(report).text
    assert "未安装 PDF" in page
    assert "/pdf" not in page
    assert officer.get(f"/papers/{report.rpartition('/')[2]}/pdf").status_code == 404


def test_a_sheet_that_names_the_petitioner_asks_for_a_purpose(office: Office, visit: Visit) -> None:
    case_id = visit("jiedai").start_case(name="陈某某")
    keeper, handler = visit("jingban"), visit("jiedai")
    made = keeper.post(
        f"/cases/{case_id}/papers/new/F01", {"remark": "急件"}, token_from=f"/cases/{case_id}/papers"
    )
    issue_paper(office.engine, office.actor("jingban"), made.location.rpartition("/")[2])
    path, act = made.location, f"/papers/{made.location.rpartition('/')[2]}"

    for reader in (keeper, handler):
        assert "×××" in reader.get(path).text
        assert "陈某某" not in reader.get(path).text
    assert handler.post(f"{act}/look", {"purpose": "x"}, token_from=path).status_code == 422
    assert "陈某某" in handler.post(f"{act}/look", {"purpose": "核对登记"}, token_from=path).text
    assert keeper.post(f"{act}/look", {"purpose": "核对登记"}, token_from=path).status_code == 403
    assert handler.get(f"{act}/docx").status_code == 409  # without a purpose
    assert handler.post(f"{act}/docx", {"purpose": "归档打印"}, token_from=path).mimetype == MEDIA_TYPE


def test_an_admin_uploads_a_template_and_is_told_what_is_wrong_with_another(visit: Visit) -> None:
    admin, path = visit("admin"), "/papers/templates/F15"
    shipped = admin.get(f"{path}/0.docx").data
    refused = admin.post(path, {"file": (io.BytesIO(b"MZ..."), "x.docx")}, token_from=path)
    assert refused.status_code == 422
    assert "不是能读的 Word 文件" in refused.text
    own = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(shipped)) as old, zipfile.ZipFile(own, "w") as new:
        for entry in old.infolist():
            new.writestr(entry.filename, old.read(entry).replace("办理情况".encode(), "处理结果".encode()))
    own.seek(0)
    assert admin.post(path, {"file": (own, "我局.docx"), "note": "改"}, token_from=path).status_code == 302
    assert "第 1 版" in admin.get(path).text
    assert "一、办理情况" in admin.get(f"{path}/1").text  # among what is gone
    assert visit("jingban").post(path, {"file": (io.BytesIO(shipped), "x.docx")}).status_code == 403
