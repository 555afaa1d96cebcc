"""Preferences between records and rows: clock times as text, the robot's address sealed."""

from __future__ import annotations

from datetime import time
from typing import Any

from engine.records.reach import Preference
from engine.store.rows import AnyRow
from engine.store.sealing import Sealer, WrongSealKey
from engine.store.tables.org import preference as preferences


def preference_of(row: AnyRow, person_id: str, sealer: Sealer) -> Preference:
    """The preference in a row that outer-joins the table; the defaults where there is none.

    An address that cannot be opened (a row put under another person) counts as none: it must not stop the others.
    """
    mapping = row._mapping
    if mapping[preferences.c.person_id] is None:
        return Preference(person_id)
    sealed, robot = mapping[preferences.c.robot], ""
    if sealed is not None:
        try:
            robot = sealer.open_text(sealed, owner=_owner(person_id))
        except WrongSealKey:
            robot = ""
    return Preference(
        person_id,
        mapping[preferences.c.muted],
        _time(mapping[preferences.c.quiet_from]),
        _time(mapping[preferences.c.quiet_until]),
        robot,
    )


def values_of_preference(preference: Preference, sealer: Sealer) -> dict[str, Any]:
    """Column values by name."""
    robot = preference.robot
    return {
        "person_id": preference.person_id,
        "muted": preference.muted,
        "quiet_from": _text(preference.quiet_from),
        "quiet_until": _text(preference.quiet_until),
        "robot": sealer.seal_text(robot, owner=_owner(preference.person_id)) if robot else None,
    }


def _owner(person_id: str) -> str:
    return f"robot:{person_id}"


def _text(at: time | None) -> str | None:
    return None if at is None else f"{at:%H:%M}"


def _time(text: str | None) -> time | None:
    return None if text is None else time.fromisoformat(text)
