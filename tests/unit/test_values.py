"""Values are stored as JSON: tagged where JSON has no such type, plain where it has."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from engine.values import MonthsDuration, Value, dumps, loads


@pytest.mark.parametrize(
    "value",
    [
        None,
        "$100",
        {"a": [1, {"b": "有 $ 的文字"}]},
        {"$date": "no day"},
        {"$$date": 1, "$": 2},
        [date(2025, 9, 26), {"at": datetime(2025, 9, 26, 1, tzinfo=UTC)}],
        {"for": timedelta(days=2), "months": MonthsDuration(3), "sum": Decimal("1.10")},
    ],
)
def test_what_is_stored_comes_back(value: Value) -> None:
    text = dumps(value)
    assert loads(text) == value
    assert loads(text.encode()) == value
