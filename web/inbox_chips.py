"""The conditions of a list in words, one chip each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from web.choices import choice
from web.frame import unit_names
from web.i18n import text
from web.inbox_filter import InboxFilter

Steps = Mapping[str, tuple[tuple[str, str], ...]]


@dataclass(frozen=True)
class Chip:
    """`name` is the filter that the chip stands for, `words` what it says."""

    name: str
    label: str
    words: str


def chips_of(asked: InboxFilter, language: str, procedures: Mapping[str, str], steps: Steps) -> list[Chip]:
    """In the order of the filter bar."""

    def words(name: str, value: str) -> str:
        match name:
            case "procedure":
                return procedures.get(value, value)
            case "element":
                return next((label for each in steps.values() for id_, label in each if id_ == value), value)
            case "unit":
                return unit_names().get(value, value)
            case "purpose" | "category" | "channel":
                return choice(name, value)
            case "light":
                return text(f"tile.{value}", language)
            case "due" | "received":
                return text(f"filter.{name}_{value}", language)
            case _:
                return value

    return [
        Chip(name, text(f"filter.{name}", language), words(name, value))
        for name, value in asked.conditions().items()
    ]
