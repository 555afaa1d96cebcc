"""Comparing what was wanted with what was found, and saying where they differ."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from engine.errors import Message
from engine.scenarios.instants import show_instant
from engine.scenarios.model import Entry

Found = Mapping[str, Any]
"""A thing that was found, under the same keys as entries use."""


@dataclass(frozen=True)
class AnyOf:
    """A value that may be named in several ways (element id or name)."""

    names: tuple[str, ...]


@dataclass(frozen=True)
class Containing:
    """Texts of which one must contain what is wanted."""

    texts: tuple[str, ...]


def fits(wanted: Any, found: Any) -> bool:
    """Whether one value is as wanted. `true` wanted of a text means that there is one."""
    match found:
        case AnyOf(names):
            return wanted in names
        case Containing(texts):
            return any(str(wanted) in text for text in texts)
        case str() if wanted is True:
            return bool(found)
        case tuple() | list() if isinstance(wanted, tuple | list):
            return sorted(map(str, wanted)) == sorted(map(str, found))
        case int() | float() if isinstance(wanted, int | float) and not isinstance(found, bool):
            return float(wanted) == float(found)
        case _:
            return bool(wanted == found) or (found is not None and str(found) == wanted)


def differences(entry: Entry, found: Found) -> list[str]:
    """The keys of an entry that are not as wanted."""
    return [key for key, wanted in entry.values.items() if not fits(wanted, found.get(key))]


@dataclass(frozen=True)
class Matcher:
    """Compares the entries of one expectation. `main` is the key by which things are named."""

    key: str
    main: str
    zone: ZoneInfo

    def each(self, entries: Sequence[Entry], found: Sequence[Found]) -> list[Message]:
        """Every entry must fit something that was found (one thing may fit several entries)."""
        return [
            self._missing(entry, found)
            for entry in entries
            if not any(not differences(entry, item) for item in found)
        ]

    def none(self, entries: Sequence[Entry], found: Sequence[Found]) -> list[Message]:
        """No entry may fit anything."""
        return [self._surplus(item) for entry in entries for item in found if not differences(entry, item)]

    def all(self, entries: Sequence[Entry], found: Sequence[Found]) -> list[Message]:
        """The entries and what was found must pair off, in any order."""
        messages = []
        left = list(found)
        for entry in entries:
            fitting = next((item for item in left if not differences(entry, item)), None)
            if fitting is None:
                messages.append(self._missing(entry, left))
                fitting = next((item for item in left if self._is_named(entry, item)), None)
            if fitting is not None:
                left.remove(fitting)
        return [*messages, *(self._surplus(item) for item in left)]

    def in_order(self, entries: Sequence[Entry], found: Sequence[Found]) -> list[Message]:
        """As `all`, and in the order written."""
        messages = self.all(entries, found)
        if not messages and any(differences(e, f) for e, f in zip(entries, found, strict=True)):
            order = " → ".join(show(item.get(self.main), self.zone) for item in found)
            messages.append(Message(f"{self.key}：先后不同，实际是 {order}", f"{self.key}: the order was {order}"))
        return messages

    def _is_named(self, entry: Entry, item: Found) -> bool:
        return fits(entry.values.get(self.main), item.get(self.main))

    def _missing(self, entry: Entry, found: Sequence[Found]) -> Message:
        """Names the keys that differ where there is something of that name, else lists what there is."""
        key, wanted = self.key, show_all(entry.values, self.zone)
        named = [item for item in found if self._is_named(entry, item)]
        if named:
            nearest = min(named, key=lambda item: len(differences(entry, item)))
            actual = show_all({name: nearest.get(name) for name in differences(entry, nearest)}, self.zone)
            return Message(f"{key}：应为 {wanted}，实际是 {actual}", f"{key}: wanted {wanted}, but {actual}")
        listed = ", ".join(show(item.get(self.main), self.zone) for item in found)
        return Message(
            f"{key}：缺少 {wanted}；现有：{listed or '无'}",
            f"{key}: {wanted} is missing; there is: {listed or 'none'}",
        )

    def _surplus(self, item: Found) -> Message:
        shown = show_all(item, self.zone)
        return Message(f"{self.key}：不应有 {shown}", f"{self.key}: there must not be {shown}")


def show(value: Any, zone: ZoneInfo) -> str:
    """A value as a scenario would write it."""
    match value:
        case datetime():
            return show_instant(value, zone, is_due=True)
        case AnyOf(names):
            return "/".join(dict.fromkeys(names))
        case Containing(texts):
            return texts[0] if texts else ""
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case tuple() | list():
            return "[" + ", ".join(show(item, zone) for item in value) + "]"
        case _:
            return str(value)


def show_all(values: Mapping[str, Any], zone: ZoneInfo) -> str:
    return "{" + ", ".join(f"{key}: {show(value, zone)}" for key, value in values.items()) + "}"
