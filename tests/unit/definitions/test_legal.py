"""The law in a diagram: the shipped procedure passes, and each way of breaking it is found, with its article."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from engine.clock.calendar import WorkCalendar
from engine.deadlines.announced import announced_days, calendar_from
from engine.deadlines.rules import DeadlineRule, DeadlineRules, rules_from
from engine.definitions.builtin import builtin_procedures, shared_tables
from engine.definitions.legal import check_law
from engine.definitions.legal_limits import Reckoning
from engine.definitions.legal_rules import read_law, the_law
from engine.definitions.legal_source import Source, read_source
from engine.kernel.feel import Feel
from engine.kernel.findings import Finding
from tests.unit.kernel.bpmn_builder import Bpmn

NOW = datetime(2026, 9, 1, 1, tzinfo=UTC)
ZONE = ZoneInfo("Asia/Shanghai")
MAIN = "petition_main"
HANDLING = '      <bpmn:sequenceFlow id="flow_con_start_order"'
WITHOUT_CONDITION = "value='if contactable = true then \"L1\" else null'"


@cache
def _rules() -> DeadlineRules:
    found = rules_from(dict(shared_tables()), Feel(ZONE))
    assert found is not None
    return found


@cache
def _calendar() -> WorkCalendar:
    days, years = announced_days()
    return calendar_from(days, years, 1)


def _rule(rule_id: str) -> DeadlineRule:
    return _rules().get(rule_id, NOW)


@cache
def _called(key: str) -> Source | None:
    return read_source(_shipped()[key], shared_tables(), _called)


@cache
def _shipped() -> Mapping[str, Mapping[str, bytes]]:
    return builtin_procedures()


def findings(files: Mapping[str, bytes]) -> list[Finding]:
    source = read_source(files, shared_tables(), _called)
    assert source is not None
    return list(check_law(source, the_law(), _rule, Reckoning(_calendar(), ZONE, NOW)))


def changed(*edits: tuple[str, str], path: str = f"{MAIN}.bpmn") -> dict[str, bytes]:
    """The main procedure with texts of a file replaced, each once."""
    files = dict(_shipped()[MAIN])
    text = files[path].decode()
    for old, new in edits:
        assert old in text, old
        text = text.replace(old, new, 1)
    return {**files, path: text.encode()}


def flow(name: str, source: str, target: str, condition: str = "") -> str:
    inside = f"<bpmn:conditionExpression>{condition}</bpmn:conditionExpression>" if condition else ""
    return (
        f'<bpmn:sequenceFlow id="{name}" sourceRef="{source}" targetRef="{target}">{inside}</bpmn:sequenceFlow>\n'
    )


def timer(host: str, expression: str) -> str:
    return (
        f'<bpmn:boundaryEvent id="t_{host}" attachedToRef="{host}" cancelActivity="false">'
        f'<bpmn:timerEventDefinition id="d_{host}"><bpmn:timeDuration>{expression}</bpmn:timeDuration>'
        "</bpmn:timerEventDefinition></bpmn:boundaryEvent>\n"
    )


def step_before_forwarding(*more: str) -> dict[str, bytes]:
    """A task between numbering and forwarding, which no limit covers."""
    return changed(
        ('sourceRef="number_case" targetRef="forwarding"', 'sourceRef="number_case" targetRef="added"'),
        (
            '    <bpmn:sequenceFlow id="flow_start_prepare"',
            '<bpmn:userTask id="added" name="复核材料"/>'
            + flow("flow_added", "added", "forwarding")
            + "".join(more)
            + '    <bpmn:sequenceFlow id="flow_start_prepare"',
        ),
    )


def told(found: list[Finding]) -> set[tuple[str, str | None]]:
    return {(finding.rule, finding.element_id) for finding in found}


@pytest.mark.parametrize("key", sorted(builtin_procedures()))
def test_what_is_shipped_keeps_the_law_or_says_why(key: str) -> None:
    assert findings(_shipped()[key]) == []


BROKEN: Mapping[str, tuple[dict[str, bytes], set[tuple[str, str | None]], str]] = {
    "a reply by word of mouth": (
        changed((HANDLING, flow("x", "gw_reply", "con_replied", 'reply_approved = "oral"') + HANDLING)),
        {("legal-reply-skipped", "gw_reply"), ("legal-review-rights-skipped", "gw_reply")},
        "第三十",
    ),
    "closed while the handling is interrupted": (
        changed(
            (
                HANDLING,
                HANDLING.replace("      ", timer("draft_reply", "P5D").replace(' cancelActivity="false"', ""), 1)
                .replace("<bpmn:sequenceFlow", flow("x", "t_draft_reply", "con_replied") + "<bpmn:sequenceFlow", 1),
            )
        ),
        {("legal-reply-skipped", "t_draft_reply"), ("legal-review-rights-skipped", "t_draft_reply")},
        "第三十",
    ),
    "no notice of acceptance": (
        changed(('<spiffworkflow:parameter id="kind" type="any" value=\'"L1"\' />', "")),
        {("legal-acceptance-notice-missing", "close_case")},
        "第二十三条",
    ),
    "nobody serves the notice": (
        changed((WITHOUT_CONDITION, "value='null'"), ('targetRef="serve_l1"', 'targetRef="acc_accepted"')),
        {("legal-acceptance-served-skipped", "close_case")},
        "第二十三条",
    ),
    "the rights are left out": (
        changed(("review_rights: review_rights }", "rights: null }")),
        {("legal-review-rights-skipped", "close_case")},
        "第三十五条",
    ),
    "the limit is gone": (
        changed(('deadline("T4", accepted_at)', 'deadline("T9", accepted_at)')),
        {("legal-limit-missing", "issue_l5")},
        "第三十四条",
    ),
    "the duty ends with its time": (
        changed(('attachedToRef="concluding" cancelActivity="false"', 'attachedToRef="concluding"')),
        {
            ("legal-duty-ends", "t4_conclude"), ("legal-reply-skipped", "t4_conclude"),
            ("legal-reply-served-skipped", "t4_conclude"), ("legal-review-rights-skipped", "t4_conclude"),
        },
        "第三十",
    ),
    "longer than the law gives": (
        changed((HANDLING, timer("draft_reply", "working days(45)") + HANDLING)),
        {("legal-limit-longer", "t_draft_reply"), ("legal-too-long", "draft_reply")},
        "第三十四条",
    ),
    "too long together": (
        changed(
            (
                HANDLING,
                timer("draft_reply", "calendar days(40)") + timer("approve_reply", "P25D") + HANDLING,
            )
        ),
        {("legal-too-long", "draft_reply")},
        "第三十四条",
    ),
    "a step without time": (
        step_before_forwarding(),
        {("legal-task-without-deadline", "added")},
        "第三十四条",
    ),
    "the accused can be chosen": (
        changed(('"options": "units"', '"options": "all_units"'), path="forms/joint_decide.form.json"),
        {
            ("legal-accused-choice", step)
            for step in (
                "unit_review", "unit_accept", "draft_reply", "approve_reply", "serve_reply", "decide_extension"
            )
        },
        "第三十条",
    ),
    "the accused decides": (
        changed(
            (
                '<spiffworkflow:property name="form" value="approve_reply" />\n'
                '            <spiffworkflow:property name="role" value="unit_leader" />\n'
                '            <spiffworkflow:property name="unit" value="resp_unit" />',
                '<spiffworkflow:property name="unit" value="accused_units[1]" />',
            )
        ),
        {("legal-accused-unit", "approve_reply")},
        "第三十条",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", BROKEN)
def test_what_breaks_the_law_is_found_where_it_is_with_the_article(case: str) -> None:
    files, expected, article = BROKEN[case]
    found = findings(files)
    assert found
    assert told(found) == expected
    for finding in found:
        assert finding.is_error
        assert finding.article is not None
        assert article in finding.article.zh
        assert finding.line is not None


def test_a_step_with_two_working_days_may_stand_between_registration_and_forwarding() -> None:
    assert findings(step_before_forwarding(timer("added", "working days(2)"))) == []


def test_working_days_are_reckoned_on_the_calendar_of_the_year_to_come() -> None:
    """38 working days are within 60 days in most of the year, and not where the long holidays lie."""
    handled_in = "calendar days(50)"
    assert findings(changed((HANDLING, timer("draft_reply", handled_in) + HANDLING))) == []
    found = findings(changed((HANDLING, timer("draft_reply", "working days(38)") + HANDLING)))
    longer = [finding.message.zh for finding in found if finding.rule == "legal-limit-longer"]
    assert len(longer) == 1
    start, due, lawful = re.findall(r"\d{4}-\d\d-\d\d", longer[0])
    assert start < lawful < due


def test_outside_of_the_law_a_task_needs_a_deadline_or_a_reason() -> None:
    reason = '          <spiffworkflow:property name="no_deadline" value="案件已办结，按档案管理办法归档" />\n'
    found = findings(changed((reason, "")))
    assert told(found) == {("task-without-deadline", "archive")}
    assert not found[0].is_error


@pytest.mark.parametrize(
    ("expression", "counts"),
    [
        ("working days(5)", True), ("calendar days(given_days, accepted_on)", True), ("PT6H", True), ("P2D", True),
        ("PT90M", False), ("P1M", False), ("R3/P1D", False), ("share of(working days(5), 0.5)", False),
        ("today()", False),
    ],
)  # fmt: skip
def test_a_task_has_a_deadline_where_its_timer_runs_as_one(expression: str, counts: bool) -> None:
    found = {f.rule for f in findings(step_before_forwarding(timer("added", expression)))}
    assert ("legal-task-without-deadline" in found) is not counts
    silent = timer("added", expression).replace(
        "<bpmn:timerEventDefinition",
        "<bpmn:extensionElements><spiffworkflow:properties>"
        '<spiffworkflow:property name="only_reminds" value="yes"/>'
        "</spiffworkflow:properties></bpmn:extensionElements><bpmn:timerEventDefinition",
    )
    if counts:
        assert told(findings(step_before_forwarding(silent))) == {("legal-task-without-deadline", "added")}


def test_a_fixed_unit_is_a_warning_and_a_unit_from_a_form_of_units_is_not() -> None:
    role = '<spiffworkflow:property name="role" value="chief" />\n            '
    unit = f'{role}<spiffworkflow:property name="unit" value='
    found = findings(changed((f'{unit}"case_unit"', f"{unit}'\"nrb\"'")))
    assert told(found) == {("legal-fixed-unit", "chief_instruct")}
    assert not found[0].is_error


def test_what_registers_and_never_closes_must_say_where_the_case_is_closed() -> None:
    diagram = Bpmn("small").lane("l", role="registrar").start("s", lane="l").service("r", "register_case", lane="l")
    files = {"small.bpmn": diagram.end("e", lane="l").xml()}
    assert {finding.rule for finding in findings(files)} == {"legal-no-closure"}


def test_a_law_that_names_an_unknown_mark_is_refused() -> None:
    text = (Path(__file__).parents[3] / "workflows/shared/legal.yaml").read_text(encoding="utf-8")
    assert read_law(text) == the_law()
    with pytest.raises(ValueError, match="nowhere"):
        read_law(text.replace("needs: accepted", "needs: nowhere", 1))


def test_nothing_that_an_admin_writes_makes_the_check_hang() -> None:
    long = " ".join(["if"] * 200_000)
    timers = timer("draft_reply", "working days(999999)") + timer("approve_reply", "9" * 5000)
    edits = [
        ("value='if contactable = true then \"L5\" else null'", f"value='{long}'"),
        (HANDLING, timers + HANDLING),
        ("<bpmn:script>{ rework_count: rework_count + 1 }", "<bpmn:script>{ a: [[[[(((" + "{" * 5000),
        ("count(closure_gaps) = 0", "x" + " " * 200_000 + "and y"),
    ]
    assert "legal-limit-longer" in {finding.rule for finding in findings(changed(*edits))}
