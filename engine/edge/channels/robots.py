"""Notifications through people's own robots (WeCom, DingTalk, Feishu, Lark) and webhooks; alone knows Apprise.

Apprise knows how each of them wants to be talked to, but says no more than yes or no, and yes to all that has
status 200, which chat robots also answer to what they refuse. So its modules are given a `requests` that
listens: the answer itself decides. Nothing is asked of any other host, and no redirect is followed.
"""

from __future__ import annotations

import hashlib
import json
import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

import requests
from apprise import AppriseAsset, NotifyType
from apprise.plugins import custom_json, dingtalk, feishu, lark, wecombot
from apprise.plugins.base import NotifyBase

from engine.errors import DeliveryFailed, InvalidForm, Message
from engine.notifications.robots import WEBHOOK, Robot, parse_robot
from engine.ports.channel import Notice
from engine.records.org import Person
from engine.records.reach import Preference

CONNECT_SECONDS = 5.0
ANSWER_SECONDS = 10.0
LONGEST_REASON = 200
_RETRYABLE = frozenset({408, 425, 429})
_FOR_GOOD = frozenset({93000, 300001, 19001})
"""A robot that is not there any more. Source: the error codes of WeCom, DingTalk and Feishu robots."""
_CODES = ("errcode", "code", "StatusCode")
_TYPES = {"info": NotifyType.INFO, "warning": NotifyType.WARNING}

_NOTIFIERS: dict[str, Callable[..., NotifyBase]] = {
    "wecombot": wecombot.NotifyWeComBot,
    "dingtalk": dingtalk.NotifyDingTalk,
    "feishu": feishu.NotifyFeishu,
    "lark": lark.NotifyLark,
    WEBHOOK: custom_json.NotifyJSON,
}

# both write whole addresses into their logs, and an address is a secret
logging.getLogger("apprise").disabled = True
logging.getLogger("urllib3").setLevel(logging.INFO)


@dataclass(frozen=True)
class Answer:
    """What came back. `status` None: nothing did, and `content` is the kind of failure."""

    status: int | None
    content: bytes


class _Ear(threading.local):
    """The answer to the last request of this thread."""

    answer: Answer | None = None


_EAR = _Ear()


class _Listening:
    """Stands in for the module `requests` inside Apprise's own."""

    codes = requests.codes
    RequestException = requests.RequestException

    def post(self, url: str, **options: Any) -> requests.Response:
        return self.request("POST", url, **options)

    def request(self, method: str, url: str, **options: Any) -> requests.Response:
        _EAR.answer = Answer(None, b"")
        options["allow_redirects"] = False
        try:
            response = requests.request(method, url, **options)  # noqa: S113 - Apprise gives its timeouts
        except requests.RequestException as error:
            _EAR.answer = Answer(None, type(error).__name__.encode())  # its text holds the address
            raise
        _EAR.answer = Answer(response.status_code, response.content)
        return response


for _module in (custom_json, dingtalk, feishu, lark, wecombot):
    vars(_module)["requests"] = _Listening()


@dataclass(frozen=True)
class Robots:
    """Implements `Channel`: to the robot that each person has named on the profile page."""

    webhook_hosts: Sequence[str] = ()
    name: str = "robot"
    _asset: AppriseAsset = field(
        default_factory=lambda: AppriseAsset(app_id="Duban", http_redirects=False, async_mode=False), repr=False
    )

    def address_of(self, _person: Person, preference: Preference) -> str | None:
        return preference.robot or None

    def send(self, notice: Notice) -> None:
        try:
            robot = parse_robot(notice.address, self.webhook_hosts)
        except InvalidForm as error:  # the host has been taken from the list since
            raise DeliveryFailed(error.errors[0].message, retryable=False, only_here=True) from error
        text = f"{notice.text}\n{notice.link}" if notice.link else notice.text
        _EAR.answer = None
        self._notifier(robot, notice).notify(body=text, notify_type=_TYPES.get(notice.level, NotifyType.FAILURE))
        _judge(robot, _EAR.answer)

    def _notifier(self, robot: Robot, notice: Notice) -> NotifyBase:
        common = {"asset": self._asset, "cto": CONNECT_SECONDS, "rto": ANSWER_SECONDS}
        given: dict[str, Any] = {"key": robot.token} if robot.kind == "wecombot" else {"token": robot.token}
        if robot.secret:
            given["secret"] = robot.secret
        if robot.kind == WEBHOOK:
            given = _request_of(robot, notice)
        notifier = _NOTIFIERS[robot.kind](**common, **given)
        notifier.request_rate_per_sec = 0  # a notifier is used once; waiting is the business of the deliveries
        return notifier


def _request_of(robot: Robot, notice: Notice) -> dict[str, Any]:
    """The request to a webhook: the message with its level, link and a key that stays the same at every attempt."""
    at = urlsplit(robot.url)
    key = hashlib.sha256(notice.idempotency_key.encode()).hexdigest()
    return {
        "secure": at.scheme == "https",
        "host": at.netloc.removesuffix(f":{at.port}"),
        "port": at.port,
        "fullpath": at.path,
        "params": parse_qs(at.query, keep_blank_values=True),
        "headers": {"Idempotency-Key": key},
        # "" takes a field of Apprise's own out
        "payload": {"idempotency_key": key, "level": notice.level, "link": notice.link or "", "attachments": ""},
    }


def _judge(robot: Robot, answer: Answer | None) -> None:
    """Raises DeliveryFailed unless the robot has taken the message. Never names the address."""
    if answer is None or answer.status is None:
        why = answer.content.decode() if answer else ""
        raise _failed(f"对方没有应答 {why}", f"no answer {why}", retryable=True)
    status = answer.status
    if not 200 <= status < 300:
        retryable = status >= 500 or status in _RETRYABLE
        raise _failed(f"对方应答 {status}", f"answered {status}", retryable=retryable)
    if robot.kind == WEBHOOK:
        return
    code, text = _verdict(answer.content)
    if code != 0:
        raise _failed(f"机器人拒收：{code} {text}", f"refused: {code} {text}", retryable=code not in _FOR_GOOD)


def _verdict(content: bytes) -> tuple[int | None, str]:
    """The robot's own code, 0 where it took the message, None where there is none; and what it says."""
    try:
        said = json.loads(content)
    except ValueError:
        said = None
    if not isinstance(said, dict):
        return None, ""
    code = next((said[name] for name in _CODES if isinstance(said.get(name), int)), None)
    text = said.get("errmsg") or said.get("msg") or said.get("StatusMessage") or ""
    return code, str(text)[:LONGEST_REASON]


def _failed(zh: str, en: str, *, retryable: bool) -> DeliveryFailed:
    message = Message(f"机器人或 Webhook：{zh.strip()}", f"robot or webhook: {en.strip()}")
    return DeliveryFailed(message, retryable=retryable, only_here=True)
