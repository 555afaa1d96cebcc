from __future__ import annotations

import threading

from engine.store.turns import Turns


def test_who_comes_first_goes_first() -> None:
    """One thread takes turn after turn; another that waits gets the very next one."""
    turns, order = Turns(10), []
    has_come, may_end = threading.Event(), threading.Event()

    def greedy() -> None:
        for n in range(3):
            with turns.turn():
                if n == 0:
                    has_come.set()
                    assert may_end.wait(10)
                order.append("greedy")

    def patient() -> None:
        with turns.turn():
            order.append("patient")

    first = threading.Thread(target=greedy)
    first.start()
    assert has_come.wait(10)
    second = threading.Thread(target=patient)
    second.start()
    while len(turns._queue) < 2:
        threading.Event().wait(0.001)
    may_end.set()
    first.join(10)
    second.join(10)
    assert order == ["greedy", "patient", "greedy", "greedy"]


def test_who_waits_too_long_goes_on_and_lets_the_next_one_through() -> None:
    turns = Turns(0.01)
    with turns.turn():
        with turns.turn():
            pass
        assert len(turns._queue) == 1
    with turns.turn():
        assert len(turns._queue) == 1
