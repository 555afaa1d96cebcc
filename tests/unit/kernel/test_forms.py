"""Submitted forms: what is taken, and what is said about the rest."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from engine.errors import InvalidForm
from engine.kernel.feel import Feel
from engine.kernel.forms import FormData, parse_form, validate_form

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 3, 1, 20, 30, tzinfo=UTC)  # 2 March in Shanghai
FEEL = Feel()
YES_NO = [{"label": "是", "value": "yes"}, {"label": "否", "value": "no"}]


def field(kind: str, key: str = "x", **more: Any) -> dict[str, Any]:
    return {"type": kind, "id": f"Field_{key}", "key": key, "label": "事项", **more}


def form(*components: Mapping[str, Any]) -> dict[str, Any]:
    schema = {"type": "default", "schemaVersion": 19, "components": list(components)}
    return parse_form(json.dumps(schema, ensure_ascii=False).encode())


def submit(data: Any, *components: Mapping[str, Any], **options: Any) -> FormData:
    return validate_form(form(*components), data, FEEL, NOW, **options)


def refusal(data: Any, *components: Mapping[str, Any], **options: Any) -> dict[str, str]:
    """The Chinese message of each path."""
    with pytest.raises(InvalidForm) as caught:
        submit(data, *components, **options)
    assert all(error.message.en for error in caught.value.errors)
    return {error.path: error.message.zh for error in caught.value.errors}


@pytest.mark.parametrize(
    ("component", "raw", "expected"),
    [
        (field("textfield"), "  张三 ", "张三"),
        (field("textfield"), "   ", None),
        # as an address book gives it away, and a name that would turn its line around
        (field("textfield", validate={"validationType": "phone"}), "\u202d13900000000\u202c", "13900000000"),
        (field("textfield"), "\u202e张\u200b三\ufeff", "张三"),
        (field("textfield"), "\u200b\u2066", None),
        (field("textarea"), "一\n二", "一\n二"),
        (field("number"), 3, 3),
        (field("number"), 3.0, 3),
        (field("number"), 12.5, Decimal("12.5")),
        (field("number"), "12.50", Decimal("12.50")),
        (field("checkbox"), True, True),
        (field("checkbox"), None, False),
        (field("radio", values=YES_NO), "yes", "yes"),
        (field("select", values=YES_NO), None, None),
        (field("checklist", values=YES_NO), ["no", "yes", "no"], ["no", "yes"]),
        (field("taglist", values=YES_NO), None, []),
        (field("datetime", subtype="date"), "2026-02-28", date(2026, 2, 28)),
        (field("datetime", subtype="time"), "09:30", time(9, 30)),
        (field("datetime", subtype="datetime"), "2026-03-01T09:30", datetime(2026, 3, 1, 9, 30, tzinfo=SHANGHAI)),
        (field("datetime", subtype="datetime"), "2026-03-01T01:30Z", datetime(2026, 3, 1, 9, 30, tzinfo=SHANGHAI)),
        (field("textfield", properties={"check": "id_number"}), "11010519491231002x", "11010519491231002X"),
        (field("textfield", properties={"check": "uscc"}), "91110000600037341l", "91110000600037341L"),
        (field("textfield", validate={"validationType": "phone"}), "13800138000", "13800138000"),
        (field("textfield", validate={"validationType": "email"}), "a.b@example.cn", "a.b@example.cn"),
        (field("textfield", validate={"pattern": r"^\d{4}$"}), "2026", "2026"),
        (field("expression", expression="=1 + 2"), None, 3),
    ],
)
def test_values(component: dict[str, Any], raw: Any, expected: object) -> None:
    data = {} if raw is None else {"x": raw}

    value = submit(data, component).variables["x"]

    assert value == expected
    assert type(value) is type(expected)


@pytest.mark.parametrize(
    ("component", "raw", "said"),
    [
        (field("textfield", validate={"required": True}), "  ", "必须填写"),
        (field("radio", values=YES_NO, validate={"required": True}), None, "必须选择"),
        (field("checkbox", validate={"required": True}), False, "必须勾选"),
        (field("checklist", values=YES_NO, validate={"required": True}), [], "必须选择"),
        (field("textfield"), 5, "应为文字"),
        (field("textfield", validate={"maxLength": 3}), "一二三四", "最多 3 个字，现有 4 个"),
        (field("textfield", validate={"minLength": 3}), "一二", "至少 3 个字，现有 2 个"),
        (field("textfield", validate={"maxLength": "=1 + 1"}), "一二三", "最多 2 个字"),
        (field("textarea"), "字" * 1_000_000, "最多 20000 个字，现有 1000000 个"),
        (field("textfield"), "a\x00b", "控制字符"),
        (field("textfield"), "a\ud800b", "控制字符"),
        (field("textfield", validate={"pattern": r"^\d{4}$"}), "26", "格式不符合要求"),
        (field("textfield", validate={"pattern": "^A", "patternErrorMessage": "须以 A 开头"}), "b", "须以 A 开头"),
        (field("textfield", validate={"validationType": "phone"}), "12", "电话号码"),
        (field("textfield", validate={"validationType": "email"}), "a@b@c", "电子邮箱"),
        (field("textfield", properties={"check": "id_number"}), "110105194912310021", "居民身份证号码"),
        (field("textfield", properties={"check": "uscc"}), "1", "统一社会信用代码"),
        (field("number"), "abc", "应为数字"),
        (field("number"), True, "应为数字"),
        (field("number"), "1e999999999", "太大"),
        (field("number"), "1" * 1_000_000, "太大"),
        (field("number"), 10**100, "太大"),
        (field("number"), "NaN", "应为数字"),
        (field("number", validate={"min": 1}), 0, "不能小于 1"),
        (field("number", validate={"max": 30}), 31, "不能大于 30"),
        (field("number", decimalDigits=0), 1.5, "应为整数"),
        (field("number", increment="0.5"), 1.2, "0.5 的倍数"),
        (field("select", values=YES_NO), "maybe", "不在选项之中"),
        (field("select", values=[{"label": "1", "value": 1}]), True, "不在选项之中"),
        (field("checklist", values=YES_NO), ["yes", "maybe"], "不在选项之中"),
        (field("datetime", subtype="date"), "2026-02-30", "没有“2026-02-30”这个日期"),
        (field("datetime", subtype="date"), "2026-2-3", "应写作 2026-03-01"),
        (field("datetime", subtype="time"), "24:30", "没有“24:30”这个时间"),
        (field("datetime", subtype="datetime"), "2026-02-30T10:00", "没有“2026-02-30T10:00”这个日期时间"),
        (field("datetime", subtype="date", disallowPassedDates=True), "2026-03-01", "不能早于今天（2026-03-02）"),
    ],
)
def test_refusals_say_what_to_do(component: dict[str, Any], raw: Any, said: str) -> None:
    messages = refusal({} if raw is None else {"x": raw}, component)

    assert list(messages) == ["x"]
    assert "事项" in messages["x"]
    assert said in messages["x"]
    assert len(messages["x"]) < 200


def test_every_error_comes_at_once_in_the_order_of_the_fields() -> None:
    required = {"required": True}
    messages = refusal(
        {"c": 1}, field("textfield", "a", validate=required), field("number", "b", validate=required)
    )

    assert list(messages) == ["a", "b", "c"]
    assert "没有字段“c”" in messages["c"]


@pytest.mark.parametrize("data", [None, [], "text", 5])
def test_data_that_is_no_form(data: Any) -> None:
    assert refusal(data, field("textfield")) == {"": "提交的数据不是表单。请重新打开页面。"}


class TestHiddenFields:
    REASON = field("textfield", "reason", validate={"required": True}, conditional={"hide": '=x != "no"'})
    DETAIL = field("textfield", "detail", validate={"required": True}, conditional={"hide": "=reason = null"})

    def test_a_shown_field_is_checked(self) -> None:
        assert list(refusal({"x": "no"}, field("radio", values=YES_NO), self.REASON)) == ["reason"]

    def test_a_hidden_field_is_null_whatever_was_sent(self) -> None:
        answer = submit({"x": "yes", "reason": "kept by the browser"}, field("radio", values=YES_NO), self.REASON)

        assert answer.variables == {"x": "yes", "reason": None}

    def test_what_is_hidden_hides_what_depends_on_it(self) -> None:
        data = {"x": "yes", "reason": "r", "detail": "d"}

        answer = submit(data, field("radio", values=YES_NO), self.REASON, self.DETAIL)

        assert answer.variables["detail"] is None

    def test_a_condition_may_read_the_variables_of_the_case(self) -> None:
        shown = field("textfield", conditional={"hide": "=stage > 1"})

        assert submit({"x": "a"}, shown, context={"stage": 1}).variables == {"x": "a"}
        assert submit({"x": "a"}, shown, context={"stage": 2}).variables == {"x": None}

    def test_a_hidden_group_hides_its_fields(self) -> None:
        group = {"type": "group", "components": [field("textfield", validate={"required": True})]}

        assert submit({}, {**group, "conditional": {"hide": "=true"}}).variables == {"x": None}


class TestGroupsAndLists:
    ROW = field("textfield", "item", validate={"required": True})
    ROWS: Mapping[str, Any] = {"type": "dynamiclist", "path": "rows", "label": "逐项", "components": [ROW]}

    def test_a_group_with_a_path_nests(self) -> None:
        group = {"type": "group", "path": "who", "components": [field("number", "age")]}

        assert submit({"who": {"age": 3}}, group).variables == {"who": {"age": 3}}
        assert list(refusal({"who": {"age": "x"}}, group)) == ["who.age"]
        assert list(refusal({"who": 5}, group)) == ["who"]

    def test_a_dotted_key_nests(self) -> None:
        assert submit({"a": {"b": 1, "c": 2}}, field("number", "a.b"), field("number", "a.c")).variables == {
            "a": {"b": 1, "c": 2}
        }

    def test_rows(self) -> None:
        assert submit({"rows": [{"item": "一"}, {"item": "二"}]}, self.ROWS).variables == {
            "rows": [{"item": "一"}, {"item": "二"}]
        }
        assert submit({}, self.ROWS).variables == {"rows": []}

    def test_an_error_in_a_row_names_the_row(self) -> None:
        messages = refusal({"rows": [{"item": "一"}, {"item": ""}]}, self.ROWS)

        assert messages == {"rows[1].item": "逐项第 2 项的“事项”必须填写。"}

    @pytest.mark.parametrize("rows", [5, [5], [{"item": "一"}] * 201])
    def test_rows_that_are_no_rows_or_too_many(self, rows: Any) -> None:
        assert list(refusal({"rows": rows}, self.ROWS)) == ["rows"]

    def test_unknown_keys_are_found_in_depth(self) -> None:
        assert list(refusal({"rows": [{"item": "一", "other": 1}]}, self.ROWS)) == ["rows.other"]


def test_parties_are_kept_apart() -> None:
    name = field("textfield", "name", properties={"store": "party"})

    answer = submit({"name": "张三", "x": "y"}, name, field("textfield"))

    assert answer == FormData(variables={"x": "y"}, party={"name": "张三"})


@pytest.mark.parametrize("flag", ["disabled", "readonly"])
def test_a_field_that_cannot_be_edited_is_not_taken(flag: str) -> None:
    assert submit({"x": "forged"}, field("textfield", **{flag: True})).variables == {}


def test_options_from_a_variable() -> None:
    chooser = field("select", valuesKey="units")
    units = {"units": [{"label": "自然资源局", "value": "zrzyj"}]}

    assert submit({"x": "zrzyj"}, chooser, context=units).variables == {"x": "zrzyj"}
    assert "不在选项之中" in refusal({"x": "other"}, chooser, context=units)["x"]
    assert submit({"x": "unchecked"}, chooser).variables == {"x": "unchecked"}
