from __future__ import annotations

import pytest

from engine.definitions.builtin import shipped_table
from engine.errors import InvalidDiagram, InvalidState
from engine.kernel.decisions import parse_decisions
from engine.kernel.decisions_edit import AddRow, RemoveRow, SetCells, edit_table
from engine.kernel.decisions_sheet import read_sheet
from engine.kernel.diagram_xml import parse_xml

FILE, TABLE = "deadline_rules.dmn", "deadline_rules"
T4 = "deadline_rules_T4"


@pytest.fixture
def content() -> bytes:
    found = shipped_table(TABLE)
    assert found is not None
    return edit_table(found, FILE, TABLE, [])


def lines(content: bytes) -> set[str]:
    return set(content.decode().splitlines())


def test_an_edit_changes_its_cell_and_no_other_line(content: bytes) -> None:
    after = edit_table(content, FILE, TABLE, [SetCells(T4, {"amount": "45"})])
    (gone,), (come,) = lines(content) - lines(after), lines(after) - lines(content)
    assert (gone.strip(), come.strip()) == (
        '<outputEntry id="deadline_rules_T4_amount"><text>60</text></outputEntry>',
        '<outputEntry id="deadline_rules_T4_amount"><text>45</text></outputEntry>',
    )


def test_a_row_that_comes_and_goes_leaves_the_file_as_it_was(content: bytes) -> None:
    added = edit_table(content, FILE, TABLE, [AddRow("new", {"rule": '"T99"'}, after=T4)])
    assert [row.row_id for row in read_sheet(added, FILE, TABLE).rows][3:5] == [T4, "new"]
    assert edit_table(added, FILE, TABLE, [RemoveRow("new")]) == content


def test_a_new_row_has_a_cell_for_every_column(content: bytes) -> None:
    added = edit_table(content, FILE, TABLE, [AddRow("new", {"rule": '"T99"', "note": "<&> 说明"})])
    row = read_sheet(added, FILE, TABLE).by_id["new"]
    assert (row.cells["rule"], row.cells["on"], row.cells["amount"], row.cells["note"]) == (
        '"T99"',
        "-",
        "null",
        "<&> 说明",
    )
    (decision,) = parse_decisions(added, FILE)
    assert len(decision.rules[-1].entries) == len(decision.outputs)
    ids = [element.get("id") for element in parse_xml(added, FILE).iter() if element.get("id")]
    assert len(ids) == len(set(ids))


def test_what_matches_everything_stays_last() -> None:
    lights = shipped_table("lights")
    assert lights is not None
    added = edit_table(lights, "lights.dmn", "lights", [AddRow("own", {"rule": '"T4"'})])
    assert read_sheet(added, "lights.dmn", "lights").rows[0].row_id == "own"


def test_comments_stay(content: bytes) -> None:
    told = content.replace(b"<annotation ", b"<!-- by hand --><annotation ")
    assert b"<!-- by hand -->" in edit_table(told, FILE, TABLE, [SetCells(T4, {"amount": "45"})])


def test_a_file_in_another_encoding_comes_back_in_utf_8(content: bytes) -> None:
    text = content.decode().replace('encoding="UTF-8"', 'encoding="GBK"', 1)
    after = edit_table(text.encode("gbk"), FILE, TABLE, [SetCells(T4, {"amount": "45"})])
    assert "办结" in after.decode()


def test_rows_without_an_id_are_told_by_their_place(content: bytes) -> None:
    bare = content.replace(b'<rule id="deadline_rules_T4">', b"<rule>")
    assert read_sheet(bare, FILE, TABLE).rows[3].row_id == "row-4"
    after = edit_table(bare, FILE, TABLE, [SetCells("row-4", {"amount": "45"})])
    assert read_sheet(after, FILE, TABLE).rows[3].cells["amount"] == "45"


def test_a_row_or_a_table_that_is_not_there(content: bytes) -> None:
    with pytest.raises(InvalidState, match="nowhere"):
        edit_table(content, FILE, TABLE, [RemoveRow("nowhere")])
    with pytest.raises(InvalidDiagram, match="salaries"):
        edit_table(content, FILE, "salaries", [])
    with pytest.raises(InvalidDiagram, match="DOCTYPE"):
        edit_table(content.replace(b"<definitions", b"<!DOCTYPE x><definitions", 1), FILE, TABLE, [])
