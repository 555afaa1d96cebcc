"""组织人员: who opens it, what one administrator does, and what the other is told."""

from __future__ import annotations

import re

from flask.testing import FlaskClient

from engine.cases.start import start_case
from engine.org.login import authenticate
from engine.tasks.claim import claim_task
from tests.security.conftest import Enter, app, enter  # noqa: F401 - fixtures of a small office
from tests.security.entering import token
from tests.usecases.conftest import office_home, two, world  # noqa: F401
from tests.worlds import World

SECRET = re.compile(r'class="org-secret">([a-z2-9]{4}(?:-[a-z2-9]{4}){2})<')


def send(client: FlaskClient, path: str, **fields: object):  # type: ignore[no-untyped-def]
    return client.post(path, data={"csrf_token": token(client), **fields})


def test_the_page_is_for_administrators_and_auditors(enter: Enter) -> None:  # noqa: F811
    for username, opens in (("admin", 200), ("shenji", 200), ("shenhe", 403), ("juzhang", 403)):
        client = enter(username)
        assert client.get("/org").status_code == opens, username
        assert ("/org" in re.findall(r'href="([^"?]*)', client.get("/inbox").text)) == (opens == 200)
    reader = enter("shenji")
    page = reader.get("/org/people/p-jingban").text
    assert "许知行" in page
    assert 'action="/org/' not in page
    assert reader.get("/org/people/new").status_code == reader.get("/org/units/new").status_code == 403
    assert send(reader, "/org/people/p-jingban/roles", role="chief", role_unit="xfj", seen=0).status_code == 403


def test_people_are_found_by_a_few_letters_and_by_unit(enter: Enter) -> None:  # noqa: F811
    admin = enter("admin")
    by_initials, by_unit = admin.get("/org?who=xzx").text, admin.get("/org?unit=xzf&role=resp_dept").text
    assert "许知行" in by_initials
    assert "陆明远" not in by_initials
    assert "高原" in by_unit
    assert "田野" not in by_unit
    assert "没有符合条件的人员" in admin.get("/org?who=没有这个人").text
    assert admin.get("/org?unit=nowhere").status_code == 404
    for odd in (
        "who=%00",
        "who=%25+_+'",
        "who=" + "许" * 500,
        f"page={10**30}",
        "page=-1",
        "state=x&role=%F0%9F%98%80",
    ):
        assert admin.get(f"/org?{odd}").status_code == 200, odd
    assert send(admin, "/org/people/p-jingban/closure", reason="a\0b", seen=0).status_code == 422


def test_a_new_person_is_let_in_given_a_role_and_let_go(enter: Enter, two: World) -> None:  # noqa: F811
    admin = enter("admin")
    fields = {"name": "新同志", "username": "xin", "unit": "xfj", "role": "registrar"}
    assert "不是一个电子邮件地址" in send(admin, "/org/people", **fields, email="x y").text
    shown = send(admin, "/org/people", **fields)
    password = SECRET.search(shown.text)
    assert password is not None
    assert shown.headers["Cache-Control"] == "no-store"
    person = authenticate(two.engine, "xin", password[1])
    again = send(admin, "/org/people", **fields)
    assert (again.status_code, "已被使用" in again.text) == (409, True)

    page = f"/org/people/{person.person_id}"
    assert password[1] not in admin.get(page).text
    assert "请选择角色" in send(admin, f"{page}/roles", role="", role_unit="xfj", seen=0).text
    assert send(admin, f"{page}/roles", role="chief", role_unit="xfj", seen=0).status_code == 302
    late = send(admin, page, name="改名", unit="xfj", email="", seen=0)
    assert (late.status_code, "已由系统管理员修改" in late.text, "现在是：新同志" in late.text) == (409, True, True)

    case = start_case(two.engine, two.actor("jiedai"), "two_steps", {"title": "路灯不亮"})
    claim_task(two.engine, two.actor("xin"), two.task(case, "check").task_id)
    held = send(admin, f"{page}/closure", reason="调离", seen=1)
    assert (held.status_code, "名下还有 1 件在办任务" in held.text) == (422, True)
    assert f"/leaving/{person.person_id}" in held.text
    assert send(admin, f"{page}/closure", reason="调离", knows_held="yes", seen=1).status_code == 302
    told = admin.get(page).text
    assert "停用账号" in told
    assert "仍有 1 件在办" in told
    assert f"/leaving/{person.person_id}" in told
    assert SECRET.search(send(admin, f"{page}/return", seen=2).text)
    assert "尚无角色" in admin.get("/org?who=xin").text


def test_nobody_helps_themselves(enter: Enter, two: World) -> None:  # noqa: F811
    admin = enter("admin")
    refused = send(admin, "/org/people/p-admin/roles", role="auditor", role_unit="xfj", seen=0)
    assert (refused.status_code, "由另一位机关管理员办理" in refused.text) == (403, True)
    assert not two.actor("admin").holds("auditor")
    assert "最后一位能登录的机关管理员" in admin.get("/org/people/p-admin").text


def test_a_unit_is_added_renamed_and_closed_and_forms_offer_it_no_more(enter: Enter, two: World) -> None:  # noqa: F811
    admin = enter("admin")
    wrong = send(admin, "/org/units", code="xfj", name="社区", parent="cgjd")
    assert (wrong.status_code, "请换一个" in wrong.text) == (422, True)
    assert send(admin, "/org/units", code="sq", name="社区", parent="cgjd").location == "/org?unit=sq"
    assert send(admin, "/org/units/sq", name="第一社区", parent="cgjd", seen=0).status_code == 302
    assert "1 个在用的下级单位" in send(admin, "/org/units/cgjd/closure", seen=0).text
    assert send(admin, "/org/units/sq/closure", seen=1).status_code == 302
    assert "第一社区" in admin.get("/org").text
    assert "第一社区" not in admin.get("/org/people/new").text
    told = admin.get("/org/history").text
    assert "停用单位" in told
    assert "名称由“社区”改为“第一社区”" in told
