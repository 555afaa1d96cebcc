"""What a task hides, locks and shows of its form, and what comes of it on the way back."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from engine.errors import InvalidForm
from engine.kernel.feel import Feel
from engine.kernel.forms import validate_form
from engine.kernel.forms_access import Access, mode_of, named_of, read_access, showing, with_access
from tests.unit.kernel.test_forms import field, form

NOW = datetime(2025, 9, 26, 1, 0, tzinfo=UTC)
FEEL = Feel()
WHO = {
    "type": "group",
    "id": "G_who",
    "path": "who",
    "components": [field("textfield", "name"), field("number", "age", validate={"required": True})],
}
LIST = {
    "type": "dynamiclist",
    "id": "L",
    "path": "rows",
    "isRepeating": True,
    "components": [field("textfield", "item", validate={"required": True})],
}
FORM = form(field("textfield", "title", validate={"required": True}), field("textarea", "note"), WHO, LIST)


def test_what_fields_says() -> None:
    read = read_access("title: readonly, note：hidden；who.age: editable\n*: hidden, x=1, title: hidden")

    assert read.modes == {
        "title": Access.READONLY,
        "note": Access.HIDDEN,
        "who.age": Access.EDITABLE,
        "*": Access.HIDDEN,
    }
    assert read.faults == ("x=1", "title: hidden")


def test_a_group_speaks_for_what_it_holds_until_that_says_otherwise() -> None:
    modes = read_access("G_who: hidden, who.age: readonly").modes

    said = {min(each.names): mode_of(each, modes) for each in named_of(FORM) if not each.names & {"rows", "L"}}

    assert said["G_who"] is Access.HIDDEN
    assert with_access(FORM, modes)["components"][2]["components"][0]["key"] == "age"


def test_hidden_is_no_field_and_read_only_is_never_taken() -> None:
    narrowed = with_access(
        FORM, read_access("title: readonly, note: hidden, rows: readonly, who.age: readonly").modes
    )

    kept = validate_form(narrowed, {"title": "forged", "who": {"name": "甲", "age": 3}, "rows": [{}]}, FEEL, NOW)

    assert kept.variables == {"who": {"name": "甲"}}
    with pytest.raises(InvalidForm) as refused:
        validate_form(narrowed, {"note": "forged"}, FEEL, NOW)
    assert [error.path for error in refused.value.errors] == ["note"]


def test_a_forged_value_of_a_locked_field_decides_nothing() -> None:
    asks = form(
        field("textfield", "level", readonly=True),
        field("textfield", "reason", validate={"required": True}, conditional={"hide": '=level != "high"'}),
    )

    with pytest.raises(InvalidForm):
        validate_form(asks, {"level": "low"}, FEEL, NOW, context={"level": "high"})


def test_other_forms_are_shown_without_parties_and_without_what_is_empty() -> None:
    other = form(
        field("textfield", "name", properties={"store": "party"}),
        field("textfield", "claim", validate={"required": True}),
        field("textfield", "place"),
        field("textfield", "title"),
        WHO,
    )

    shown = showing(FORM, {"intake": other}, {"claim": "补偿", "title": "x", "who": {"age": 3}, "name": "张三"})

    group = shown["components"][0]
    assert group["id"] == "Shown_intake"
    assert [(c.get("key"), c.get("readonly")) for c in group["components"]] == [("claim", True)]
    assert validate_form(shown, {"title": "t", "claim": "forged", "who": {"age": 1}}, FEEL, NOW).variables == {
        "title": "t",
        "note": None,
        "who": {"name": None, "age": 1},
        "rows": [],
    }
