"""DMN's type names: what a column's typeRef admits."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Final

from engine.values import MonthsDuration, Value

_TYPES: Final[Mapping[str, tuple[type, ...]]] = {
    "string": (str,),
    "boolean": (bool,),
    "number": (int, float, Decimal),
    "date": (date,),
    "time": (time,),
    "date and time": (datetime,),
    "days and time duration": (timedelta,),
    "years and months duration": (MonthsDuration,),
}
_ALIASES: Final[Mapping[str, str]] = {
    "integer": "number",
    "long": "number",
    "double": "number",
    "datetime": "date and time",
    "daytimeduration": "days and time duration",
    "yearmonthduration": "years and months duration",
}


def base_type(type_ref: str) -> str | None:
    """FEEL's name for a typeRef (`feel:string`, `dateTime`, `integer`), None where it names no basic type."""
    plain = type_ref.rpartition(":")[2].strip().lower()
    name = _ALIASES.get(plain, plain)
    return name if name in _TYPES or name == "any" else None


def admits(type_ref: str | None, value: Value) -> bool:
    """Whether a value has the type; null has every type. A list does where all of its items do."""
    name = base_type(type_ref) if type_ref else None
    if name is None or name == "any" or value is None:
        return True
    if isinstance(value, list):
        return all(admits(type_ref, item) for item in value)
    if isinstance(value, bool):
        return name == "boolean"
    if isinstance(value, datetime):
        return name == "date and time"
    return isinstance(value, _TYPES[name])
