"""What both sides are given from outside: deadlines on the real rules and calendar, and actions that do nothing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from engine.deadlines.announced import announced_days, calendar_from
from engine.deadlines.rules import rules_from
from engine.deadlines.time_port import OfficeTime
from engine.kernel.changes import ResolvedTime
from engine.kernel.feel import OFFICE_ZONE, Feel
from engine.kernel.ports import ActionCall, ActionResult, TimeRequest
from engine.kernel.run import Ports
from engine.values import Data


class _KnownTimes:
    """Asks `OfficeTime` once for each request and instant: counting days is not what is measured here."""

    def __init__(self, files: Mapping[str, bytes], feel: Feel) -> None:
        days, years = announced_days()
        calendar = calendar_from(days, years, 1)
        self._office = OfficeTime(lambda: rules_from(files, feel), lambda: calendar, OFFICE_ZONE)
        self._known: dict[tuple[TimeRequest, datetime], ResolvedTime] = {}

    def resolve(self, request: TimeRequest, data: Data, now: datetime) -> ResolvedTime:
        known = self._known.get((request, now))
        if known is None:
            known = self._known[request, now] = self._office.resolve(request, data, now)
        return known


_PAPER = "0192f7a1-5a44-7d1e-9d5c-2f1f3a6f0b12"
_NUMBER = "XF2025-00001"
_RESULTS = {
    "register_case": ActionResult({"number": _NUMBER, "query_code": "7K3M"}, {"case_number": _NUMBER}),
    "issue_paper": ActionResult({"paper_id": _PAPER, "number": "〔2025〕1号"}),
    "serve_paper": ActionResult({"paper_id": _PAPER, "served_at": "2025-10-09"}),
    "notify": ActionResult({"receivers": 1}),
    "check_deadline": ActionResult({"late": False}),
}


class _NoActions:
    def run(self, call: ActionCall) -> ActionResult:
        return _RESULTS.get(call.name, ActionResult())


def ports_for(files: Mapping[str, bytes], feel: Feel) -> Ports:
    return Ports(_KnownTimes(files, feel), _NoActions())
