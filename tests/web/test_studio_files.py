"""Forms and tables of a draft, their list, their preview, and two versions compared: who may what."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from engine.definitions.drafts import create_draft, open_draft, save_draft
from engine.definitions.read import list_definitions
from engine.records.studio import ProcedureDraft
from tests.browser.office import Office
from tests.web.visitor import Visitor, island

Visit = Callable[[str], Visitor]
KEY = "petition_main"


@pytest.fixture
def draft(office: Office) -> ProcedureDraft:
    admin = office.actor("admin")
    base = next(d for d in list_definitions(office.engine, admin) if d.key == KEY)
    return create_draft(office.engine, admin, KEY, base_id=base.definition_id)


def files(office: Office, draft: ProcedureDraft) -> dict[str, bytes]:
    return dict(open_draft(office.engine, office.actor("admin"), draft.draft_id).files)


def test_a_new_form_and_table_are_sound_and_go_again_while_no_step_uses_them(
    office: Office, visit: Visit, draft: ProcedureDraft
) -> None:
    admin, home = visit("admin"), f"/studio/{draft.draft_id}/file"
    for kind, path in (("form", "forms/second_look.form.json"), ("table", "second_look.dmn")):
        made = admin.post(home, {"kind": kind, "name": "second_look", "title": "复看 <b>"})
        assert made.status_code == 302
        assert path in files(office, draft)
        assert "second_look" in admin.get(made.location).text
        assert admin.post(home, {"kind": kind, "name": "second_look"}).status_code == 422
    assert admin.post(home, {"kind": "form", "name": "../x"}).status_code == 422
    found = admin.client.post(
        f"/studio/{draft.draft_id}/findings.json", json={"files": {}}, headers={"X-CSRFToken": admin.token()}
    ).json
    assert found is not None
    assert [f for f in found["findings"] if f["path"].endswith("second_look.form.json")] == []
    gone = admin.post(f"{home}/removal", {"path": "second_look.dmn", "revision": "3"})
    used = admin.post(f"{home}/removal", {"path": "forms/screen.form.json", "revision": "4"})
    assert (gone.status_code, used.status_code) == (302, 422)
    assert "甄别" in used.text
    assert "second_look.dmn" not in files(office, draft)


def test_a_preview_is_the_form_of_its_step(office: Office, visit: Visit, draft: ProcedureDraft) -> None:
    page = visit("admin").get(f"/studio/{draft.draft_id}/form-preview?path=forms/intake.form.json&step=screen")
    shown, plain = str(island(page)["schema"]), files(office, draft)["forms/intake.form.json"].decode()
    assert "occurred_place" in plain
    assert "occurred_place" not in shown, "the step hides it"
    save_draft(
        office.engine, office.actor("admin"), draft.draft_id, seen=1, put={"forms/intake.form.json": b'{"a": '}
    )
    broken = visit("admin").get(f"/studio/{draft.draft_id}/form-preview?path=forms/intake.form.json")
    assert broken.status_code == 200
    assert "JSON" in broken.text


def test_leaders_look_and_do_not_edit_and_clerks_see_no_draft(
    office: Office, visit: Visit, draft: ProcedureDraft
) -> None:
    leader, clerk, home = visit("juzhang"), visit("dengji"), f"/studio/{draft.draft_id}"
    page = leader.get(f"{home}/file?path=intake_path.dmn")
    assert page.status_code == 200
    assert 'id="conflict"' not in page.text
    assert "unsafe-inline" in page.headers["Content-Security-Policy"]
    assert "script-src 'self';" in page.headers["Content-Security-Policy"]
    assert leader.post(f"{home}/file", {"kind": "form", "name": "mine"}).status_code == 403
    between = f"/studio/compare?left={draft.base_id}&right={draft.draft_id}"
    for address in (f"{home}/file", f"{home}/form-preview?path=forms/screen.form.json", between):
        assert clerk.get(address).status_code == 403
        assert leader.get(address).status_code == 200
    assert clerk.get(f"/studio/compare/{draft.draft_id}/diagram.bpmn").status_code == 403
    assert clerk.get(f"/studio/compare?left={draft.base_id}&right={draft.base_id}").status_code == 200


def test_what_differs_is_listed_in_words(office: Office, visit: Visit, draft: ProcedureDraft) -> None:
    held = files(office, draft)
    drawing = held[f"{KEY}.bpmn"].decode().replace('id="screen" name="甄别"', 'id="screen" name="<i>初审"')
    drawing = drawing.replace("<i>", "&lt;i&gt;")
    put = {f"{KEY}.bpmn": drawing.encode(), "scenarios/new.yaml": b"a: 1"}
    save_draft(office.engine, office.actor("admin"), draft.draft_id, seen=1, put=put, drop=["documents/F04.docx"])
    admin = visit("admin")
    page = admin.get(f"/studio/compare?left={draft.base_id}&right={draft.draft_id}").text
    for words in ("用户任务", "甄别", "&lt;i&gt;初审", "名称"):
        assert words in page
    assert "new.yaml" not in page, "scenarios are no part of a version"
    other = next(d for d in list_definitions(office.engine, office.actor("admin")) if d.key != KEY)
    assert admin.get(f"/studio/compare?left={other.definition_id}&right={draft.draft_id}").status_code == 409
    assert admin.get(f"/studio/compare?left={draft.draft_id}&right=nothing").status_code == 404
