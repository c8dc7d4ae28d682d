"""A real PostgreSQL server for the tests: started once for each pytest worker, gone at the end."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

__all__ = ["Postgres", "binaries", "postgres", "postgres_url", "start"]

MISSING = "PostgreSQL's server programs are not installed: apt-get install postgresql"


@dataclass(frozen=True)
class Postgres:
    """A running server."""

    host: str
    port: int

    def url(self, database: str = "postgres") -> str:
        """SQLAlchemy's URL of a database."""
        return f"postgresql+psycopg://offcall@{self.host}:{self.port}/{database}"

    def create(self) -> str:
        """A new empty database; its URL."""
        import psycopg

        name = f"t{uuid.uuid4().hex}"
        with psycopg.connect(
            host=self.host, port=self.port, user="offcall", dbname="postgres", autocommit=True
        ) as conn:
            conn.execute(f'CREATE DATABASE "{name}"')
        return self.url(name)


def binaries() -> Path | None:
    """The folder with `initdb` and `postgres`, the newest version if there are several."""
    found = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/postgres"),
        key=lambda path: int(path.parent.parent.name),
    )
    if found:
        return found[-1].parent
    on_path = shutil.which("postgres")
    return Path(on_path).parent if on_path else None


def start(folder: Path) -> Iterator[Postgres]:
    """Run a server with its data in `folder` until the generator is closed."""
    programs = binaries()
    if programs is None:
        pytest.skip(MISSING)
    user = _user(folder)
    data = folder / "data"
    name = ["-U", "offcall", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"]
    _run([programs / "initdb", "-D", data, *name], folder, user)
    port = _free_port()
    settings = {
        "listen_addresses": "127.0.0.1",
        "port": str(port),
        "unix_socket_directories": str(folder),
        "fsync": "off",
        "synchronous_commit": "off",
        "full_page_writes": "off",
        "max_connections": "60",
        "shared_buffers": "64MB",
    }
    options = " ".join(f"-c {name}={value}" for name, value in settings.items())
    control = [programs / "pg_ctl", "-D", data, "-w"]
    _run([*control, "-t", "60", "-o", options, "start"], folder, user)
    try:
        yield Postgres("127.0.0.1", port)
    finally:
        _run([*control, "-m", "immediate", "stop"], folder, user)


def _run(command: list[str | Path], folder: Path, user: str | None) -> None:
    # To a file: pg_ctl hands its output to the server, and a pipe would never be closed.
    with (folder / "log").open("ab") as log:
        done = subprocess.run(command, user=user, cwd=folder, stdout=log, stderr=log, check=False)
    if done.returncode:
        raise RuntimeError((folder / "log").read_text(errors="replace")[-2000:])


def _user(folder: Path) -> str | None:
    """The server refuses to run as root: the name of somebody else, who gets the folder."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            found = pwd.getpwnam(name)
        except KeyError:
            continue
        os.chown(folder, found.pw_uid, found.pw_gid)
        return name
    pytest.skip("run as root, and there is no user 'postgres' or 'nobody' for PostgreSQL")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """The server of this pytest worker."""
    # Not below pytest's own temporary folder, which only its owner may enter.
    with tempfile.TemporaryDirectory(prefix="offcall-pg-", ignore_cleanup_errors=True) as name:
        yield from start(Path(name))


@pytest.fixture
def postgres_url(postgres: Postgres) -> str:
    """The URL of a new, empty database."""
    return postgres.create()
