"""The kinds of papers that come with Duban: what each may say, and its layout. Declared in `shipped/*.yaml`.

A kind that is not declared (an office's own procedure) has the fields that the diagram gives it, by their names.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

import yaml

from engine.errors import Message


class FieldType(Enum):
    """How a variable becomes text. DUE: an instant by which, midnight being 24:00 of the day before."""

    TEXT = "text"
    DATE = "date"
    DUE = "due"
    UNIT = "unit"
    UNITS = "units"
    PERSON = "person"
    CHOICE = "choice"
    NUMBER = "number"
    FLAG = "flag"
    ANY = "any"


class Style(Enum):
    """ORDER: an order (命令) with its number in the middle; LETTER: a letter (信函); SHEET: a table to file."""

    ORDER = "order"
    LETTER = "letter"
    SHEET = "sheet"


@dataclass(frozen=True)
class Field:
    """A field of a template. `name` is what the template says, `key` what the diagram calls it."""

    name: str
    key: str
    english: str
    type: FieldType = FieldType.TEXT
    required: bool = False
    choices: Mapping[str, str] = field(default_factory=dict)
    sample: object = None


@dataclass(frozen=True)
class Block:
    """A piece of the body, shown where field `when` has a value and `unless` has none.

    Either `text` (a paragraph, or a heading) with `{{fields}}`, or `table`: rows of label, text, label, text.
    """

    text: str = ""
    is_heading: bool = False
    when: str | None = None
    unless: str | None = None
    table: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True)
class Kind:
    """`issuer` is the key of the field whose unit issues it, None: the unit that keeps the case.

    `party`: it may name the petitioner. `by_hand`: people may draft it; `numbered`: it gets a number when issued,
    which begins with `word` (None: its name).
    """

    code: str
    name: Message
    title: str
    style: Style
    fields: tuple[Field, ...]
    body: tuple[Block, ...] = ()
    to: str = ""
    signer: str | None = None
    issuer: str | None = None
    party: bool = False
    by_hand: bool = False
    numbered: bool = True
    procedure: str | None = None
    word: str | None = None
    is_declared: bool = True

    @property
    def template_fields(self) -> Mapping[str, str]:
        """Every name that a template of this kind may use, with its meaning in English."""
        own = {one.name: one.english for one in self.fields}
        return {**COMMON, **(PARTY if self.party else {}), **own}

    def field(self, key: str) -> Field | None:
        return next((one for one in self.fields if one.key == key), None)


COMMON: Mapping[str, str] = MappingProxyType(
    {
        "发文机关": "Issuing unit",
        "文号": "Number of the paper",
        "标题": "Title of the paper",
        "成文日期": "Date of issue",
        "签发": "Who signed it",
        "案号": "Number of the case",
        "查询码": "Query code of the case",
        "事由": "Subject of the case",
        "主管单位": "Unit that keeps the case",
        "登记日期": "Date of registration",
        "登记人": "Who registered it",
        "来源": "Channel",
        "人数": "Number of persons",
        "问题发生地": "Where it occurred",
        "诉求": "Claim",
        "事实": "Facts and reasons",
    }
)
"""Fields of every kind."""
PARTY: Mapping[str, str] = MappingProxyType(
    {"信访人": "Petitioner's name", "联系方式": "Petitioner's contact", "住址": "Petitioner's address"}
)
"""Fields of kinds that are addressed to the petitioner, or register one."""
_FOLDER = Path(__file__).parent / "shipped"


@cache
def declared_kinds() -> Mapping[str, Kind]:
    """By code."""
    kinds = (_read(path) for path in sorted(_FOLDER.glob("*.yaml")))
    return {kind.code: kind for kind in kinds}


def kind_of(code: str, *, title: str = "", keys: Iterable[str] = ()) -> Kind:
    """The declared kind, or else one that has the diagram's `keys` as its fields."""
    known = declared_kinds().get(code)
    if known is not None:
        return known
    fields = tuple(Field(key, key, key, FieldType.ANY) for key in keys)
    return Kind(code, Message(title or code, title or code), title or code, Style.LETTER, fields, is_declared=False)


def _read(path: Path) -> Kind:
    said: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    fields = tuple(_field(name, given) for name, given in said.pop("fields").items())
    return Kind(
        code=str(said.pop("kind")),
        name=Message(said.pop("name"), said.pop("name_en")),
        style=Style(said.pop("style")),
        fields=fields,
        body=tuple(_block(given) for given in said.pop("body")),
        **said,
    )


def _field(name: str, given: Mapping[str, Any]) -> Field:
    return Field(
        name=name,
        key=given["key"],
        english=given["en"],
        type=FieldType(given.get("type", "text")),
        required=given.get("required", False),
        choices=given.get("choices", {}),
        sample=given.get("sample"),
    )


def _block(given: str | Mapping[str, Any]) -> Block:
    if isinstance(given, str):
        return Block(given)
    return Block(
        text=given.get("heading") or given.get("text") or "",
        is_heading="heading" in given,
        when=given.get("when"),
        unless=given.get("unless"),
        table=tuple(tuple(str(cell) for cell in row) for row in given.get("table", ())),
    )
