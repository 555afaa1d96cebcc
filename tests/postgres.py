"""A PostgreSQL cluster of the tests' own: started once a session, stopped by its own process id."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import psycopg

_HOW = "PostgreSQL is missing: run `apt-get install -y postgresql` (as root), then start the tests again"
_SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "60",
    "shared_buffers": "32MB",
    "autovacuum": "off",
    "timezone": "Asia/Shanghai",
}


class Server:
    """A cluster of its own (locale C.UTF-8, superuser `postgres`): socket only, or on TCP where `settings` say so.

    `directory` is where the socket is. It can be stopped, as by a crash too, and started again on the same data.
    Raises RuntimeError naming the command to run where PostgreSQL is not installed.
    """

    def __init__(self, settings: Mapping[str, str] | None = None) -> None:
        initdb = _binary("initdb")
        # a socket's path is limited to 107 bytes: not below pytest's long directories
        self._home = Path(tempfile.mkdtemp(prefix="duban-pg-", dir="/tmp"))
        self._home.chmod(0o755)
        owner = _owner()
        if owner is not None:
            os.chown(self._home, owner.pw_uid, owner.pw_gid)
        self._settings = _SETTINGS | dict(settings or {})
        self._server: subprocess.Popen[bytes] | None = None
        create = [initdb, "-D", str(self._data), "-U", "postgres", "-A", "trust", "--locale=C.UTF-8", "-E", "UTF8"]
        _run([*create, "-N"], self._home)

    @property
    def directory(self) -> str:
        return str(self._home)

    @property
    def _data(self) -> Path:
        return self._home / "data"

    def start(self) -> None:
        """Returns once it answers."""
        options = [f"-c{name}={value}" for name, value in self._settings.items()]
        self._server = subprocess.Popen(
            [_binary("postgres"), "-D", str(self._data), f"-cunix_socket_directories={self._home}", *options],
            cwd=self._home,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            **_as_owner(),
        )
        _wait_until_ready(self._home, self._server)

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """SIGINT ends sessions and closes in order; SIGQUIT is a crash, after which it recovers from its log."""
        if self._server is not None:
            self._server.send_signal(how)
            self._server.wait(timeout=60)
            self._server = None

    def remove(self) -> None:
        """Stops it and deletes its data."""
        try:
            self.stop()
        finally:
            shutil.rmtree(self._home, ignore_errors=True)


@contextmanager
def running_cluster(settings: Mapping[str, str] | None = None) -> Iterator[str]:
    """Yields the socket directory of a fresh cluster (see `Server`)."""
    server = Server(settings)
    try:
        server.start()
        yield server.directory
    finally:
        server.remove()


def url_of(socket_directory: str, database: str) -> str:
    """The SQLAlchemy URL of a database of the cluster."""
    return f"postgresql+psycopg://postgres@/{database}?host={socket_directory}"


def administer(socket_directory: str, statement: str) -> None:
    """Runs one statement outside a transaction: CREATE DATABASE and DROP DATABASE want that."""
    with psycopg.connect(host=socket_directory, user="postgres", dbname="postgres", autocommit=True) as connection:
        connection.execute(statement.encode())


def empty(socket_directory: str, database: str) -> None:
    """Ends whatever is still connected and deletes all rows: as good as a new database, at a tenth of its cost."""
    with psycopg.connect(host=socket_directory, user="postgres", dbname=database) as connection:
        others = "datname = current_database() AND pid <> pg_backend_pid()"
        connection.execute(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {others}".encode())
        tables = connection.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'alembic_version'"
        ).fetchall()
        # neither foreign keys nor the triggers that keep the audit chain stand in the way of the owner
        connection.execute("SET session_replication_role = replica")
        connection.execute("; ".join(f"DELETE FROM {name}" for (name,) in tables).encode())


def _binary(name: str) -> str:
    versions = sorted(
        Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda path: float(path.parent.parent.name)
    )
    found = str(versions[-1]) if versions else shutil.which(name)
    if found is None:
        raise RuntimeError(_HOW)
    return found


def _owner() -> pwd.struct_passwd | None:
    """Whom the server runs as: PostgreSQL refuses root. None: the current user."""
    if os.geteuid() != 0:
        return None
    try:
        return pwd.getpwnam("postgres")
    except KeyError as error:
        raise RuntimeError(_HOW) from error


def _as_owner() -> dict[str, int]:
    owner = _owner()
    return {} if owner is None else {"user": owner.pw_uid, "group": owner.pw_gid}


def _run(command: list[str], directory: Path) -> None:
    done = subprocess.run(command, cwd=directory, capture_output=True, text=True, check=False, **_as_owner())
    if done.returncode:
        raise RuntimeError(f"{command[0]} failed:\n{done.stdout}{done.stderr}")


def _wait_until_ready(home: Path, server: subprocess.Popen[bytes]) -> None:
    ready = [_binary("pg_isready"), "-h", str(home), "-q", "-t", "1"]
    for _attempt in range(600):
        if server.poll() is not None:
            raise RuntimeError("the tests' PostgreSQL server ended while starting")
        if subprocess.run(ready, check=False).returncode == 0:
            return
        try:
            server.wait(timeout=0.05)  # a short pause that ends early if the server dies
        except subprocess.TimeoutExpired:
            continue
    raise RuntimeError("the tests' PostgreSQL server did not become ready in time")
