"""The operators' pages: numbers that lead to cases, suspending, mending after a preview, incidents."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

import pytest

from engine.definitions.deploy import deploy_procedure
from engine.errors import StepFailed
from engine.operating.halts import read_halts
from engine.tasks.complete import complete_task
from tests.browser.office import Office
from tests.usecases.test_repairs import CHECK, paying
from tests.web.visitor import Visitor
from tests.worlds import files_of

Visit = Callable[[str], Visitor]


def instance_of(office: Office, case_id: str) -> str:
    with office.engine.store.read() as work:
        view = work.cases.view(case_id)
    assert view is not None
    return view.instances[0].instance_id


def test_the_picture_counts_and_leads_to_the_cases(visit: Visit) -> None:
    case = visit("jiedai").start_case()
    admin = visit("admin")

    assert "两步办理" in admin.get("/operate").text
    page = admin.get("/operate/two_steps").text
    assert '"element": "check"' in page
    assert 'href="/operate/two_steps/check"' in page
    listed = admin.get("/operate/two_steps/check").text
    assert f"/cases/{case}" in listed
    leader = visit("juzhang").get("/operate/two_steps/check?light=red")
    assert leader.status_code == 200
    assert "没有这样的任务" in leader.text
    assert visit("jiedai").get("/operate/two_steps").status_code == 403
    assert admin.get("/operate/nothing").status_code == 404
    version = re.search(r'<option value="([^"]+)">1 ·', page)
    assert version
    assert "第 1 版" in admin.get(f"/definitions/{version.group(1)}/live").text


def test_a_suspended_procedure_says_so_to_everybody(office: Office, visit: Visit) -> None:
    reception = visit("jiedai")
    case = reception.start_case()
    clerk = visit("dengji")
    task = clerk.task_id()
    before = ("/inbox?box=claimable", "/inbox/rows?box=claimable", f"/tasks/{task}", f"/inbox/panel/{task}")
    pages = [(clerk, path) for path in before] + [
        (reception, path) for path in ("/new/two_steps", f"/cases/{case}")
    ]
    assert not [path for who, path in pages if "halt-note" in who.get(path).text]
    admin = visit("admin")
    refused = admin.post("/operate/halts", {"scope": "procedure", "target": "two_steps", "reason": " "})
    assert refused.status_code == 409
    asked = {"scope": "procedure", "target": "two_steps", "reason": "新版表单有误"}
    assert admin.post("/operate/halts", asked).location == "/operate/two_steps"

    page = admin.get("/operate/two_steps").text
    assert "新版表单有误" in page
    assert "法定期限照常计算" in page
    assert admin.post("/operate/halts", {"scope": "everything", "reason": "机房检修"}).status_code == 302
    overview = admin.get("/operate").text
    assert "运行中" not in overview
    assert "随全部暂停" in overview
    assert overview.count("已暂停</span>") == 1
    stopped = admin.get(f"/instances/{instance_of(office, case)}").text
    assert "新版表单有误" in stopped
    assert "机房检修" in stopped
    assert "暂停本案流程" in stopped
    (widest, *_) = read_halts(office.engine, office.actor("admin")).now
    assert admin.post(f"/operate/halts/{widest.halt.halt_id}/end").status_code == 302
    told_before = [who.get(path).text for who, path in pages]
    assert all("新版表单有误" in text and "已暂停办理" in text for text in told_before)
    assert "pause-circle" in told_before[1][told_before[1].index("data-task=") :]
    assert "内容保留在草稿里" in told_before[2]
    told = reception.start({"title": "路灯不亮"})
    assert told.status_code == 409
    assert "新版表单有误" in told.text
    assert json.dumps("路灯不亮") in told.text
    halt = re.search(r"/operate/halts/([^/]+)/end", page)
    assert halt
    assert reception.post(f"/operate/halts/{halt.group(1)}/end").status_code == 403
    assert admin.post(f"/operate/halts/{halt.group(1)}/end").status_code == 302
    assert reception.start({"title": "路灯不亮"}).status_code == 302


def test_an_instance_is_mended_after_a_preview_and_with_a_reason(office: Office, visit: Visit) -> None:
    case = visit("jiedai").start_case()
    admin, path = visit("admin"), f"/instances/{instance_of(office, case)}"
    page = admin.get(path).text
    token = re.search(r'name="token" value="([^"]+)"', page)
    assert token
    skip = {"kind": "skip", "token": token.group(1)}

    preview = admin.post(f"{path}/preview", skip).text
    assert "签批" in preview
    unreasoned = admin.post(f"{path}/repair", {**skip, "reason": " "})
    assert unreasoned.status_code == 422
    assert "请填写理由" in unreasoned.text
    assert visit("shenji").post(f"{path}/repair", {**skip, "reason": "试试"}).status_code == 403
    assert admin.post(f"{path}/repair", {**skip, "reason": "已线下核对"}).status_code == 302
    assert "已跳过" in admin.get(path).text
    assert admin.post(f"{path}/preview", skip).status_code == 422
    assert admin.post(f"{path}/preview", {"kind": "nonsense"}).status_code == 409

    assert "路灯不亮" not in admin.get(path).text
    assert admin.post(f"{path}/variables", {"purpose": ""}).status_code == 422
    assert "路灯不亮" in admin.post(f"{path}/variables", {"purpose": "查明原因"}).text
    timeline = visit("dengji").get(f"/cases/{case}/timeline").text
    assert "跳过“核对”" in timeline
    assert "已线下核对" in timeline


def test_an_incident_is_corrected_and_left_out(office: Office, visit: Visit) -> None:
    deploy_procedure(office.engine, None, "paying", files_of(paying(), check=CHECK))
    clerk = visit("dengji")
    started = clerk.start({}, procedure="paying")
    case = started.location.rsplit("/", 1)[-1]
    with office.engine.store.read() as work:
        (task,) = work.tasks.open_of(case, instance_of(office, case))
    typed = {"amount": 5, "earlier": "XF2025-00001", "name": "张三"}
    with pytest.raises(StepFailed):
        complete_task(office.engine, office.actor("dengji"), task.task_id, typed)
    with office.engine.store.read() as work:
        (incident,) = work.registers.incidents(state="open", limit=2)
    admin, path = visit("admin"), f"/incidents/{incident.incident_id}"

    listed = admin.get("/incidents").text
    assert f'href="{path}"' in listed
    assert f'href="/cases/{case}"' in listed
    page = admin.get(path).text
    assert "办理“" in page
    assert "XF2025-00001" in page
    assert "张三" not in page
    assert "仍会失败" in page
    assert "跳过之后" in page
    assert "小额" in page
    wrong = admin.post(f"{path}/correct", {"name": "amount", "text": "many", "reason": "更正"})
    assert wrong.status_code == 422
    assert admin.post(f"{path}/correct", {"name": "amount", "text": "50", "reason": "更正"}).status_code == 302
    assert "请写明重试的理由" in admin.post(f"{path}/retry", {"reason": " "}).text
    assert admin.post(f"{path}/retry", {"reason": "更正后再试"}).status_code == 422
    assert admin.post(f"{path}/skip", {"reason": "原件不在本系统"}).status_code == 302
    assert "大额" in clerk.get(f"/cases/{case}/diagram").text
    assert f'href="{path}"' not in admin.get("/incidents").text
    assert f'href="{path}"' in admin.get("/incidents?state=all").text
    assert clerk.get(path).status_code == 403
