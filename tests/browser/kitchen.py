"""A procedure whose forms hold every component that a form may have."""

from __future__ import annotations

from typing import Any

from engine.definitions.deploy import deploy_procedure
from engine.ports.engine import Engine
from tests.unit.kernel.bpmn_builder import Bpmn
from tests.worlds import a_form, files_of

YES_NO = [
    {"label": "是", "value": "yes", "properties": {"label_en": "Yes"}},
    {"label": "否", "value": "no", "properties": {"label_en": "No"}},
]


def field(kind: str, key: str, zh: str, en: str, **more: Any) -> dict[str, Any]:
    properties = {"label_en": en, **more.pop("properties", {})}
    return {"type": kind, "id": f"F_{key}", "key": key, "label": zh, "properties": properties, **more}


def everything() -> list[dict[str, Any]]:
    """One of each; texts in Chinese, English in the properties."""
    limits = {"required": True, "maxLength": 200}
    rows = {
        "type": "dynamiclist",
        "id": "L_rows",
        "path": "rows",
        "label": "逐项",
        "isRepeating": True,
        "allowAddRemove": True,
        "defaultRepetitions": 2,
        "nonCollapsedItems": 1,
        "showOutline": True,
        "properties": {"label_en": "Items"},
        "components": [field("textfield", "item", "内容", "Content", validate=limits)],
    }
    table = {
        "type": "table",
        "id": "T_table",
        "label": "往来",
        "properties": {"label_en": "Exchange"},
        "dataSource": '=[{"a": "1"}, {"a": "2"}]',
        "rowCount": 1,
        "columns": [{"label": "1", "key": "a"}],
    }
    group = {
        "type": "group",
        "id": "G_who",
        "path": "who",
        "label": "来访人",
        "properties": {"label_en": "Visitor"},
        "components": [
            field("textfield", "card", "身份证号", "Identity number", properties={"check": "resident_id"}),
            field("textfield", "code", "信用代码", "Credit code", properties={"check": "credit_code"}),
            field("textfield", "mobile", "手机", "Mobile", properties={"check": "mobile"}),
        ],
    }
    return [
        field("textfield", "name", "名称", "Name", validate=limits),
        field("textarea", "note", "说明", "Note", validate={"maxLength": 500}),
        field("number", "amount", "数量", "Count", validate={"min": 1, "max": 9}, decimalDigits=0),
        field("checkbox", "agreed", "同意", "Agreed"),
        field("checklist", "ways", "方式", "Ways", values=YES_NO),
        field("radio", "kind", "种类", "Kind", values=YES_NO),
        field("select", "plain", "普通选择", "Plain choice", values=YES_NO),
        field("select", "topic", "内容分类", "Topic", properties={"options": "categories"}),
        field("taglist", "tags", "标签", "Tags", values=YES_NO),
        {**field("datetime", "on_day", "日期", "Day", subtype="date"), "dateLabel": "1"},
        {**field("datetime", "at_hour", "时间", "Hour", subtype="time"), "timeLabel": "1", "use24h": True},
        field("expression", "total", "合计", "Total", expression="=amount"),
        field("filepicker", "papers", "材料", "Papers", multiple=True, accept=".txt,.pdf"),
        {"type": "text", "id": "X_text", "text": "**文字**", "properties": {"text_en": "**Text**"}},
        {"type": "image", "id": "X_image", "source": "data:image/gif;base64,R0lGODlhAQABAAAAACw=", "alt": "1"},
        {"type": "separator", "id": "X_line"},
        {"type": "spacer", "id": "X_room", "height": 10},
        table,
        group,
        rows,
        {**field("button", "go", "提交", "Submit", action="submit")},
    ]


def deploy_kitchen(engine: Engine) -> None:
    """start (`all`, by the receptionist) → check (`some`, by the receptionist) and, beside it, other → end."""
    some = a_form(
        field("textfield", "title", "事由", "Subject", validate={"required": True, "maxLength": 80}),
        field("select", "category", "内容分类", "Category", properties={"options": "categories"}),
        field("textarea", "note", "说明", "Note", validate={"maxLength": 500}),
        field("filepicker", "proof", "证据", "Proof", multiple=True),
        *[{**each, "nonCollapsedItems": 9} for each in everything() if each["id"] == "L_rows"],
    )
    diagram = Bpmn("kitchen", name="全部组件").lane("l", role="receptionist")
    diagram.start("s", form="all", lane="l").parallel("fork", lane="l")
    diagram.user("check", form="some", lane="l", properties={"fields": "note: readonly", "shows": "all"})
    diagram.parallel("join", lane="l").end("e", lane="l")
    diagram.at("fork").user(
        "other", form="some", lane="l", properties={"fields": "*: hidden, title: readonly, category: editable"}
    )
    diagram.flow("other", "join")
    deploy_procedure(engine, None, "kitchen", files_of(diagram, all=a_form(*everything()), some=some))
