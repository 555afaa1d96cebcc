"""What was done with units, people and roles, as lines that a person reads."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from engine.records.step import AuditEntry
from engine.values import Data, Value
from web.i18n import label, text

SYSTEM = "system"
OF_GRANTS = ("grant", "grants", "dropped")


@dataclass(frozen=True)
class OrgLine:
    """`who` did `words` to `subject` ("" on the subject's own page); `person_id` leads to its page, else ""."""

    at: datetime
    who: str
    words: str
    subject: str
    person_id: str
    detail: str


def lines_of(
    events: Iterable[AuditEntry],
    names: Mapping[str, str],
    units: Mapping[str, str],
    language: str,
    *,
    of: str | None = None,
) -> list[OrgLine]:
    """`of`: the person whose page it is, who is not named again in every line."""
    return [_line(event, names, units, language, of) for event in events]


def _line(
    event: AuditEntry, names: Mapping[str, str], units: Mapping[str, str], language: str, of: str | None
) -> OrgLine:
    person_id = str(event.detail.get("person_id", ""))
    unit = event.detail.get("unit") if event.event.startswith("OfficeUnit") else None
    subject = units.get(str(unit), str(unit)) if unit else names.get(person_id, "")
    return OrgLine(
        at=event.at,
        who=text("org.system", language) if event.actor == SYSTEM else names.get(event.actor, event.actor),
        words=label("org_event", event.event, language),
        subject="" if of else subject,
        person_id="" if of or unit else person_id,
        detail="；".join(_details(event, units, language))
        if language == "zh"
        else "; ".join(_details(event, units, language)),
    )


def _details(event: AuditEntry, units: Mapping[str, str], language: str) -> Iterator[str]:
    detail = event.detail
    if event.event == "OfficeSetUp":
        yield text("org_event.set_up", language, units=_many(detail, "units"), people=_many(detail, "people"))
        return
    if detail.get("reason"):
        yield str(detail["reason"])
    for name in OF_GRANTS:
        given = detail.get(name)
        grants = given if isinstance(given, list) else [given] if given else []
        told = [_grant(str(each), units, language) for each in grants]
        if told:
            words = text("common.comma", language).join(told)
            # roles that stay with a closed account are no news: they are what it had
            yield text(f"org_event.with_{name}", language, roles=words) if name != "grant" else words
    for name in ("name", "unit", "parent"):
        pair = detail.get(name)
        if isinstance(pair, list) and len(pair) == 2:
            was, now = (_named(name, each, units, language) for each in pair)
            yield text(f"org_event.{name}_changed", language, was=was, now=now)
    if detail.get("email_changed"):
        yield text("org_event.email_changed", language)
    if detail.get("left"):
        yield text("org_event.left", language, many=detail["left"])


def _many(detail: Data, name: str) -> int:
    given = detail.get(name)
    return len(given) if isinstance(given, list) else 0


def _grant(written: str, units: Mapping[str, str], language: str) -> str:
    """`role@unit`."""
    role, _, unit = written.partition("@")
    return text("org.role_at", language, role=label("role", role, language), unit=units.get(unit, unit))


def _named(name: str, value: Value, units: Mapping[str, str], language: str) -> str:
    if not value:
        return text("org.top", language)
    return str(value) if name == "name" else units.get(str(value), str(value))
