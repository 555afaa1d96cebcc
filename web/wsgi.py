"""For WSGI servers: `gunicorn --worker-class gthread --threads 8 web.wsgi:application`.

One process of a cluster: it serves the pages and fires nothing. Waits for a database that is away.
"""

from __future__ import annotations

import os
import threading

from flask import Flask

from engine.bootstrap import build_patiently
from engine.clock.system import SystemClock
from engine.config import Settings
from web.app import create_app


def make_application() -> Flask:
    """Raises ValueError where a setting cannot be used, or where timers would be fired by nobody."""
    settings = Settings.from_environment(os.environ)
    if not settings.cluster:
        raise ValueError(
            "请设置 DUBAN_CLUSTER=1 并运行 duban worker：WSGI 服务器不触发定时。"
            " / Set DUBAN_CLUSTER=1 and run duban worker: under a WSGI server nothing fires the timers."
        )
    return create_app(build_patiently(settings, SystemClock(), threading.Event().wait))


application = make_application()
