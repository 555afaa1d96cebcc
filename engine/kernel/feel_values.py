"""Values on their way into V8 and back, and as keys of the memo.

JavaScript has doubles and milliseconds only. A decimal or a moment that passes through unchanged comes back as
the very value that went in; a decimal that was computed comes back as a decimal.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, Final
from zoneinfo import ZoneInfo

from engine.kernel.ports import TimeKind, TimeRequest
from engine.values import MonthsDuration, Value, from_json, to_json

LONGEST_KEPT_TEXT: Final = 4096
_ATOMS: Final = frozenset(
    {str, int, float, bool, type(None), Decimal, date, datetime, time, timedelta, MonthsDuration, TimeRequest}
)


class Originals:
    """The decimals and moments that went in, by what JavaScript makes of them."""

    def __init__(self, zone: ZoneInfo) -> None:
        self.zone = zone
        self._decimals: dict[float, Decimal] = {}
        self._moments: dict[datetime, datetime] = {}

    def note(self, value: Decimal | datetime) -> None:
        if isinstance(value, Decimal):
            self._decimals[float(value)] = value
        elif value.tzinfo is not None:
            self._moments[value.replace(microsecond=value.microsecond // 1000 * 1000)] = value

    def number(self, value: float) -> Value:
        if not self._decimals or isinstance(value, bool):
            return value
        original = self._decimals.get(value)
        if original is not None:
            return original
        return Decimal(repr(value)) if isinstance(value, float) else value

    def moment(self, value: datetime) -> datetime:
        return self._moments.get(value) or value.astimezone(self.zone)


def encode(value: Value, originals: Originals) -> Any:
    """The tagged JSON of a value. Raises TypeError for what a variable cannot hold."""
    _note(value, originals)
    return to_json(value)


def decode(value: Any, originals: Originals) -> Value:
    """The value of the runtime's tagged JSON; a time request becomes a TimeRequest."""
    if isinstance(value, list):
        return [decode(item, originals) for item in value]
    if isinstance(value, dict):
        if value.keys() == {"$request"}:
            return _request(value["$request"], originals)
        revived = from_json(value) if len(value) == 1 else value
        if not isinstance(revived, dict):
            return originals.moment(revived) if isinstance(revived, datetime) else revived
        return {key.removeprefix("$"): decode(item, originals) for key, item in value.items()}
    return originals.number(value) if isinstance(value, int | float) else value


def frozen(value: Value) -> Hashable:
    """A key that equals another only where FEEL cannot tell the values apart. Raises ValueError for large ones."""
    kind = value.__class__
    if kind is str:
        if len(value) > LONGEST_KEPT_TEXT:
            raise ValueError("too large")
        return str(value)
    if value is None:
        return None
    if kind in _ATOMS:
        return (kind, value)
    if isinstance(value, list | tuple):
        if len(value) > LONGEST_KEPT_TEXT:
            raise ValueError("too large")
        return (list, tuple([frozen(item) for item in value]))
    if isinstance(value, Mapping):
        if len(value) > LONGEST_KEPT_TEXT:
            raise ValueError("too large")
        return (dict, tuple([(key, frozen(item)) for key, item in value.items()]))
    raise ValueError(f"not a variable's value: {kind.__name__}")


def copied(value: Value) -> Value:
    """The value itself where it cannot change, else a copy that the caller may keep and change."""
    if value.__class__ in _ATOMS:
        return value
    if isinstance(value, list | tuple):
        return [copied(item) for item in value]
    if isinstance(value, Mapping):
        return {key: copied(item) for key, item in value.items()}
    return value


def _note(value: Value, originals: Originals) -> None:
    if isinstance(value, Decimal | datetime):
        originals.note(value)
    elif isinstance(value, list | tuple):
        for item in value:
            _note(item, originals)
    elif isinstance(value, Mapping):
        for item in value.values():
            _note(item, originals)


def _request(fields: Mapping[str, Any], originals: Originals) -> TimeRequest:
    return TimeRequest(
        kind=TimeKind(fields["kind"]),
        amount=fields["amount"],
        rule=fields["rule"],
        start=decode(fields["start"], originals),
        share=float(fields["share"]),
    )
