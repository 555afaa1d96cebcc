"""Absences, recusal, hand-over and leavers on their pages."""

from __future__ import annotations

from datetime import date

from flask import Flask

from engine.cases.start import start_case
from engine.org.coming_back import tell_returned
from engine.tasks.claim import claim_task
from tests.security.conftest import Enter, app, case, enter  # noqa: F401 - fixtures of a small office
from tests.security.entering import token
from tests.usecases.conftest import office_home, two, world  # noqa: F401
from tests.worlds import World

TODAY = date(2025, 9, 26).isoformat()


def test_an_absence_for_some_procedures_is_entered_and_ended(enter: Enter, two: World) -> None:  # noqa: F811
    me = enter("dengji")
    given = {"csrf_token": token(me), "starts_on": TODAY, "ends_on": TODAY, "deputy_id": "p-jiedai", "note": ""}
    wrong = me.post("/profile/absence", data={**given, "scope": "some"})
    assert (wrong.status_code, "请勾选至少一个流程" in wrong.text) == (422, True)
    answer = me.post("/profile/absence", data={**given, "scope": "some", "procedures": "two_steps"})
    assert answer.status_code == 302
    assert "两步办理" in me.get("/profile/absence").text
    deputy = enter("jiedai").get("/profile/absence").text
    assert "代理周雨" in deputy
    assert "/inbox?box=deputised" in deputy
    admin = enter("admin")
    listed = admin.get("/absences?person=p-jingban").text
    assert "许知行不在岗" in listed
    ended = {"csrf_token": token(admin), "from": "office"}
    absence = two.actor("jiedai").principals[0].person_id
    assert absence == "p-dengji"
    with two.engine.store.read() as work:
        (entered,) = work.stand_ins.absences_of("p-dengji", two.clock.now())
    assert admin.post(f"/profile/absence/{entered.absence_id}/end", data=ended).location == "/absences"
    assert two.actor("jiedai").principals == ()
    assert enter("dengji").get("/absences").status_code == 403
    tell_returned(two.engine)
    assert "您已返岗" in me.get("/inbox").text
    assert me.post("/handover/seen", data={"csrf_token": token(me)}).location == "/inbox"
    assert "您已返岗" not in me.get("/inbox").text
    assert "/handover?absence=" in me.get("/messages").text


def test_a_recusal_is_declared_listed_and_lifted(enter: Enter, two: World, case) -> None:  # type: ignore[no-untyped-def]  # noqa: F811
    me, keeper = enter("dengji"), enter("jingban")
    path = f"/cases/{case.case_id}/recusal"
    assert me.post(path, data={"csrf_token": token(me), "reason": " "}).status_code == 422
    gone = me.post(path, data={"csrf_token": token(me), "reason": "与信访人有亲属关系"})
    assert gone.location == "/inbox"
    assert me.get(path).status_code == me.get(f"/cases/{case.case_id}").status_code == 404
    page = keeper.get(path).text
    assert "与信访人有亲属关系" in page
    assert "本单位没有其他人员可办" in page
    assert keeper.post(f"{path}/p-dengji/lift", data={"csrf_token": token(keeper)}).status_code == 302
    assert me.get(path).status_code == 200


def test_a_leavers_tasks_move_with_progress_and_print_as_a_list(app: Flask, enter: Enter, two: World) -> None:  # noqa: F811
    made = start_case(two.engine, two.actor("jiedai"), "two_steps", {"title": "路灯不亮"})
    claim_task(two.engine, two.actor("dengji"), two.task(made, "check").task_id)
    chief = enter("juzhang")
    assert "周雨" in chief.get("/leaving").text
    page = chief.get("/leaving/p-dengji").text
    assert "名下在办任务（1 件）" in page
    assert "没有可接手的人员" in page
    begun = chief.post(
        "/leaving/p-dengji", data={"csrf_token": token(chief), "reason": "退休", "deactivate": "yes"}
    )
    assert begun.location == "/leaving/p-dengji/progress"
    first = chief.post(begun.location, data={"csrf_token": token(chief)}, headers={"HX-Request": "true"}).text
    assert "未转的 1 件" in first
    last = chief.post(begun.location, data={"csrf_token": token(chief)}, headers={"HX-Request": "true"}).text
    assert "账号未停用" in last
    assert "路灯不亮" in enter("dengji").get("/handover").text
    assert enter("jingban").get("/leaving/p-dengji").status_code == 403
