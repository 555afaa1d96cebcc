"""The public page from outside: nothing leaks, nothing is kept, nothing is done twice."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from engine.public.query import PER_CODE
from tests.matters import CODE, L5_AT, a_matter
from tests.security.conftest import Enter
from tests.worlds import World

TOKEN = re.compile(r'name="token" value="([^"]+)"')


def ask(app: Flask, code: str = CODE, factor: str = "8000", address: str = "10.0.0.1") -> TestResponse:
    client = app.test_client()
    return client.post(
        "/query", data={"code": code, "factor": factor}, environ_base={"REMOTE_ADDR": address}, buffered=True
    )


def give(app: Flask, token: str, **fields: str) -> TestResponse:
    return app.test_client().post("/query/evaluation", data={"token": token, **fields}, buffered=True)


def token_of(answer: TestResponse) -> str:
    found = TOKEN.search(answer.text)
    assert found, answer.text
    return found.group(1)


def test_wrong_codes_and_wrong_persons_read_the_same_to_the_byte(app: Flask, two: World) -> None:
    a_matter(two)
    a_matter(two, "SECRET2345", confidential=True)
    asked = [("ZZZZZ99999", "8000"), (CODE, "8001"), ("SECRET2345", "8001"), ("", ""), (CODE, "<script>")]
    answers = [ask(app, code, factor, f"10.4.0.{n}") for n, (code, factor) in enumerate(asked)]
    assert {(a.status_code, a.data) for a in answers} == {(404, answers[0].data)}
    assert "没有查到" in answers[0].text


def test_ways_of_which_nothing_is_shown_read_the_same_to_the_byte(app: Flask, two: World) -> None:
    two.clock.move_to(L5_AT + timedelta(days=1))
    kinds = ({"confidential": True}, {"accused_units": ("cgjd",)}, {"purpose": "4"})
    for n, columns in enumerate(kinds):
        a_matter(two, f"SECRET234{n}", **columns)
    answers = [ask(app, f"SECRET234{n}", address=f"10.5.0.{n}") for n in range(len(kinds))]
    assert len({a.data for a in answers}) == 1
    assert "已按规定转送" in answers[0].text
    assert not re.search(r"自然资源局|信访局|征地|name=\"token\"|2025年9月", answers[0].text)


def test_the_page_keeps_no_cookie_and_shows_no_content(app: Flask, two: World) -> None:
    case = a_matter(two)
    two.clock.move_to(L5_AT + timedelta(days=1))
    answer = ask(app)
    assert answer.status_code == 200
    assert "Set-Cookie" not in answer.headers
    assert answer.headers["Cache-Control"] == "no-store"
    assert not re.search("征地|补发|陈某|李四|答复内容|XF2025", answer.text)
    assert case.case_id not in answer.text
    first = app.test_client().get("/query")
    assert "Set-Cookie" not in first.headers
    assert "<script" not in first.text
    assert len(first.data) < 6 * 1024


def test_a_code_that_is_locked_locks_nobody_of_the_staff(app: Flask, two: World, enter: Enter) -> None:
    case = a_matter(two)
    for n in range(PER_CODE):
        ask(app, factor="0000", address=f"10.6.0.{n}")
    locked, unknown = ask(app, address="10.6.1.1"), None
    for n in range(PER_CODE + 1):
        unknown = ask(app, "ZZZZZ99999", address=f"10.7.0.{n}")
    assert unknown is not None
    assert (locked.status_code, locked.data) == (429, unknown.data)
    assert enter("dengji").get(f"/cases/{case.case_id}").status_code == 200


def test_an_evaluation_is_kept_once_and_never_runs_as_a_script(app: Flask, two: World, enter: Enter) -> None:
    case = a_matter(two)
    two.clock.move_to(L5_AT + timedelta(days=1))
    token = token_of(ask(app))
    thanked = give(app, token, score_office="dissatisfied", text_office="<script>alert(1)</script>")
    assert thanked.status_code == 200
    assert "谢谢" in thanked.text
    again = give(app, token, score_office="satisfied")
    assert (again.status_code, "只能评价一次" in again.text) == (422, True)
    assert give(app, token_of(thanked), score_unit="fair").status_code == 200
    seen = enter("dengji").get(f"/cases/{case.case_id}").text
    assert "&lt;script&gt;alert(1)" in seen
    assert "<script>alert(1)" not in seen
    assert give(app, token[:-2] + "xx", score_unit="fair").status_code == 403
    two.clock.advance(timedelta(minutes=31))
    assert give(app, token, score_unit="fair").status_code == 403


def test_what_was_written_stays_where_an_evaluation_is_refused(app: Flask, two: World) -> None:
    a_matter(two)
    two.clock.move_to(L5_AT + timedelta(days=1))
    token = token_of(ask(app))
    refused = give(app, token, text_unit="写了很久", size="larger")
    assert (refused.status_code, "请至少选择一项评价" in refused.text) == (422, True)
    assert "已送达处理意见书" in refused.text, "the result is not asked for again"
    assert "写了很久</textarea>" in refused.text
    assert 'id="code"' not in refused.text
    assert 'value="larger" checked' in refused.text
    # a mistake does not make the token last longer
    assert token_of(refused) == token
    other = give(app, token, score_office="fair", text_unit="写了很久")
    assert (other.status_code, "还没有选满意" in other.text) == (422, True)
    long = give(app, token, score_unit="fair", text_unit="长" * 501)
    assert 'value="fair" checked' in long.text
    assert give(app, token, score_unit="fair", text_unit="写了很久").status_code == 200


@pytest.mark.parametrize("subject", ["office"])
def test_two_at_once_are_one(app: Flask, two: World, subject: str) -> None:
    case = a_matter(two)
    two.clock.move_to(L5_AT + timedelta(days=1))
    token = token_of(ask(app))
    with ThreadPoolExecutor(2) as pool:
        sent = [pool.submit(give, app, token, **{f"score_{subject}": s}) for s in ("satisfied", "dissatisfied")]
    assert sorted(s.result().status_code for s in sent) == [200, 422]
    with two.engine.store.read() as work:
        assert len(work.public.evaluations(case.case_id)) == 1
