"""The runner: what it does, and that it notices whatever is not as written."""

from __future__ import annotations

import pytest

from tests.scenarios.conftest import Play

START = """
  - {as: jiedai, start: visit, data: {title: 征地}}
"""
WHOLE = """
  - as: jiedai
    start: visit
    data: {title: 征地}
    expect:
      open: [{task: check, candidates: registrar@xfj, assignee: null, due: 2025-09-28 24:00, light: yellow}]
      deadlines: [{rule: T5D, legal_due: 2025-09-28 24:00, state: running, count: 1}]
      waiting: [{timer: late, due: 2025-09-28 24:00}]
      ended: false
      fired: []
  - at: 2025-09-28 00:00
    expect: {lights: {check: yellow}, not notified: [juzhang], no papers: [催办单]}
  - at: 2025-09-29 08:00
    expect:
      fired: [{timer: 逾期, at: 2025-09-28 24:00, due: 2025-09-28 24:00, late_minutes: 0, by_outage: false}]
      climbed: [{timer: duty.red, at: 2025-09-28 24:00}]
      notified: [{who: juzhang, topic: overdue, at: 2025-09-28 24:00}]
      papers: [{kind: 催办单, number: true, state: issued}]
      lights: {核对: red}
      case: {light: red, confidential: false}
  - {as: duban, complete: check, data: {opinion: 好}, refused: forbidden}
  - {as: dengji, complete: check, data: {}, refused: {error: invalid_form, fields: [opinion]}}
  - {as: dengji, claim: check, expect: {open: [{task: check, assignee: dengji}]}}
  - as: dengji
    complete: check
    data: {opinion: 好}
    expect:
      open: []
      ended: done
      passed: [check, note, 办结, warned]
      deadlines: [{rule: T5D, state: met_late, ended_at: 2025-09-29 08:00}]
      audited: [{event: TaskCompleted, by: dengji}, {event: TimerFired, by: system}]
      has fired: [late]
      fired: []
  - {as: dengji, complete: check, data: {opinion: 好}, refused: conflict}
"""


@pytest.mark.parametrize("restart", [False, True])
def test_a_scenario_that_is_true_passes(play: Play, restart: bool) -> None:
    result = play(WHOLE, restart=restart)
    assert result.failures == ()
    kinds = [entry.kind for entry in result.timeline]
    assert [kinds.count(k) for k in ("timer", "opened", "paper", "ended", "refused")] == [2, 1, 1, 1, 3]


@pytest.mark.parametrize(
    ("true", "false"),
    [
        ("candidates: registrar@xfj", "candidates: registrar@zjj"),
        ("light: yellow}]", "light: blue}]"),
        ("legal_due: 2025-09-28 24:00, state: running", "legal_due: 2025-09-29 24:00, state: running"),
        ("count: 1", "count: 2"),
        ("waiting: [{timer: late", "waiting: [{timer: early"),
        ("ended: false", "ended: done"),
        ("fired: []\n  - at", "fired: [late]\n  - at"),
        ("lights: {check: yellow}", "lights: {check: red}"),
        ("not notified: [juzhang]", "notified: [juzhang]"),
        ("at: 2025-09-28 24:00, due", "at: 2025-09-29 08:00, due"),
        ("late_minutes: 0", "late_minutes: 1"),
        ("climbed: [{timer: duty.red", "climbed: [{timer: duty.yellow"),
        ("by_outage: false", "by_outage: true"),
        ("who: juzhang, topic: overdue", "who: juzhang, topic: late"),
        ("kind: 催办单, number: true", "kind: 督办令, number: true"),
        ("light: red, confidential: false", "light: red, confidential: true"),
        ("refused: forbidden", "refused: conflict"),
        ("data: {opinion: 好}, refused: forbidden", "data: {opinion: 好}"),
        ("fields: [opinion]", "fields: [title]"),
        ("assignee: dengji", "assignee: null"),
        ("open: []", "open: [check]"),
        ("ended: done", "ended: warned"),
        ("passed: [check, note", "passed: [check, nota"),
        ("passed: [check, note", "not passed: [check, note"),
        ("state: met_late", "state: met"),
        ("event: TaskCompleted, by: dengji", "event: TaskCompleted, by: jiedai"),
        ("has fired: [late]", "has fired: [soon]"),
        ("complete: check, data: {opinion: 好}, refused: conflict", "claim: check"),
    ],
)
def test_whatever_is_not_true_is_a_failure(play: Play, true: str, false: str) -> None:
    assert WHOLE.count(true) >= 1
    assert play(WHOLE.replace(true, false, 1)).failures


def test_a_failure_names_the_line_and_both_sides(play: Play) -> None:
    result = play(START + "    expect: {open: [{task: check, candidates: chief@xfj}]}\n".replace("    ", "  - ", 1))
    (failure,) = result.failures
    assert failure.line == 7
    assert "chief@xfj" in failure.message.zh
    assert "registrar@xfj" in failure.message.zh


def test_the_first_act_that_goes_wrong_ends_the_run(play: Play) -> None:
    result = play(START + "  - {as: dengji, complete: sign}\n  - {as: dengji, complete: check}\n")
    (failure,) = result.failures
    assert (failure.line, "核对" in failure.message.zh) == (7, True)


def test_an_unknown_user_and_an_unknown_placeholder_are_failures(play: Play) -> None:
    assert play("  - {as: nobody, start: visit, data: {title: x}}\n").failures
    assert play("  - {as: jiedai, start: visit, data: {title: '${weather}'}}\n").failures


def test_placeholders_are_filled_in(play: Play) -> None:
    step = "  - {as: jiedai, start: visit, data: {title: '${today} ${now}'}}\n"
    assert not play(step + "  - {expect: {case: {title: 2025-09-26 2025-09-26T09:00}}}\n").failures


def test_what_falls_due_while_the_system_is_down_fires_at_the_start(play: Play) -> None:
    result = play(
        START
        + """
  - down until: 2025-09-29 01:00
    expect:
      fired: [{timer: late, at: 2025-09-29 01:00, due: 2025-09-28 24:00, late_minutes: 60, by_outage: true}]
"""
    )
    assert result.failures == ()


@pytest.mark.parametrize("restart", [False, True])
def test_a_failing_element_is_an_incident_that_can_be_retried(play: Play, restart: bool) -> None:
    result = play(
        START
        + """
  - {as: dengji, complete: check, data: {opinion: 坏}, refused: step_failed, expect: {incidents: 1, open: [check]}}
  - {as: dengji, retry: incident, refused: forbidden}
  - {as: admin, retry: incident, refused: step_failed, expect: {incidents: 1}}
""",
        restart=restart,
    )
    assert result.failures == ()


def test_an_incident_that_nobody_expects_is_a_failure(play: Play) -> None:
    result = play(START + "  - {as: dengji, complete: check, data: {opinion: 坏}, refused: step_failed}\n")
    assert ["1" in failure.message.zh for failure in result.failures] == [True]


def test_cases_have_labels(play: Play) -> None:
    result = play(
        """
  - {as: jiedai, start: visit, case: one, data: {title: 一}}
  - {as: jiedai, start: visit, case: two, data: {title: 二}}
  - {as: dengji, case: one, complete: check, data: {opinion: 好}, expect: {ended: done, case: {title: 一}}}
  - {case: two, expect: {open: [check], case: {title: 二}}}
  - {expect: {searches: [{as: cgjd.lingdao, text: 一, hits: 0}, {as: dengji, text: 二, in: inbox, hits: 1}]}}
"""
    )
    assert result.failures == ()
