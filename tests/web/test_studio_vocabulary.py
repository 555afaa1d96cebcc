"""What the properties panel is given: all that a draft can name, for those who may look at drafts."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from engine.cases.actions.registry import SIGNATURES
from engine.definitions.drafts import create_draft, save_draft
from engine.kernel.lint.names import BUILT_IN
from tests.browser.office import Office
from tests.web.visitor import Visitor
from web.assets import DIST
from web.i18n import catalogue
from web.pages.studio_vocabulary import FUNCTIONS, MARKS

Visit = Callable[[str], Visitor]


@pytest.fixture
def draft_id(office: Office) -> str:
    with office.engine.store.read() as work:
        base = work.definitions.current("petition_main", office.clock.now())
    assert base is not None
    return create_draft(office.engine, office.actor("admin"), "petition_main", base_id=base.definition_id).draft_id


def asked(visitor: Visitor, draft_id: str) -> dict[str, Any]:
    response = visitor.client.get(f"/studio/vocabulary.json?draft={draft_id}")
    assert response.status_code == 200
    found: dict[str, Any] = json.loads(response.data)
    return found


def one(listed: list[dict[str, Any]], identity: str) -> dict[str, Any]:
    return next(each for each in listed if each["id"] == identity)


def test_everything_that_a_step_can_name_is_offered(visit: Visit, draft_id: str) -> None:
    found = asked(visit("admin"), draft_id)
    assert one(found["roles"], "registrar")["name"] == "登记员"
    rule = one(found["rules"], "T4")
    assert (rule["term"], rule["source"][:8]) == ("60 日", "《信访工作条例》")
    assert all(rung["when"] and rung["what"] for rung in rule["ladder"])
    assert len(rule["ladder"]) > 2
    assert {each["id"] for each in found["actions"]} == set(SIGNATURES)
    assert one(one(found["actions"], "issue_paper")["params"], "kind")["required"] is True
    assert one(found["decisions"], "intake_path")["outputs"][:2] == ["path", "disposition"]
    assert one(found["decisions"], "bodies")["url"] is None
    assert "petition_main" not in {each["id"] for each in found["procedures"]}
    assert one(found["procedures"], "joint_signing")["name"]
    assert [field["id"] for field in one(found["papers"], "L5")["fields"] if field["required"]]
    assert "登记" in found["states"]


def test_a_form_says_what_may_be_hidden_and_where_it_stands(visit: Visit, draft_id: str) -> None:
    form = one(asked(visit("admin"), draft_id)["forms"], "intake")
    assert form["name"] == "收到信访事项"
    title = next(field for field in form["fields"] if "title" in field["names"])
    assert title["names"][0] == "title"
    assert title["required"] is True
    assert any(field["inside"] for field in form["fields"])


def test_variables_are_those_that_the_linter_knows(office: Office, visit: Visit, draft_id: str) -> None:
    before = asked(visit("admin"), draft_id)
    known = {each["id"]: each["from"] for each in before["variables"]["names"]}
    assert set(known) >= BUILT_IN
    assert "甄别" in known["entered"]
    form = {
        "type": "default",
        "components": [{"type": "textfield", "id": "New", "key": "brand_new", "label": "新"}],
    }
    put = {"forms/screen.form.json": json.dumps(form).encode()}
    save_draft(office.engine, office.actor("admin"), draft_id, seen=before["revision"], put=put)
    after = asked(visit("admin"), draft_id)
    assert one(after["variables"]["names"], "brand_new")["from"] == "甄别"


@pytest.mark.parametrize(
    "put",
    [
        {"petition_main.bpmn": b"<nothing"},
        {"petition_main.bpmn": b""},
        {"forms/screen.form.json": b"{", "intake_path.dmn": b"<definitions"},
    ],
)
def test_a_draft_that_is_half_way_is_no_error(
    office: Office, visit: Visit, draft_id: str, put: dict[str, bytes]
) -> None:
    save_draft(office.engine, office.actor("admin"), draft_id, seen=1, put=put)
    found = asked(visit("admin"), draft_id)
    assert found["roles"]
    assert found["rules"]


def test_only_those_who_may_look_at_drafts_are_answered(visit: Visit, draft_id: str) -> None:
    clerk = visit("dengji").client
    assert clerk.get(f"/studio/vocabulary.json?draft={draft_id}").status_code == 403
    assert visit("admin").client.get("/studio/vocabulary.json?draft=nothing").status_code == 404


def test_every_word_of_the_panel_has_its_help_in_both_languages(office: Office) -> None:
    for language in ("zh", "en"):
        known = catalogue(language)
        for signature in SIGNATURES.values():
            assert f"panel_action.{signature.name}" in known
            for param in signature.params:
                for section in ("panel_param", "panel_param_help"):
                    assert {f"{section}.{param}", f"{section}.{signature.name}-{param}"} & set(known), param
        assert {f"panel_feel.{name}" for name in FUNCTIONS} <= set(known)
        assert {f"panel_variable.{name}" for name in BUILT_IN} <= set(known)
    for name in FUNCTIONS:
        assert office.engine.kernel.feel.names(MARKS.get(name, f"{name}()")) == frozenset(), name


def test_pages_check_feel_with_the_very_bytes_that_the_kernel_runs() -> None:
    kernel = DIST.parents[2] / "engine" / "kernel" / "feelin.js"
    assert (DIST / "feelin.js").read_bytes() == kernel.read_bytes()
