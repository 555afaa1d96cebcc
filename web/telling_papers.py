"""Papers on the timeline: drafted, signed, issued, served, received, void, opened."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from engine.values import Data
from web.telling import Names, Say, Telling, first_of

_NAMED = first_of("number", "title", "kind")


def _paper(detail: Data, names: Names) -> str:
    """Which paper: its title and its number; of one that is gone what the event says."""
    found = next((p for p in names.view.papers if p.paper_id == detail.get("paper_id")), None)
    if found is None:
        return _NAMED(detail, names)
    number = found.number or ""
    return number if number.startswith(found.title) else f"{found.title} {number}".strip()


def _with(key: str) -> Say:
    """The paper, and what the event gives as that."""

    def say(detail: Data, names: Names) -> str:
        return "：".join(filter(None, (_paper(detail, names), str(detail.get(key) or ""))))

    return say


def _at(key: str) -> Say:
    """The paper, and when it really happened, which may have been before it was recorded."""

    def say(detail: Data, names: Names) -> str:
        at = detail.get(key)
        when = names.time.happened(at) if isinstance(at, datetime) else ""
        return " · ".join(filter(None, (_paper(detail, names), when)))

    return say


TELLINGS: Mapping[str, Telling] = {
    "PaperDrafted": Telling("paper", detail=_paper),
    "PaperRedrafted": Telling("paper", detail=_paper),
    "PaperSigned": Telling("paper", detail=_paper),
    "PaperIssued": Telling("paper", detail=_paper),
    "PaperServed": Telling("paper", detail=_at("served_at")),
    "PaperReceipted": Telling("paper", detail=_at("received_at")),
    "PaperVoided": Telling("paper", detail=_with("reason")),
    "PaperReissued": Telling("paper", detail=_paper),
    "PaperOpened": Telling("look", detail=_with("purpose")),
}
