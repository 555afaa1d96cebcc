"""A person at the pages: logs in, finds a step, fills its form by the fields' keys, sends it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Locator, Page, expect
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from tests.browser.office import PASSWORD

_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


@dataclass(frozen=True)
class Desk:
    """One person's page in an office."""

    page: Page
    url: str

    def log_in(self, username: str) -> Desk:
        self.page.goto(f"{self.url}/login")
        self.page.fill("#username", username)
        self.page.fill("#password", PASSWORD)
        self.page.click("main button.is-main")
        expect(self.page.locator(".bar-brand")).to_be_visible()
        return self

    def enter(self, username: str) -> Desk:
        """As `log_in`, but nothing is drawn: no page is open yet."""
        found = _TOKEN.search(self.page.request.get(f"{self.url}/login").text())
        assert found, "the login has no token"
        fields = {"csrf_token": found.group(1), "username": username, "password": PASSWORD}
        answer = self.page.request.post(f"{self.url}/login", form=fields, max_redirects=0)
        assert answer.status == 302, answer.text()
        return self

    def open(self, path: str) -> Page:
        self.page.goto(self.url + path)
        return self.page

    def do(self, step: str, values: Mapping[str, Any] | None = None, *, title: str | None = None) -> None:
        """Claims the step of that name where it is to be claimed, fills its form and sends it."""
        self.find(step, title=title)
        claim = self.page.locator(".verbs form[action$='/claim'] button")
        if claim.count():
            with self.page.expect_navigation():
                claim.click()
        self.fill(values or {})
        self.send()
        expect(self.page.locator(".flash")).to_contain_text("已办理")

    def find(self, step: str, *, title: str | None = None) -> None:
        """Opens the step of that name from one of the boxes."""
        for box in ("claimable", "mine"):
            self.open(f"/inbox?box={box}")
            row = self.page.locator("tr[data-task]").filter(has_text=step)
            if title:
                row = row.filter(has_text=title)
            if row.count():
                row.first.locator("a.title").click()
                expect(self.page.locator("h1")).to_have_text(step)
                return
        raise AssertionError(f"no step {step!r} in the inbox: {self.page.locator('main').inner_text()}")

    def send(self) -> None:
        try:
            with self.page.expect_navigation():
                self.page.click("#completion button[type=submit]")
        except PlaywrightTimeout as late:
            told = self.page.locator("#error-list").inner_text()
            raise AssertionError(f"the form was not sent: {told}") from late

    def fill(self, values: Mapping[str, Any]) -> None:
        """Fills fields by key; nested groups are flat, the rows of a list are those that the page shows."""
        fields = {field["key"]: field for field in self.fields() if field.get("key")}
        if fields:
            expect(self.page.locator("#form[data-ready='1']")).to_be_visible()
        for key, value in values.items():
            if isinstance(value, list) and value and isinstance(value[0], dict):
                self._fill_rows(value)
                continue
            assert key in fields, f"the form has no field {key!r}, only {sorted(fields)}"
            self._fill(fields[key], value)

    def fields(self) -> list[dict[str, Any]]:
        island = json.loads(self.page.locator("#form-page").text_content() or "{}")
        return list(_flat(island["schema"]))

    def _fill(self, field: Mapping[str, Any], value: Any) -> None:
        kind = field["type"]
        if kind in {"textfield", "textarea", "number"}:
            self._input(field).fill(str(value))
        elif kind == "checkbox":
            self._input(field).set_checked(bool(value))
        elif kind in {"radio", "checklist"}:
            for item in value if isinstance(value, list) else [value]:
                self._group(field).get_by_label(self._label(field, item), exact=True).check()
        elif kind == "select":
            self._choose(field, self._label(field, value))
        elif kind == "taglist":
            for item in value:
                self._choose(field, self._label(field, item))
        elif kind == "datetime":
            self._moment(field, str(value))
        else:
            raise AssertionError(f"cannot fill a {kind}")

    def _fill_rows(self, rows: list[dict[str, Any]]) -> None:
        fields = {field["key"]: field for field in self.fields() if field.get("key")}
        for index, row in enumerate(rows):
            for key, value in row.items():
                self.page.locator(f"#form [id$='-{fields[key]['id']}_{index}']").fill(str(value))

    def _input(self, field: Mapping[str, Any]) -> Locator:
        return self.page.locator(f"#form [id$='-{field['id']}']")

    def _group(self, field: Mapping[str, Any]) -> Locator:
        return (
            self.page.locator("#form .fjs-form-field")
            .filter(has=self.page.locator(f"[id*='-{field['id']}-'], [id$='-{field['id']}']"))
            .last
        )

    def _label(self, field: Mapping[str, Any], value: Any) -> str:
        options = field.get("values")
        if options is None:
            island = json.loads(self.page.locator("#form-page").text_content() or "{}")
            options = island["lists"][field["properties"]["options"]]
        return next(o["label"] for o in options if o["value"] == value)

    def _choose(self, field: Mapping[str, Any], label: str) -> None:
        is_searched = field.get("searchable") or "options" in (field.get("properties") or {})
        if is_searched or field["type"] == "taglist":
            self._input(field).click()
            self._input(field).fill(label)
        else:
            self.page.locator(f"#form [id$='-{field['id']}-display']").click()
        self.page.locator(".fjs-dropdownlist-item").get_by_text(label, exact=True).first.click()
        if field["type"] == "taglist":
            expect(self.page.locator(".fjs-taglist-tag-label").get_by_text(label, exact=True)).to_be_visible()
        elif is_searched:
            expect(self._input(field)).to_have_value(label)
        else:
            expect(self.page.locator(f"#form [id$='-{field['id']}-display']")).to_have_text(label)

    def _moment(self, field: Mapping[str, Any], value: str) -> None:
        day, _, hour = value.partition(" ")
        inputs = self.page.locator(f"#form [id*='-{field['id']}']:is(input)")
        if field.get("subtype", "datetime") != "time":
            inputs.first.fill(day.replace("-", "/"))
            inputs.first.press("Enter")
        if hour:
            inputs.last.fill(hour)
            inputs.last.press("Enter")


def _flat(component: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for child in component.get("components", ()):
        yield child
        yield from _flat(child)
