"""SQLite and one process, killed again and again while people work."""

from __future__ import annotations

import os
from pathlib import Path

from engine.config import Settings
from tests.chaos.processes import duban, free_port, pause
from tests.chaos.storm import log_of, storm
from tests.smtp_server import running_mailbox

SEED = int(os.environ.get("DUBAN_CHAOS_SEED", "20260101"))
KILLS = 11


def test_one_process_is_killed_again_and_again(tmp_path: Path) -> None:
    port = free_port()
    office = duban("office", log_of(tmp_path, "office"), "serve", f"--port={port}", ready="Ctrl+C")
    print(f"\nseed {SEED}")
    with (
        running_mailbox() as mailbox,
        storm(
            Settings(home=tmp_path / "home", heartbeat_seconds=0.5),
            [office],
            [f"http://127.0.0.1:{port}"],
            mailbox,
            seed=SEED,
            clerks=2,
            per_second=4.0,
        ) as it,
    ):
        it.begin()
        for number in range(KILLS):
            # mostly at work, sometimes before it is up again
            if number % 4:
                office.wait_until_ready()
                pause(it.chance.uniform(0.2, 2.5))
            else:
                pause(it.chance.uniform(0.0, 1.5))
            it.strike(office)
        office.wait_until_ready()
        pause(2)
        it.settle()
        findings = it.account()
        assert office.terminate() == 0
    assert office.kills == KILLS
    assert findings.counts["timers fired"] > 10
    assert findings.counts["mails"] > 2
