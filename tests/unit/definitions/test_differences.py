"""What differs between two versions' files: told as items that people can point at."""

from __future__ import annotations

import json

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.definitions.builtin import builtin_procedures
from engine.definitions.content import executable_files
from engine.definitions.differences import Aspect, Change, Item, moved_among
from engine.definitions.differences_files import FileKind, differing_files

MAIN = executable_files(builtin_procedures()["petition_main"])
DRAWING = "petition_main.bpmn"
TABLE = "intake_path.dmn"
FORM = "forms/approve_reply.form.json"


def edited(path: str, *replacements: tuple[str, str]) -> tuple[Item, ...]:
    """The items that differ after these texts were replaced, each of which is there."""
    text = MAIN[path].decode()
    for before, after in replacements:
        assert before in text, before
        text = text.replace(before, after, 1)
    (found,) = differing_files(MAIN, {**MAIN, path: text.encode()})
    assert found.path == path
    return found.items


def test_the_same_files_differ_in_nothing() -> None:
    assert differing_files(MAIN, MAIN) == ()


def test_what_another_editor_writes_otherwise_is_no_difference() -> None:
    text = (
        MAIN[DRAWING]
        .decode()
        .replace("<bpmn:", "<b:")
        .replace("</bpmn:", "</b:")
        .replace("xmlns:bpmn=", "xmlns:b=")
    )
    form = json.dumps(json.loads(MAIN[FORM]), ensure_ascii=True).encode()
    found = differing_files(MAIN, {**MAIN, DRAWING: text.encode(), FORM: form})
    assert [each.path for each in found] == [DRAWING, FORM]
    assert all(each.is_same_content for each in found)


def test_a_renamed_task_with_another_property_and_role() -> None:
    items = edited(
        DRAWING,
        ('id="screen" name="甄别"', 'id="screen" name="初步甄别"'),
        ('name="verb" value="提交甄别意见"', 'name="verb" value="提交意见"'),
        ("<bpmn:flowNodeRef>screen</bpmn:flowNodeRef>", ""),
    )
    (item,) = items
    assert (item.change, item.kind, item.item_id, item.name) == (Change.CHANGED, "userTask", "screen", "初步甄别")
    assert {each.name for each in item.aspects} == {"name", "property:verb", "lane"}
    assert Aspect("property:verb", "提交甄别意见", "提交意见") in item.aspects


def test_an_added_step_a_flow_that_leads_elsewhere_and_a_step_that_went() -> None:
    (flow, task) = edited(
        DRAWING,
        ('<bpmn:userTask id="register"', '<bpmn:manualTask id="look" name="看一看"/><bpmn:userTask id="register"'),
        ('sourceRef="screen" targetRef="register"', 'sourceRef="screen" targetRef="look"'),
    )
    by_id = {flow.item_id: flow, task.item_id: task}
    assert by_id["look"].change is Change.ADDED
    (aspect,) = by_id["flow_screen_register"].aspects
    assert aspect == Aspect("targetRef", "登记（register）", "看一看（look）")
    without = MAIN[DRAWING].decode().replace('<bpmn:message id="', '<bpmn:message id="x_', 1)
    (found,) = differing_files(MAIN, {**MAIN, DRAWING: without.encode()})
    assert {Change.ADDED, Change.REMOVED} <= {item.change for item in found.items if item.kind == "message"}


def test_a_shape_that_moved_only_moved() -> None:
    text = MAIN[DRAWING].decode()
    at = text.index('bpmnElement="screen"')
    end = text.index('x="', at) + 3
    moved = f"{text[:end]}9{text[end:]}"
    (found,) = differing_files(MAIN, {**MAIN, DRAWING: moved.encode()})
    assert [(item.change, item.item_id) for item in found.items] == [(Change.MOVED, "screen")]


def test_a_timer_a_condition_and_a_parameter_are_told_under_their_own_names() -> None:
    (item,) = edited(DRAWING, ('id="series" type="any" value=\'"XF"\'', 'id="series" type="any" value=\'"XX"\''))
    assert item.aspects == (Aspect("parameter:series", '"XF"', '"XX"'),)


def test_a_rule_of_a_table_cell_by_cell_and_rules_in_another_order() -> None:
    (item,) = edited(TABLE, ("《信访工作条例》第三十条", "《信访工作条例》第三十一条"))
    assert (item.change, item.kind, item.name) == (Change.CHANGED, "rule", "1")
    assert {each.name.partition(":")[0] for each in item.aspects} == {"cell"}
    text = MAIN[TABLE].decode()
    first, second = text.index("<rule "), text.index("<rule ", text.index("<rule ") + 1)
    third = text.index("<rule ", second + 1)
    swapped = text[:first] + text[second:third] + text[first:second] + text[third:]
    (found,) = differing_files(MAIN, {**MAIN, TABLE: swapped.encode()})
    assert [item.change for item in found.items] == [Change.MOVED]


def test_a_form_field_that_is_asked_otherwise_comes_or_moves() -> None:
    schema = json.loads(MAIN[FORM])
    radio, note = schema["components"]
    note["validate"]["maxLength"] = 500
    more = {"type": "checkbox", "id": "Field_more", "key": "more", "label": "附议"}
    changed = json.dumps({**schema, "components": [note, more, radio]}).encode()
    (found,) = differing_files(MAIN, {**MAIN, FORM: changed})
    by_id = {item.item_id: item for item in found.items}
    assert by_id["Field_approve_note"].aspects == (Aspect("validate.maxLength", "1000", "500"),)
    assert by_id["Field_more"].change is Change.ADDED
    moved = [item.item_id for item in found.items if item.moved]
    assert len(moved) == 1
    assert moved[0] in {"Field_approve_note", "Field_reply_approved"}


def test_what_cannot_be_read_is_told_line_by_line_and_papers_by_their_hash() -> None:
    files = {DRAWING: b"<bpmn", "documents/F04.docx": b"PK1", "scenarios/a.yaml": b"a: 1\nb: 2\n"}
    later = {**files, "documents/F04.docx": b"PK2", "scenarios/a.yaml": b"a: 1\nb: 3\n", DRAWING: b"<bpmn:"}
    drawing, paper, text = differing_files(files, later)
    assert (drawing.kind, drawing.items) == (FileKind.DIAGRAM, ())
    assert "+<bpmn:" in drawing.lines
    assert {each.name for each in paper.items[0].aspects} == {"sha256"}
    assert {"-b: 2", "+b: 3"} <= set(text.lines)


@given(st.lists(st.integers(0, 8), unique=True), st.lists(st.integers(0, 8), unique=True))
@settings(max_examples=60)
def test_without_those_that_moved_the_rest_is_in_order(one: list[int], two: list[int]) -> None:
    old, new = [str(n) for n in one], [str(n) for n in two]
    moved = moved_among(old, new)
    stay_old = [name for name in old if name in new and name not in moved]
    stay_new = [name for name in new if name in old and name not in moved]
    assert stay_old == stay_new
