"""Builds the Flask application around an engine. Pages live in `web/pages`, one module a resource."""

from __future__ import annotations

from flask import Flask
from jinja2 import StrictUndefined
from werkzeug.middleware.proxy_fix import ProxyFix

from engine.ports.engine import Engine
from web import away, compression, errors, frame, one_reading, security
from web.current import ENGINE
from web.pages import PAGES
from web.templating import Templates


def create_app(engine: Engine, *, testing: bool = False) -> Flask:
    """The application of one office. `testing` turns the rate limit of the login off, nothing else."""
    app = Flask(__name__)
    app.jinja_environment = Templates
    app.extensions[ENGINE] = engine
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.url_map.strict_slashes = False
    if (hops := engine.settings.proxies) > 0:
        # else everybody behind the proxy would share one address, and its limit of logins
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops)  # type: ignore[method-assign]
    compression.install(app)
    one_reading.install(app)
    security.protect(app, engine.settings, testing=testing)
    errors.install(app)
    away.install(app)
    frame.install(app)
    for page in PAGES:
        app.register_blueprint(page)
    return app
