"""From draft to receipt: what may become of a paper, and what must be said for it. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from enum import Enum
from typing import Final
from zoneinfo import ZoneInfo

from engine.documents.kinds import Field, Kind
from engine.errors import InvalidState, Message
from engine.records.step import Paper
from engine.values import Data


class PaperState(Enum):
    DRAFTED = "drafted"
    SIGNED = "signed"
    ISSUED = "issued"
    SERVED = "served"
    RECEIPTED = "receipted"
    VOID = "void"


WORDS: Final[Mapping[PaperState, Message]] = {
    PaperState.DRAFTED: Message("草拟", "drafted"),
    PaperState.SIGNED: Message("已签发待编号", "signed"),
    PaperState.ISSUED: Message("已印发", "issued"),
    PaperState.SERVED: Message("已送达", "served"),
    PaperState.RECEIPTED: Message("已收到回执", "receipted"),
    PaperState.VOID: Message("已作废", "void"),
}
REACHED: Final = frozenset({PaperState.SERVED, PaperState.RECEIPTED})
"""The receiver has it."""
MODES: Final[Mapping[str, Message]] = {
    "direct": Message("直接送达", "In person"),
    "post": Message("邮寄送达", "By post"),
    "online": Message("网上送达", "Online"),
    "leave": Message("留置送达", "Left at the address"),
    "system": Message("系统送达", "Through the system"),
    "paper": Message("纸质送达", "On paper"),
    "secret": Message("机要送达", "By confidential courier"),
}
LONGEST: Final = 500
"""Characters of a reason, a receiver or a note."""
_NEXT: Final[Mapping[PaperState, frozenset[PaperState]]] = {
    PaperState.DRAFTED: frozenset({PaperState.DRAFTED, PaperState.SIGNED}),
    PaperState.SIGNED: frozenset({PaperState.DRAFTED}),
    PaperState.ISSUED: frozenset({PaperState.DRAFTED, PaperState.SIGNED}),
    PaperState.SERVED: frozenset({PaperState.ISSUED}),
    PaperState.RECEIPTED: frozenset({PaperState.ISSUED, PaperState.SERVED}),
    PaperState.VOID: frozenset(set(PaperState) - {PaperState.VOID}),
}
"""From which states each is reached; what is worded anew is a draft again."""


def state_of(paper: Paper) -> PaperState:
    return PaperState(paper.state)


def may_become(paper: Paper, state: PaperState) -> bool:
    return state_of(paper) in _NEXT[state]


def require_next(paper: Paper, state: PaperState) -> None:
    """Raises InvalidState where the paper cannot become that."""
    if not may_become(paper, state):
        now, then = WORDS[state_of(paper)], WORDS[state]
        raise InvalidState(
            Message(
                f"“{named(paper)}”{now.zh}，不能再记为“{then.zh}”。请刷新页面查看最新状态。",
                f"“{named(paper)}” is {now.en} and cannot become {then.en}. Reload the page.",
            )
        )


def signed(paper: Paper, by: str, at: datetime) -> Paper:
    require_next(paper, PaperState.SIGNED)
    return replace(paper, state=PaperState.SIGNED.value, signed_by=by, signed_at=at)


def served(paper: Paper, at: datetime, receipt: Data | None, *, now: datetime) -> Paper:
    """Served at that time; `receipt` (mode, receiver, note, attachment_id) keeps how. Raises InvalidState."""
    require_next(paper, PaperState.SERVED)
    _require_past(paper, at, now)
    kept = {name: value for name, value in (receipt or {}).items() if value not in (None, "")}
    return replace(paper, state=PaperState.SERVED.value, served_at=at, receipt=kept or None)


def receipted(paper: Paper, at: datetime, receipt: Data, *, now: datetime) -> Paper:
    """The receiver has acknowledged it. Where it was not recorded as served, it was served then."""
    require_next(paper, PaperState.RECEIPTED)
    _require_past(paper, at, now)
    if not str(receipt.get("receiver") or "").strip():
        raise InvalidState(Message("请写明签收人。", "Say who received it."))
    kept = {name: value for name, value in receipt.items() if value not in (None, "")}
    return replace(
        paper,
        state=PaperState.RECEIPTED.value,
        served_at=paper.served_at or at,
        receipt={**(paper.receipt or {}), **kept, "received_at": at},
    )


def voided(paper: Paper, by: str, at: datetime, reason: str) -> Paper:
    """Void, for a reason; it keeps its number and all that was said in it. Raises InvalidState."""
    require_next(paper, PaperState.VOID)
    reason = reason.strip()
    if not reason or len(reason) > LONGEST:
        raise InvalidState(
            Message(
                f"请写明作废的原因（1 至 {LONGEST} 字）。",
                f"Say why it becomes void (1 to {LONGEST} characters).",
            )
        )
    return replace(paper, state=PaperState.VOID.value, voided_by=by, voided_at=at, void_reason=reason)


def lacking_fields(kind: Kind, fields: Data) -> tuple[Field, ...]:
    """Those that the kind demands and that are empty."""
    return tuple(field for field in kind.fields if field.required and fields.get(field.key) in (None, "", []))


def require_complete(kind: Kind, title: str, fields: Data) -> None:
    """Raises InvalidState naming the paper and every field that the kind demands and that is empty."""
    empty = lacking_fields(kind, fields)
    if empty:
        lacking = "、".join(f"“{field.name}”" for field in empty)
        lacking_en = ", ".join(f"“{field.english}”" for field in empty)
        raise InvalidState(
            Message(
                f"“{title}”缺少{lacking}，不能签发和印发。请先补填。",
                f"“{title}” lacks {lacking_en} and can be neither signed nor issued. Fill in what is missing.",
            )
        )


def named(paper: Paper) -> str:
    """The paper as people call it."""
    return f"{paper.title} {paper.number}" if paper.number else paper.title


def require_order(paper: Paper, at: datetime, zone: ZoneInfo) -> None:
    """Raises InvalidState where a service is older than the issue, or a receipt than the service, by whole days."""
    day = at.astimezone(zone).date()
    issued_on = paper.issued_at.astimezone(zone).date()
    if day < issued_on:
        raise InvalidState(
            Message(
                f"“{named(paper)}” {issued_on} 才印发，送达时间不能早于这一天。请填写实际送达的时间。",
                f"“{named(paper)}” was issued on {issued_on} and cannot have been served before. Mend the time.",
            )
        )
    served_on = paper.served_at.astimezone(zone).date() if paper.served_at else day
    if day < served_on:
        raise InvalidState(
            Message(
                f"“{named(paper)}” {served_on} 送达，签收时间不能早于这一天。请填写实际签收的时间。",
                f"“{named(paper)}” was served on {served_on} and cannot have been received before. Mend the time.",
            )
        )


def _require_past(paper: Paper, at: datetime, now: datetime) -> None:
    if at > now:
        raise InvalidState(
            Message(
                f"“{named(paper)}”的送达时间晚于现在。请填写实际送达的时间。",
                f"“{named(paper)}” cannot be served in the future. Give the time at which it was really served.",
            )
        )
