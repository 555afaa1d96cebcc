"""Settings from the environment, frozen at start."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar
from zoneinfo import ZoneInfo

T = TypeVar("T")


@dataclass(frozen=True)
class Settings:
    """Everything that an installation may set; each field names its environment variable.

    `home` holds the embedded database, the keys and nothing else that matters.
    """

    home: Path = Path("var")
    """DUBAN_HOME."""
    database_url: str = ""
    """DUBAN_DATABASE_URL; empty: SQLite in `home`."""
    timezone: ZoneInfo = field(default_factory=lambda: ZoneInfo("Asia/Shanghai"))
    """DUBAN_TIMEZONE."""
    host: str = "127.0.0.1"
    """DUBAN_HOST."""
    port: int = 8080
    """DUBAN_PORT."""
    heartbeat_seconds: float = 1.0
    """DUBAN_HEARTBEAT_SECONDS: how often due timers are looked for."""
    cluster: bool = False
    """DUBAN_CLUSTER=1: worker processes (`duban worker`) fire and deliver, not the web. PostgreSQL only."""
    lease_seconds: float = 600.0
    """DUBAN_LEASE_SECONDS: how long one attempt has a notification to itself; longer than any channel needs."""
    stall_seconds: float = 30.0
    """DUBAN_STALL_SECONDS: after this silence a worker counts as dead, and a silent transaction is ended."""
    public_url: str = ""
    """DUBAN_PUBLIC_URL: where people reach the pages, for links in mails and feeds; empty: no links."""
    metrics_token: str = field(default="", repr=False)
    """DUBAN_METRICS_TOKEN: the bearer token that /metrics asks for; empty: only loopback may read it."""
    webhook_hosts: tuple[str, ...] = ()
    """DUBAN_WEBHOOK_HOSTS: hosts that people's own webhooks may be on, HOST or HOST:PORT, separated by commas."""
    session_hours: float = 9.0
    """DUBAN_SESSION_HOURS: how long a login lasts."""
    secure_cookies: bool = False
    """DUBAN_SECURE_COOKIES=1 behind HTTPS."""
    proxies: int = 0
    """DUBAN_PROXIES: how many reverse proxies of the office's own stand in front and say whom they speak for."""
    demo: bool = False
    """DUBAN_DEMO=1: the login page shows the demo accounts."""
    max_upload_bytes: int = 20 * 1024 * 1024
    """DUBAN_MAX_UPLOAD_BYTES, of one attachment."""
    seal_key: str = field(default="", repr=False)
    """DUBAN_SEAL_KEY: 32 bytes in base64 that seal petitioners' data; empty: the key file in `home`."""

    smtp_url: str = field(default="", repr=False)
    """DUBAN_SMTP_URL: the mail server, smtp://[USER:PASSWORD@]HOST[:PORT] (587; STARTTLS where offered) or
    smtps://… (465; TLS from the start); user and password percent-encoded. Empty: nothing is mailed."""
    mail_from: str = ""
    """DUBAN_MAIL_FROM: the address that mails come from; needed with DUBAN_SMTP_URL."""

    @property
    def effective_database_url(self) -> str:
        """The SQLAlchemy URL in force."""
        return self.database_url or f"sqlite:///{(self.home / 'duban.sqlite3').absolute()}"

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> Settings:
        """Settings as the environment gives them. Raises ValueError naming the variable that is unusable."""
        return cls(
            home=Path(environ.get("DUBAN_HOME", "var")),
            database_url=environ.get("DUBAN_DATABASE_URL", ""),
            timezone=_read(environ, "DUBAN_TIMEZONE", ZoneInfo, "Asia/Shanghai"),
            host=environ.get("DUBAN_HOST", "127.0.0.1"),
            port=_read(environ, "DUBAN_PORT", int, "8080"),
            heartbeat_seconds=_read(environ, "DUBAN_HEARTBEAT_SECONDS", float, "1"),
            cluster=_cluster(environ),
            lease_seconds=_read(environ, "DUBAN_LEASE_SECONDS", float, "600"),
            stall_seconds=_read(environ, "DUBAN_STALL_SECONDS", float, "30"),
            public_url=environ.get("DUBAN_PUBLIC_URL", "").rstrip("/"),
            metrics_token=environ.get("DUBAN_METRICS_TOKEN", ""),
            webhook_hosts=tuple(filter(None, environ.get("DUBAN_WEBHOOK_HOSTS", "").split(","))),
            session_hours=_read(environ, "DUBAN_SESSION_HOURS", float, "9"),
            secure_cookies=environ.get("DUBAN_SECURE_COOKIES", "") == "1",
            proxies=_read(environ, "DUBAN_PROXIES", int, "0"),
            demo=environ.get("DUBAN_DEMO", "") == "1",
            max_upload_bytes=_read(environ, "DUBAN_MAX_UPLOAD_BYTES", int, str(20 * 1024 * 1024)),
            seal_key=environ.get("DUBAN_SEAL_KEY", ""),
            smtp_url=environ.get("DUBAN_SMTP_URL", ""),
            mail_from=environ.get("DUBAN_MAIL_FROM", ""),
        )


def _cluster(environ: Mapping[str, str]) -> bool:
    wanted = environ.get("DUBAN_CLUSTER", "") == "1"
    if wanted and not environ.get("DUBAN_DATABASE_URL", "").startswith("postgresql"):
        raise ValueError(
            "DUBAN_CLUSTER=1 需要 PostgreSQL：请设置 DUBAN_DATABASE_URL=postgresql://用户:口令@主机/数据库，"
            "或去掉 DUBAN_CLUSTER。 / DUBAN_CLUSTER=1 needs PostgreSQL: set DUBAN_DATABASE_URL="
            "postgresql://USER:PASSWORD@HOST/DATABASE, or unset DUBAN_CLUSTER."
        )
    return wanted


def _read(environ: Mapping[str, str], name: str, convert: Callable[[str], T], default: str) -> T:
    text = environ.get(name, default)
    try:
        return convert(text)
    except (ValueError, OSError) as error:
        raise ValueError(f"{name}={text!r} cannot be used: {error}") from error
