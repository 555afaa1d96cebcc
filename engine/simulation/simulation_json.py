"""A simulation as JSON: the keys of docs/reference/simulation.md. Pure."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from engine.simulation.model import Entry, Simulation

Json = dict[str, Any]


def to_json(simulation: Simulation, zone: ZoneInfo) -> Json:
    """Plain JSON values in a stable order of keys."""
    return {
        "procedure": simulation.procedure,
        "name": simulation.name,
        "start": _at(simulation.start, zone),
        "until": _at(simulation.until, zone),
        "sample_office": simulation.is_sample,
        "more_waiting": simulation.reached_limit,
        "filled": list(simulation.filled),
        "blocked": list(simulation.blocked),
        "days": {day: {"workday": note.is_workday, "note": note.note} for day, note in simulation.days.items()},
        "entries": [_entry(entry, zone) for entry in simulation.entries],
    }


def written(at: datetime, zone: ZoneInfo, *, ends_day: bool) -> tuple[date, str]:
    """The local day to which an instant belongs, and the hour as the office writes it: 24:00 ends a day."""
    local = (at + timedelta(milliseconds=1)).astimezone(zone).replace(microsecond=0)
    if ends_day and local.time() == time():
        return local.date() - timedelta(days=1), "24:00"
    return local.date(), f"{local:%H:%M:%S}" if local.second else f"{local:%H:%M}"


def _entry(entry: Entry, zone: ZoneInfo) -> Json:
    day, hour = written(entry.at, zone, ends_day=entry.ends_day)
    return {
        "at": _at(entry.at, zone),
        "written": f"{day.isoformat()} {hour}",
        "kind": entry.kind,
        "message": {"zh": entry.message.zh, "en": entry.message.en},
        "element": entry.element or None,
        "rule": entry.rule or None,
        "case": entry.case or None,
        "to": [{"role": to.role, "unit": to.unit, "names": list(to.names)} for to in entry.to],
        "due": _due(entry.due_at, zone) if entry.due_at else None,
    }


def _due(at: datetime, zone: ZoneInfo) -> Json:
    day, hour = written(at, zone, ends_day=True)
    return {"at": _at(at, zone), "written": f"{day.isoformat()} {hour}"}


def _at(at: datetime, zone: ZoneInfo) -> str:
    return at.astimezone(zone).isoformat()
