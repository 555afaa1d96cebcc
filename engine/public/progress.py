"""What of a matter the public page shows: dates of papers, the responsible unit, whether it can be evaluated. Pure.

No content, no name. Matters that are confidential, accuse somebody, or go another statutory way say only that they
were forwarded as the rules require. Source: 信访工作条例 art. 30; 国信发〔2022〕11号.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from engine.records.public import PublicMatter
from engine.records.step import Paper

OTHER_WAYS = frozenset({"judicial", "arbitration", "party_appeal", "administrative", "performance", "npc"})
"""Lawful ways that are no petition: NPC, courts, arbitration, appeals inside the Party, administrative ways."""
ACCUSATION = "4"
"""The purpose of a petition that accuses."""
SUBJECTS = ("office", "unit")
EVALUATED_WITHIN = timedelta(days=60)
"""After the reply was served. This office's default."""
_SERVED = {
    "L1": "notice",
    "L2": "not_accepted",
    "L9": "not_again",
    "L4": "extended",
    "L5": "reply",
    "L6": "review",
    "L7": "recheck",
}
"""Papers whose day is the one on which they were served; of L3 it is the one on which it was sent."""


@dataclass(frozen=True)
class PublicNode:
    """A date that the page shows. `what` is registered, forwarded, notice, not_accepted, …"""

    what: str
    at: datetime


@dataclass(frozen=True)
class Progress:
    """`is_withheld`: the matter goes a way of which nothing more is shown; everything else is empty then.

    `open_subjects` may be evaluated until `until`; `evaluated` have been.
    """

    is_withheld: bool
    nodes: tuple[PublicNode, ...] = ()
    unit: str = ""
    office: str = ""
    open_subjects: tuple[str, ...] = ()
    evaluated: tuple[str, ...] = ()
    until: datetime | None = None
    case_id: str = field(default="", repr=False)


WITHHELD = Progress(is_withheld=True)


def progress_of(matter: PublicMatter, now: datetime, zone: ZoneInfo) -> Progress:
    """What may be shown of it now."""
    if is_withheld(matter):
        return WITHHELD
    given = tuple(e.subject for e in matter.evaluations)
    until = evaluated_until(matter, zone)
    is_open = until is not None and now < until and matter.case.merged_into is None
    unit = _unit(matter)
    could = [s for s in SUBJECTS if s == "office" or unit]
    return Progress(
        is_withheld=False,
        nodes=tuple(sorted(_nodes(matter), key=lambda node: node.at)),
        unit=matter.units.get(unit, ""),
        office=matter.units.get(matter.case.unit, ""),
        open_subjects=tuple(s for s in could if s not in given) if is_open else (),
        evaluated=given,
        until=until,
        case_id=matter.case.case_id,
    )


def is_withheld(matter: PublicMatter) -> bool:
    """Confidential, an accusation, or on another statutory way, as far as anybody has said so."""
    case = matter.case
    ways = {matter.path, *(str(paper.fields.get("path", "")) for paper in matter.papers)}
    return (
        case.confidential
        or bool(case.accused_units)
        or case.purpose == ACCUSATION
        or not ways.isdisjoint(OTHER_WAYS)
    )


def evaluated_until(matter: PublicMatter, zone: ZoneInfo) -> datetime | None:
    """The end of the last day on which it may be evaluated; None before the reply was served."""
    served = [paper.served_at for paper in matter.papers if paper.kind == "L5" and paper.served_at is not None]
    if not served:
        return None
    last = max(served).astimezone(zone).date() + EVALUATED_WITHIN
    return datetime.combine(last + timedelta(days=1), time(0), zone)


def _nodes(matter: PublicMatter) -> Iterator[PublicNode]:
    if matter.registered_at is not None:
        yield PublicNode("registered", matter.registered_at)
    for paper in matter.papers:
        if paper.kind == "L3":
            yield PublicNode("forwarded", paper.issued_at)
        elif paper.kind in _SERVED and paper.served_at is not None:
            yield PublicNode(_SERVED[paper.kind], paper.served_at)


def _unit(matter: PublicMatter) -> str:
    """The unit that the matter was last forwarded to; "" where it went to a body outside."""
    forwarded: list[Paper] = [paper for paper in matter.papers if paper.kind == "L3" and paper.fields.get("unit")]
    code = str(forwarded[-1].fields["unit"]) if forwarded else ""
    return code if code in matter.units else ""
