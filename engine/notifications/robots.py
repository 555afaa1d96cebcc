"""Addresses of the robots that people let themselves be told by: a group chat's, or a web service of the office.

Pure. Such an address is a secret: who has it may write into the chat. Chat robots have fixed hosts of their own;
any other host must be one that the installation names (DUBAN_WEBHOOK_HOSTS), so that nobody can make this server
call its neighbours.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from urllib.parse import SplitResult, parse_qs, urlsplit

from engine.errors import FieldError, InvalidForm, Message

LONGEST = 500
WEBHOOK = "webhook"
_TOKEN = re.compile(r"[A-Za-z0-9_-]{6,200}")
_PLAIN = re.compile(r"[A-Za-z0-9]{6,200}")
_HOST = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:.]+\]")
_PATH = re.compile(r"[A-Za-z0-9._~!$&'()*+,;=:@/%-]*")
_PORTS = {"http": 80, "https": 443}
_TEMPLATES = {
    # what the chat programs show to be copied, and how it reads here
    ("qyapi.weixin.qq.com", "/cgi-bin/webhook/send", "key"): "wecombot",
    ("oapi.dingtalk.com", "/robot/send", "access_token"): "dingtalk",
    ("open.feishu.cn", "/open-apis/bot/v2/hook/", ""): "feishu",
    ("open.larksuite.com", "/open-apis/bot/v2/hook/", ""): "lark",
}
KINDS = ("wecombot", "dingtalk", "feishu", "lark", WEBHOOK)


@dataclass(frozen=True)
class Robot:
    """`kind` is one of KINDS. A chat's robot has a `token` (DingTalk's: a `secret` too), a webhook its `url`."""

    kind: str
    token: str = field(default="", repr=False)
    secret: str = field(default="", repr=False)
    url: str = field(default="", repr=False)

    @property
    def address(self) -> str:
        """The normal form, from which `parse_robot` makes the same robot."""
        if self.kind == WEBHOOK:
            return self.url
        return f"{self.kind}://{self.secret}@{self.token}" if self.secret else f"{self.kind}://{self.token}"

    @property
    def masked(self) -> str:
        """Tells one's own robots apart, and nothing that would help a reader."""
        if self.kind == WEBHOOK:
            return f"{urlsplit(self.url).netloc}/…"
        return f"…{self.token[-4:]}"


def parse_robot(text: str, webhook_hosts: Sequence[str]) -> Robot:
    """Takes what a chat program shows to be copied, `KIND://TOKEN`, or the address of a webhook.

    `webhook_hosts` are `HOST` (on the scheme's own port) or `HOST:PORT`. Raises InvalidForm for anything else; what
    was typed is not repeated.
    """
    text = text.strip()
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        raise _no_robot() from None
    if len(text) > LONGEST or not text.isascii() or not text.isprintable() or parts.fragment:
        raise _no_robot()
    if parts.scheme in _PORTS:
        return _of_chat(parts) or _webhook(parts, port, webhook_hosts)
    if parts.scheme in ("json", "jsons"):
        scheme = "https" if parts.scheme == "jsons" else "http"
        return _webhook(parts._replace(scheme=scheme), port, webhook_hosts)
    return _of_kind(parts)


def _of_kind(parts: SplitResult) -> Robot:
    secret, _, token = parts.netloc.rpartition("@")
    if parts.scheme not in KINDS or parts.path.strip("/") or parts.query:
        raise _no_robot()
    return _chat(parts.scheme, token, secret)


def _of_chat(parts: SplitResult) -> Robot | None:
    """None where the address is none of a chat program's."""
    for (host, path, key), kind in _TEMPLATES.items():
        if parts.netloc != host:
            continue
        if key and parts.path.rstrip("/") == path:
            return _chat(kind, parse_qs(parts.query).get(key, [""])[0], "")
        if not key and parts.path.startswith(path):
            return _chat(kind, parts.path.removeprefix(path).strip("/"), "")
        raise _no_robot()
    return None


def _chat(kind: str, token: str, secret: str) -> Robot:
    form = _PLAIN if kind == "dingtalk" else _TOKEN
    if not form.fullmatch(token) or (secret and (kind != "dingtalk" or not _PLAIN.fullmatch(secret))):
        raise _no_robot()
    return Robot(kind, token, secret)


def _webhook(parts: SplitResult, port: int | None, webhook_hosts: Sequence[str]) -> Robot:
    host = parts.netloc.removesuffix(f":{port}").lower()
    standard = _PORTS[parts.scheme]
    if not _HOST.fullmatch(host) or not _PATH.fullmatch(parts.path) or " " in parts.query:
        raise _no_robot()
    is_standard = port in (None, standard)
    named = {name.strip().lower() for name in webhook_hosts}
    if f"{host}:{port or standard}" not in named and not (is_standard and host in named):
        raise InvalidForm(
            [
                FieldError(
                    "robot",
                    Message(
                        "这个网址的主机不在允许之列。请使用企业微信、钉钉、飞书机器人的地址，"
                        "或请管理员将该主机列入 DUBAN_WEBHOOK_HOSTS。",
                        "The host of this address is not allowed. Use the address of a WeCom, DingTalk or Feishu "
                        "robot, or ask the administrator to name the host in DUBAN_WEBHOOK_HOSTS.",
                    ),
                )
            ]
        )
    where = host if is_standard else f"{host}:{port}"
    query = f"?{parts.query}" if parts.query else ""
    return Robot(WEBHOOK, url=f"{parts.scheme}://{where}{parts.path or '/'}{query}")


def _no_robot() -> InvalidForm:
    return InvalidForm(
        [
            FieldError(
                "robot",
                Message(
                    "这不是可用的机器人地址。请粘贴企业微信、钉钉或飞书机器人的 Webhook 地址；"
                    "钉钉加签机器人请写成 dingtalk://密钥@access_token 的形式。",
                    "This is no robot's address. Paste the webhook address of a WeCom, DingTalk or Feishu robot; "
                    "for a DingTalk robot that signs, write dingtalk://SECRET@ACCESS_TOKEN.",
                ),
            )
        ]
    )
