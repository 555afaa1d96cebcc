"""Killed in the middle of a step: the state before it stands, and work goes on."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from engine.config import Settings
from engine.records.task import Draft
from engine.store import SqlStore
from tests.builders import a_task, add_case, add_office, next_step
from tests.conftest import START

ROOT = Path(__file__).parents[2]
Opener = Callable[[Settings], SqlStore]


@pytest.fixture
def half_way(store: SqlStore, settings: Settings) -> Iterator[subprocess.Popen[str]]:
    """Another process that has written a step on task t1 and not committed it."""
    add_office(store)
    add_case(store, None, tasks_opened=(a_task(),))
    with store.write() as work:
        work.drafts.save(Draft("t1", "p-jingban", {"意见": "拟同意"}, START))
    command = [sys.executable, "-m", "tests.contract.crashing", str(settings.home), settings.database_url]
    process = subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8"
    )
    with process:
        assert process.stdout is not None
        assert process.stdout.readline() == "written, not committed\n"
        yield process
        process.kill()


def test_a_kill_before_the_commit_leaves_the_state_before(
    half_way: subprocess.Popen[str], settings: Settings, open_another: Opener
) -> None:
    half_way.kill()
    half_way.wait(timeout=10)

    with open_another(settings).write() as work:
        locked = work.instances.lock_by_task("t1")
        assert locked is not None
        assert locked.task == a_task()
        assert locked.instance.version == 1
        assert locked.case.state == "open"
        assert work.tasks.get("t2") is None
        assert work.drafts.of_task("t1", "p-jingban") is not None
        assert work.registers.unread_count("p-jingban") == 0
        assert work.registers.next_number("XF", 2025) == 1
        work.instances.save_step(next_step(locked.instance, tasks_opened=(a_task("t2"),)))


def test_readers_see_the_state_before_while_a_step_is_written(
    half_way: subprocess.Popen[str], store: SqlStore
) -> None:
    with store.read() as work:
        assert half_way.poll() is None
        assert work.tasks.get("t1") == a_task()
        assert work.tasks.get("t2") is None
