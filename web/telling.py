"""How an audit event reads on a case's timeline: what kind it is, in which words, with what beside them.

Each part of the system words its own events: a module with a mapping `TELLINGS`, listed in `web.tellings`, and the
words in its own catalogue.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from engine.records.attachment import Attachment
from engine.records.views import CaseView
from engine.records.work import Comment
from engine.values import Data, Value
from web.i18n import label, text
from web.moments import OfficeTime

KINDS = ("step", "act", "time", "paper", "file", "comment", "notice", "look", "trouble")
"""Of lines, in the order in which the filter offers them: steps of the diagram, what people do with a task, clocks,
papers, attachments, comments, notices, looks behind the seal, failures and refusals."""


@dataclass(frozen=True)
class Names:
    """What ids of a case are called, in the reader's language."""

    view: CaseView
    units: Mapping[str, str]
    time: OfficeTime
    comments: Mapping[str, Comment]
    attachments: Mapping[str, Attachment]
    linked: Mapping[str, str]
    """Numbers (or titles) of the other cases that the reader may see, by id."""

    @property
    def language(self) -> str:
        return self.time.language

    def person(self, person_id: Value) -> str:
        """The name; the id itself of a person whom the case's page does not know, "" for none."""
        return self.view.people.get(str(person_id), str(person_id)) if person_id else ""

    def people(self, person_ids: Value) -> str:
        given = person_ids if isinstance(person_ids, list | tuple) else [person_ids]
        return ("、" if self.language == "zh" else ", ").join(self.person(p) for p in given if p)

    def unit(self, code: Value) -> str:
        return self.units.get(str(code), str(code)) if code else ""

    def task(self, task_id: Value) -> str:
        return next((t.name for t in self.view.tasks if t.task_id == task_id), "")

    def deadline(self, deadline_id: Value) -> str:
        found = next((d for d in self.view.deadlines if d.deadline_id == deadline_id), None)
        if found is None:
            return ""
        return found.name_en if self.language == "en" else found.name

    def text(self, key: str, **values: object) -> str:
        return text(key, self.language, **values)

    def label(self, section: str, value: Value) -> str:
        return label(section, str(value), self.language) if value else ""


Say: TypeAlias = Callable[[Data, Names], str]
Fill: TypeAlias = Callable[[Data, Names], Mapping[str, str]]


@dataclass(frozen=True)
class Telling:
    """`kind` is one of KINDS. `words` is the key of the words, whose places `fill` fills; "": `event.` and name.

    `detail` comes after the words, smaller. `follows`: it follows from a step, nobody did it by hand. `is_quiet`:
    it says nothing to a reader; the chain keeps it. `is_late`: it is marked as trouble.
    """

    kind: str
    words: str = ""
    fill: Fill | None = None
    detail: Say | None = None
    follows: bool = False
    is_quiet: bool = False
    is_late: bool = False
    shows: Callable[[Data, Names], bool] | None = None
    """Whether this reader may be told at all; None: whoever sees the case."""


def quiet(kind: str = "notice") -> Telling:
    return Telling(kind, is_quiet=True)


def first_of(*keys: str) -> Say:
    """The first of these fields of the detail that says something."""

    def say(detail: Data, _names: Names) -> str:
        return next((str(detail[key]) for key in keys if detail.get(key)), "")

    return say
