"""Forms as weapons: of the shape no editor writes, huge, slow; and what is typed into good ones."""

from __future__ import annotations

import json
import re
from threading import Thread
from time import perf_counter
from typing import Any

import pytest

from engine.cases.form_flow import facts_of, without_party
from engine.errors import EngineError, InvalidForm
from engine.kernel.feel import Feel, FeelError
from engine.kernel.forms import check_form, parse_form, validate_form
from engine.kernel.forms_access import Access, mentioned_in, named_of, showing, with_access
from engine.records.case import CaseFile
from engine.records.task import TaskState
from engine.tasks.read import open_task
from tests.conftest import START
from tests.security.conftest import Enter
from tests.security.entering import token
from tests.worlds import World, a_field, a_form
from web.choices import _answers
from web.form_page import in_language, in_rows

FEEL = Feel()
ENTRIES = (
    *("type", "id", "key", "path", "label", "validate", "properties", "values", "valuesKey", "valuesExpression"),
    *("conditional", "components", "expression", "subtype", "isRepeating", "layout", "decimalDigits", "increment"),
)
ODD = (None, 5, "x", [], ["x"], [1], {}, {"a": 1}, True, [[]], {"a": {}}, [{"value": [1]}], [{"value": {}}])


def a_file(*components: Any) -> bytes:
    return json.dumps(a_form(*components)).encode()


def use(content: bytes) -> None:
    """Whatever reads a deployed form."""
    schema = parse_form(content)
    for data in ({"a": "x"}, {"a": [{"b": 1}], "p": 1}, {"p": {"a": []}}, {}):
        try:
            validate_form(schema, data, FEEL, START)
        except EngineError:
            continue
    facts_of(schema, {"a": "x"}, only_marked=False)
    without_party(schema, {})
    dict(_answers(schema, "en"))
    in_language(in_rows(schema), "en")
    mentioned_in(schema)
    named_of(schema)
    locked = with_access(showing(schema, {"other": schema}, {"a": 1}), {"a": Access.HIDDEN, "*": Access.READONLY})
    assert validate_form(locked, {}, FEEL, START).variables in ({}, {"a": None}, {"p": []})


@pytest.mark.parametrize(
    "kind", ["textfield", "number", "select", "datetime", "group", "dynamiclist", "text", "table"]
)
def test_a_form_that_passes_the_check_breaks_no_page(kind: str) -> None:
    passed = 0
    for entry in ENTRIES:
        for odd in ODD:
            plain = {"type": kind, "id": "a", "key": "a", "path": "p", "subtype": "date", "components": []}
            plain["isRepeating"] = kind == "dynamiclist"
            content = a_file({**plain, "values": [{"label": "x", "value": "x"}], entry: odd})
            if not check_form(content, "f.form.json", FEEL):
                passed += 1
                use(content)
    assert passed > 10


def test_a_form_of_many_thousands_of_components_is_refused_in_no_time() -> None:
    began = perf_counter()
    findings = check_form(a_file(*({"type": "x", "id": f"a{n}"} for n in range(20_000))), "f", FEEL)
    assert "form-size" in {f.rule for f in findings}
    assert len(findings) < 600
    assert perf_counter() - began < 5


def test_one_slow_expression_costs_its_time_once() -> None:
    slow = {"hide": "=count(for i in 1..9000, j in 1..9000 return i) = 0"}
    form = a_form(*({**a_field(f"a{n}"), "conditional": slow} for n in range(50)))
    began = perf_counter()
    with pytest.raises(FeelError) as caught:
        validate_form(form, {}, FEEL, START)
    assert caught.value.code in {"time", "memory"}
    assert perf_counter() - began < 10


def test_a_pattern_that_explodes_stops_in_time_and_holds_nobody_up_for_long() -> None:
    form = a_form({**a_field("a"), "validate": {"pattern": "^(a+)+$"}})

    def explode() -> None:
        with pytest.raises(FeelError):
            validate_form(form, {"a": "a" * 60 + "!"}, FEEL, START)

    attacker = Thread(target=explode)
    began = perf_counter()
    attacker.start()
    assert FEEL.evaluate("x + 41", {"x": 1}, START) == 42
    assert perf_counter() - began < 5
    attacker.join()


def test_ten_thousand_unknown_fields_get_a_short_answer() -> None:
    with pytest.raises(InvalidForm) as caught:
        validate_form(a_form(a_field("a")), {f"x{n}": n for n in range(10_000)}, FEEL, START)
    assert len(caught.value.errors) <= 60


