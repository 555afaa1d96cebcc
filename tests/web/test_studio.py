"""The studio's pages and what its editors read and write."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from werkzeug.test import TestResponse

from engine.definitions.drafts import create_draft, open_draft
from engine.definitions.read import list_definitions
from engine.records.studio import ProcedureDraft
from tests.browser.office import Office
from tests.web.visitor import Visitor

Visit = Callable[[str], Visitor]
KEY = "two_steps"
DRAWING = f"{KEY}.bpmn"


@pytest.fixture
def draft(office: Office) -> ProcedureDraft:
    """Of `two_steps`, by `admin`."""
    admin = office.actor("admin")
    base = next(d for d in list_definitions(office.engine, admin) if d.key == KEY)
    return create_draft(office.engine, admin, KEY, base_id=base.definition_id)


def put(visitor: Visitor, address: str, body: object) -> TestResponse:
    return visitor.client.put(address, json=body, headers={"X-CSRFToken": visitor.token()})


def test_editors_save_by_revision_and_hear_of_others(office: Office, visit: Visit, draft: ProcedureDraft) -> None:
    admin, second = visit("admin"), visit("shenhe")
    address = f"/studio/{draft.draft_id}/files.json"
    held = admin.get(address).json
    assert held is not None
    assert (held["revision"], held["state"], held["key"]) == (1, "editing", KEY)
    text = held["files"][DRAWING]

    saved = put(second, address, {"revision": 1, "put": {DRAWING: text.replace("核对", "复核")}, "drop": []})
    late = put(admin, address, {"revision": 1, "put": {DRAWING: text.replace("核对", "初核")}})

    assert (saved.status_code, saved.json and saved.json["revision"]) == (200, 2)
    assert late.status_code == 409
    assert late.json is not None
    assert (late.json["revision"], late.json["changed_by"]) == (2, "顾衡")
    assert late.json["changed_at"].startswith("2025-09-26")
    assert late.json["changed_clock"] == "09:00", "the office's clock, whatever the browser's"
    stored = open_draft(office.engine, office.actor("admin"), draft.draft_id).files[DRAWING].decode()
    assert "复核" in stored
    bad: list[object] = [[], {"revision": "1"}, {"revision": 2, "put": {DRAWING: 1}}, {"revision": 2, "drop": "x"}]
    for body in bad:
        assert put(admin, address, body).status_code == 422
    assert put(admin, address, {"revision": 2, "put": {"../x.bpmn": ""}}).status_code == 422
    assert admin.client.put(address, json={"revision": 2}).status_code == 400, "without a token nothing is saved"


def test_findings_of_what_is_not_saved_yet(visit: Visit, draft: ProcedureDraft) -> None:
    admin = visit("admin")
    address = f"/studio/{draft.draft_id}/findings.json"
    text = admin.get(f"/studio/{draft.draft_id}/files.json").json["files"][DRAWING]  # type: ignore[index]
    wrong = text.replace('value="check"', 'value="chek"')
    headers = {"X-CSRFToken": admin.token()}

    found = admin.client.post(address, json={"files": {DRAWING: wrong}}, headers=headers).json
    stored = admin.get(address).json

    assert found is not None
    (error,) = [f for f in found["findings"] if f["severity"] == "error" and f["element"] == "check"]
    assert error["path"] == DRAWING
    assert isinstance(error["line"], int)
    assert "chek" in error["message"]
    assert error["hint"]
    assert stored is not None
    assert [f["severity"] for f in stored["findings"] if f["severity"] == "error"] == []
    garbage = admin.client.post(address, json={"files": {DRAWING: "<a>" * 9000}}, headers=headers)
    assert garbage.status_code == 200, "what cannot be read is a finding"


def test_from_a_change_to_a_version_by_pages_alone(office: Office, visit: Visit) -> None:
    admin, second = visit("admin"), visit("shenhe")
    base = re.search(rf'value="{KEY}"><input type="hidden" name="base" value="([^"]+)"', admin.get("/studio").text)
    assert base is not None
    page = admin.post("/studio", {"key": KEY, "base": base.group(1)}).location
    text = admin.get(f"{page}/files.json").json["files"][DRAWING]  # type: ignore[index]
    put(admin, f"{page}/files.json", {"revision": 1, "put": {DRAWING: text.replace("核对", "复核")}})

    stopped = admin.post(f"{page}/submission", {"changelog": "改名", "revision": "2"})
    assert stopped.status_code == 422
    assert "没有写明理由" in stopped.text
    assert ">改名</textarea>" in stopped.text, "what was typed stays"
    assert "请选择生效日期" in admin.post(f"{page}/submission", {"changelog": "改名", "when": "day"}).text
    for _ in range(9):
        bare = re.search(
            r'name="code" value="([^"]+)"><input type="hidden" name="element" value="([^"]+)">\s*<label',
            admin.get(page).text,
        )
        if bare is None:
            break
        code, element = bare.groups()
        admin.post(f"{page}/waivers", {"code": code, "element": element, "reason": "当场办结"})
    assert admin.post(f"{page}/submission", {"changelog": "改名", "revision": "2"}).status_code == 302
    assert 'value="approve"' not in admin.get(f"{page}/review").text
    assert admin.post(f"{page}/review", {"decision": "approve", "revision": "2"}).status_code == 403
    assert 'value="approve"' in second.get(f"{page}/review").text
    assert second.post(f"{page}/review", {"decision": "return", "note": ""}).status_code == 422

    done = second.post(f"{page}/review", {"decision": "approve", "revision": "2"})

    assert (done.status_code, done.location) == (302, f"/studio/procedures/{KEY}")
    shown = visit("dengji").get(done.location).text
    assert "第 2 版" in shown
    assert "改名" in shown
    assert "停用" not in shown, "who is no admin reads only"
    newest = next(d for d in list_definitions(office.engine, office.actor("admin")) if d.key == KEY)
    retired = admin.post(f"/studio/versions/{newest.definition_id}/retirement", {"reason": "有误", "key": KEY})
    assert "第 1 版" in admin.get(retired.location).text
    package = admin.get(f"/studio/versions/{newest.definition_id}/package.zip")
    assert package.headers["Content-Disposition"] == 'attachment; filename="two_steps-v2.zip"'


def test_who_may_not_look_finds_nothing(visit: Visit, draft: ProcedureDraft) -> None:
    clerk, leader = visit("dengji"), visit("juzhang")
    for path in ("/studio", f"/studio/{draft.draft_id}", f"/studio/{draft.draft_id}/files.json"):
        assert clerk.get(path).status_code == 403
        assert leader.get(path).status_code == 200
    assert "/studio" not in clerk.get("/definitions").text.replace("/studio/procedures", "")
    assert 'name="changelog"' not in leader.get(f"/studio/{draft.draft_id}").text
    assert put(leader, f"/studio/{draft.draft_id}/files.json", {"revision": 1, "put": {}}).status_code == 403
    assert leader.get("/studio/none").status_code == 404
