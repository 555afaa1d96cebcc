"""Hostile expressions stop within the limits, and the next one works."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from py_mini_racer import JSTimeoutException

from engine.kernel.feel import Feel, FeelError, Limits
from engine.kernel.isolate import Isolate

NOW = datetime(2026, 3, 1, tzinfo=UTC)
TIGHT = Limits(seconds=0.4, memory_bytes=64 * 1024 * 1024)
LONG = '"' + "a" * 15_000 + '"'
GROWING = f'{{a: {LONG}, b: split(replace(a, "a", "bbbbbbbbbbbbbbb"), ""), c: for i in 1..999 return b}}'


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("for i in 1..9999, j in 1..9999, k in 1..9999 return i", {"time", "memory"}),
        ("count(for i in 1..9999, j in 1..9999 return [i, j])", {"time", "memory"}),
        (GROWING, {"time", "memory", "failed"}),
        ('matches("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!", "^(a+)+$")', {"time"}),
        ("for i in 1..1000000 return i", {"range"}),
        ("for i in 1.5..3 return i", {"range"}),
        ("(" * 5_000 + "1" + ")" * 5_000, {"depth"}),
        ("1" * 1_000_000, {"size"}),
        ("if " * 1_000, {"syntax", "depth", "time"}),
    ],
)
def test_a_hostile_expression_is_stopped(text: str, codes: set[str]) -> None:
    feel = Feel(limits=TIGHT)

    with pytest.raises(FeelError) as caught:
        feel.evaluate(text, {}, NOW)

    assert caught.value.code in codes
    assert len(caught.value.message.zh) < 600
    assert feel.evaluate("x + 1", {"x": len(text)}, NOW) == len(text) + 1


def test_data_that_is_too_large_is_refused() -> None:
    with pytest.raises(FeelError) as caught:
        Feel().evaluate("string length(x)", {"x": "字" * 5_000_000}, NOW)

    assert caught.value.code == "size"


def test_only_the_variables_that_are_read_cross() -> None:
    assert Feel().evaluate("x + 1", {"x": 1, "huge": "字" * 5_000_000, "odd": object()}, NOW) == 2


def test_a_value_that_no_variable_can_hold_is_named() -> None:
    with pytest.raises(FeelError) as caught:
        Feel().evaluate("odd = 1", {"odd": object()}, NOW)

    assert "odd" in caught.value.message.zh


def test_threads_share_the_isolate() -> None:
    feel = Feel()

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda n: feel.evaluate("n * 2 + m", {"n": n, "m": n}, NOW), range(60)))

    assert answers == [n * 3 for n in range(60)]


def test_the_program_is_out_of_reach() -> None:
    for text in ("globalThis", "constructor", "entry.constructor", "entry.__proto__"):
        with pytest.raises(FeelError):
            Feel().evaluate(text, {"entry": {}}, NOW)


def test_one_thread_may_open_what_another_one_stops() -> None:
    """In a process of its own, in which no other test has started V8 yet."""
    script = """
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from engine.kernel.feel import Feel, FeelError, Limits
from engine.kernel.isolate import Isolate
feel = Feel(limits=Limits(seconds=0.3))
for text in ("1 + 1", "count(for i in 1..9999, j in 1..9999 return [i, j])", "2 + 2"):
    with ThreadPoolExecutor(1) as another:
        try:
            print(another.submit(feel.evaluate, text, {}, datetime(2026, 3, 1, tzinfo=UTC)).result())
        except FeelError as error:
            print(error.code)
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout.split()) == (0, ["2", "time", "4"]), done.stderr


def test_a_machine_that_is_busy_elsewhere_is_waited_for() -> None:
    isolate = Isolate("Asia/Shanghai", Limits(seconds=0.5))
    asked: list[float] = []

    def starved(_payload: str, *, timeout_sec: float) -> str:
        asked.append(timeout_sec)
        raise JSTimeoutException

    now = '{"now": "2026-03-01T00:00:00Z", "data": {}, "jobs": [["1 + 1"]]}'
    try:
        isolate.call("describe", '[["1 + 1", false]]')
        isolate._functions["run"] = starved
        assert isolate.call("run", now) == '[{"v":2}]'
        assert asked == [0.5]
    finally:
        isolate.close()
