"""An id that a table gives twice is a finding: an editor would drop what bears it."""

from __future__ import annotations

from engine.definitions.builtin import builtin_procedures
from engine.kernel.lint.table_ids import repeated_ids


def test_a_cell_that_is_called_like_a_rule_is_found_at_its_line() -> None:
    content = builtin_procedures()["petition_main"]["intake_path.dmn"]
    assert list(repeated_ids(content, "t.dmn")) == []
    text = content.decode().replace('id="intake_path_accusation_accused"', 'id="intake_path_accusation"')
    (finding,) = repeated_ids(text.encode(), "t.dmn")
    assert finding.is_error
    assert finding.element_id == "intake_path_accusation"
    assert text.splitlines()[(finding.line or 0) - 1].strip().startswith("<inputEntry")
