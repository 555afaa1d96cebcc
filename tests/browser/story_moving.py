"""A dry run of a draft over the cases of the story."""

from __future__ import annotations

from engine.cases.moving.progress import advance_runs
from engine.cases.moving.runs import Choice, begin_draft_run
from tests.browser.office import Office


def tried_run(office: Office, draft_id: str) -> str:
    """The id of the draft's dry run, worked off."""
    admin = office.actor("admin")
    with office.engine.store.read() as work:
        found = work.moving.runs_of_draft(draft_id, 1)
    run = found[0] if found else begin_draft_run(office.engine, admin, draft_id, Choice(rearm=True))
    while advance_runs(office.engine):
        continue
    return run.run_id
