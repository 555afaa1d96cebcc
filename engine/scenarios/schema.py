"""The keys that an `expect` block may hold, and what each may say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum


class Field(Enum):
    """What a key's value must be."""

    TEXT = "text"
    TEXT_OR_NULL = "text, or null"
    TEXT_OR_TRUE = "text, or true"
    TEXT_OR_FALSE = "text, or false"
    TEXTS = "a list of texts"
    INSTANT = "an instant"
    BOOL = "true or false"
    NUMBER = "a number"
    LIGHT = "normal, blue, yellow or red"
    ANY = "anything"


class Shape(Enum):
    """What an expectation holds: entries (a list), one entry, names, lights by task, or one value."""

    ENTRIES = "a list"
    ENTRY = "a mapping"
    MAPPING = "a mapping of names to values"
    VALUE = "a value"


@dataclass(frozen=True)
class Spec:
    """`main` is the key that every entry needs; an entry that is plain text is that key's value."""

    shape: Shape
    fields: Mapping[str, Field] = field(default_factory=dict)
    main: str | None = None
    value: Field = Field.ANY


def _entries(main: str, **fields: Field) -> Spec:
    return Spec(Shape.ENTRIES, fields, main)


_T, _I, _B, _N = Field.TEXT, Field.INSTANT, Field.BOOL, Field.NUMBER
_FIRING = _entries("timer", timer=_T, at=_I, due=_I, late_minutes=_N, by_outage=_B)
_MESSAGE = _entries("who", who=_T, topic=_T, text=_T, at=_I)
_NAMES = Spec(Shape.VALUE, value=Field.TEXTS)

EXPECTATIONS: Mapping[str, Spec] = {
    "open": _entries("task", task=_T, candidates=_T, assignee=Field.TEXT_OR_NULL, due=_I, light=Field.LIGHT),
    "not open": _NAMES,
    "deadlines": _entries(
        "rule",
        rule=_T,
        raw_due=_I,
        legal_due=_I,
        target_due=_I,
        blue_at=_I,
        yellow_at=_I,
        red_at=_I,
        started_at=_I,
        ended_at=_I,
        state=_T,
        provisional=_B,
        count=_N,
    ),
    "lights": Spec(Shape.MAPPING, value=Field.LIGHT),
    "fired": _FIRING,
    "climbed": _FIRING,
    "has fired": _FIRING,
    "waiting": _entries("timer", timer=_T, due=_I),
    "notified": _MESSAGE,
    "not notified": _MESSAGE,
    "papers": _entries("kind", kind=_T, number=Field.TEXT_OR_TRUE, title=_T, state=_T, served_at=_I),
    "no papers": _NAMES,
    "case": Spec(
        Shape.ENTRY,
        {
            "state": _T,
            "number": Field.TEXT_OR_TRUE,
            "query_code": Field.TEXT_OR_TRUE,
            "title": _T,
            "unit": _T,
            "category": _T,
            "purpose": _T,
            "channel": _T,
            "persons_count": _N,
            "confidential": _B,
            "accused_units": Field.TEXTS,
            "light": Field.LIGHT,
        },
    ),
    "facts": Spec(Shape.MAPPING),
    "ended": Spec(Shape.VALUE, value=Field.TEXT_OR_FALSE),
    "passed": _NAMES,
    "not passed": _NAMES,
    "searches": _entries("as", **{"as": _T, "text": _T, "in": _T, "hits": _N}),
    "scores": _entries("code", code=_T, points=_N, unit=_T),
    "audited": _entries("event", event=_T, by=_T, at=_I),
    "incidents": Spec(Shape.VALUE, value=Field.NUMBER),
}
