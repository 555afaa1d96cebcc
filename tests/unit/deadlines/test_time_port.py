from __future__ import annotations

from datetime import date, datetime

import pytest

from engine.clock.calendar import ImpossibleTime
from engine.deadlines.terms import DeadlineTerms, to_record
from engine.deadlines.time_port import OfficeTime
from engine.kernel.ports import TimeKind, TimeRequest
from engine.values import Value
from tests.unit.clock.days import ZONE, announced, at

NOW = at("2025-09-26 09:00")


def rule(rule_id: str, start: Value = None, share: float = 1.0) -> TimeRequest:
    return TimeRequest(TimeKind.DEADLINE, rule=rule_id, start=start, share=share)


def test_a_plain_deadline_carries_its_terms(office_time: OfficeTime) -> None:
    resolved = office_time.resolve(rule("T1"), {}, NOW)
    assert resolved.at == at("2025-10-11 24:00")
    assert isinstance(resolved.deadline, DeadlineTerms)
    record = to_record(resolved.deadline, deadline_id="d", instance_id="i", case_id="c", attached_to="t")
    assert (record.rule, record.name, record.clock, record.amount) == ("T1", "登记转送交办", "D", 15)
    assert (record.started_at, record.legal_due, record.attached_to) == (NOW, resolved.at, "t")
    assert record.calendar_version == 1


def test_a_share_is_an_instant_without_a_deadline(office_time: OfficeTime) -> None:
    notified = datetime(2026, 10, 3, 9, 20, tzinfo=ZONE)
    resolved = office_time.resolve(rule("T10", notified, 0.5), {}, NOW)
    assert resolved.at == at("2026-10-03 10:50")
    assert resolved.deadline is None


@pytest.mark.parametrize(
    "start",
    [
        date(2025, 10, 9),
        datetime(2025, 10, 9, 23, 59),  # noqa: DTZ001 - as a form sends it
        at("2025-10-09 00:01"),
        at("2025-10-09 23:59"),
    ],
)
def test_starts_are_read_in_the_office_zone(office_time: OfficeTime, start: Value) -> None:
    resolved = office_time.resolve(TimeRequest(TimeKind.WORKING_DAYS, amount=1, start=start), {}, NOW)
    assert resolved.at == at("2025-10-10 24:00")


def test_the_extension_continues_the_conclusion(office_time: OfficeTime) -> None:
    accepted = date(2025, 10, 9)
    assert office_time.resolve(rule("T4X", accepted), {}, NOW).at == at("2026-01-07 24:00")
    assert office_time.resolve(rule("T4X", accepted), {"extension_days": 10}, NOW).at == at("2025-12-18 24:00")


@pytest.mark.parametrize("days", [0, 31, -1, 1.5, "10", True])
def test_no_case_may_lengthen_a_limit(office_time: OfficeTime, days: Value) -> None:
    with pytest.raises(ImpossibleTime):
        office_time.resolve(rule("T4X", date(2025, 10, 9)), {"extension_days": days}, NOW)


@pytest.mark.parametrize("close_by", [date(2025, 10, 3), datetime(2025, 10, 3, 17, tzinfo=ZONE)])
def test_the_date_of_the_order_is_the_deadline(office_time: OfficeTime, close_by: Value) -> None:
    for resolved in (
        office_time.resolve(rule("T6"), {"close_by": close_by}, NOW),
        office_time.resolve(rule("T6", close_by), {}, NOW),
    ):
        assert isinstance(resolved.deadline, DeadlineTerms)
        dues = resolved.deadline.dues
        assert (dues.raw_due, dues.legal_due) == (at("2025-10-03 24:00"), at("2025-10-09 24:00"))
        assert dues.started_at == NOW


@pytest.mark.parametrize("close_by", [None, "2025-10-03", 7])
def test_an_order_without_a_date_is_an_error(office_time: OfficeTime, close_by: Value) -> None:
    with pytest.raises(ImpossibleTime):
        office_time.resolve(rule("T6"), {"close_by": close_by}, NOW)


def test_plain_counts(office_time: OfficeTime) -> None:
    def resolve(kind: TimeKind, amount: int | None = None, start: Value = None) -> datetime:
        return office_time.resolve(TimeRequest(kind, amount=amount, start=start), {}, NOW).at

    assert resolve(TimeKind.WORKING_DAYS, 5, date(2025, 9, 30)) == at("2025-10-14 24:00")
    assert resolve(TimeKind.CALENDAR_DAYS, 15) == at("2025-10-11 24:00")
    assert resolve(TimeKind.END_OF_MONTH, None, date(2026, 2, 3)) == at("2026-02-28 24:00")
    with pytest.raises(ImpossibleTime):
        resolve(TimeKind.WORKING_DAYS)


def test_a_procedure_without_a_table_is_told_so() -> None:
    bare = OfficeTime(lambda: None, announced, ZONE)
    with pytest.raises(ImpossibleTime, match="deadline_rules"):
        bare.resolve(rule("T1"), {}, NOW)
    plain = TimeRequest(TimeKind.WORKING_DAYS, amount=1)
    assert bare.resolve(plain, {}, NOW).at == at("2025-09-28 24:00")


def test_nothing_is_fetched_before_it_is_needed() -> None:
    def fetch() -> None:
        raise AssertionError("fetched")

    OfficeTime(fetch, announced, ZONE).resolve(TimeRequest(TimeKind.CALENDAR_DAYS, amount=1), {}, NOW)
