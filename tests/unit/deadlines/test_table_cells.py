from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.deadlines.table_cells import CellRefused, Kind, entry_of, kind_of, text_of
from engine.definitions.builtin import shipped_table
from engine.kernel.decisions_sheet import OUTPUT, SheetColumn, read_sheet

TEXT = SheetColumn("name", OUTPUT, "名称", "string")
TABLES = ("deadline_rules", "lights", "escalations", "duties")


@pytest.mark.parametrize("table", TABLES)
def test_every_cell_that_ships_is_shown_and_written_as_it_is(table: str) -> None:
    content = shipped_table(table)
    assert content is not None
    sheet = read_sheet(content, f"{table}.dmn", table)
    for row in sheet.rows:
        for column in sheet.columns:
            entry = entry_of(kind_of(table, column), row.cells[column.name])
            again = text_of(table, column, entry)
            assert again.replace(" ", "") == row.cells[column.name].replace(" ", ""), (row.row_id, column.name)


@given(st.text(alphabet=st.characters(exclude_categories=["Cc", "Cs", "Cn"]), max_size=60))
def test_any_text_comes_back(typed: str) -> None:
    typed = typed.strip()
    if typed.startswith("="):
        typed = "文" + typed
    assert entry_of(Kind.TEXT, text_of("deadline_rules", TEXT, typed)) == typed


def test_what_is_no_plain_value_shows_as_an_expression() -> None:
    assert entry_of(Kind.NUMBER, "40 + 5") == "=40 + 5"
    assert text_of("deadline_rules", SheetColumn("amount", OUTPUT, "数量", "number"), "=40 + 5") == "40 + 5"
    assert entry_of(Kind.DATES, '> date("2026-01-01")') == '=> date("2026-01-01")'


@pytest.mark.parametrize("typed", ["\x07", "a\x00b", "文" * 2001, "="])
def test_what_no_cell_can_hold(typed: str) -> None:
    with pytest.raises(CellRefused):
        text_of("deadline_rules", TEXT, typed)
