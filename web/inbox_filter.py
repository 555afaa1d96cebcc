"""What an address asks of the inbox. Pure: every state of the list has one, and what is no filter is dropped."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import date, timedelta
from typing import Any

from engine.records.views import InboxQuery

BOXES = ("mine", "claimable", "done", "started", "copied", "followed", "deputised", "delegated")
LIGHTS = ("red", "yellow", "blue", "normal")
ORDERS = ("due", "light", "newest", "oldest")
SPANS = ("today", "week", "days7", "month")
"""Spans of time that move with the day, so that a saved view of “this week” stays one."""
LONGEST_TEXT = 100
LONGEST_CODE = 64
LAST_PAGE = 10_000


@dataclass(frozen=True)
class InboxFilter:
    """Each field is named as in the address; "" where it is not asked for. Days are written YYYY-MM-DD."""

    box: str = "mine"
    q: str = ""
    order: str = "due"
    light: str = ""
    procedure: str = ""
    element: str = ""
    unit: str = ""
    purpose: str = ""
    category: str = ""
    channel: str = ""
    due: str = ""
    due_from: str = ""
    due_until: str = ""
    received: str = ""
    received_from: str = ""
    received_until: str = ""
    page: int = 1

    def arguments(self) -> dict[str, Any]:
        """What the address needs to say: nothing that goes without saying."""
        return {f.name: str(value) for f in fields(self) if (value := getattr(self, f.name)) not in (f.default, "")}

    def conditions(self) -> dict[str, str]:
        """What narrows the box."""
        return {k: v for k, v in self.arguments().items() if k not in {"box", "order", "page"}}

    def to_save(self) -> dict[str, str]:
        """What a saved view holds: all but the page."""
        return {"box": self.box} | {k: v for k, v in self.arguments().items() if k != "page"}

    def changed(self, **changes: Any) -> InboxFilter:
        """Another filter, from its first page on unless a page is asked for."""
        return replace(self, **{"page": 1, **changes})


def read_filter(given: Mapping[str, str]) -> InboxFilter:
    """From the arguments of an address, or from a saved view."""

    def one_of(name: str, known: tuple[str, ...], usual: str = "") -> str:
        return found if (found := given.get(name, "")) in known else usual

    def code(name: str) -> str:
        return given.get(name, "").strip()[:LONGEST_CODE]

    def day(name: str) -> str:
        found = _day(given.get(name, ""))
        return found.isoformat() if found else ""

    page = given.get("page", "1")
    return InboxFilter(
        box=one_of("box", BOXES, "mine"),
        q=given.get("q", "").strip()[:LONGEST_TEXT],
        order=one_of("order", ORDERS, "due"),
        light=one_of("light", LIGHTS),
        procedure=code("procedure"),
        element=code("element"),
        unit=code("unit"),
        purpose=code("purpose"),
        category=code("category"),
        channel=code("channel"),
        due=one_of("due", SPANS),
        due_from=day("due_from"),
        due_until=day("due_until"),
        received=one_of("received", SPANS),
        received_from=day("received_from"),
        received_until=day("received_until"),
        page=max(1, min(int(page), LAST_PAGE)) if page.isascii() and page.isdigit() and len(page) < 6 else 1,
    )


def query_of(asked: InboxFilter, today: date) -> InboxQuery:
    """What the use case is asked. What is due this week includes what should have been done before."""
    due_until = _earlier(_day(asked.due_until), _end(asked.due, today))
    received_from = _later(_day(asked.received_from), _beginning(asked.received, today))
    return InboxQuery(
        box=asked.box,
        text=asked.q,
        order=asked.order,
        light=asked.light or None,
        procedure=asked.procedure or None,
        element=asked.element or None,
        unit=asked.unit or None,
        purpose=asked.purpose or None,
        category=asked.category or None,
        channel=asked.channel or None,
        due_from=_day(asked.due_from),
        due_until=due_until,
        received_from=received_from,
        received_until=_day(asked.received_until),
        page=asked.page,
    )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _end(span: str, today: date) -> date | None:
    """The last day of a span that lies ahead."""
    match span:
        case "today":
            return today
        case "week":
            return today + timedelta(days=6 - today.weekday())
        case "days7":
            return today + timedelta(days=7)
        case "month":
            return (today.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
        case _:
            return None


def _beginning(span: str, today: date) -> date | None:
    """The first day of a span that lies behind."""
    match span:
        case "today":
            return today
        case "week":
            return today - timedelta(days=today.weekday())
        case "days7":
            return today - timedelta(days=7)
        case "month":
            return today.replace(day=1)
        case _:
            return None


def _earlier(one: date | None, other: date | None) -> date | None:
    return min(one, other) if one and other else one or other


def _later(one: date | None, other: date | None) -> date | None:
    return max(one, other) if one and other else one or other
