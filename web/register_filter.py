"""What an address asks of the register, and how a register's form is laid out. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import date
from typing import Any

from engine.records.views import RegisterQuery

LIGHTS = ("red", "yellow", "blue", "normal")
LONGEST_TEXT = 100
LONGEST_CODE = 64
LAST_PAGE = 10_000
PAGE_SIZE = 20

FORMS: Mapping[str, Mapping[str, Any]] = {
    "all": {},
    "f01": {"procedure": "petition_main"},
    "f02": {"procedure": "petition_main", "channel": "visit"},
}
"""The registers: the whole list, the register of petitions (F01), that of receptions (F02); what each presets."""

COLUMNS: Mapping[str, tuple[tuple[str, int], ...]] = {
    "all": (
        ("number", 16),
        ("registered", 17),
        ("procedure", 16),
        ("title", 44),
        ("state", 14),
        ("steps", 24),
        ("unit", 16),
        ("due", 17),
        ("light", 10),
        ("closed", 17),
    ),
    "f01": (
        ("number", 16),
        ("registered", 17),
        ("channel", 12),
        ("purpose", 12),
        ("category", 18),
        ("title", 44),
        ("persons", 8),
        ("place", 20),
        ("steps", 24),
        ("state", 14),
        ("due", 17),
        ("light", 10),
        ("closed", 17),
    ),
    "f02": (
        ("number", 16),
        ("registered", 17),
        ("received_by", 12),
        ("purpose", 12),
        ("category", 18),
        ("persons", 8),
        ("title", 36),
        ("claim", 44),
        ("place", 20),
        ("state", 14),
        ("due", 17),
        ("closed", 17),
    ),
}
"""Headings (keys of the catalogue's section `register_column`) and widths in characters, by form."""


@dataclass(frozen=True)
class RegisterFilter:
    """Each field is named as in the address; "" where it is not asked for. Days are written YYYY-MM-DD."""

    form: str = "all"
    procedure: str = ""
    q: str = ""
    state: str = ""
    unit: str = ""
    purpose: str = ""
    category: str = ""
    channel: str = ""
    light: str = ""
    since: str = ""
    until: str = ""
    page: int = 1

    def arguments(self) -> dict[str, Any]:
        """What the address needs to say."""
        return {f.name: str(value) for f in fields(self) if (value := getattr(self, f.name)) not in (f.default, "")}

    def to_save(self) -> dict[str, str]:
        """What a saved view holds: all but the page and what the form presets."""
        return {k: v for k, v in self.arguments().items() if k not in {"page", *FORMS[self.form]}}

    def conditions(self) -> dict[str, Any]:
        """What narrows the list, beyond the form that is open."""
        preset = FORMS[self.form]
        return {k: v for k, v in self.arguments().items() if k not in {"form", "page", *preset}}

    def changed(self, **changes: Any) -> RegisterFilter:
        return replace(self, **{"page": 1, **changes})


def read_filter(given: Mapping[str, str]) -> RegisterFilter:
    """From the arguments of an address; what is no filter is dropped, days in the wrong order are turned round."""

    def code(name: str) -> str:
        return given.get(name, "").strip()[:LONGEST_CODE]

    page = given.get("page", "1")
    form = given.get("form", "all")
    found = RegisterFilter(
        form=form if form in FORMS else "all",
        procedure=code("procedure"),
        q=given.get("q", "").strip()[:LONGEST_TEXT],
        state=code("state"),
        unit=code("unit"),
        purpose=code("purpose"),
        category=code("category"),
        channel=code("channel"),
        light=given.get("light", "") if given.get("light") in LIGHTS else "",
        since=_day(given.get("since", "")),
        until=_day(given.get("until", "")),
        page=max(1, min(int(page), LAST_PAGE)) if page.isascii() and page.isdigit() and len(page) < 6 else 1,
    )
    if found.since and found.until and found.since > found.until:
        found = replace(found, since=found.until, until=found.since)
    return replace(found, **FORMS[found.form])


def query_of(asked: RegisterFilter) -> RegisterQuery:
    """What the use case is asked."""
    return RegisterQuery(
        procedure=asked.procedure or None,
        state=asked.state or None,
        unit=asked.unit or None,
        purpose=asked.purpose or None,
        category=asked.category or None,
        channel=asked.channel or None,
        light=asked.light or None,
        registered_from=date.fromisoformat(asked.since) if asked.since else None,
        registered_until=date.fromisoformat(asked.until) if asked.until else None,
        text=asked.q,
        page=asked.page,
        page_size=PAGE_SIZE,
    )


def _day(text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        return ""
