"""What the kernel needs from outside, as little as it can be."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from engine.kernel.changes import ResolvedTime
from engine.kernel.ports import ActionCall, ActionResult, TimeRequest
from engine.kernel.run import Ports
from engine.values import Data

NOW = datetime(2026, 1, 5, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai"))


class _Time:
    def resolve(self, request: TimeRequest, data: Data, now: datetime) -> ResolvedTime:
        return ResolvedTime(now + timedelta(days=request.amount or 1))


class _Actions:
    def run(self, call: ActionCall) -> ActionResult:
        return ActionResult()


PORTS = Ports(_Time(), _Actions())
