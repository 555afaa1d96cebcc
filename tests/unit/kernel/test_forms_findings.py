"""Forms that must not be deployed, and those of this repository, which may."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from engine.errors import InvalidDiagram
from engine.kernel.feel import Feel
from engine.kernel.forms import check_form, parse_form
from tests.unit.kernel.test_forms import YES_NO, field

FEEL = Feel()
WORKFLOWS = Path(__file__).parents[3] / "workflows"


def found(*components: Any) -> list[str]:
    content = json.dumps({"type": "default", "components": components}, ensure_ascii=False, indent=1).encode()
    findings = check_form(content, "f.form.json", FEEL)
    assert all(finding.message.zh and finding.message.en and finding.file for finding in findings)
    return [finding.rule for finding in findings]


def a_list(*components: Any) -> dict[str, Any]:
    return {"type": "dynamiclist", "id": "l", "path": "rows", "isRepeating": True, "components": list(components)}


@pytest.mark.parametrize(
    ("component", "rule"),
    [
        (field("textfield", "a b"), "form-key"),
        (field("textfield", ""), "form-key"),
        (field("iframe"), "form-type"),
        (field("html"), "form-type"),
        (field("select"), "form-options"),
        (field("datetime", subtype="year"), "form-subtype"),
        (field("textfield", conditional={"hide": "=x >"}), "form-feel"),
        (field("number", validate={"min": "=1 +"}), "form-feel"),
        (field("textfield", validate={"pattern": "("}), "form-pattern"),
        (field("textfield", properties={"check": "dna"}), "form-check"),
        (field("textfield", properties={"store": "attic"}), "form-store"),
        (field("textfield", validate={"validationType": "iban"}), "form-validation"),
        ("text", "form-component"),
        (field("documentPreview"), "form-type"),
        (field("image", source="https://example.cn/a.png"), "form-external"),
        (field("text", text="![见图](https://example.cn/a.png)"), "form-external"),
        (field("text", text="<iframe src='x'>"), "form-external"),
        (field("select", properties={"options": "towns"}), "form-list-name"),
        ({"type": "dynamiclist", "id": "l", "path": "rows", "components": []}, "form-list"),
        ({"type": "group", "id": "g", "path": "rows", "isRepeating": True, "components": []}, "form-list"),
        (a_list(field("textfield", readonly=True)), "form-list"),
        (a_list(field("filepicker")), "form-list"),
        ({"type": "dynamiclist", "id": "l", "isRepeating": True, "components": []}, "form-key"),
        (
            a_list(field("textfield", properties={"store": "party"})),
            "form-store",
        ),
    ],
)
def test_findings(component: Any, rule: str) -> None:
    assert found(component) == [rule]


def test_a_repeated_key_and_a_repeated_id() -> None:
    assert found(field("textfield"), field("textfield")) == ["form-id", "form-key"]


def test_the_same_key_in_different_scopes_is_fine() -> None:
    assert found(field("radio", values=YES_NO), a_list(field("textfield", id="other"))) == []


def test_a_finding_knows_its_line() -> None:
    content = json.dumps({"type": "default", "components": [field("html")]}, indent=1).encode()

    (finding,) = check_form(content, "f.form.json", FEEL)

    assert finding.line is not None
    assert "Field_x" in content.decode().splitlines()[finding.line - 1]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"\xff\xfe",
        b"[]",
        b'{"type": "default"}',
        b"[" * 100_000,
        b'{"type": "default", "components": [' + b" " * (1024 * 1024) + b"]}",
    ],
)
def test_broken_and_hostile_files(content: bytes) -> None:
    assert [finding.is_error for finding in check_form(content, "f.form.json", FEEL)] == [True]
    with pytest.raises(InvalidDiagram):
        parse_form(content)


def test_the_forms_of_this_repository_are_clean() -> None:
    files = sorted(WORKFLOWS.glob("*/forms/*.form.json"))

    findings = [finding for file in files for finding in check_form(file.read_bytes(), file.name, FEEL)]

    assert files
    assert findings == []
