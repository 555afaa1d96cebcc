"""FEEL as diagrams use it: values in and out, strictness, time functions."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.kernel.feel import Feel, FeelError
from engine.kernel.ports import TimeKind, TimeRequest
from engine.values import MonthsDuration

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 3, 1, 20, 30, 5, 123456, tzinfo=UTC)  # 2 March, 04:30 in Shanghai
DATA: Mapping[str, Any] = {
    "件数": 3,
    "empty": None,
    "amount": Decimal("12.10"),
    "day": date(2026, 1, 31),
    "moment": datetime(2026, 1, 31, 17, 0, 0, 123456, tzinfo=UTC),
    "hour": time(9, 30),
    "span": timedelta(hours=36),
    "flag": True,
    "text": "甲",
    "numbers": [1, 2, 3],
    "orders": [{"status": "open", "n": 1}, {"status": "done", "n": 2}],
    "entry": {"a": 1, "$date": "2026"},
}


@pytest.fixture(scope="module")
def feel() -> Feel:
    return Feel()


def value(feel: Feel, text: str, **more: Any) -> Any:
    return feel.evaluate(text, {**DATA, **more}, NOW)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("件数 + 1", 4),
        ("0.1 + 0.2", 0.3),
        ("sum([0.1, 0.2])", 0.3),
        ('if 件数 > 2 then "多" else "少"', "多"),
        ("{a: 件数, b: a + 1}", {"a": 3, "b": 4}),
        ('orders[status = "open"].n', [1]),
        ('orders[contains(item.status, "d")].n', [2]),
        ("numbers[-1]", 3),
        ("for i in 3..0 return i", [3, 2, 1, 0]),
        ("some i in numbers satisfies i > 2", True),
        ("件数 in [1..5]", True),
        ('text in ("甲", "乙")', True),
        ("empty = null", True),
        ("text = null", False),
        ("empty > 3", None),
        ("empty != null and empty + 1 > 2", False),
        ("is defined(nowhere)", False),
        ("is defined(empty)", True),
        ("if is defined(nowhere) then nowhere else 0", 0),
        ('get value(entry, "missing")', None),
        ("件数 instance of number", True),
        ("entry", {"a": 1, "$date": "2026"}),
        ('{"$date": "2026-01-01"}', {"$date": "2026-01-01"}),
        ("amount * 2", Decimal("24.2")),
        ("amount > 12", True),
    ],
)
def test_expressions(feel: Feel, text: str, expected: object) -> None:
    assert value(feel, text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("today()", date(2026, 3, 2)),
        ("date(now())", date(2026, 3, 2)),
        ("date(moment)", date(2026, 2, 1)),
        ("now()", NOW),
        ('day + duration("P1M")', date(2026, 2, 28)),
        ('duration("P14M")', MonthsDuration(14)),
        ("span", timedelta(hours=36)),
        ("span.days", 1),
        ("2 * span", timedelta(days=3)),
        ('day - date("2026-01-01")', timedelta(days=30)),
        ('day + duration("PT5H")', datetime(2026, 1, 31, 5, tzinfo=SHANGHAI)),
        ('date and time("2026-01-31T10:00:00")', datetime(2026, 1, 31, 10, tzinfo=SHANGHAI)),
        ('date and time("2026-01-31T10:00:00Z") = date and time("2026-01-31T18:00:00")', True),
        ('@"2026-01-31" = day', True),
        ('hour < time("10:00:00")', True),
        ('years and months duration(date("2025-01-01"), day)', MonthsDuration(12)),
    ],
)
def test_dates_on_the_office_clock(feel: Feel, text: str, expected: object) -> None:
    assert value(feel, text) == expected


def test_the_very_values_come_back(feel: Feel) -> None:
    given = {"d": DATA["amount"], "m": DATA["moment"], "day": DATA["day"], "h": DATA["hour"], "s": DATA["span"]}

    answer = feel.evaluate("{copy: held}.copy", {"held": given}, NOW)

    assert answer == given
    assert str(answer["d"]) == "12.10"
    assert answer["m"].microsecond == 123456


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=8) | st.dates(date(1901, 1, 1)),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


@settings(max_examples=40, deadline=None)
@given(_JSON)
def test_any_json_survives(original: object) -> None:
    data = {"x": original}

    assert Feel().evaluate("{y: x}", data, NOW) == {"y": original}


@pytest.mark.parametrize(
    ("text", "code", "unknown"),
    [
        ("nowhere + 1", "unknown", ("nowhere",)),
        ("nowhere", "unknown", ("nowhere",)),
        ("[nowhere, 另一个]", "unknown", ("nowhere", "另一个")),
        ("entry.missing", "property", ("missing",)),
        ("empty + 1", "type", ()),
        ("text + 1", "type", ()),
        ("text > 3", "compare", ()),
        ("moment > today()", "compare", ()),
        ("件数 / 0", "arithmetic", ()),
        ("text and flag", "logical", ()),
        ("if 件数 then 1 else 2", "logical", ()),
        ("string length(件数)", "arguments", ()),
        ('date("2026-02-30")', "date", ()),
        ("date(2026, 2, 30)", "date", ()),
        ('duration("P1M2D")', "date", ()),
        ("count", "result", ()),
        ("function(x) x", "result", ()),
        ("nosuch(1)", "unknown", ("nosuch",)),
        ("for i in text return i", "iterate", ()),
        ("working days(1.5)", "days", ()),
        ('deadline("T4", empty)', "start", ()),
        ("share of(5, 0.5)", "share", ()),
    ],
)
def test_mistakes_are_never_a_silent_null(feel: Feel, text: str, code: str, unknown: tuple[str, ...]) -> None:
    with pytest.raises(FeelError) as caught:
        value(feel, text)

    assert (caught.value.code, caught.value.unknown) == (code, unknown)
    assert text in caught.value.message.zh
    assert text in caught.value.message.en


def test_syntax_errors_say_where(feel: Feel) -> None:
    with pytest.raises(FeelError) as caught:
        feel.check("件数 + ")

    assert caught.value.code == "syntax"
    assert caught.value.position is not None
    assert "第 6 个字符" in caught.value.message.zh


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a.b + c[d > e].f + working days(n)", {"a", "c", "n"}),
        ("for i in 列表, j in i.xs return i + j + k + partial[1]", {"列表", "k"}),
        ("{a: 1, b: a + c}", {"c"}),
        ("function(x) x + y", {"y"}),
        ('now() + duration("P1D") > due and string length(text) > 1', {"due", "text"}),
        ("is defined(x)", {"x"}),
    ],
)
def test_free_names(feel: Feel, text: str, expected: set[str]) -> None:
    assert feel.names(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("working days(5)", TimeRequest(TimeKind.WORKING_DAYS, amount=5)),
        ("calendar days(件数, day)", TimeRequest(TimeKind.CALENDAR_DAYS, amount=3, start=date(2026, 1, 31))),
        ('deadline("T4", moment)', TimeRequest(TimeKind.DEADLINE, rule="T4", start=DATA["moment"])),
        ("end of month()", TimeRequest(TimeKind.END_OF_MONTH)),
        ('share of(deadline("T4"), 0.5)', TimeRequest(TimeKind.DEADLINE, rule="T4", share=0.5)),
    ],
)
def test_time_functions_are_requests(feel: Feel, text: str, expected: TimeRequest) -> None:
    assert value(feel, text) == expected


@pytest.mark.parametrize(
    ("test", "tested", "expected"),
    [
        ("-", None, True),
        ('"甲", "乙"', "甲", True),
        ('not("甲")', "甲", False),
        ('not("甲")', "乙", True),
        ('not("甲", "乙")', "乙", False),
        ('not("甲", "乙")', "丙", True),
        ("not(< 3)", 3, True),
        ("not(flag)", 1, False),
        ("? = not(false)", True, True),
        ("> 3", None, False),
        ("null", None, True),
        ("[1..件数]", 3, True),
        ("]1..件数[", 3, False),
        ("false", True, False),
        ('date("2026-01-01")', date(2026, 1, 1), True),
        ("list contains(numbers, ?)", 2, True),
        ("? > 2 and flag", 3, True),
    ],
)
def test_unary_tests(feel: Feel, test: str, tested: object, expected: bool) -> None:
    assert feel.matches(test, tested, DATA, NOW) is expected


def test_many_in_one_crossing_keeps_the_order_and_twins(feel: Feel) -> None:
    assert feel.evaluate_many(["件数 * 7", "件数 * 8", "件数 * 7"], DATA, NOW) == [21, 24, 21]


def test_equal_looking_values_are_told_apart(feel: Feel) -> None:
    assert [value(feel, "x instance of boolean", x=x) for x in (1, True, 1)] == [False, True, False]


def test_an_answer_is_the_callers_own(feel: Feel) -> None:
    first = value(feel, "{l: numbers}")
    first["l"].append(4)

    assert value(feel, "{l: numbers}") == {"l": [1, 2, 3]}


def test_now_is_not_remembered(feel: Feel) -> None:
    tomorrow = NOW + timedelta(days=1)

    assert feel.evaluate("today()", {}, NOW) == date(2026, 3, 2)
    assert feel.evaluate("today()", {}, tomorrow) == date(2026, 3, 3)
