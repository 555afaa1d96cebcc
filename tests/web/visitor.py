"""A person with Flask's test client: takes the token of the page before, as a browser does."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.browser.office import PASSWORD

TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
BOUNDARY = "----DubanFormBoundary7MA4YWxkTrZu0gW"
ISLAND = re.compile(r'<script type="application/json" id="form-page">(.*?)</script>', re.DOTALL)


@dataclass(frozen=True)
class Visitor:
    """One browser."""

    client: FlaskClient

    def log_in(self, username: str, password: str = PASSWORD) -> Visitor:
        answer = self.post("/login", {"username": username, "password": password}, token_from="/login")
        assert answer.status_code == 302, answer.text
        return self

    def get(self, path: str, **more: Any) -> TestResponse:
        return self.client.get(path, buffered=True, **more)

    def token(self, path: str = "/profile") -> str:
        found = TOKEN.search(self.get(path).text)
        assert found, path
        return found.group(1)

    def post(
        self, path: str, data: Mapping[str, Any] | None = None, *, token_from: str = "/profile"
    ) -> TestResponse:
        body = _multipart({"csrf_token": self.token(token_from), **(data or {})})
        return self.client.post(path, data=body, content_type=f"multipart/form-data; boundary={BOUNDARY}")

    def start(self, data: Mapping[str, Any], *, procedure: str = "two_steps", key: str = "") -> TestResponse:
        return self.post(f"/new/{procedure}", {"payload": json.dumps(data), "submission_key": key})

    def start_case(self, **data: Any) -> str:
        """Starts a `two_steps` case and returns its id."""
        answer = self.start({"title": "路灯不亮", **data})
        assert answer.status_code == 302, answer.text
        return answer.location.rsplit("/", 1)[-1]

    def task_id(self, box: str = "claimable") -> str:
        """The first task of the inbox."""
        found = re.search(r'data-task="([^"]+)"', self.get(f"/inbox?box={box}").text)
        assert found, "the inbox is empty"
        return found.group(1)

    def complete(self, task_id: str, data: Mapping[str, Any], *, seen_version: int | None = None) -> TestResponse:
        fields: dict[str, Any] = {"payload": json.dumps(data)}
        if seen_version is not None:
            fields["seen_version"] = str(seen_version)
        return self.post(f"/tasks/{task_id}/completion", fields)


def island(answer: TestResponse) -> dict[str, Any]:
    """What the page gives the form's script."""
    found = ISLAND.search(answer.text)
    assert found, answer.text[:500]
    content: dict[str, Any] = json.loads(found.group(1))
    return content


def _multipart(fields: Mapping[str, Any]) -> bytes:
    """As browsers write it. Werkzeug's own test client leaves a blank line out where a field is empty."""
    parts = []
    for name, given in fields.items():
        for value in given if isinstance(given, list) else [given]:
            stream, filename = value if isinstance(value, tuple) else (None, "")
            content = str(value).encode() if stream is None else stream.read()
            file = (
                f'; filename="{filename}"\r\nContent-Type: application/octet-stream' if stream is not None else ""
            )
            head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"{file}\r\n\r\n'
            parts.append(head.encode() + content + b"\r\n")
    return b"".join(parts) + f"--{BOUNDARY}--\r\n".encode()
