"""Two at once, an exception in the middle, a kill in the middle: one winner, or the state before."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from engine.cases.start import start_case
from engine.errors import Conflict, EngineError
from engine.records.task import TaskState
from engine.tasks.complete import complete_task
from tests.worlds import World, enter_world

ROOT = Path(__file__).resolve().parents[2]


def at_once(*works: Callable[[], object]) -> list[EngineError]:
    """Runs all in threads that start together; the refusals."""
    ready = threading.Barrier(len(works))
    refused: list[EngineError] = []

    def run(work: Callable[[], object]) -> None:
        ready.wait()
        try:
            work()
        except EngineError as error:
            refused.append(error)

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return refused


def test_of_two_who_complete_at_once_one_wins_and_the_other_reads_who_and_when(either: World) -> None:
    case = start_case(either.engine, either.actor("jiedai"), "two_steps", {"title": "T"})
    task_id, actor = either.task(case, "check").task_id, either.actor("dengji")

    refused = at_once(
        *(
            (lambda text=text: complete_task(either.engine, actor, task_id, {"opinion": text}))
            for text in ("甲", "乙", "丙")
        )
    )

    assert [type(error) for error in refused] == [Conflict, Conflict]
    assert all("周雨" in error.message.zh for error in refused)
    assert either.task(case, "check").result in ({"opinion": "甲"}, {"opinion": "乙"}, {"opinion": "丙"})
    assert len(either.tasks(case, element="sign")) == 1
    assert either.events(case).count("TaskCompleted") == 1


def test_a_form_sent_twice_at_once_starts_one_case(either: World) -> None:
    actor = either.actor("jiedai")
    started = []

    def start() -> None:
        started.append(start_case(either.engine, actor, "two_steps", {"title": "T"}, submission_key="k").case_id)

    refused = at_once(start, start)

    assert refused == []
    assert len(set(started)) == 1


def test_an_exception_in_a_step_leaves_the_state_before_it(either: World, monkeypatch: pytest.MonkeyPatch) -> None:
    case = start_case(either.engine, either.actor("jiedai"), "two_steps", {"title": "T"})
    before = either.view(case)
    task_id, actor = either.task(case, "check").task_id, either.actor("dengji")

    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    with monkeypatch.context() as patched:
        patched.setattr("engine.store.repositories.step_writer._close_tasks", broken)
        with pytest.raises(ZeroDivisionError):
            complete_task(either.engine, actor, task_id, {"opinion": "x"})

    assert either.view(case) == before
    complete_task(either.engine, actor, task_id, {"opinion": "x"})
    assert either.task(case, "check").state is TaskState.COMPLETED


KILLED = """
import os, signal, sys
from pathlib import Path
import engine.store.repositories.instances as instances
from engine.tasks.complete import complete_task
from tests.worlds import enter_world

world = enter_world(Path(sys.argv[1]), database_url=sys.argv[3])
write = instances.write_steps

def write_and_die(connection, batch):
    write(connection, batch)
    print("written", flush=True)
    os.kill(os.getpid(), signal.SIGKILL)

instances.write_steps = write_and_die
complete_task(world.engine, world.actor("dengji"), sys.argv[2], {"opinion": "killed"})
"""


def test_a_kill_in_the_middle_of_a_step_leaves_the_state_before_it(either: World) -> None:
    case = start_case(either.engine, either.actor("jiedai"), "two_steps", {"title": "T"})
    task_id, before = either.task(case, "check").task_id, either.view(case)
    home, database_url = either.engine.settings.home, either.engine.settings.database_url

    killed = subprocess.run(
        [sys.executable, "-c", KILLED, str(home), task_id, database_url],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert (killed.returncode, killed.stdout) == (-signal.SIGKILL, "written\n"), killed.stderr
    again = enter_world(home, database_url=database_url)
    assert again.view(case) == before
    complete_task(again.engine, again.actor("dengji"), task_id, {"opinion": "alive"})
    assert again.task(case, "check").result == {"opinion": "alive"}
    again.close()
