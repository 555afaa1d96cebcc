"""The pages while the database is away: 503 in both languages, and back by themselves."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from engine.config import Settings
from engine.errors import StoreAway
from engine.store.sealing import KEY_FILE, derived_key
from tests.browser.office import Office
from tests.web.visitor import Visitor
from web.app import create_app
from web.secret import shared_session_key


class Flaky:
    """The store of an office, which can be away."""

    def __init__(self, store: Any) -> None:
        self._store = store
        self.reads_left: int | None = None

    @contextmanager
    def read(self) -> Iterator[Any]:
        self._count()
        with self._store.read() as work:
            yield work

    @contextmanager
    def shared_reading(self) -> Iterator[None]:
        self._count()
        with self._store.shared_reading():
            yield

    @contextmanager
    def write(self) -> Iterator[Any]:
        self._count()
        with self._store.write() as work:
            yield work

    def _count(self) -> None:
        if self.reads_left is not None:
            self.reads_left -= 1
            if self.reads_left < 0:
                raise StoreAway("connection refused")


@pytest.fixture
def flaky(office: Office) -> Flaky:
    return Flaky(office.engine.store)


@pytest.fixture
def client(office: Office, flaky: Flaky) -> FlaskClient:
    app = create_app(replace(office.engine, store=flaky), testing=True)
    app.config["PROPAGATE_EXCEPTIONS"] = False
    client = app.test_client()
    Visitor(client).log_in("dengji")
    return client


def test_a_page_says_so_in_both_languages_and_asks_again(client: FlaskClient, flaky: Flaky) -> None:
    flaky.reads_left = 0
    answer = client.get("/inbox?box=mine")
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "5"
    assert "数据库暂时不可用" in answer.text
    assert "The database cannot be reached" in answer.text
    assert '<meta http-equiv="refresh" content="5">' in answer.text
    assert 'href="/inbox?box=mine"' in answer.text
    assert "connection refused" not in answer.text
    flaky.reads_left = None
    assert client.get("/inbox?box=mine").status_code == 200


@pytest.mark.parametrize("reads", range(1, 12))
def test_whenever_it_goes_away(client: FlaskClient, flaky: Flaky, reads: int) -> None:
    """In the middle of a page, and in the middle of the page of another error."""
    for path in ("/inbox", "/tasks/nowhere", "/cases/nowhere"):
        flaky.reads_left = reads
        assert client.get(path).status_code in {200, 404, 503}
    flaky.reads_left = None


def test_what_was_sent_is_not_sent_again_by_itself(client: FlaskClient, flaky: Flaky) -> None:
    token = Visitor(client).token()
    flaky.reads_left = 0
    answer = client.post("/tasks/nowhere/claim", data={"csrf_token": token})
    assert answer.status_code == 503
    assert "refresh" not in answer.text
    assert "可能已经保存" in answer.text
    assert 'href="/inbox"' in answer.text


def test_scripts_are_told_in_their_own_way(client: FlaskClient, flaky: Flaky) -> None:
    flaky.reads_left = 0
    fragment = client.get("/inbox", headers={"HX-Request": "true"})
    assert fragment.status_code == 503
    assert "<html" not in fragment.text
    data = client.get("/inbox", headers={"Accept": "application/json"})
    assert data.status_code == 503
    assert data.json is not None
    assert "数据库" in data.json["error"]


def test_static_files_need_no_database(client: FlaskClient, flaky: Flaky) -> None:
    flaky.reads_left = 0
    assert client.get("/static/mark.svg", buffered=True).status_code == 200


def test_hosts_that_share_the_seal_key_read_each_others_sessions(tmp_path: Path) -> None:
    key = "c2VhbCBrZXkgc2VhbCBrZXkgc2VhbCBrZXkgc2VhbCA="
    (tmp_path / KEY_FILE).write_text(key)
    by_file = shared_session_key(Settings(home=tmp_path))
    by_setting = shared_session_key(Settings(home=tmp_path / "b", seal_key=key))
    assert by_file == by_setting
    assert len(by_file) == 32
    assert by_file != derived_key(tmp_path, key, "another purpose")
