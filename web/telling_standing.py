"""Standing aside and handing over, on the timeline."""

from __future__ import annotations

from collections.abc import Mapping

from engine.values import Data
from web.telling import Names, Telling, first_of


def _person(detail: Data, names: Names) -> Mapping[str, str]:
    return {"person": names.person(detail.get("person_id"))}


def _of(detail: Data, names: Names) -> Mapping[str, str]:
    return {"of": names.person(detail.get("of"))}


TELLINGS: Mapping[str, Telling] = {
    "RecusalDeclared": Telling("act", "told_standing.declared", _person, first_of("reason")),
    "RecusalLifted": Telling("act", "told_standing.lifted", _person),
    "TaskGivenBack": Telling("act", "told_standing.given_back", _of, first_of("name"), follows=True),
}
