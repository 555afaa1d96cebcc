"""What a paper's fields read as: plain texts by name, nothing else ever reaches a template. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from engine.documents.kinds import PARTY, Field, FieldType, Kind
from engine.records.case import CaseFile, Party
from engine.records.step import Paper
from engine.values import Data, Value

MASKED: Final = "×××"
"""In place of the petitioner's details, for readers who do not handle the case."""
ANONYMOUS: Final = "信访人"
"""How a petitioner is addressed who gave no name."""


@dataclass(frozen=True)
class Names:
    """Names by code: of units, persons and channels."""

    zone: ZoneInfo
    units: Mapping[str, str] = field(default_factory=dict)
    people: Mapping[str, str] = field(default_factory=dict)
    channels: Mapping[str, str] = field(default_factory=dict)


def context_of(case: CaseFile, kind: Kind) -> Data:
    """What a paper keeps of its case, as it stands now; the matter itself only where the kind registers it."""
    kept = {
        "number": case.number,
        "query_code": case.query_code,
        "title": case.title,
        "unit": case.unit,
        "registered_at": case.created_at,
        "registered_by": case.created_by,
        "channel": case.channel,
        "persons_count": case.persons_count,
        "occurred_place": case.occurred_place,
    }
    if any("{{诉求}}" in cell for block in kind.body for row in block.table for cell in row):
        kept |= {"claim": case.facts.get("诉求"), "facts": case.facts.get("事实与理由")}
    return {name: value for name, value in kept.items() if value is not None}


def texts_of(
    kind: Kind, paper: Paper, names: Names, addressee: Party | None, *, masked: bool = False
) -> dict[str, str]:
    """The text of every field that a template of the kind may use; "" where there is nothing to say."""
    case = paper.context or {}
    unit = str(case.get("unit") or "")
    own = {f.name: _text(f, paper.fields.get(f.key), names) for f in kind.fields}
    issuer = paper.fields.get(kind.issuer) if kind.issuer else None
    issued_on = paper.issued_at.astimezone(names.zone).date()
    texts = {
        "发文机关": names.units.get(str(issuer or unit), str(issuer or unit)),
        "文号": (paper.number or "").replace(" ", ""),
        "标题": paper.title,
        "成文日期": chinese_date(issued_on),
        "签发": names.people.get(paper.signed_by or "", paper.signed_by or ""),
        "案号": str(case.get("number") or ""),
        "查询码": str(case.get("query_code") or ""),
        "事由": str(case.get("title") or ""),
        "主管单位": names.units.get(unit, unit),
        "登记日期": _worded(case.get("registered_at"), names),
        "登记人": names.people.get(str(case.get("registered_by") or ""), ""),
        "来源": names.channels.get(str(case.get("channel") or ""), str(case.get("channel") or "")),
        "人数": str(case.get("persons_count") or ""),
        "问题发生地": str(case.get("occurred_place") or ""),
        "诉求": str(case.get("claim") or ""),
        "事实": str(case.get("facts") or ""),
        **(_party(addressee, masked=masked) if kind.party else {}),
        **own,
    }
    return {name: _printable(text) for name, text in texts.items()}


def chinese_date(day: date) -> str:
    """2025年9月26日, as official papers write it."""
    return f"{day.year}年{day.month}月{day.day}日"


def chinese_due(at: datetime, zone: ZoneInfo) -> str:
    """To the minute; midnight is 24 o'clock of the day before."""
    local = at.astimezone(zone)
    if (local.hour, local.minute) == (0, 0):
        return f"{chinese_date(local.date() - timedelta(days=1))}24时"
    return f"{chinese_date(local.date())}{local.hour}时" + (f"{local.minute}分" if local.minute else "")


def _party(addressee: Party | None, *, masked: bool) -> dict[str, str]:
    if masked:
        return dict.fromkeys(PARTY, MASKED)
    if addressee is None:
        return {"信访人": ANONYMOUS, "联系方式": "", "住址": ""}
    return {"信访人": addressee.name or ANONYMOUS, "联系方式": addressee.contact, "住址": addressee.address}


def _text(field_: Field, value: Value, names: Names) -> str:
    if value in (None, "", []):
        return ""
    match field_.type:
        case FieldType.UNIT | FieldType.UNITS:
            units = value if isinstance(value, list | tuple) else [value]
            return "、".join(names.units.get(str(unit), str(unit)) for unit in units)
        case FieldType.PERSON:
            return names.people.get(str(value), str(value))
        case FieldType.CHOICE:
            return field_.choices.get(str(value), str(value))
        case FieldType.FLAG:
            return "是" if value is True else ""
        case FieldType.DUE:
            return chinese_due(value, names.zone) if isinstance(value, datetime) else _worded(value, names)
        case FieldType.DATE:
            day = value.astimezone(names.zone).date() if isinstance(value, datetime) else value
            return _worded(day, names)
        case _:
            return _worded(value, names)


def _worded(value: Value, names: Names) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "是" if value else "否"
        case datetime():
            return chinese_date(value.astimezone(names.zone).date())
        case date():
            return chinese_date(value)
        case list() | tuple():
            return "、".join(_worded(item, names) for item in value)
        case Mapping():
            return "；".join(f"{key}：{_worded(item, names)}" for key, item in value.items())
        case str():
            return names.units.get(value, value)
        case _:
            return str(value)


def _printable(text: str) -> str:
    """Without what XML cannot hold; line ends stay."""
    return "".join(c for c in text.replace("\r\n", "\n") if c.isprintable() or c in "\n\t")
