"""The command `duban`. Each command is a module in `engine/commands`; this one only lists them."""

from __future__ import annotations

import sys

import click

from engine import __version__
from engine.commands.audit import audit
from engine.commands.calendar_command import calendar
from engine.commands.demo import demo
from engine.commands.init import init
from engine.commands.migrate import migrate
from engine.commands.office_command import office
from engine.commands.procedure import check, deploy
from engine.commands.scenario import scenario
from engine.commands.serve import serve
from engine.commands.simulate import simulate_command
from engine.commands.worker import worker
from engine.errors import EngineError


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
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


COMMANDS = (demo, init, serve, worker, migrate, office, check, deploy, scenario, simulate_command, audit, calendar)

for command in COMMANDS:
    duban.add_command(command)


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
