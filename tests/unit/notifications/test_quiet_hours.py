"""Quiet hours across midnight, at their edges, and in places that change their clocks."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from engine.notifications.quiet import quiet_until, send_at, wants
from engine.records.reach import Preference

SHANGHAI = ZoneInfo("Asia/Shanghai")
NIGHT = Preference("p", quiet_from=time(22, 0), quiet_until=time(7, 0))
NOON = Preference("p", quiet_from=time(12, 0), quiet_until=time(14, 0))


def local(text: str, zone: ZoneInfo = SHANGHAI) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone)


@pytest.mark.parametrize(
    ("preference", "now", "until"),
    [
        (NIGHT, "2025-09-30T21:59:59.999999", None),
        (NIGHT, "2025-09-30T22:00", "2025-10-01T07:00"),
        (NIGHT, "2025-09-30T23:59:59", "2025-10-01T07:00"),
        (NIGHT, "2025-10-01T00:00", "2025-10-01T07:00"),
        (NIGHT, "2025-10-01T06:59:59.999999", "2025-10-01T07:00"),
        (NIGHT, "2025-10-01T07:00", None),
        (NIGHT, "2025-12-31T23:00", "2026-01-01T07:00"),
        (NOON, "2025-09-30T11:59", None),
        (NOON, "2025-09-30T12:00", "2025-09-30T14:00"),
        (NOON, "2025-09-30T14:00", None),
        (Preference("p"), "2025-09-30T03:00", None),
        (Preference("p", quiet_from=time(8), quiet_until=time(8)), "2025-09-30T08:00", None),
        (Preference("p", quiet_from=time(22), quiet_until=time(0)), "2025-09-30T23:00", "2025-10-01T00:00"),
        (Preference("p", quiet_from=time(0), quiet_until=time(6)), "2025-10-01T00:00", "2025-10-01T06:00"),
    ],
)
def test_they_begin_on_the_minute_and_end_on_the_minute(
    preference: Preference, now: str, until: str | None
) -> None:
    found = quiet_until(preference, local(now).astimezone(UTC), SHANGHAI)
    assert found == (None if until is None else local(until))


def test_the_end_is_the_local_one_where_clocks_change_in_between() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    evening = local("2025-10-25T23:00", berlin)
    until = quiet_until(NIGHT, evening, berlin)
    assert until == local("2025-10-26T07:00", berlin)
    assert until.astimezone(UTC) - evening.astimezone(UTC) == timedelta(hours=9), "that night has an hour more"


def test_what_is_urgent_goes_out_at_night_and_through_channels_that_are_muted() -> None:
    now = local("2025-09-30T23:00")
    muted = Preference("p", ("mail",), time(22, 0), time(7, 0))
    for level in ("info", "warning", "overdue"):
        assert send_at(muted, level, now, SHANGHAI) == local("2025-10-01T07:00")
        assert not wants(muted, level, "mail")
        assert wants(muted, level, "robot")
    assert send_at(muted, "urgent", now, SHANGHAI) == now
    assert wants(muted, "urgent", "mail")
