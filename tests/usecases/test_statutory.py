"""A procedure's own table of deadline rules cannot lengthen what the law says."""

from __future__ import annotations

import pytest

from engine.definitions.builtin import shipped_table
from engine.definitions.deploy import check_procedure, deploy_procedure
from engine.errors import InvalidDiagram
from engine.kernel.decisions_edit import AddRow, RowEdit, SetCells, edit_table
from tests.unit.kernel.bpmn_builder import Bpmn
from tests.worlds import World, files_of

T4, T20 = "deadline_rules_T4", "deadline_rules_T20"


def with_rules(*edits: RowEdit) -> dict[str, bytes]:
    """A procedure whose folder holds its own version of the table."""
    diagram = (
        Bpmn("own").lane("l", role="registrar").start("s", lane="l").manual("handle", lane="l").end("e", lane="l")
    )
    shipped = shipped_table("deadline_rules")
    assert shipped is not None
    table = edit_table(shipped, "deadline_rules.dmn", "deadline_rules", edits)
    return {**files_of(diagram), "deadline_rules.dmn": table}


def test_a_shorter_limit_may_be_deployed(world: World) -> None:
    deployed = deploy_procedure(
        world.engine, world.actor("admin"), "own", with_rules(SetCells(T4, {"amount": "45"}))
    )
    assert deployed.version == 1


@pytest.mark.parametrize(
    ("edit", "column", "article"),
    [
        (SetCells(T4, {"amount": "90"}), "amount", "第三十四条"),
        (SetCells(T4, {"clock": '"W"'}), "clock", "第三十四条"),
        (SetCells(T4, {"statutory": "false"}), "statutory", "第三十四条"),
        (SetCells(T4, {"pause_reasons": '["hearing"]'}), "pause_reasons", "第三十四条"),
        (SetCells(T4, {"amount": "45 + 45"}), "amount", "第三十四条"),
        (
            SetCells(T4, {"rule": '!= "T5"', "on": '>= date("2030-01-01")', "amount": "90"}),
            "amount",
            "第三十四条",
        ),
        (SetCells(T4, {"rule": 'starts with(?, "T4")', "amount": "90"}), "amount", "第三十四条"),
        (SetCells(T20, {"amount": "20"}), "amount", "第三十五条"),
        (
            AddRow("late", {"rule": '"T1"', "on": '> date("2030-01-01")', "clock": '"D"', "amount": "16"}),
            "amount",
            "第二十二条",
        ),
    ],
)
def test_a_longer_one_is_refused_with_the_article_and_the_line(
    world: World, edit: RowEdit, column: str, article: str
) -> None:
    files = with_rules(edit)
    with pytest.raises(InvalidDiagram) as refused:
        deploy_procedure(world.engine, world.actor("admin"), "own", files)
    found = [finding for finding in refused.value.findings if finding.rule == "statutory-limit"]
    told = [finding for finding in found if finding.element_name == column and article in finding.message.zh]
    assert told, found
    assert told[0].file == "deadline_rules.dmn"
    assert told[0].line is not None
    assert told[0].element_id == edit.row_id


def test_a_default_is_held_to_the_law_too(world: World) -> None:
    files = with_rules()
    table = files["deadline_rules.dmn"].replace(
        b'name="amount" typeRef="number"/>',
        b'name="amount" typeRef="number"><defaultOutputEntry><text>400</text></defaultOutputEntry></output>',
    )
    table = table.replace(
        b'"fixed"</text></outputValues>\n      </output>',
        b'"fixed"</text></outputValues><defaultOutputEntry><text>"D"</text></defaultOutputEntry></output>',
    ).replace(
        b'<inputEntry id="deadline_rules_T4_in"><text>"T4"', b'<inputEntry id="deadline_rules_T4_in"><text>"T04"'
    )
    findings = check_procedure(world.engine, "own", {**files, "deadline_rules.dmn": table})
    assert any(f.rule == "statutory-limit" and "第三十四条" in f.message.zh for f in findings)


def test_what_comes_with_duban_keeps_to_the_law(world: World) -> None:
    assert not [f for f in check_procedure(world.engine, "own", with_rules()) if f.is_error]


def test_what_breaks_the_law_is_not_deployed_and_says_how_it_is_mended(world: World) -> None:
    diagram = Bpmn("own").lane("l", role="registrar").start("s", lane="l").service("r", "register_case", lane="l")
    diagram.manual("handle", lane="l").service("close", "set_case", {"state": '"办结"'}, lane="l").end(
        "e", lane="l"
    )
    with pytest.raises(InvalidDiagram) as refused:
        deploy_procedure(world.engine, world.actor("admin"), "own", files_of(diagram))
    found = {finding.rule: finding for finding in refused.value.findings if finding.is_error}
    assert set(found) == {
        "legal-acceptance-notice-missing", "legal-reply-missing", "legal-review-rights-missing",
    }  # fmt: skip
    for finding in found.values():
        assert finding.element_id == "close"
        assert finding.article is not None
        assert finding.hint is not None
    warned = [f for f in check_procedure(world.engine, "own", files_of(diagram)) if not f.is_error]
    assert "task-without-deadline" in {finding.rule for finding in warned}
