"""A server with many lives: killed outright and started again, and people who write to it and do not give up."""

from __future__ import annotations

import http.client
import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import psycopg
from psycopg import sql

from config.env import BASE_DIR
from tests.faults.starting import PATIENCE, START, STOP, environment, wait_until

# --- Databases --------------------------------------------------------------------------------------------------------


@contextmanager
def new_postgres_database() -> Iterator[str]:
    """The address of an empty database on the server that TEST_POSTGRES_URL names; dropped at the end."""
    server = os.environ["TEST_POSTGRES_URL"]
    name = f"hearth_faults_{secrets.token_hex(6)}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    try:
        yield urlunsplit(urlsplit(server)._replace(path=f"/{name}"))
    finally:
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


# --- The server -------------------------------------------------------------------------------------------------------


class Server:
    """One life of the site, in a session of its own, so that all of it can be found and killed."""

    def __init__(self, process: subprocess.Popen[bytes], port: int) -> None:
        self.process = process
        self.port = port

    def pids(self) -> list[int]:
        """Everything that lives in the server's session, the supervisor first."""
        return sorted(pid for pid in _processes() if _session_of(pid) == self.process.pid)

    def kill(self) -> None:
        """SIGKILL for all of it: nothing gets to say goodbye. Comes back when the last one is gone."""

        def none_left() -> bool:
            left = self.pids()
            for pid in left:
                try:
                    os.kill(pid, signal.SIGKILL)
                except ProcessLookupError:
                    continue
            return not left

        wait_until(none_left, deadline=STOP, what="the whole server is dead")
        self.process.wait()

    def request(self, method: str, path: str, body: Any = None, *, source: str = "", **headers: str) -> Any:
        """Status, headers and body. A new connection each time; `source` is the loopback address it comes from."""
        connection = http.client.HTTPConnection(
            "127.0.0.1", self.port, timeout=START, source_address=(source, 0) if source else None
        )
        try:
            sent = None if body is None else json.dumps(body)
            connection.request(
                method, path, sent, {"Content-Type": "application/json", "Connection": "close"} | headers
            )
            response = connection.getresponse()
            return response.status, dict(response.headers), response.read()
        finally:
            connection.close()


class KilledSite:
    """A data folder and a database, and whatever serves them just now."""

    def __init__(self, data: Path, database_url: str | None = None) -> None:
        self.data = data
        self.log = data.parent / "server.log"
        chosen = {"DATABASE_URL": database_url} if database_url else {}
        self.environment = environment(data, DJANGO_SETTINGS_MODULE="config.settings", **chosen)
        self.server: Server | None = None
        self.life = 0
        self._changed = threading.Condition()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.server is not None:
            self.server.kill()

    def start(self, port: int = 0) -> Server:
        """As users do: script/server, with all that it sets up."""
        said = self.log.stat().st_size if self.log.exists() else 0
        process = self._run(["script/server", "--port", str(port)])

        def address() -> str | None:
            assert process.poll() is None, self.log.read_text()
            lines = self.log.read_text()[said:].splitlines()
            return next((line.split()[3] for line in lines if line.startswith("Hearth is at ")), None)

        found = urlsplit(wait_until(address, deadline=START, what="the server names its address")).port
        assert found is not None
        return self._serves(Server(process, found))

    def start_web_server(self) -> Server:
        """The web server alone, with the very settings that script/server gives it: a second instead of several."""
        with socket.create_server(("127.0.0.1", 0), backlog=512) as listener:
            arguments = ["--config=python:config.web_server", "--threads=8", f"--bind=fd://{listener.fileno()}"]
            process = self._run([sys.executable, "-m", "gunicorn", *arguments], pass_fds=[listener.fileno()])
            return self._serves(Server(process, listener.getsockname()[1]))

    def kill(self) -> None:
        assert self.server is not None
        self.server.kill()

    def manage(self, *arguments: str) -> str:
        """What a command says. Fails with what it complains of."""
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=BASE_DIR, env=self.environment, capture_output=True, text=True, timeout=PATIENCE, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def run_command(self, *arguments: str) -> subprocess.Popen[bytes]:
        """One that goes on while the test does."""
        return self._run([sys.executable, "manage.py", *arguments])

    def server_after(self, life: int) -> tuple[int, Server]:
        """The first one that served after that many lives; waits for it."""
        with self._changed:
            assert self._changed.wait_for(lambda: self.life > life, START), "the server did not come back"
            assert self.server is not None
            return self.life, self.server

    def _run(self, arguments: list[str], *, pass_fds: list[int] | None = None) -> subprocess.Popen[bytes]:
        with self.log.open("ab") as log:
            return subprocess.Popen(
                arguments, cwd=BASE_DIR, env=self.environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                start_new_session=True, pass_fds=pass_fds or [],
            )  # fmt: skip

    def _serves(self, server: Server) -> Server:
        """Listening is not yet serving: the first answer is waited for, and then everybody told."""
        self.server = server
        status, _headers, _body = server.request("GET", "/livez")
        assert status == 200, self.log.read_text()
        with self._changed:
            self.life += 1
            self._changed.notify_all()
        return server


