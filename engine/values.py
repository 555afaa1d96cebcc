"""The values that variables of a case may hold, and their tagged JSON form.

A variable is JSON (null, boolean, number, text, list, object) or one of `date`, `time`, aware
`datetime`, `timedelta`, `MonthsDuration` and `Decimal`. The tagged form wraps the latter in one-key objects
(`{"$date": "2026-01-31"}`); an object of the user's own whose keys start with `$` is escaped, so
that any JSON survives the trip.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, TypeAlias

Value: TypeAlias = Any
"""A variable's value; see the module's docstring for the types that may occur."""

Data: TypeAlias = Mapping[str, Value]
"""Variables by name."""


@dataclass(frozen=True, order=True)
class MonthsDuration:
    """FEEL's years and months duration: calendar months, which have no length in seconds."""

    months: int


def to_json(value: Value) -> Value:
    """The tagged form of a value: plain JSON types only. Raises TypeError for other types."""
    match value:
        case None | bool() | int() | float() | str():
            return value
        case datetime():
            if value.tzinfo is None:
                raise TypeError("a datetime variable must be aware")
            return {"$datetime": value.isoformat()}
        case date() | time():
            return {"$date" if isinstance(value, date) else "$time": value.isoformat()}
        case timedelta():
            return {"$duration": value.total_seconds()}
        case MonthsDuration():
            return {"$months": value.months}
        case Decimal():
            return {"$decimal": str(value)}
        case Mapping():
            return {_escape(key): to_json(item) for key, item in value.items()}
        case list() | tuple():
            return [to_json(item) for item in value]
        case _:
            raise TypeError(f"a variable cannot hold {type(value).__name__}")


def from_json(value: Value) -> Value:
    """The inverse of `to_json`."""
    if isinstance(value, list):
        return [from_json(item) for item in value]
    if isinstance(value, dict):
        if len(value) == 1:
            ((key, item),) = value.items()
            revive = _REVIVERS.get(key)
            if revive is not None:
                return revive(item)
        return {_unescape(key): from_json(item) for key, item in value.items()}
    return value


def dumps(value: Value) -> str:
    """Compact tagged JSON in UTF-8: Han characters are not escaped."""
    return json.dumps(to_json(value), ensure_ascii=False, separators=(",", ":"))


def loads(text: str | bytes) -> Value:
    """The inverse of `dumps`."""
    plain = json.loads(text)
    # tags and escaped keys begin with a dollar: most of what is stored has none, and is what it says
    has_marks = '"$' in text if isinstance(text, str) else b'"$' in text
    return from_json(plain) if has_marks else plain


def _escape(key: str) -> str:
    if not isinstance(key, str):
        raise TypeError("an object's keys must be text")
    return "$" + key if key.startswith("$") else key


def _unescape(key: str) -> str:
    return key.removeprefix("$")


_REVIVERS: Mapping[str, Callable[[Any], Value]] = {
    "$datetime": datetime.fromisoformat,
    "$date": date.fromisoformat,
    "$time": time.fromisoformat,
    "$duration": lambda seconds: timedelta(seconds=seconds),
    "$months": MonthsDuration,
    "$decimal": Decimal,
}
