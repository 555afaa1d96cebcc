"""People's own robots and webhooks: what they are sent, and what counts as taken."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from dataclasses import replace

import pytest
import requests

from engine.edge.channels import robots as module
from engine.edge.channels.robots import Robots
from engine.errors import DeliveryFailed
from engine.ports.channel import Notice
from engine.records.reach import Preference
from tests.builders import a_person
from tests.conftest import START
from tests.http_server import Hook, Reply, running_hook

TEXT = "【超期】XF2025-00001 请催办。"
LINK = "https://duban.example.gov.cn/cases/c1"


@pytest.fixture
def hook() -> Iterator[Hook]:
    with running_hook() as running:
        yield running


def notice_to(address: str) -> Notice:
    return Notice("k1", address, "【超期】XF2025-00001", f"{TEXT}\n <b>原文</b> ", LINK, START, "overdue")


def channel_to(hook: Hook) -> Robots:
    return Robots((hook.host,))


def test_a_webhook_gets_the_text_as_it_is_and_the_same_key_at_every_attempt(hook: Hook) -> None:
    for _ in range(2):
        channel_to(hook).send(notice_to(f"http://{hook.host}/hooks/1?t=%2Fa&t=b"))
    channel_to(hook).send(replace(notice_to(f"http://{hook.host}/hooks/1"), idempotency_key="k2"))
    one, again, other = hook.heard
    assert one.path == "/hooks/1?t=%2Fa&t=b"
    assert one.content == {
        "version": "1.0",
        "title": "",
        "message": f"{TEXT}\n <b>原文</b> \n{LINK}",
        "type": "failure",
        "level": "overdue",
        "link": LINK,
        "idempotency_key": one.headers["Idempotency-Key"],
    }
    assert one.headers["Idempotency-Key"] == again.headers["Idempotency-Key"] != other.headers["Idempotency-Key"]
    assert one.headers["User-Agent"] == "Duban"


@pytest.mark.parametrize(
    ("status", "retryable"), [(500, True), (503, True), (429, True), (410, False), (404, False), (403, False)]
)
def test_what_a_webhook_answers_decides(hook: Hook, status: int, retryable: bool) -> None:
    hook.replies.append(Reply(status))
    with pytest.raises(DeliveryFailed, match=str(status)) as refused:
        channel_to(hook).send(notice_to(f"http://{hook.host}/secret"))
    assert (refused.value.retryable, refused.value.only_here) == (retryable, True)
    assert "secret" not in str(refused.value)


def test_no_redirect_is_followed(hook: Hook) -> None:
    with running_hook() as neighbour:
        hook.replies.append(Reply(307, location=f"http://{neighbour.host}/inner"))
        with pytest.raises(DeliveryFailed, match="307") as refused:
            channel_to(hook).send(notice_to(f"http://{hook.host}/"))
        assert not refused.value.retryable
        assert neighbour.heard == []


def test_a_host_that_is_no_longer_allowed_is_not_called(hook: Hook) -> None:
    with pytest.raises(DeliveryFailed, match="DUBAN_WEBHOOK_HOSTS") as refused:
        Robots(()).send(notice_to(f"http://{hook.host}/"))
    assert not refused.value.retryable
    assert hook.heard == []


def test_nobody_there_is_tried_again_and_the_address_stays_out_of_words_and_logs(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with running_hook() as gone:
        host = gone.host
    with caplog.at_level(logging.DEBUG), pytest.raises(DeliveryFailed, match="ConnectionError") as refused:
        Robots((host,)).send(notice_to(f"http://{host}/secret"))
    assert refused.value.retryable
    assert "secret" not in str(refused.value) + caplog.text


@pytest.fixture
def diverted(hook: Hook, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The chat programs' own hosts are answered by the hook; the addresses asked for are kept."""
    asked: list[str] = []
    call = requests.request

    def request(method: str, url: str, **options: object) -> requests.Response:
        asked.append(url)
        return call(method, f"http://{hook.host}/", **options)  # type: ignore[arg-type]

    monkeypatch.setattr(module.requests, "request", request)
    return asked


@pytest.mark.parametrize(
    ("address", "url", "where"),
    [
        ("wecombot://secret12", "qyapi.weixin.qq.com/cgi-bin/webhook/send?key=secret12", ("text", "content")),
        ("dingtalk://secret12", "oapi.dingtalk.com/robot/send?access_token=secret12", ("text", "content")),
        ("dingtalk://SEC123@secret12", "oapi.dingtalk.com/robot/send?access_token=secret12", ("text", "content")),
        ("feishu://secret12", "open.feishu.cn/open-apis/bot/v2/hook/secret12/", ("content", "text")),
        ("lark://secret12", "open.larksuite.com/open-apis/bot/v2/hook/secret12", ("content", "text")),
    ],
)
def test_each_robot_is_spoken_to_in_its_own_way(
    hook: Hook, diverted: list[str], address: str, url: str, where: tuple[str, str]
) -> None:
    hook.replies.append(Reply(body='{"errcode": 0, "errmsg": "ok"}'))
    Robots().send(notice_to(address))
    assert diverted == [f"https://{url}"]
    outer, inner = where
    assert hook.heard[0].content[outer][inner].startswith(TEXT)
    assert hook.heard[0].content[outer][inner].endswith(LINK)


@pytest.mark.parametrize(
    ("said", "retryable"),
    [
        ('{"errcode": 45009, "errmsg": "api freq out of limit"}', True),
        ('{"errcode": 93000, "errmsg": "invalid webhook url"}', False),
        ('{"code": 19001, "msg": "token invalid"}', False),
        ('{"StatusCode": 1, "StatusMessage": "busy"}', True),
        ("<html>please log in to the wireless network</html>", True),
        ("[]", True),
        ('{"errmsg": "ok"}', True),
    ],
)
def test_a_robot_that_refuses_with_status_200_has_refused(
    hook: Hook, diverted: list[str], said: str, retryable: bool
) -> None:
    hook.replies.append(Reply(body=said))
    with pytest.raises(DeliveryFailed) as refused:
        Robots().send(notice_to("wecombot://secret12"))
    assert refused.value.retryable is retryable
    assert json.dumps("secret12") not in str(refused.value)


def test_who_has_no_robot_is_not_reached_by_one() -> None:
    assert Robots().address_of(a_person(), Preference("p-jingban")) is None
    assert Robots().address_of(a_person(), Preference("p-jingban", robot="lark://x")) == "lark://x"
