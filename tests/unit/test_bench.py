"""The benchmark against SpiffWorkflow still compares the same thing. No time is asserted."""

from bench import kernel_memory, kernel_step
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
