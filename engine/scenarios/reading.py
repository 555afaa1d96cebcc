"""Reads values and mappings of a scenario file, gathering every fault with its line and key."""

from __future__ import annotations

from collections.abc import Collection
from difflib import get_close_matches
from typing import Any
from zoneinfo import ZoneInfo

from engine.errors import Message
from engine.scenarios.errors import Fault
from engine.scenarios.instants import UnreadableInstant, read_instant
from engine.scenarios.lined_yaml import LinedMapping
from engine.scenarios.schema import Field

LIGHTS = ("normal", "blue", "yellow", "red")


class Reading:
    """Collects the faults of one file; what could not be read becomes None."""

    def __init__(self, zone: ZoneInfo) -> None:
        self.zone = zone
        self.faults: list[Fault] = []

    def fault(self, line: int, key: str | None, zh: str, en: str) -> None:
        self.faults.append(Fault(line, key, Message(zh, en)))

    def check_keys(self, mapping: LinedMapping, allowed: Collection[str]) -> None:
        """Every key that is not allowed is a fault, with the nearest allowed one as a suggestion."""
        for key in mapping:
            if key not in allowed:
                near = get_close_matches(key, allowed, 1)
                hint, hint_en = (f"是否想写“{near[0]}”？", f"Did you mean “{near[0]}”?") if near else ("", "")
                listed = "、".join(allowed)
                self.fault(
                    mapping.line_of(key),
                    key,
                    f"没有这个键。{hint}可用的键：{listed}",
                    f"There is no such key. {hint_en} Keys: {', '.join(allowed)}",
                )

    def text(self, mapping: LinedMapping, key: str, *, required: bool = False) -> str:
        """The text of a key, "" where it is left out."""
        value = mapping.get(key)
        if value is None:
            if required:
                self.fault(mapping.line, key, "缺少这个键。", "This key is missing.")
            return ""
        if isinstance(value, str | int | float):
            return str(value)
        self.fault(mapping.line_of(key), key, "应为文字。", "This must be text.")
        return ""

    def value(self, raw: Any, kind: Field, line: int, key: str) -> Any:
        """The value of a field, converted (instants to aware datetimes, lists to tuples)."""
        if kind is Field.INSTANT:
            try:
                return read_instant(raw, self.zone)
            except UnreadableInstant as error:
                self.fault(line, key, error.message.zh + "。", error.message.en + ".")
                return None
        if kind is Field.TEXT and isinstance(raw, int) and not isinstance(raw, bool):
            return str(raw)
        if not _fits(raw, kind):
            self.fault(line, key, f"不能写“{raw}”。应为：{WORDS[kind]}。", f"“{raw}” is not {kind.value}.")
        return tuple(raw) if kind is Field.TEXTS and isinstance(raw, list) else raw


WORDS = {
    Field.TEXT: "文字",
    Field.TEXT_OR_NULL: "文字或 null",
    Field.TEXT_OR_TRUE: "文字或 true",
    Field.TEXT_OR_FALSE: "文字或 false",
    Field.TEXTS: "文字的列表",
    Field.BOOL: "true 或 false",
    Field.NUMBER: "数字",
    Field.LIGHT: "normal、blue、yellow 或 red",
}


def _fits(raw: Any, kind: Field) -> bool:
    match kind:
        case Field.TEXT:
            return isinstance(raw, str)
        case Field.TEXT_OR_NULL:
            return raw is None or isinstance(raw, str)
        case Field.TEXT_OR_TRUE:
            return raw is True or isinstance(raw, str)
        case Field.TEXT_OR_FALSE:
            return raw is False or isinstance(raw, str)
        case Field.TEXTS:
            return isinstance(raw, list) and all(isinstance(item, str) for item in raw)
        case Field.BOOL:
            return isinstance(raw, bool)
        case Field.NUMBER:
            return isinstance(raw, int | float) and not isinstance(raw, bool)
        case Field.LIGHT:
            return raw in LIGHTS
        case _:
            return True
