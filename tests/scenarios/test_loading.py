"""Scenario files: what they may say, and how a wrong one is reported."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from engine.scenarios.errors import InvalidScenario
from engine.scenarios.load import read_scenario
from engine.scenarios.model import Scenario, Verb

GOOD = """
procedure: onsite_response
title: 三小时
start: 2026-10-03 09:15
steps:
  - as: lxb.zhuren
    start: onsite_response
    case: a
    data: {notified_at: 2026-10-03T09:20, on: 2026-10-03, at: 09:20, agreed: no, count: 12}
    expect:
      open: [ack, {task: meet, due: 2026-10-03 24:00, assignee: null}]
      case: {number: true, accused_units: [zjj]}
  - at: +1h30m
    down until: 2026-10-03 12:00
  - as: zjj.banli
    complete: ack
    refused: {error: invalid_form, fields: [name], says: 姓名}
"""


def read(text: str) -> Scenario:
    return read_scenario(text.encode(), "x.yaml")


def faults(text: str) -> list[tuple[int, str | None]]:
    with pytest.raises(InvalidScenario) as caught:
        read(text)
    return [(fault.line, fault.key) for fault in caught.value.faults]


def test_a_file_is_read_with_its_instants_in_the_office_zone() -> None:
    scenario = read(GOOD)
    first, second, third = scenario.steps
    assert scenario.start == datetime(2026, 10, 3, 1, 15, tzinfo=UTC)
    assert (first.verb, first.target, first.actor, first.case) == (Verb.START, "onsite_response", "lxb.zhuren", "a")
    opened = first.expect[0].wanted
    assert [dict(entry.values) for entry in opened] == [
        {"task": "ack"},
        {"task": "meet", "due": datetime(2026, 10, 3, 16, tzinfo=UTC), "assignee": None},
    ]
    assert dict(first.expect[1].wanted.values) == {"number": True, "accused_units": ("zjj",)}
    assert (second.at, second.verb) == (timedelta(hours=1, minutes=30), Verb.DOWN)
    assert third.refused is not None
    assert (third.refused.fields, third.refused.says) == (("name",), "姓名")


def test_dates_times_and_words_in_data_stay_as_they_are_typed() -> None:
    assert read(GOOD).steps[0].data == {
        "notified_at": "2026-10-03T09:20",
        "on": "2026-10-03",
        "at": "09:20",
        "agreed": "no",
        "count": 12,
    }


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("title: 三小时", "titel: 三小时", [(2, "title"), (3, "titel")]),
        ("start: 2026-10-03 09:15", "start: 2026-02-30 09:15", [(4, "start")]),
        ("start: 2026-10-03 09:15", "start: 2026-10-03", [(4, "start")]),
        ("      open: [ack,", "      opn: [ack,", [(11, "opn")]),
        ("assignee: null", "asignee: null", [(11, "asignee")]),
        ("due: 2026-10-03 24:00", "due: 24:00", [(11, "due")]),
        ("- at: +1h30m", "- at: +90", [(13, "at")]),
        ("down until: 2026-10-03 12:00", "down until: 2026-10-03 09:00", [(13, "down until")]),
        ("  - as: zjj.banli\n    complete", "  - complete", [(15, "as")]),
        ("    case: a", "    claim: x", [(8, "claim")]),
        ("error: invalid_form", "error: forbiden", [(17, "refused")]),
        ("number: true", "number: false", [(12, "number")]),
        ("{task: meet,", "{", [(11, "open")]),
        ("[zjj]", "zjj", [(12, "accused_units")]),
        ("    case: a", "    as: b", [(8, None)]),
        ("steps:", "steps: []\nother:", [(5, "steps"), (6, "other")]),
    ],
)
def test_every_fault_is_told_with_line_and_key(old: str, new: str, fault: list[tuple[int, str | None]]) -> None:
    assert old in GOOD
    assert faults(GOOD.replace(old, new)) == fault


def test_a_wrong_key_suggests_the_right_one() -> None:
    with pytest.raises(InvalidScenario, match="是否想写“complete”"):
        read(GOOD.replace("    complete: ack", "    complte: ack"))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xfe",
        b"- 1",
        b"a: [",
        b"a: &a [*a]\nb: *c",
        b"x: !!python/name:os.system x",
        b"\x00",
        b" " * 600_000,
    ],
)
def test_what_is_no_scenario_is_refused(content: bytes) -> None:
    with pytest.raises(InvalidScenario):
        read_scenario(content, "x.yaml")
