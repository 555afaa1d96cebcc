"""The editor of procedures in a browser: what crosses the wire, and when the drawing can be worked on.

The largest procedure that ships is opened on a loopback address: once with an empty cache, then as somebody who was
there before. Bytes are those of the answers as they are sent, compressed. The drawing can be worked on when it is
drawn, its findings are asked for and its keys are heard.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from playwright.sync_api import Page

from bench.report import Row, at_most, typical
from engine.definitions.drafts import create_draft
from engine.definitions.read import list_definitions
from tests.browser.chromium import a_context, chromium
from tests.browser.desk import Desk
from tests.browser.office import an_office, served

START = datetime(2025, 9, 26, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
PROCEDURE = "petition_main"
AGAIN = 5
MOST_KB, MOST_AGAIN_KB = 420.0, 60.0
MOST_MS = 2500.0
READY = "performance.getEntriesByName('editor-ready')[0].startTime"


def rows() -> Iterator[Row]:
    """Kilobytes and milliseconds, the first visit and later ones."""
    with tempfile.TemporaryDirectory() as folder:
        office = an_office(Path(folder), START)
        admin = office.actor("admin")
        base = next(d for d in list_definitions(office.engine, admin) if d.key == PROCEDURE)
        draft = create_draft(office.engine, admin, PROCEDURE, base_id=base.definition_id)
        with served(office) as running, chromium() as browser:
            page = a_context(browser).new_page()
            Desk(page, running.url).log_in("admin")
            address = f"{running.url}/studio/{draft.draft_id}/diagram"
            sent, took = _visit(page, address)
            yield at_most("editor, first visit, sent", "KB", sent, MOST_KB)
            yield at_most("editor, first visit, until it can be used", "ms", took, MOST_MS)
            later = [_visit(page, address) for _ in range(AGAIN)]
            yield at_most("editor, later visits, sent", "KB", typical([kb for kb, _ in later]), MOST_AGAIN_KB)
            yield at_most(
                "editor, later visits, until it can be used", "ms", typical([ms for _, ms in later]), MOST_MS
            )
        office.close()


def _visit(page: Page, address: str) -> tuple[float, float]:
    """Kilobytes on the wire, and milliseconds from the click until the drawing can be worked on."""
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    received: list[float] = []
    session.on("Network.loadingFinished", lambda event: received.append(event["encodedDataLength"]))
    page.goto(address)
    page.wait_for_selector(".studio-editor[data-ready='1']")
    page.wait_for_selector("#findings[data-ready]")
    session.detach()
    return sum(received) / 1024, page.evaluate(READY)
