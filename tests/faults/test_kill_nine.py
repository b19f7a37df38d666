"""What was acknowledged is there, and there once, however often the server is killed outright."""

from __future__ import annotations

import json
import os
import random
import shutil
import sqlite3
import subprocess
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest

from tests.faults.helpers import KilledSite, Writers, new_postgres_database
from tests.faults.starting import START, STOP, wait_until

pytestmark = pytest.mark.faults

KILLS = 20
CLIENTS = 4
LONGEST_LIFE = 0.3  # seconds from the first story that is acknowledged to the kill

Ask = Callable[[str], list[tuple[Any, ...]]]


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def site(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[KilledSite]:
    if request.param == "sqlite":
        with KilledSite(tmp_path / "data") as site:
            yield site
    else:
        with new_postgres_database() as url, KilledSite(tmp_path / "data", url) as site:
            yield site


def asking(site: KilledSite) -> Ask:
    """Straight from the database, past everything of ours."""
    url = site.environment.get("DATABASE_URL")

    def ask(query: str) -> list[tuple[Any, ...]]:
        if url:
            with psycopg.connect(url) as connection:
                return connection.execute(query).fetchall()
        with closing(sqlite3.connect(site.data / "hearth.sqlite3")) as file:
            return file.execute(query).fetchall()

    return ask


def test_every_acknowledged_story_survives_twenty_kills_and_is_there_once(site: KilledSite) -> None:
    chance, pause = random.SystemRandom(), threading.Event()
    server = site.start()
    writers = Writers(site, CLIENTS)
    _status, _headers, categories = server.request("GET", "/api/v1/categories/")
    writers.category = json.loads(categories)["categories"][0]["id"]
    with writers:
        for _kill in range(KILLS):
            writers.wait_for_another()
            pause.wait(chance.uniform(0, LONGEST_LIFE))
            site.kill()
            site.start_web_server()
        writers.wait_for_another(CLIENTS)
        site.kill()
        server = site.start()  # as a user would, after all that
    assert set(writers.answered) == set(writers.attempted)
    assert len(writers.answered) > KILLS
    assert writers.sent_again, "no kill met anybody in the middle of sending"
    _sent_again_it_is_answered_as_before(site, writers)
    server.kill()

    ask = asking(site)
    posts: dict[str, str] = dict(ask("SELECT title, public_id FROM forum_post WHERE title LIKE 'Story %'"))
    titles = Counter(title for (title,) in ask("SELECT title FROM forum_post WHERE title LIKE 'Story %'"))
    assert titles == Counter({f"Story {key}": 1 for key in writers.attempted})
    for key, answer in writers.answered.items():
        assert json.loads(answer)["post"]["id"] == posts[f"Story {key}"]
    _each_has_all_that_belongs_to_it(ask, set(posts.values()))
    site.manage("verify_audit")
    site.manage("rebuild_paths", "--check")
    if "DATABASE_URL" not in site.environment:
        assert ask("PRAGMA integrity_check") == [("ok",)]
        assert ask("PRAGMA foreign_key_check") == []


def _sent_again_it_is_answered_as_before(site: KilledSite, writers: Writers) -> None:
    """The last ones, and those that a kill cut off: the claim code in the answer, too, is the first one's."""
    assert site.server is not None
    again = [*writers.sent_again][:20] + writers.attempted[-5:]
    for number, key in enumerate(again, start=1):
        headers, answer = writers.send(site.server, key, source=f"127.99.0.{number}")
        assert headers["Idempotent-Replayed"] == "true"
        assert answer == writers.answered[key]


def _each_has_all_that_belongs_to_it(ask: Ask, post_ids: set[str]) -> None:
    """Its thread, its open case, its two lines in the log, its author's list, the answer to be given again."""
    threads = ask(
        "SELECT post.public_id FROM forum_post post JOIN forum_thread thread ON thread.id = post.thread_id "
        "WHERE post.title LIKE 'Story %' AND thread.last_seq = 1"
    )
    cases = ask(
        "SELECT post.public_id FROM forum_post post JOIN moderation_case c ON c.post_id = post.id "
        "WHERE post.title LIKE 'Story %' AND c.state = 'OPEN'"
    )
    for rows in (threads, cases):
        assert Counter(public_id for (public_id,) in rows) == Counter(post_ids)
    # Guests wrote them, so the log names none. The first thread came in at once, and waited for nobody.
    logged = Counter(event for (event,) in ask("SELECT event FROM moderation_auditentry"))
    assert logged["case_opened"] == len(post_ids)
    assert (logged["post_written"], logged["posts_brought_in"]) == (len(post_ids), 1)
    # Of each guest: what the code opens, that there is one, what they wrote, what they follow, what to tell them.
    assert ask("SELECT count(*) FROM accounts_sealedrecord") == [(5 * len(post_ids),)]
    assert ask("SELECT count(*) FROM forum_idempotencyrecord WHERE length(answer) > 0") == [(len(post_ids),)]
    assert ask("SELECT count(*) FROM forum_idempotencyrecord") == [(len(post_ids),)]


LEAVE = """
from accounts.models import User
from accounts.services.closing import close_account
from forum.models import Category
from tests.forum.building import grow, wide
member = User.objects.create_user("quiet harbour", "seven calm herons wade")
for number in range(5):
    grow(Category.objects.first(), wide(100), author=member)
print(close_account(member, password="seven calm herons wade", keep_words=False).id)
"""
GO_ON = "from accounts.services.closing import go_on_closing; go_on_closing.call({job!r})"


def test_an_account_is_closed_however_often_the_worker_is_killed(site: KilledSite) -> None:
    site.start()
    site.kill()
    job = site.manage("shell", "--no-imports", "-c", LEAVE).strip()
    ask = asking(site)

    def left() -> int:
        return int(ask("SELECT count(*) FROM forum_post WHERE author_id IS NOT NULL AND source LIKE 'Words %'")[0][0])

    for _kill in range(3):
        before = left()
        worker = site.run_command("shell", "--no-imports", "-c", GO_ON.format(job=job))
        wait_until(partial(_is_fewer, left, before), deadline=START, what="it goes on")
        worker.kill()
        worker.wait()
        assert left(), "the kill did not meet it in the middle"
    for _turn in range(3):  # as the next worker would
        site.manage("shell", "--no-imports", "-c", GO_ON.format(job=job))
    assert ask("SELECT count(*) FROM accounts_user WHERE pseudonym = 'quiet harbour'") == [(0,)]
    assert ask("SELECT count(*) FROM forum_post WHERE source LIKE 'Words %' AND state <> 'ERASED'") == [(0,)]
    site.manage("verify_audit")
    site.manage("rebuild_paths", "--check")


def _is_fewer(left: Callable[[], int], before: int) -> bool:
    return left() < before


PUT_OFF = """
import datetime as dt
from django.db.models import F
from accounts.models import User
from forum.authorship import Speaker, SpeaksAs
from forum.models import Category, Post
from forum.services.house_rules import agree_to_rules, current_rules
from forum.services.posts import reply_to
from tests.forum.building import grow
member = User.objects.create_user("quiet harbour", "seven calm herons wade")
agree_to_rules(member, current_rules().version)
story = grow(Category.objects.first(), [], author=member).posts[0]
for number in range(200):
    reply_to(story, actor=Speaker(SpeaksAs.PSEUDONYM, member), text=f"Put off {number}.", delay_hours=6)
Post.objects.filter(due_at__isnull=False).update(due_at=F("due_at") - dt.timedelta(days=2))
"""
COME_DUE = "from forum.tasks import publish_what_is_due; publish_what_is_due.call()"


def test_what_was_put_off_appears_once_however_often_the_worker_is_killed(site: KilledSite) -> None:
    """And however many workers there are."""
    site.start()
    site.kill()
    site.manage("shell", "--no-imports", "-c", PUT_OFF)
    ask = asking(site)

    def left() -> int:
        return int(ask("SELECT count(*) FROM forum_post WHERE due_at IS NOT NULL")[0][0])

    assert left() == 200
    for _kill in range(3):
        before = left()
        worker = site.run_command("shell", "--no-imports", "-c", COME_DUE)
        wait_until(partial(_is_fewer, left, before), deadline=START, what="it goes on")
        worker.kill()
        worker.wait()
        assert left(), "the kill did not meet it in the middle"
    workers = [site.run_command("shell", "--no-imports", "-c", COME_DUE) for _worker in range(2)]
    assert [worker.wait(timeout=START) for worker in workers] == [0, 0]
    assert left() == 0
    assert ask("SELECT count(*) FROM forum_post WHERE source LIKE 'Put off %' AND state = 'PUBLISHED'") == [(200,)]
    of_thread = "FROM forum_post WHERE thread_id IN (SELECT thread_id FROM forum_post WHERE source LIKE 'Put off %')"
    numbers = [number for (number,) in ask(f"SELECT seq {of_thread} ORDER BY seq")]
    assert numbers == list(range(1, 202))
    assert ask(f"SELECT children, shown_children {of_thread} AND parent_id IS NULL") == [(200, 200)]
    site.manage("rebuild_paths", "--check")


PRAGMAS = """
from django.db import connection
with connection.cursor() as cursor:
    for name in {names}:
        cursor.execute({statement} + name)
        print(name, cursor.fetchone()[0])
"""


def test_a_commit_is_on_the_disk_before_it_is_acknowledged(site: KilledSite) -> None:
    """As far as the database is asked to; whether the system calls are made is counted below."""
    site.start()
    if "DATABASE_URL" in site.environment:
        names, statement = ["fsync", "synchronous_commit", "full_page_writes"], "SHOW "
        wanted = "fsync on\nsynchronous_commit on\nfull_page_writes on\n"
    else:
        names, statement = ["journal_mode", "synchronous"], "PRAGMA "
        wanted = "journal_mode wal\nsynchronous 2\n"  # 2: FULL
    said = site.manage("shell", "--no-imports", "-c", PRAGMAS.format(names=names, statement=repr(statement)))
    assert said == wanted


def test_every_acknowledged_story_was_synced(tmp_path: Path) -> None:
    """On SQLite the server itself does it; strace counts where it is installed."""
    commits = 20
    with KilledSite(tmp_path / "data") as site:
        server = site.start()
        writers = Writers(site, 1)
        _status, _headers, categories = server.request("GET", "/api/v1/categories/")
        writers.category = json.loads(categories)["categories"][0]["id"]
        writers.send(server, uuid4().hex, source="127.0.0.2")
        counted = tmp_path / "syncs"
        strace = shutil.which("strace")
        with closing(sqlite3.connect(site.data / "hearth.sqlite3")) as reader:
            # While somebody else has it open, no connection's end moves the log into the file, which syncs as well.
            reader.execute("SELECT count(*) FROM forum_post").fetchall()
            watching = _watch(strace, server.pids(), counted) if strace else None
            for _commit in range(commits):
                writers.send(server, uuid4().hex, source="127.0.0.2")
            server.kill()
        if watching:
            watching.wait(timeout=STOP)
            synced = counted.read_text().splitlines()
            assert sum("hearth.sqlite3-wal" in line for line in synced) >= commits, synced
        assert asking(site)("SELECT count(*) FROM forum_post WHERE title LIKE 'Story %'") == [(commits + 1,)]


def _watch(strace: str, pids: Sequence[int], counted: Path) -> subprocess.Popen[bytes]:
    """Names each file that is synced. Ends when those it watches do."""
    arguments = ["-f", "-qq", "-y", "-e", "trace=fsync,fdatasync", "-o", str(counted)]
    watching = subprocess.Popen([strace, *arguments, *[f"--attach={pid}" for pid in pids]], env=os.environ)
    wait_until(lambda: all(_is_traced(pid) for pid in pids), deadline=START, what="all are watched")
    return watching


def _is_traced(pid: int) -> bool:
    threads = Path(f"/proc/{pid}/task").glob("*/status")
    return all("TracerPid:\t0" not in thread.read_text() for thread in threads)
