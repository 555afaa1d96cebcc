"""Standing aside and handing over, on the timeline."""

from __future__ import annotations

from collections.abc import Mapping

from engine.values import Data
from web.telling import Names, Telling, first_of

_SUBJECTS = ("office", "unit")


def _person(detail: Data, names: Names) -> Mapping[str, str]:
    return {"person": names.person(detail.get("person_id"))}


def _of(detail: Data, names: Names) -> Mapping[str, str]:
    return {"of": names.person(detail.get("of"))}


def _scores(detail: Data, names: Names) -> str:
    given = (
        (names.text(f"evaluation.{s}"), names.label("evaluation", detail[s])) for s in _SUBJECTS if s in detail
    )
    return names.text("told_standing.scores").join(f"{who} {score}" for who, score in given)


TELLINGS: Mapping[str, Telling] = {
    "RecusalDeclared": Telling("act", "told_standing.declared", _person, first_of("reason")),
    "RecusalLifted": Telling("act", "told_standing.lifted", _person),
    "PetitionerEvaluated": Telling("act", "evaluation.told", None, _scores, follows=True),
    "TaskGivenBack": Telling("act", "told_standing.given_back", _of, first_of("name"), follows=True),
}
