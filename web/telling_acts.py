"""What people do with a task, on the timeline: transfer, delegate, sign, return, take back, urge and the like."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from engine.values import Data
from web.telling import Names, Telling, first_of, quiet

_REASON = first_of("reason")


def _name(detail: Data, names: Names) -> str:
    """The step; of a signer's task the step that it belongs to."""
    step = names.task(detail.get("parent_id")) if detail.get("parent_id") else ""
    return step or str(detail.get("name") or names.task(detail.get("task_id")))


def _who(detail: Data, names: Names) -> Mapping[str, str]:
    """Everybody whom an act may name, and the step."""
    return {
        "name": _name(detail, names),
        **{key: names.person(detail.get(key)) for key in ("to", "from", "signer", "by")},
        "people": names.people(detail.get("people")),
        "mode": names.label("sign_mode", detail.get("mode")),
        "times": str(detail.get("times", "")),
    }


def _suspended(detail: Data, names: Names) -> Mapping[str, str]:
    until = detail.get("until")
    shown = names.text("told_act.until", at=names.time.happened(until)) if isinstance(until, datetime) else ""
    return {"name": _name(detail, names), "until": shown}


def _returned(detail: Data, names: Names) -> Mapping[str, str]:
    straight = names.text("told_act.straight") if detail.get("straight_back") else ""
    return {"name": _name(detail, names), "to_name": str(detail.get("to_name", "")), "straight": straight}


def _act(words: str) -> Telling:
    return Telling("act", f"told_act.{words}", fill=_who, detail=_REASON)


TELLINGS: Mapping[str, Telling] = {
    "TaskClaimed": _act("claimed"),
    "TaskUnclaimed": _act("unclaimed"),
    "TaskAssigned": _act("assigned"),
    "TaskTransferred": _act("transferred"),
    "TaskDelegated": _act("delegated"),
    "TaskRecalled": _act("recalled"),
    "TaskHandedBack": _act("given_back"),
    "SignersAdded": _act("signers"),
    "SignerRemoved": _act("signer_removed"),
    "SignerAgreed": _act("agreed"),
    "SignerDisagreed": _act("disagreed"),
    "TaskSubmitted": _act("submitted"),
    "SubmissionWithdrawn": _act("unsubmitted"),
    "TaskReleased": Telling("step", "told_act.released", fill=_who, follows=True),
    "TaskSuspended": Telling("act", "told_act.suspended", fill=_suspended, detail=_REASON),
    "TaskResumed": _act("resumed"),
    "TaskUrged": _act("urged"),
    "CopySent": _act("copied"),
    "TaskReturned": Telling("act", "told_act.returned", fill=_returned, detail=_REASON),
    "TaskWithdrawn": _act("withdrawn"),
    # whoever follows a case is nobody else's business
    "CaseFollowed": quiet("act"),
    "CaseUnfollowed": quiet("act"),
}
