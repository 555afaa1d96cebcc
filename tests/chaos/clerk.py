"""A clerk at the office's pages, over HTTP, who does not give up: what got no answer is submitted again."""

from __future__ import annotations

import http.client
import http.cookiejar
import json
import random
import re
import secrets
import threading
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor

from engine.errors import StoreAway
from engine.ports.engine import Engine
from engine.records.views import InboxQuery
from engine.tasks.inbox import inbox
from tests.chaos.processes import pause
from tests.chaos.workload import CLERK, PASSWORD

_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
_GONE = (urllib.error.URLError, http.client.HTTPException, OSError)
_HEADERS = {"Content-Type": "application/x-www-form-urlencoded"}


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *args: object, **more: object) -> None:
        return None


class Clerk:
    """Starts `storm` cases and completes most of the tasks, until told to leave.

    `started` holds the case that each answered submission led to, `completed` the tasks that were answered for.
    Sessions and tokens are good at every door of the office.
    """

    def __init__(self, engine: Engine, doors: Sequence[str], seed: int, *, per_second: float) -> None:
        self.started: dict[str, str] = {}
        self.completed: set[str] = set()
        self.unanswered = 0
        self._engine = engine
        self._doors = tuple(doors)
        self._chance = random.Random(seed)
        self._per_second = per_second
        self._leaving = threading.Event()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix=f"clerk-{seed}")
        self._work: Future[None] = Future()
        cookies = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        # cookies are kept by host, whatever the port
        self._browser = urllib.request.build_opener(cookies, _Stay(), urllib.request.ProxyHandler({}))
        self._token = ""

    def start(self) -> None:
        """Begins to work in a thread."""
        self._work = self._thread.submit(self._toil)

    def leave(self) -> None:
        """Finishes what was begun, and ends. Raises what went wrong."""
        self._leaving.set()
        self._work.result(timeout=120)
        self._thread.shutdown()

    def _toil(self) -> None:
        self.log_in()
        while not self._leaving.is_set():
            self.start_case("storm")
            if self._chance.random() < 0.9:
                self._complete_some()
            self._leaving.wait(self._chance.expovariate(self._per_second))

    def log_in(self) -> None:
        fields = {"username": CLERK, "password": PASSWORD}
        while self._post("/login", fields, fresh="/login") != 302:
            pause(0.3)
        self._token = ""

    def start_case(self, procedure: str) -> None:
        """The same submission until it is answered: it starts one case."""
        key = secrets.token_urlsafe(12)
        fields = {"payload": json.dumps({"title": f"事项 {key}"}), "submission_key": key}
        while True:
            status, location = self._submit(f"/new/{procedure}", fields, fresh=f"/new/{procedure}")
            if status == 302 and "/cases/" in location:
                self.started[key] = location.rsplit("/", 1)[-1]
                return
            assert status in {None, 409, 503}, (procedure, status, location)
            pause(0.2)

    def _complete_some(self) -> None:
        try:
            with self._engine.store.read() as work:
                person = work.org.person_by_username(CLERK)
                actor = work.org.actor(person.person_id) if person else None
            assert actor is not None
            page = inbox(self._engine, actor, InboxQuery(box="claimable", page_size=20, procedure="storm"))
        except StoreAway:
            return
        open_tasks = [row.task.task_id for row in page.rows]
        for task_id in self._chance.sample(open_tasks, min(2, len(open_tasks))):
            fields = {"payload": json.dumps({"opinion": "同意"})}
            status = self._post(f"/tasks/{task_id}/completion", fields, fresh="/profile")
            assert status in {None, 302, 404, 409, 503}, (task_id, status)
            if status == 302:
                self.completed.add(task_id)

    def _post(self, path: str, fields: dict[str, str], *, fresh: str) -> int | None:
        return self._submit(path, fields, fresh=fresh)[0]

    def _submit(self, path: str, fields: dict[str, str], *, fresh: str) -> tuple[int | None, str]:
        """Status and Location, (None, "") where there was no answer. `fresh`: a page that carries a token."""
        door = self._chance.choice(self._doors)
        try:
            if not self._token:
                found = _TOKEN.search(self._open(door + fresh)[2])
                if found is None:
                    return None, ""
                self._token = found.group(1)
            body = urllib.parse.urlencode({"csrf_token": self._token, **fields}).encode()
            status, location, _ = self._open(door + path, body)
        except _GONE:
            self.unanswered += 1
            return None, ""
        return status, location

    def _open(self, url: str, body: bytes | None = None) -> tuple[int, str, str]:
        request = urllib.request.Request(url, data=body, headers=_HEADERS if body else {})
        try:
            with self._browser.open(request, timeout=30) as answer:
                return answer.status, "", answer.read().decode()
        except urllib.error.HTTPError as refusal:
            with refusal:
                return refusal.code, refusal.headers.get("Location", ""), refusal.read().decode(errors="replace")