HOSTILE = [
    "",
    "null",
    "[]",
    "5",
    "{",
    '{"opinion": NaN}',
    '{"opinion": Infinity}',
    '{"opinion": 1e999}',
    '{"opinion": ' + "9" * 5000 + "}",
    '{"opinion": ' + "9" * 300 + "}",
    '{"opinion": "\\ud800"}',
    '{"\\ud800": 1}',
    '{"opinion": "\\u0000"}',
    '{"\\u0000": 1}',
    '{"opinion": ' + "[" * 900 + "]" * 900 + "}",
    '{"opinion": ' + '{"a":' * 400 + "1" + "}" * 400 + "}",
    '{"opinion": ' + "[" * 90_000 + "]" * 90_000 + "}",
    '{"opinion": "' + "字" * 1_000_000 + '"}',
    "{" + ",".join(f'"x{n}": 1' for n in range(10_000)) + "}",
    '{"opinion": {"$date": "x"}}',
    '{"__proto__": {"a": 1}}',
    '{"opinion": true, "opinion": []}',
]


@pytest.mark.parametrize("payload", HOSTILE, ids=range(len(HOSTILE)))
def test_what_no_form_sends_changes_nothing(two: World, case: CaseFile, enter: Enter, payload: str) -> None:
    task, client = two.task(case, "check"), enter("dengji")
    address = f"/tasks/{task.task_id}"

    fields = {"csrf_token": token(client), "payload": payload}
    answer = client.post(f"{address}/completion", data=fields)

    assert answer.status_code in {400, 413, 422}, answer.text[:200]
    assert two.task(case, "check").state is TaskState.OPEN
    assert two.task(case, "check").data == task.data
    assert client.get(address).status_code == 200


@pytest.mark.parametrize("payload", HOSTILE, ids=range(len(HOSTILE)))
def test_a_draft_of_anything_never_spoils_the_page(two: World, case: CaseFile, enter: Enter, payload: str) -> None:
    task, client = two.task(case, "check"), enter("dengji")
    answer = client.post(
        f"/tasks/{task.task_id}/draft",
        data=payload,
        content_type="application/json",
        headers={"X-CSRFToken": token(client)},
    )
    assert answer.status_code in {200, 400, 409, 413, 422}, answer.text[:200]
    page = client.get(f"/tasks/{task.task_id}")
    assert page.status_code == 200
    for number in ("NaN", "Infinity"):
        # the page's tokens may hold the letters by chance, but never as a word
        assert re.search(rf"(?<![\w.-]){number}(?![\w.-])", page.text) is None
    values = open_task(two.engine, two.actor("dengji"), task.task_id).values
    assert "\ud800" not in json.dumps(values, ensure_ascii=False, allow_nan=False)


@pytest.mark.parametrize("identity", ["x", "%00", "..%2f..", "'", "%F0%9F%92%A9", "a" * 3000, "%ED%A0%80", "-1"])
def test_ids_that_are_none_are_not_found(enter: Enter, identity: str) -> None:
    client = enter("dengji")
    sent = {"csrf_token": token(client), "payload": "{}", "purpose": "办理案件"}
    for address in (
        "/tasks/{}",
        "/cases/{}",
        "/cases/{}/papers/{}",
        "/attachments/{}",
        "/definitions/{}",
        "/new/{}",
    ):
        assert client.get(address.format(identity, identity)).status_code == 404, address
    assert client.get(f"/definitions/{identity}/diagram.bpmn").status_code == 404
    assert client.get(f"/inbox/panel/{identity}").status_code in {200, 404}
    for address in ("/tasks/{}/completion", "/tasks/{}/claim", "/tasks/{}/release", "/cases/{}/parties", "/new/{}"):
        assert client.post(address.format(identity), data=sent).status_code == 404, address
    assert client.post(f"/incidents/{identity}/retry", data=sent).status_code in {403, 404}
    assert client.post("/messages/read", data={**sent, "entry_id": identity}).status_code == 302


@pytest.mark.parametrize(
    "query",
    [
        "page=-1",
        f"page={10**30}",
        f"page={'9' * 5000}",
        "page=x",
        "page=%00",
        "q=%25",
        "q=_",
        "q='",
        "q=%00",
        "q=%ED%A0%80",
        f"q={'x' * 10_000}",
        f"q={'+x' * 5000}",
        "order=x;--",
        "box=%00&light=%00&procedure=%00&state=%00&selected=%00",
        "process=%00&unread=%00&next=%00",
    ],
)
def test_odd_questions_get_an_ordinary_answer(two: World, case: CaseFile, enter: Enter, query: str) -> None:
    client = enter("dengji")
    pages = "/inbox", "/inbox/rows", "/cases", "/messages", f"/cases/{case.case_id}/diagram"
    for page in pages:
        assert client.get(f"{page}?{query}").status_code == 200, page
    if query in {"q=%25", "q=_", "q='"}:
        assert "反映征地补偿" not in client.get(f"/cases?{query}").text
