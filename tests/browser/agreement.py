"""Forms and data on which browser and server must agree: limits, numbers, conditions, groups, rows, files."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

NOW = datetime(2025, 9, 26, 1, 0, tzinfo=UTC)
"""The moment of the office in the browser: 26 September in Shanghai."""
ASTRAL = "𠮷"
Case = tuple[list[dict[str, Any]], dict[str, Any]]


def f(kind: str, key: str = "x", **more: Any) -> dict[str, Any]:
    return {"type": kind, "id": f"F_{key}", "key": key, "label": "项", **more}


OPTIONS = [{"label": "是", "value": "yes"}, {"label": "一", "value": 1}]
REQUIRED = {"required": True}
SINGLE: list[tuple[dict[str, Any], list[Any]]] = [
    (f("textfield", validate=REQUIRED), ["", "  ", "\u3000", "a", None]),
    (
        f("textfield", validate={"minLength": 2, "maxLength": 3}),
        ["a", " a ", "ab", "abcd", ASTRAL * 3, ASTRAL, "", "   "],
    ),
    (f("textfield", validate={"minLength": "=1 + 1"}), ["a", "ab"]),
    (f("textfield", validate={"pattern": "^\\d+$"}), ["12", " 12 ", "1a", "", "１２"]),
    (f("textfield", validate={"validationType": "email"}), ["a@b.cn", "a@b@c", "a b@c.cn", "a@-b"]),
    (f("textfield", validate={"validationType": "phone"}), ["13800138000", "010-12345678", "12", "+8613800138000"]),
    (f("textfield", validate={"validationType": "phone"}), ["\u202d13800138000\u202c", "\u200b"]),
    (f("textarea"), ["a\u0007b", "字" * 20_001, "字" * 20_000]),
    (
        f("textfield", properties={"check": "resident_id"}),
        [
            "11010519491231002X",
            "11010519491231002x",
            "110105194912310021",
            "99010519491231002X",
            "11010519490231002X",
            "1101051949 1231 002X",
            "11010520991231002X",
            "110105",
            "1１010519491231002X",
        ],
    ),
    (
        f("textfield", properties={"check": "credit_code"}),
        [
            "91110000600037341L",
            "91110000600037341l",
            "9111 0000 6000 37341L",
            "91110000600037341M",
            "I1110000600037341L",
            "9",
        ],
    ),
    (
        f("textfield", properties={"check": "mobile"}),
        ["13800138000", "+86 138-0013-8000", "23800138000", "010-12345678"],
    ),
    (
        f("number", validate={"min": 1, "max": 9}, decimalDigits=1),
        [
            0,
            1,
            9,
            9.5,
            2.25,
            2.5,
            "3",
            "3.",
            ".5",
            "+4",
            "1e1",
            1e16,
            "",
            None,
        ],
    ),
    (f("number", increment="0.5"), [1, 1.2, 1.5, -0.5]),
    (f("number", decimalDigits=0), [1, 1.5, "2.0"]),
    (f("checkbox", validate=REQUIRED), [True, False, None]),
    (f("radio", values=OPTIONS, validate=REQUIRED), ["yes", 1, None]),
    (f("checklist", values=OPTIONS, validate=REQUIRED), [["yes"], [], ["yes", 1], None]),
    (f("taglist", values=OPTIONS), [["yes", "no"], ["yes"], []]),
    (f("select", values=OPTIONS, searchable=True), ["yes", "maybe", "1", 1]),
    (f("select", properties={"options": "categories"}, validate=REQUIRED), ["0101", None]),
    (f("datetime", subtype="date", validate=REQUIRED), ["2025-09-26", "", None]),
    (f("datetime", subtype="date", disallowPassedDates=True), ["2025-09-25", "2025-09-26"]),
    (f("datetime", subtype="time"), ["09:30"]),
    (f("filepicker", validate=REQUIRED), [[], None, [{"id": "a", "name": "a.pdf"}]]),
    (f("filepicker", accept=".pdf"), [[{"id": "a", "name": "a.PDF"}], [{"id": "a", "name": "a.exe"}]]),
    (
        f("filepicker"),
        [[{"id": "a", "name": "a"}, {"id": "b", "name": "b"}], [{"upload": 1, "name": "a"}], [{"name": "a"}]],
    ),
    (f("textfield", readonly=True, validate=REQUIRED), ["", "a"]),
    (f("textfield", readonly='=x = "a"', validate={"maxLength": 0}), ["a", "b"]),
    (f("textfield", disabled=True, validate=REQUIRED), [None]),
]
ASKS = f("radio", "asks", values=[{"label": v, "value": v} for v in ("a", "b")])


def hidden(condition: str, key: str = "x", **more: Any) -> dict[str, Any]:
    return {**f("textfield", key, validate=REQUIRED, **more), "conditional": {"hide": condition}}


CONDITIONS: list[Case] = [
    *[
        ([ASKS, hidden(condition)], {"asks": value})
        for condition in (
            '=asks = "a"',
            '=asks != "a"',
            "=asks",
            "=true",
            "=false",
            "=asks = null",
            "=number > 3",
            "=missing > 3",
            'in("a")',
            '=not(asks = "a")',
            '=asks in ("a", "b")',
            "=count(asks) > 1",
            '=asks = "a" or other = "x"',
        )
        for value in ("a", "b", None)
    ],
    # what is hidden hides what depends on it, two deep and three
    ([ASKS, hidden('=asks = "a"', "y"), hidden("=y = null", "z")], {"asks": "a", "y": "1", "z": ""}),
    (
        [ASKS, hidden('=asks = "a"', "y"), hidden("=y = null", "z"), hidden("=z = null", "w")],
        {"asks": "a", "y": "1", "z": "2"},
    ),
    ([hidden("=z = null", "y"), hidden('=asks = "a"', "z"), ASKS], {"asks": "a", "y": "", "z": "2"}),
]


def group(*components: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"type": "group", "id": "G", "label": "组", "components": list(components), **more}


def rows(*components: dict[str, Any], **more: Any) -> dict[str, Any]:
    listed = {
        "type": "dynamiclist",
        "id": "L",
        "path": "rows",
        "label": "行",
        "isRepeating": True,
        "allowAddRemove": True,
    }
    return {**listed, "components": list(components), **more}


MUST = f("textfield", validate=REQUIRED)
KINDS = f("radio", "asks", values=ASKS["values"])
IF_A = {"hide": '=asks = "a"'}
DOUBLE = f("expression", "double", expression="=n * 2")
NESTED: list[Case] = [
    ([group(MUST)], {"x": ""}),
    ([group(MUST, path="who")], {"who": {"x": ""}}),
    ([group(MUST, path="who"), ASKS], {"asks": "a", "who": {"x": "1"}}),
    ([group(MUST, conditional=IF_A), ASKS], {"asks": "a"}),
    ([group(MUST, path="who", conditional=IF_A), ASKS], {"asks": "b"}),
    ([group(KINDS, hidden('=who.asks = "a"'), path="who")], {"who": {"asks": "a"}}),
    ([group(KINDS, hidden('=asks = "a"'), path="who")], {"who": {"asks": "a"}}),
    ([f("textfield", "a.b", validate=REQUIRED), f("number", "a.c", validate={"min": 3})], {"a": {"b": "", "c": 1}}),
    ([rows(MUST)], {"rows": [{"x": "1"}, {"x": ""}, {}]}),
    ([rows(MUST)], {"rows": []}),
    ([rows(f("number", validate={"max": "=n"})), f("number", "n")], {"n": 3, "rows": [{"x": 2}, {"x": 4}]}),
    ([rows(f("textfield", "kind"), hidden('=this.kind = "a"'))], {"rows": [{"kind": "a"}, {"kind": "b"}]}),
    ([rows(f("textfield", "kind"), hidden('=kind = "a"'))], {"rows": [{"kind": "a"}, {"kind": "b"}]}),
    ([ASKS, rows(hidden('=asks = "a"'))], {"asks": "a", "rows": [{"x": ""}]}),
    ([rows(hidden("=i[1] = 1"))], {"rows": [{"x": ""}, {"x": ""}]}),
    ([rows(MUST, conditional=IF_A), ASKS], {"asks": "a", "rows": [{}]}),
    ([rows(MUST, rows(f("textfield", "y", validate=REQUIRED), id="M", path="in"))],
     {"rows": [{"x": "1", "in": [{"y": "1"}, {"y": ""}]}]}),
    ([f("number", "n"), DOUBLE, hidden("=double > 4")], {"n": 3, "double": 6}),
    ([f("number", "n"), DOUBLE, hidden("=double > 4")], {"n": 1, "double": 2}),
]  # fmt: skip

CASES: list[Case] = [
    *[([field], {} if value is None else {"x": value}) for field, values in SINGLE for value in values],
    *CONDITIONS,
    *NESTED,
]
