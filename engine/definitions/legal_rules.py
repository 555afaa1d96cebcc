"""What the law demands of a diagram, as data: `workflows/shared/legal.yaml` read into values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

import yaml

from engine.errors import Message

_FILE: Final = Path(__file__).resolve().parents[2] / "workflows" / "shared" / "legal.yaml"
_WORDS: Final = frozenset({"action", "message", "awaits", "field"})


@dataclass(frozen=True)
class Mark:
    """How a step is recognised: the server action that it calls with the literal `params`, the `message` that it
    throws, or the paper that it `awaits`. `field`: the action's `fields` must name it.
    """

    action: str | None
    params: Mapping[str, str]
    field: str | None
    message: str | None
    awaits: str | None


@dataclass(frozen=True)
class PathRule:
    """Every path to closure passes a step of mark `needs`; with `after`, also every path from there to an end.

    `given`: only paths that have passed that mark. `unless`: not where a gateway answered no to the variable.
    """

    code: str
    needs: str
    name: Message
    article: Message
    given: str | None
    after: str | None
    unless: str | None


@dataclass(frozen=True)
class ClockRule:
    """Each step of mark `step` stands under a timer of one of the rules `under`."""

    step: str
    under: tuple[str, ...]


@dataclass(frozen=True)
class Span:
    """From steps of one mark to those of another, without passing `without`. `rule`: the limit that holds there."""

    begins: str
    ends: str
    rule: str = ""
    without: str | None = None
    article: Message | None = None


@dataclass(frozen=True)
class Law:
    """`binds`: a procedure with one of these is bound. `longest`: the deadlines of the span add up to less than its
    limit. `timed`: every task in the span has a deadline. `accused`: the variable that names the accused units.
    """

    binds: tuple[Mark, ...]
    marks: Mapping[str, tuple[Mark, ...]]
    paths: tuple[PathRule, ...]
    clocks: tuple[ClockRule, ...]
    longest: Span
    timed: Span
    accused: str
    accused_article: Message


@cache
def the_law() -> Law:
    """As it comes with Duban. Raises ValueError for a file that names a mark it does not have."""
    return read_law(_FILE.read_text(encoding="utf-8"))


def read_law(text: str) -> Law:
    """Raises ValueError."""
    said: dict[str, Any] = yaml.safe_load(text)
    law = Law(
        binds=_marks(said["binds"]),
        marks={name: _marks(given) for name, given in said["marks"].items()},
        paths=tuple(_path(given) for given in said["paths"]),
        clocks=tuple(ClockRule(given["step"], tuple(given["under"])) for given in said["clocks"]),
        longest=_span(said["longest"]),
        timed=_span(said["timed"]),
        accused=said["accused"]["variable"],
        accused_article=_message(said["accused"]["article"]),
    )
    unknown = set(_named(law)) - set(law.marks) - {None}
    if unknown:
        raise ValueError(f"legal.yaml: unknown marks {sorted(map(str, unknown))}")
    return law


def _named(law: Law) -> Iterable[str | None]:
    for path in law.paths:
        yield from (path.needs, path.given, path.after)
    yield from (clock.step for clock in law.clocks)
    for span in (law.longest, law.timed):
        yield from (span.begins, span.ends, span.without)


def _marks(given: Iterable[Mapping[str, Any]]) -> tuple[Mark, ...]:
    return tuple(
        Mark(
            action=each.get("action"),
            params={name: str(value) for name, value in each.items() if name not in _WORDS},
            field=each.get("field"),
            message=each.get("message"),
            awaits=each.get("awaits"),
        )
        for each in given
    )


def _path(given: Mapping[str, Any]) -> PathRule:
    return PathRule(
        code=given["code"],
        needs=given["needs"],
        name=_message(given["name"]),
        article=_message(given["article"]),
        given=given.get("given"),
        after=given.get("after"),
        unless=given.get("unless"),
    )


def _span(given: Mapping[str, Any]) -> Span:
    article = given.get("article")
    return Span(
        begins=given["from"],
        ends=given["to"],
        rule=given.get("rule", ""),
        without=given.get("without"),
        article=None if article is None else _message(article),
    )


def _message(given: Mapping[str, str]) -> Message:
    return Message(given["zh"], given["en"])
