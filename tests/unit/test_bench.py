"""The benchmark against SpiffWorkflow still compares the same thing. No time is asserted."""

from bench import drain, explain, heartbeat, inbox, kernel_memory, kernel_step, lateness
from bench.drive import agreed, both
from bench.petition import END
from bench.stock import step_clock


def test_both_bring_the_petition_to_the_archive_with_the_same_variables():
    with step_clock():
        outcome, variables = agreed(*both())
    assert outcome == END
    assert variables["close_by"].isoformat() == "2025-12-31"
    assert variables["case_number"] == "XF2025-00001"


def test_the_rows_of_the_kernel_can_be_measured():
    (memory,) = kernel_memory.rows(repetitions=1)
    assert memory.ratio == memory.against / memory.measured
    time, size = kernel_step.rows(repetitions=1)
    assert time.unit == "ms"
    assert size.is_met
    assert size.measured < size.against


def test_a_backlog_is_drained_by_processes_and_counted():
    (first, lost, doubled, *_) = drain.rows(20, databases=("SQLite",), workers=(2,))
    assert first.measured > 0
    assert (lost.measured, doubled.measured) == (0, 0)


def test_a_heartbeat_is_measured_between_few_and_many():
    (row,) = heartbeat.rows(200, few=20, repetitions=2, databases=("SQLite",))
    assert row.ratio > 0


def test_lateness_is_read_from_the_ledger():
    (late, median, wrong) = lateness.rows(10, seconds=1, databases=("SQLite",), before=4, after=1)
    assert late.measured >= median.measured >= 0
    assert wrong.is_met


def test_a_card_is_measured():
    assert all(row.unit == "µs" and row.measured > 0 for row in explain.rows(repetitions=2))


def test_pages_of_the_inbox_are_measured_between_few_and_many():
    full, sparse = inbox.FULL[3:5], inbox.SPARSE[-1:]
    rows = list(inbox.rows(400, few=200, repetitions=1, databases=("SQLite",), full=full, sparse=sparse))
    assert len(rows) == 2 * len(full) + len(sparse)
    assert all(row.measured > 0 and row.ratio > 0 for row in rows)
