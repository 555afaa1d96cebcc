"""Dry runs and migrations on the page: begun, followed, exported, taken back; never by others, never of others."""

from __future__ import annotations

import io
from collections.abc import Callable

import openpyxl
import pytest

from engine.cases.moving.progress import advance_runs
from engine.definitions.deploy import deploy_procedure
from engine.definitions.drafts import create_draft
from engine.ports.store import UnitOfWork
from engine.records.work import Recusal
from tests.browser.office import Office
from tests.unit.kernel.bpmn_builder import Bpmn
from tests.web.conftest import START
from tests.web.visitor import Visitor
from tests.worlds import files_of, two_step_forms

Visit = Callable[[str], Visitor]


def redrawn() -> Bpmn:
    """来访 → 复核 → 签批: the step 核对 is gone."""
    return (
        Bpmn("two_steps", name="两步办理")
        .lane("reception", role="receptionist")
        .lane("registry", role="registrar")
        .lane("leader", role="duty_leader")
        .start("start", form="intake", lane="reception", name="来访")
        .user("recheck", name="复核", form="check", lane="registry")
        .user("sign", name="签批", form="sign", lane="leader")
        .end("end", name="办结", lane="leader")
    )


@pytest.fixture
def target(office: Office, visit: Visit) -> str:
    """Two cases stand at 核对, the admin stands aside from one; the id of the version without that step."""
    visit("jiedai").start_case()
    case_id = visit("jiedai").start_case(title="亲属来访")
    with office.engine.store.write() as work:
        aside = _person(work, "admin")
        work.stand_ins.add_recusal(Recusal(case_id, aside, "亲属", START, aside))
    definition = deploy_procedure(office.engine, None, "two_steps", files_of(redrawn(), **two_step_forms()))
    return definition.definition_id


def _person(work: UnitOfWork, username: str) -> str:
    found = work.org.person_by_username(username)
    assert found is not None
    return found.person_id


def work_off(office: Office) -> None:
    while advance_runs(office.engine):
        pass


def test_tried_mapped_migrated_and_taken_back(office: Office, visit: Visit, target: str) -> None:
    admin = visit("admin")
    page = f"/definitions/{target}/migrate"
    assert "在办案件" in admin.get(page).text
    tried = admin.post(page, {"intent": "try", "which": "all"}, token_from=page).location
    assert "进行中" in admin.get(tried).text
    assert "HX-Refresh" not in admin.get(f"{tried}/progress").headers
    work_off(office)
    assert admin.get(f"{tried}/progress").headers["HX-Refresh"] == "true"
    shown = admin.get(tried).text
    assert "需要指定接替环节" in shown
    assert 'name="map:check"' in shown
    assert "路灯不亮" in shown
    assert "亲属来访" not in shown

    again = admin.post(f"{tried}/next", {"intent": "try", "map:check": "recheck"}, token_from=tried).location
    work_off(office)
    assert "迁移合适的 2 件" in admin.get(again).text
    refused = admin.post(f"{again}/next", {"intent": "migrate", "reason": " "}, token_from=again)
    assert refused.status_code == 422
    given = {"intent": "migrate", "reason": "增加复核", "at_most": "2"}
    moved = admin.post(f"{again}/next", given, token_from=again).location
    work_off(office)
    shown = admin.get(moved).text
    assert "已迁移" in shown
    assert "增加复核" in shown

    book = openpyxl.load_workbook(io.BytesIO(admin.get(f"{moved}/cases.xlsx").data))
    assert book["分组"]["C2"].value == 2
    assert book["逐件"].max_row == 2
    admin.post(f"{moved}/state", {"to": "undo"}, token_from=moved)
    work_off(office)
    assert "已撤回" in admin.get(moved).text


def test_a_draft_is_tried_and_only_by_admins(office: Office, visit: Visit, target: str) -> None:
    admin = visit("admin")
    with office.engine.store.read() as work:
        person = work.org.actor(_person(work, "admin"))
    assert person is not None
    draft = create_draft(office.engine, person, "two_steps", base_id=target)
    page = f"/studio/{draft.draft_id}/dry-run"
    assert "试算 2 件在办案件" in admin.get(page).text
    tried = admin.post(page, {"deadlines": "follow"}, token_from=page).location
    work_off(office)
    assert "跟随新版本" in admin.get(tried).text
    clerk = visit("dengji")
    for path in (page, f"/definitions/{target}/migrate", tried, f"{tried}/cases.xlsx"):
        assert clerk.get(path).status_code == 403
    assert clerk.post(page, {}).status_code == 403
    assert clerk.post(f"{tried}/state", {"to": "stop"}).status_code == 403
