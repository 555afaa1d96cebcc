"""Which addresses of robots are taken, and which would make this server call somebody else."""

from __future__ import annotations

import pytest

from engine.errors import InvalidForm
from engine.notifications.robots import Robot, parse_robot

HOSTS = ("hook.example.gov.cn", " 10.1.2.3:8443", "[::1]:9000")
KEY = "693a91f6-7xxx-4bc4-97a0-0ec2sifa5aaa"


@pytest.mark.parametrize(
    ("text", "robot"),
    [
        (f"https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key={KEY}", Robot("wecombot", KEY)),
        (f" wecombot://{KEY}/ ", Robot("wecombot", KEY)),
        ("https://oapi.dingtalk.com/robot/send?access_token=abcdef123456", Robot("dingtalk", "abcdef123456")),
        ("dingtalk://SEC0123@abcdef123456", Robot("dingtalk", "abcdef123456", "SEC0123")),
        (f"https://open.feishu.cn/open-apis/bot/v2/hook/{KEY}", Robot("feishu", KEY)),
        (f"https://open.larksuite.com/open-apis/bot/v2/hook/{KEY}", Robot("lark", KEY)),
        (
            "https://Hook.example.gov.cn/a/b?t=1&t=2",
            Robot("webhook", url="https://hook.example.gov.cn/a/b?t=1&t=2"),
        ),
        ("jsons://hook.example.gov.cn:443", Robot("webhook", url="https://hook.example.gov.cn/")),
        ("http://10.1.2.3:8443/x", Robot("webhook", url="http://10.1.2.3:8443/x")),
        ("json://[::1]:9000/x", Robot("webhook", url="http://[::1]:9000/x")),
    ],
)
def test_what_chat_programs_show_and_what_the_office_allows_is_taken(text: str, robot: Robot) -> None:
    parsed = parse_robot(text, HOSTS)
    assert parsed == robot
    assert parse_robot(parsed.address, HOSTS) == robot, "the normal form says the same"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "mailto://user:secret@example.com",
        "file:///etc/passwd",
        "slack://secret/secret/secret",
        "https://other.example.gov.cn/secret",
        "https://hook.example.gov.cn:8443/secret",
        "http://10.1.2.3/secret",
        "http://127.0.0.1/secret",
        "http://169.254.169.254/secret",
        "https://hook.example.gov.cn@evil.example/secret",
        "https://secret@hook.example.gov.cn/",
        "https://evil.example#hook.example.gov.cn/secret",
        "https://evil.example\\@hook.example.gov.cn/secret",
        "https://hook.example.gov.cn.evil.example/secret",
        "https://hook.example.gov.cn/secret\r\nHost: evil",
        "https://hook.example.gov.cn/a secret",
        "https://hook.example.gov.cn:x/secret",
        "https://hook.example.gov.cn/secret/" + "x" * 500,
        "https://[::1/secret",
        "https://qyapi.weixin.qq.com/cgi-bin/other?key=secret12",
        "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=",
        "https://open.feishu.cn/open-apis/bot/v2/hook/../../secret",
        "wecombot://sec/ret",
        "wecombot://secret12?verify=no",
        "wecombot://secret12/path",
        "feishu://secret@secret12",
        "dingtalk://sec-ret@abcdef123456",
        "wecombot://密钥密钥密钥",
    ],
)
def test_anything_else_is_refused_without_repeating_it(text: str) -> None:
    with pytest.raises(InvalidForm) as refused:
        parse_robot(text, HOSTS)
    assert "secret" not in str(refused.value).replace("SECRET@", "")
    assert [error.path for error in refused.value.errors] == ["robot"]


def test_neither_its_words_nor_its_mask_give_a_robot_away() -> None:
    robot = parse_robot("dingtalk://SEC0123@abcdef123456", ())
    assert robot.masked == "…3456"
    assert "SEC0123" not in repr(robot)
    assert "abcdef" not in repr(robot)
    hook = parse_robot("https://hook.example.gov.cn/secret?t=secret", HOSTS)
    assert hook.masked == "hook.example.gov.cn/…"
    assert "secret" not in repr(hook)
