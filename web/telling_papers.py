"""Papers on the timeline: drafted, signed, issued, served, received, void, opened."""

from __future__ import annotations

from collections.abc import Mapping

from engine.values import Data
from web.telling import Names, Say, Telling, first_of

_NAMED = first_of("number", "title", "kind")


def _paper(detail: Data, names: Names) -> str:
    """Which paper: its title and its number; of one that is gone what the event says."""
    found = next((p for p in names.view.papers if p.paper_id == detail.get("paper_id")), None)
    if found is None:
        return _NAMED(detail, names)
    return " ".join(filter(None, (found.title, found.number)))


def _with(key: str) -> Say:
    """The paper, and what the event gives as that."""

    def say(detail: Data, names: Names) -> str:
        return "：".join(filter(None, (_paper(detail, names), str(detail.get(key) or ""))))

    return say


TELLINGS: Mapping[str, Telling] = {
    "PaperDrafted": Telling("paper", detail=_paper),
    "PaperRedrafted": Telling("paper", detail=_paper),
    "PaperSigned": Telling("paper", detail=_paper),
    "PaperIssued": Telling("paper", detail=_paper),
    "PaperServed": Telling("paper", detail=_paper),
    "PaperReceipted": Telling("paper", detail=_paper),
    "PaperVoided": Telling("paper", detail=_with("reason")),
    "PaperReissued": Telling("paper", detail=_paper),
    "PaperOpened": Telling("look", detail=_with("purpose")),
}
