"""A browser that is logged in already."""

from __future__ import annotations

import re

from flask import Flask
from flask.testing import FlaskClient

from engine.org.sessions import begin_session
from tests.worlds import World

TOKEN = re.compile(r'name="csrf-token" content="([^"]+)"')


def entered(app: Flask, world: World, username: str) -> FlaskClient:
    """The browser of that person. Each call is a session of its own."""
    client = app.test_client()
    actor = world.actor(username)
    opened = begin_session(world.engine, actor)
    with client.session_transaction() as session:
        session["_user_id"] = actor.person_id
        session["since"] = world.clock.now().timestamp()
        session["sid"], session["generation"] = opened.session_id, opened.generation
    return client


def token(client: FlaskClient) -> str:
    """The token that the browser's pages carry."""
    found = TOKEN.search(client.get("/profile", follow_redirects=True).text)
    assert found is not None
    return found.group(1)
