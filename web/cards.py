"""The cards of a case's deadlines, for whoever asks for the page."""

from __future__ import annotations

from collections.abc import Sequence

from engine.deadlines.why import explain_all
from engine.records.time import Deadline
from web.current import actor, engine
from web.frame import office_time, unit_names
from web.why import Card, card_of


def cards_of(case_id: str, deadlines: Sequence[Deadline]) -> list[Card]:
    """In the order of the deadlines. Raises NotFound where the actor may not know of the case."""
    time, units = office_time(), unit_names()
    return [card_of(explained, time, units) for explained in explain_all(engine(), actor(), case_id, deadlines)]
