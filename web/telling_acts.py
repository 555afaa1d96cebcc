"""What people do with a task, on the timeline: transfer, delegate, return, withdraw, urge and the like."""

from __future__ import annotations

from collections.abc import Mapping

from web.telling import Telling

TELLINGS: Mapping[str, Telling] = {}
