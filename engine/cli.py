"""The command `duban`. Each command is a module in `engine/commands`; this one only lists them."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from importlib import import_module
from typing import Final

import click

from engine import __version__
from engine.errors import EngineError

COMMANDS: Final[Mapping[str, tuple[str, str]]] = {
    "demo": ("demo", "demo"),
    "init": ("init", "init"),
    "serve": ("serve", "serve"),
    "worker": ("worker", "worker"),
    "migrate": ("migrate", "migrate"),
    "office": ("office_command", "office"),
    "check": ("procedure", "check"),
    "deploy": ("procedure", "deploy"),
    "scenario": ("scenario", "scenario"),
    "simulate": ("simulate", "simulate_command"),
    "audit": ("audit", "audit"),
    "calendar": ("calendar_command", "calendar"),
}
"""By name: the module in `engine/commands`, and what it calls the command."""


class _Listed(click.Group):
    """Imports a command when it is asked for: a worker starts without the pages, the papers and the demo."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  the name is click's
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in COMMANDS:
            return None
        module, name = COMMANDS[cmd_name]
        command: click.Command = getattr(import_module(f"engine.commands.{module}"), name)
        return command


@click.group(cls=_Listed, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="duban")
def duban() -> None:
    """督办 Duban: BPMN casework for public offices.

    Settings come from the environment: DUBAN_HOME (default: var), DUBAN_DATABASE_URL (default: SQLite in
    DUBAN_HOME), DUBAN_TIMEZONE, DUBAN_HOST, DUBAN_PORT, DUBAN_HEARTBEAT_SECONDS, DUBAN_SESSION_HOURS,
    DUBAN_SECURE_COOKIES=1 (behind HTTPS), DUBAN_PROXIES (reverse proxies in front), DUBAN_MAX_UPLOAD_BYTES,
    DUBAN_SEAL_KEY (the key that seals parties; default: a file in DUBAN_HOME, made at the first start: keep a
    copy, without it no identity can be read).

    Notifications are also mailed where DUBAN_SMTP_URL names the mail server (smtp://[USER:PASSWORD@]HOST[:PORT]
    or smtps://…) and DUBAN_MAIL_FROM the sender's address. DUBAN_PUBLIC_URL is where people reach the pages, for
    links. DUBAN_WEBHOOK_HOSTS lists the hosts that people's own webhooks may be on.

    With DUBAN_CLUSTER=1 and PostgreSQL, worker processes fire the timers for any number of web processes. A
    worker that is silent for DUBAN_STALL_SECONDS (30) counts as dead; one attempt has a notification to itself for
    DUBAN_LEASE_SECONDS (600).
    DUBAN_METRICS_TOKEN guards /metrics.
    """


def main() -> None:
    """Runs the command line; a deliberate error is printed in both languages and exits with 1."""
    try:
        duban()
    except EngineError as error:
        click.secho(error.message.zh, fg="red", err=True)
        click.echo(error.message.en, err=True)
        sys.exit(1)


if __name__ == "__main__":
    main()
