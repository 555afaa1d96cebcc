"""Where the fields of a form go."""

from __future__ import annotations

from decimal import Decimal

from engine.cases.form_flow import case_columns, facts_of, parties_of, without_party
from tests.builders import a_party
from tests.worlds import a_field, a_form


def test_fields_named_like_columns_set_them() -> None:
    variables = {
        "title": "征地补偿",
        "persons_count": Decimal(5),
        "accused_units": ["zrzyj"],
        "confidential": True,
        "channel": "",
        "other": 1,
    }

    assert case_columns(variables) == {
        "title": "征地补偿",
        "persons_count": 5,
        "accused_units": ("zrzyj",),
        "confidential": True,
    }


def test_a_single_accused_unit_is_a_list_of_one() -> None:
    assert case_columns({"accused_units": "zrzyj"}) == {"accused_units": ("zrzyj",)}


def test_facts_have_labels_and_worded_choices_and_no_party_field() -> None:
    schema = a_form(
        a_field("title", label="标题"),
        a_field("name", label="姓名", properties={"store": "party"}),
        a_field("place", "select", label="属地", values=[{"value": "qsx", "label": "青山乡"}]),
        {"type": "group", "components": [a_field("demand", label="诉求")]},
        a_field("secret", label="内部意见", properties={"fact": "false"}),
    )
    variables = {"title": "T", "name": "张三", "place": "qsx", "demand": "补发", "secret": "x"}

    assert facts_of(schema, variables, only_marked=False) == {"属地": "青山乡", "诉求": "补发"}


def test_later_forms_give_only_marked_facts() -> None:
    schema = a_form(a_field("a", label="甲"), a_field("b", label="乙", properties={"fact": "true"}))

    assert facts_of(schema, {"a": 1, "b": 2}, only_marked=True) == {"乙": 2}


def test_a_party_keeps_what_is_not_given_anew() -> None:
    known = a_party(name="陈某某", contact="138")

    (party,) = parties_of({"contact": "139"}, "c1", (known,))

    assert (party.party_id, party.name, party.contact) == (known.party_id, "陈某某", "139")


def test_representatives_follow_in_order_and_the_same_form_gives_the_same_ids() -> None:
    given = {"name": "甲", "contact": "1", "reps": [{"name": "乙", "contact": "2"}, {"name": "丙"}]}

    first, second = parties_of(given, "c1", ()), parties_of(given, "c1", ())

    assert [(p.name, p.is_primary) for p in first] == [("甲", True), ("乙", False), ("丙", False)]
    assert first == second


def test_no_party_field_no_party() -> None:
    assert parties_of({"name": "", "contact": None}, "c1", ()) == ()


def test_party_fields_are_left_out_also_inside_groups() -> None:
    sealed = a_field("name", properties={"store": "party"})
    others = {"type": "dynamiclist", "path": "reps", "components": [sealed]}
    schema = a_form({"type": "group", "components": [sealed]}, others, a_field("demand"))

    assert without_party(schema, {"name": "张三", "reps": [{"name": "李四"}], "demand": "补发"}) == {
        "demand": "补发"
    }
