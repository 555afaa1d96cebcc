"""The benchmark against SpiffWorkflow still compares the same thing. No time is asserted."""

from bench import kernel_memory, kernel_step
from bench.drive import Ours, Theirs, agreed
from bench.petition import END, petition
from bench.stock import step_clock
from engine.kernel.feel import Feel


def test_both_bring_the_petition_to_the_archive_with_the_same_variables():
    feel = Feel()
    measured = petition(feel)
    with step_clock():
        outcome, variables = agreed(Ours(measured, feel), Theirs(measured, feel))
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
