"""`must`: what holds between the fields of a form, and of them with the task's variables."""

from __future__ import annotations

import json
from typing import Any

import pytest

from engine.errors import InvalidForm
from engine.kernel.feel import Feel
from engine.kernel.forms import check_form, require_musts
from engine.values import Data
from tests.unit.clock.days import ZONE, at

NOW = at("2025-10-23 15:00")
TWO = "count(inspectors) >= 2 and every i in inspectors satisfies i.unit != resp_unit"


def a_schema(must: str) -> dict[str, Any]:
    listed = {
        "type": "dynamiclist",
        "id": "l",
        "path": "inspectors",
        "label": "核查人员",
        "isRepeating": True,
        "properties": {
            "label_en": "Inspectors",
            "must": must,
            "must_text": "不少于二人。",
            "must_text_en": "are two.",
        },
        "components": [{"type": "textfield", "id": "u", "key": "unit", "label": "单位"}],
    }
    return {"type": "default", "components": [{"type": "group", "id": "g", "components": [listed]}]}


def refused(must: str, submitted: Data, variables: Data) -> list[tuple[str, str, str]]:
    with pytest.raises(InvalidForm) as error:
        require_musts(a_schema(must), submitted, variables, Feel(ZONE), NOW)
    return [(e.path, e.message.zh, e.message.en) for e in error.value.errors]


def test_what_must_hold_and_holds_is_taken() -> None:
    submitted = {"inspectors": [{"unit": "xfj"}, {"unit": "lxb"}]}

    require_musts(a_schema(TWO), submitted, {"resp_unit": "zrzyj"}, Feel(ZONE), NOW)


@pytest.mark.parametrize(
    "inspectors", [[], [{"unit": "xfj"}], [{"unit": "xfj"}, {"unit": "zrzyj"}]], ids=["none", "one", "of the unit"]
)
def test_what_must_hold_and_does_not_names_the_field_and_the_reason(inspectors: list[Data]) -> None:
    found = refused(TWO, {"inspectors": inspectors}, {"resp_unit": "zrzyj"})

    assert found == [("inspectors", "“核查人员”不少于二人。", "“Inspectors” are two.")]


def test_a_variable_that_is_not_there_is_null_and_null_is_not_true() -> None:
    assert len(refused("unknown > 3", {"inspectors": []}, {})) == 1


def test_what_is_submitted_wins_over_the_variable() -> None:
    require_musts(a_schema("level = 2"), {"level": 2, "inspectors": []}, {"level": 1}, Feel(ZONE), NOW)


def test_a_must_that_is_no_feel_does_not_deploy() -> None:
    findings = check_form(json.dumps(a_schema("count(")).encode(), "x.form.json")

    assert [finding.element_id for finding in findings] == ["l"]
