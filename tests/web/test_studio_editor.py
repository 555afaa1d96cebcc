"""The page of the editor: who may work in it, what its policy lets through, where work goes that comes too late."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from engine.definitions.draft_copy import copy_draft
from engine.definitions.drafts import create_draft, list_drafts, open_draft, save_draft
from engine.definitions.read import list_definitions
from engine.errors import Forbidden
from engine.records.studio import ProcedureDraft
from tests.browser.office import Office
from tests.web.visitor import Visitor
from web.i18n import catalogue
from web.pages.studio_editor import WORDS
from web.security import POLICY

Visit = Callable[[str], Visitor]
SCRIPTS = Path(__file__).parents[2] / "web" / "frontend" / "src"
MAIN = "petition_main.bpmn"


@pytest.fixture
def draft(office: Office) -> ProcedureDraft:
    admin = office.actor("admin")
    base = next(d for d in list_definitions(office.engine, admin) if d.key == "petition_main")
    return create_draft(office.engine, admin, "petition_main", base_id=base.definition_id)


def test_only_styles_are_let_through_and_only_on_the_page_of_the_editor(
    visit: Visit, draft: ProcedureDraft
) -> None:
    admin = visit("admin")

    policy = admin.get(f"/studio/{draft.draft_id}/diagram").headers["Content-Security-Policy"]
    assert set(policy.split("; ")) ^ set(POLICY.split("; ")) == {
        "style-src 'self'",
        "style-src 'self' 'unsafe-inline'",
    }
    assert admin.get(f"/studio/{draft.draft_id}").headers["Content-Security-Policy"] == POLICY
    assert admin.get(f"/studio/{draft.draft_id}/diagram?file=none.bpmn").status_code == 404


def test_auditors_look_and_nobody_else_does(visit: Visit, draft: ProcedureDraft) -> None:
    address = f"/studio/{draft.draft_id}/diagram"
    page = visit("shenji").get(address).text
    assert _island(page)["editable"] is False
    assert 'id="conflict"' not in page
    assert 'data-act="undo"' not in page
    assert _island(visit("admin").get(address).text)["editable"] is True
    assert visit("dengji").get(address).status_code == 403
    assert visit("dengji").get(f"/studio/{draft.draft_id}/standing.json").status_code == 403


def test_an_open_editor_learns_that_somebody_saved(office: Office, visit: Visit, draft: ProcedureDraft) -> None:
    admin = visit("admin")
    assert admin.get(f"/studio/{draft.draft_id}/standing.json").json["revision"] == 1

    save_draft(office.engine, office.actor("admin"), draft.draft_id, seen=1, put={"extra.dmn": b"<definitions/>"})

    standing = admin.get(f"/studio/{draft.draft_id}/standing.json").json
    assert (standing["revision"], standing["changed_by"]) == (2, "系统管理员")


def test_what_came_too_late_becomes_a_draft_of_its_own(office: Office, visit: Visit, draft: ProcedureDraft) -> None:
    admin, mine = visit("admin"), "<definitions>画了一半</definitions>"
    answer = admin.client.post(
        f"/studio/{draft.draft_id}/copies",
        json={"files": {MAIN: mine}},
        headers={"X-CSRFToken": admin.token()},
    )

    assert answer.status_code == 201
    made = answer.json["draft_id"]
    assert answer.json["url"] == f"/studio/{made}/diagram"
    theirs, copy = (open_draft(office.engine, office.actor("admin"), which) for which in (draft.draft_id, made))
    assert copy.files[MAIN].decode() == mine
    assert theirs.files[MAIN].decode() != mine
    assert theirs.draft.revision == 1
    assert {path: content for path, content in copy.files.items() if path != MAIN} == {
        path: content for path, content in theirs.files.items() if path != MAIN
    }
    assert copy.draft.base_id == draft.base_id


def test_a_reader_makes_no_copy(office: Office, draft: ProcedureDraft) -> None:
    with pytest.raises(Forbidden):
        copy_draft(office.engine, office.actor("shenji"), draft.draft_id, {})
    assert len(list_drafts(office.engine, office.actor("admin"))) == 1


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_script_finds_every_text_that_it_asks_for(language: str) -> None:
    files = [SCRIPTS / "studio.js", *(SCRIPTS / "studio").glob("*.js")]
    source = "\n".join(file.read_text(encoding="utf-8") for file in files)
    asked = set(re.findall(r'told\(page, "(\w+)"', source)) | set(re.findall(r"page\.words\.(\w+)", source))
    asked |= {f"state_{name}" for name in re.findall(r'\btell\((?:\w+ \? )?"(\w+)"', source)}
    assert len(asked) > 15
    assert asked <= {key.removeprefix(WORDS) for key in catalogue(language) if key.startswith(WORDS)}


def _island(page: str) -> dict[str, object]:
    found = re.search(r'id="editor-page">(.*?)</script>', page, re.DOTALL)
    assert found
    content: dict[str, object] = json.loads(found.group(1))
    return content
