"""script/server as a newcomer meets it: it starts, starts again, refuses, stops, and is killed."""

from __future__ import annotations

import http.client
import os
import re
import shutil
import signal
import socket
import sqlite3
import ssl
import stat
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from secrets import token_urlsafe
from urllib.parse import urlsplit

import psycopg
import pytest

from tests.faults.certificate import self_signed
from tests.faults.starting import (
    START,
    STOP,
    Site,
    command_of,
    is_living,
    living_descendants,
    refusal,
    running,
    wait_until,
)

pytestmark = [pytest.mark.faults, pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks at /proc")]

PASSWORD = re.compile(r"password: (\S+)$", re.MULTILINE)
# A duty is noted in the queue by the worker; everything else in the database is the forum's.
QUEUE = "django_tasks_database_dbtaskresult"
FTS5_FILES = '"forum_searchentry_'


@pytest.fixture(scope="module")
def first_start(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A data folder as the first start leaves it, and what was said. Tests work on copies."""
    data = tmp_path_factory.mktemp("first") / "data"
    with running(data) as site:
        assert site.get("/")[0] == 200
        assert site.stop() == 0
        return data, site.said


@pytest.fixture
def data(first_start: tuple[Path, str], tmp_path: Path) -> Path:
    return Path(shutil.copytree(first_start[0], tmp_path / "data"))


@pytest.fixture
def site(data: Path) -> Iterator[Site]:
    with running(data) as site:
        yield site


def rows(data: Path) -> list[str]:
    """All but the worker's queue, and how FTS5 keeps its index: that is swept by the hour."""
    with closing(sqlite3.connect(data / "hearth.sqlite3")) as database:
        return [line for line in database.iterdump() if not any(table in line for table in (QUEUE, FTS5_FILES))]


def test_the_first_start_tells_a_random_password_once_and_where_to_use_it(first_start: tuple[Path, str]) -> None:
    _data, said = first_start
    [password] = PASSWORD.findall(said)
    assert len(password) >= 16
    assert re.search(r"desk: +http://127\.0\.0\.1:\d+/admin/$", said, re.MULTILINE)


def test_the_first_start_makes_secrets_that_only_this_account_can_read(first_start: tuple[Path, str]) -> None:
    data, _said = first_start
    secrets = data / "secrets"
    assert {path.name for path in secrets.iterdir()} == {"secret_key", "seal_key"}
    assert stat.S_IMODE(secrets.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in secrets.iterdir()} == {0o600}
    assert len({path.read_text() for path in secrets.iterdir()}) == 2
    assert stat.S_IMODE((data / "hearth.sqlite3").stat().st_mode) == 0o600


def test_the_first_start_seeds_a_thread_and_the_directory_of_help(data: Path) -> None:
    with closing(sqlite3.connect(data / "hearth.sqlite3")) as database:
        assert database.execute("SELECT count(*) FROM forum_thread").fetchone() == (1,)
        assert database.execute("SELECT count(*) FROM crisis_resource").fetchone() > (100,)


def test_a_second_start_tells_no_password_and_changes_nothing(data: Path) -> None:
    before = rows(data), {path: path.read_bytes() for path in (data / "secrets").iterdir()}
    collected = {path: path.stat().st_mtime_ns for path in (data / "static").rglob("*")}
    with running(data) as site:
        assert site.get("/")[0] == 200
        assert site.stop() == 0
    assert [line for line in site.lines if not line.startswith("Hearth is at ")] == []
    assert (rows(data), {path: path.read_bytes() for path in (data / "secrets").iterdir()}) == before
    assert {path: path.stat().st_mtime_ns for path in (data / "static").rglob("*")} == collected


def test_two_sites_run_side_by_side_and_share_nothing(data: Path, tmp_path: Path) -> None:
    with running(data) as one, running(tmp_path / "other") as other:
        assert one.url != other.url
        assert one.get("/")[0] == other.get("/")[0] == 200
        assert len(PASSWORD.findall(other.said)) == 1
    keys = [(folder / "secrets" / "seal_key").read_text() for folder in (data, tmp_path / "other")]
    assert keys[0] != keys[1]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_stop_ends_everything(site: Site, number: signal.Signals) -> None:
    family = site.family()
    assert site.stop(number) == 0
    assert [pid for pid in family if is_living(pid)] == []


def test_a_kill_leaves_nothing_running(site: Site) -> None:
    family = site.family()
    site.process.kill()
    wait_until(lambda: not any(map(is_living, family)), deadline=STOP, what="the children end by themselves")


def test_a_killed_background_worker_is_started_again(site: Site) -> None:
    before = site.family()
    [worker] = [pid for pid in before if "work" in command_of(pid)]
    os.kill(worker, signal.SIGKILL)
    wait_until(lambda: "it starts again" in site.said, deadline=STOP, what="it is told")
    wait_until(lambda: len(site.family()) == len(before), deadline=START, what="there are as many as before")
    assert site.get("/livez")[0] == 200


def test_a_killed_web_server_ends_the_site_with_a_failure(site: Site) -> None:
    family = site.family()
    os.kill(min(pid for pid in family if "gunicorn" in command_of(pid)), signal.SIGKILL)  # the parent of the others
    wait_until(lambda: site.process.poll() is not None, deadline=STOP, what="the supervisor ends")
    assert site.process.returncode == 1
    wait_until(lambda: not any(map(is_living, family)), deadline=STOP, what="the others end")


def test_without_a_background_worker(data: Path) -> None:
    with running(data, WORKER="0") as site:
        assert site.get("/livez")[0] == 200
        assert not any("work" in command_of(pid) for pid in living_descendants(site.process.pid))


def test_others_reach_it_only_by_name_and_under_https(data: Path) -> None:
    host, https = refusal(data, "--host=0.0.0.0")
    assert "ALLOWED_HOSTS" in host
    assert "TLS_CERT" in https
    assert "TRUSTED_PROXY" in https
    assert len(refusal(data, "--host=0.0.0.0", ALLOWED_HOSTS="forum.example.org")) == 1
    assert len(refusal(data, "--host=0.0.0.0", ALLOWED_HOSTS="*", TRUSTED_PROXY="192.0.2.1")) == 1
    proxied = {"TRUSTED_PROXY": "192.0.2.1"}
    assert len(refusal(data, "--host=0.0.0.0", ALLOWED_HOSTS="*,forum.example.org", **proxied)) == 1
    assert len(refusal(data, "--host=0.0.0.0", ALLOWED_HOSTS="localhost", **proxied)) == 1
    assert len(refusal(data, "--host=::", ALLOWED_HOSTS="forum.example.org")) == 1


def test_a_proxy_in_front_is_believed_and_nobody_else(data: Path) -> None:
    with running(data, "--host=0.0.0.0", ALLOWED_HOSTS="forum.example.org", TRUSTED_PROXY="127.0.0.1") as site:
        with closing(http.client.HTTPConnection("127.0.0.1", urlsplit(site.url).port, timeout=START)) as proxy:
            proxy.request("GET", "/", headers={"Host": "forum.example.org", "X-Forwarded-Proto": "https"})
            assert proxy.getresponse().status == 200
        with closing(http.client.HTTPConnection("127.0.0.1", urlsplit(site.url).port, timeout=START)) as plain:
            plain.request("GET", "/", headers={"Host": "forum.example.org"})
            assert plain.getresponse().headers["Location"] == "https://forum.example.org/"


def test_it_serves_https_itself(data: Path, tmp_path: Path) -> None:
    certificate, key = self_signed(tmp_path, "localhost")
    settings = {"ALLOWED_HOSTS": "localhost", "TLS_CERT": str(certificate), "TLS_KEY": str(key)}
    with running(data, "--host=localhost", **settings) as site:
        assert site.url.startswith("https://localhost:")
        status, headers, _body = site.get("/", trust=ssl.create_default_context(cafile=str(certificate)))
        assert status == 200
        assert "strict-transport-security" in headers


def test_a_certificate_that_is_none_is_told_at_the_start(data: Path) -> None:
    no_file = {"TLS_CERT": str(data / "no.pem"), "TLS_KEY": str(data / "no.pem")}
    [sentence] = refusal(data, **no_file)
    assert "TLS_CERT" in sentence


def test_a_port_in_use_is_told_at_the_start(data: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        [sentence] = refusal(data, f"--port={taken.getsockname()[1]}")
    assert "in use" in sentence


WRONG = {
    "EXIT_URL": "javascript:alert",
    "FORUM_PAGE_SIZE": "500",
    "CACHE_URL": "rediscache://127.0.0.1:1/0",
    "WEB_PROCESSES": "0",
    "SECRET_KEY": "x",
    "SESSION_IDLE_MINUTES": "-5",
    "DATABASE_URL": "nonsense",
    "TIME_ZONE": "Mars/Phobos",
    "DEBUG": "maybe",
    "TRUSTED_PROXY": "*",
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_setting_is_told_at_the_start_in_a_sentence_that_names_it(data: Path, name: str) -> None:
    [sentence] = refusal(data, **{name: WRONG[name]})
    assert name in sentence


def test_a_lost_seal_key_is_not_replaced(data: Path) -> None:
    (data / "secrets" / "seal_key").unlink()
    [sentence] = refusal(data)
    assert "restore it from your backup" in sentence
    assert not (data / "secrets" / "seal_key").exists()


def test_it_tells_nobody_what_it_runs_on_and_writes_down_nobody(site: Site) -> None:
    _status, headers, _body = site.get("/livez")
    assert headers["server"] == "Hearth"
    port = urlsplit(site.url).port
    for request in (
        b"GET /who-was-here HTTP/1.1\r\nHost: else.where\r\n\r\n",
        b"GET / HTTP/1.1\r\nBad Name: 1\r\n\r\n",
    ):
        with socket.create_connection(("127.0.0.1", port), timeout=START) as odd:
            odd.sendall(request)
            assert odd.recv(4096).startswith(b"HTTP/1.1 400")
    site.get("/who-was-here")
    assert site.stop() == 0
    log = "".join(line for line in site.lines if not line.startswith("Hearth is at "))
    assert [word for word in ("127.0.0.1", "who-was-here", "else.where", "Bad Name") if word in log] == []


@pytest.mark.redis
@pytest.mark.skipif("TEST_POSTGRES_URL" not in os.environ, reason="script/test names a PostgreSQL when it found one")
@pytest.mark.skipif("TEST_REDIS_URL" not in os.environ, reason="script/test names a Redis when it found one")
def test_several_hosts_share_a_postgresql_and_a_redis(tmp_path: Path) -> None:
    server, name = os.environ["TEST_POSTGRES_URL"], f"hearth_faults_{os.getpid()}"
    shared = {
        "DATABASE_URL": f"{server.rpartition('/')[0]}/{name}",
        "CACHE_URL": os.environ["TEST_REDIS_URL"].replace("redis://", "rediscache://"),
        "SECRET_KEY": token_urlsafe(32),
        "SEAL_KEY": token_urlsafe(32),
        "WEB_PROCESSES": "2",
    }
    with closing(psycopg.connect(server, autocommit=True)) as admin:
        admin.execute(f"CREATE DATABASE {name}")
        try:
            with both_at_once(tmp_path / "one", tmp_path / "other", shared) as (one, other):
                assert one.get("/")[0] == other.get("/")[0] == 200
                assert one.get("/readyz")[0] == 200
            assert len(PASSWORD.findall(one.said + other.said)) == 1
            with running(tmp_path / "one", **shared) as again:
                assert again.get("/")[0] == 200
                assert PASSWORD.findall(again.said) == []
                assert again.stop() == 0
        finally:
            admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
    assert list(tmp_path.rglob("*.sqlite3")) == list(tmp_path.rglob("secrets/*")) == []


@contextmanager
def both_at_once(one: Path, other: Path, settings: dict[str, str]) -> Iterator[tuple[Site, Site]]:
    sites = Site.start(one, **settings), Site.start(other, **settings)
    try:
        yield sites
    finally:
        for site in sites:
            site.end()
