"""The case file's own events on the timeline: steps, clocks, notices, files, comments, links, looks, trouble."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from engine.deadlines.own import shown_rule
from engine.values import Data
from web.telling import Names, Say, Telling, first_of, quiet

_NAME = first_of("name")
_REASONS = {"supplement", "hearing"}


def _clock(detail: Data, names: Names) -> Mapping[str, str]:
    return {"name": names.deadline(detail.get("deadline_id")) or shown_rule(str(detail.get("rule", "")))}


def _due(detail: Data, names: Names) -> str:
    due = detail.get("legal_due")
    return names.text("told.due", due=names.time.due_date(due)) if isinstance(due, datetime) else ""


def _moved(detail: Data, names: Names) -> str:
    before, due = detail.get("from_due"), detail.get("legal_due")
    if isinstance(before, datetime) and isinstance(due, datetime):
        return names.text("told.moved", before=names.time.due_date(before), due=names.time.due_date(due))
    return _due(detail, names)


def _paused(detail: Data, names: Names) -> str:
    reason = str(detail.get("reason", ""))
    worded = names.label("pause_reason", reason) if reason in _REASONS else reason
    return "；".join(filter(None, (worded, str(detail.get("note") or ""))))


def _versions(detail: Data, _names: Names) -> Mapping[str, str]:
    return {"before": str(detail.get("from_version", "")), "after": str(detail.get("to_version", ""))}


def _score(detail: Data, names: Names) -> str:
    code = detail.get("code")
    return str(detail.get("reason") or "") or (names.text("told.score", code=code) if code else "")


def _comment(detail: Data, names: Names) -> str:
    comment = names.comments.get(str(detail.get("comment_id")))
    return comment.text if comment else ""


def _mentions(detail: Data, names: Names) -> Mapping[str, str]:
    return {"people": names.people(detail.get("mentions"))}


def _attachment(detail: Data, names: Names) -> str:
    found = names.attachments.get(str(detail.get("attachment_id")))
    return found.name if found else str(detail.get("name") or "")


def _version(detail: Data, names: Names) -> Mapping[str, str]:
    found = names.attachments.get(str(detail.get("attachment_id")))
    return {"version": str(found.version if found else detail.get("version", 1))}


def _other(detail: Data, names: Names) -> Mapping[str, str]:
    return {"number": names.linked.get(str(detail.get("case_id")), "")}


def _is_seen(detail: Data, names: Names) -> bool:
    """A link is told to who may see the other case."""
    return str(detail.get("case_id")) in names.linked


def _link(words: str) -> Telling:
    return Telling("act", words, fill=_other, detail=_kind, shows=_is_seen)


def _kind(detail: Data, names: Names) -> str:
    return names.label("link_kind", detail.get("kind"))


def _task(detail: Data, names: Names) -> str:
    return str(detail.get("name") or names.task(detail.get("task_id")))


def _refused(detail: Data, names: Names) -> str:
    return names.label("attempted", detail.get("attempted"))


def _clock_event(words: str, detail: Say | None = None, *, is_late: bool = False, follows: bool = True) -> Telling:
    return Telling("time", f"told.{words}", fill=_clock, detail=detail, follows=follows, is_late=is_late)


TELLINGS: Mapping[str, Telling] = {
    "CaseStarted": Telling("step", detail=_NAME),
    "CaseRegistered": Telling("step", detail=first_of("number")),
    "CaseChanged": quiet("step"),
    "TaskOpened": Telling("step", detail=_NAME, follows=True),
    "TaskCompleted": Telling("step", detail=_NAME),
    "TaskCancelled": Telling(
        "step", detail=_task, follows=True, shows=lambda detail, names: bool(_task(detail, names))
    ),
    "TaskClaimed": Telling("act", detail=_task),
    "TaskUnclaimed": Telling("act", detail=_task),
    "TaskAssigned": Telling("act", detail=_task),
    "ProcedureEnded": Telling("step", detail=_NAME, follows=True),
    "TimerFired": Telling("time", detail=_NAME),
    "RungClimbed": Telling("time", "told.rung", detail=_NAME),
    "DeadlineStarted": _clock_event("started", _due),
    "DeadlinePaused": _clock_event("paused", _paused, follows=False),
    "DeadlineResumed": _clock_event("resumed", _due, follows=False),
    "DeadlineExtended": _clock_event("extended", _due),
    "DeadlineMoved": _clock_event("moved_clock", _moved),
    "DeadlineMet": _clock_event("met"),
    "DeadlineMetLate": _clock_event("met_late", is_late=True),
    "DeadlineVoided": _clock_event("voided"),
    "DeadlineSuperseded": _clock_event("superseded", _due),
    "DeadlineUndone": _clock_event("undone", _due),
    "DeadlineAdvanced": _clock_event("advanced", _moved, follows=False),
    "CalendarFollowed": Telling("time", "told.calendar"),
    "Notified": Telling("notice", follows=True, detail=first_of("topic_name")),
    "NobodyToNotify": quiet(),
    "MessageSent": quiet(),
    "MessageReceived": quiet(),
    "MessageUnawaited": quiet(),
    "ScoreRecorded": Telling("notice", follows=True, detail=_score),
    "AttachmentAdded": Telling("file", detail=_attachment),
    "AttachmentReplaced": Telling("file", "told.new_version", fill=_version, detail=_attachment),
    "CommentAdded": Telling("comment", "told.comment", detail=_comment),
    "CommentMentioned": Telling("comment", "told.comment_to", fill=_mentions, detail=_comment),
    "CaseLinked": _link("told.linked"),
    "CaseUnlinked": _link("told.unlinked"),
    "CaseMerged": _link("told.merged"),
    "CaseTakenIn": _link("told.taken_in"),
    "CaseMergeUndone": _link("told.merge_undone"),
    "CaseMergeGoverns": quiet("time"),
    "CaseMergeKept": quiet("act"),
    "InstanceReopened": quiet("act"),
    "DeadlineReopened": _clock_event("undone", _due),
    "InstanceMoved": Telling("act", "told_moving.moved", fill=_versions),
    "InstanceMoveUndone": Telling("act", "told_moving.undone", fill=_versions),
    "PartiesRevealed": Telling("look", detail=first_of("purpose")),
    "FilePrinted": Telling("look", "told.printed", detail=first_of("purpose")),
    "ArchiveVolumeMade": Telling("look", "told.volume", detail=first_of("purpose")),
    "IncidentRecorded": Telling("trouble", detail=first_of("element_name", "element"), is_late=True),
    "IncidentRetried": Telling("trouble", "told.retried"),
    "AccessRefused": Telling("trouble", detail=_refused, is_late=True),
}