def _processes() -> list[int]:
    return [int(folder.name) for folder in Path("/proc").iterdir() if folder.name.isdecimal()]


def _session_of(pid: int) -> int | None:
    """None when it is gone, or dead and only not yet buried."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace")
    except (FileNotFoundError, ProcessLookupError):
        return None
    state, _parent, _group, session = stat.rpartition(")")[2].split()[:4]
    return None if state in {"Z", "X"} else int(session)


# --- People who write -------------------------------------------------------------------------------------------------


class Writers:
    """They send stories one after the other. What was not answered they send again, under the same key, until it is.

    Each new life finds them at other addresses of this machine, and each address sends a few stories only: limits
    are counted as on any site, and not reached.
    """

    PER_ADDRESS = 25

    def __init__(self, site: KilledSite, count: int) -> None:
        self.site = site
        self.attempted: list[str] = []
        self.answered: dict[str, bytes] = {}
        self.sent_again: set[str] = set()
        self.replayed: set[str] = set()
        self.category = ""
        self._acknowledged = threading.Condition()
        self._enough = threading.Event()
        self._pool = ThreadPoolExecutor(count)
        self._count = count
        self._writing: list[Future[None]] = []

    def __enter__(self) -> Self:
        self._writing = [self._pool.submit(self._write, number) for number in range(1, self._count + 1)]
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Each sends what they have begun, and goes."""
        self._enough.set()
        self._pool.shutdown()
        if error is None:
            for writer in self._writing:
                writer.result()

    def wait_for_another(self, number: int = 1) -> None:
        """Until so many more are acknowledged."""
        with self._acknowledged:
            wanted = len(self.answered) + number
            done = lambda: len(self.answered) >= wanted or any(writer.done() for writer in self._writing)  # noqa: E731
            assert self._acknowledged.wait_for(done, START), "nothing is acknowledged any more"
        for writer in self._writing:
            if writer.done():
                writer.result()

    def body(self, key: str) -> Mapping[str, str]:
        return {"category_id": self.category, "title": f"Story {key}", "text": f"The words of {key}."}

    def send(self, server: Server, key: str, *, source: str) -> tuple[dict[str, str], bytes]:
        path = "/api/v1/threads/"
        headers = {"Idempotency-Key": key}
        status, answer_headers, answer = server.request("POST", path, self.body(key), source=source, **headers)
        assert status == 201, (status, answer)
        return answer_headers, answer

    def _write(self, number: int) -> None:
        life, server = self.site.server_after(0)
        sent = 0
        while not self._enough.is_set():
            key = uuid4().hex
            self.attempted.append(key)
            received = None
            while received is None:
                source = f"127.{number}.{life}.{sent // self.PER_ADDRESS + 1}"
                sent += 1
                try:
                    received = self.send(server, key, source=source)
                except (OSError, http.client.HTTPException):
                    life, server = self.site.server_after(life)
                    self.sent_again.add(key)
                    sent = 0
            headers, answer = received
            with self._acknowledged:
                self.answered[key] = answer
                if "Idempotent-Replayed" in headers:
                    self.replayed.add(key)
                self._acknowledged.notify_all()
