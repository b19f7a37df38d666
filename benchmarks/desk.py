"""What the queue costs at the desk, as a ratio to a bare Django view, and how it grows with what waits.

usage: python -m benchmarks.desk [open cases ...]      (default: 1000 100000)

For each size a forum with that many open cases is made from a seed, over all lanes, in SQLite or in the empty database
that DATABASE_URL names, and served by `script/server`. The page of the queue, the same over the API, and "take next",
each by another moderator, take turns with the control, as in `benchmarks/search.py`.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from itertools import count, cycle
from pathlib import Path

from benchmarks.search import IN_A_THREAD, ROOT, ROUNDS, TURN, Server, hello_served, served

MODERATORS = 2 * ROUNDS * TURN  # each takes one case, and a turn to warm up
_networks = count(1)


def main(sizes: list[int]) -> None:
    for size in sizes:
        with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
            data = Path(folder)
            environment = {**os.environ, "HEARTH_DATA_DIR": str(data), "WORKER": "0", "TRUSTED_PROXY": "127.0.0.1"}
            environment |= {"PYTHONUNBUFFERED": "1", "SECRET_KEY": "of a benchmark " * 4, "SEAL_KEY": "another " * 6}
            environment |= {"MODERATORS_NEED_SECOND_FACTOR": "0", "UNANSWERED_AFTER_HOURS": "0"}
            environment.pop("DJANGO_SETTINGS_MODULE", None)
            environment.setdefault("HEARTH_VENV", str(Path(sys.prefix)))
            began = time.perf_counter()
            subprocess.run(
                [sys.executable, "-m", "benchmarks.desk", "--build", str(size)], env=environment, check=True, cwd=ROOT
            )
            print(f"\n{size} open cases, built in {time.perf_counter() - began:.0f} s")
            ours = stack.enter_context(served([ROOT / "script" / "server", "--port", "0"], environment, r":(\d+)/"))
            hello = stack.enter_context(hello_served(data, environment))
            compare(ours, hello, json.loads((data / "visits.json").read_text()))


def compare(ours: Server, hello: Server, visits: list[str]) -> None:
    everybody, fresh = cycle(visits), iter(visits)
    deeds: dict[str, Callable[[], object]] = {
        "the page of the queue": lambda: ask(ours, "GET", "/admin/moderation/case/", cookie=next(everybody)),
        "the queue over the API": lambda: ask(ours, "GET", "/api/v1/desk/cases/", token=next(everybody)),
        "take next over the API": lambda: ask(ours, "POST", "/api/v1/desk/cases/next/", token=next(fresh)),
    }
    for name, deed in deeds.items():
        for _request in range(TURN):
            deed()  # warms up
        measured, control = [], []
        for _round in range(ROUNDS):
            measured.append(ours.measured(deed))
            control.append(hello.measured(hello.get))
        cpu, hello_cpu = (statistics.mean(used for used, _passed in each) for each in (measured, control))
        print(f"  {name:24} CPU {cpu:6.2f} ms = {cpu / hello_cpu:5.1f} x hello")


def ask(server: Server, method: str, path: str, *, cookie: str = "", token: str = "") -> str:
    number = next(_networks)
    headers = {
        "X-Forwarded-Proto": "https",
        "X-Forwarded-For": f"198.{18 + (number >> 16)}.{number >> 8 & 255}.{number & 255}",
    }
    if cookie:
        headers["Cookie"] = cookie
    if token:
        headers["X-Session-Token"] = token.partition("=")[2]
    if method == "POST":
        headers["Content-Type"] = "application/json"
    server.connection.request(method, path, "{}" if method == "POST" else None, headers)
    answer = server.connection.getresponse()
    text: str = answer.read().decode()
    assert answer.status == 200, (answer.status, text[:500])
    return text


def build(cases: int) -> None:
    """Half of them ordinary first looks; each lane has some, and a tenth is reported or was put forward otherwise."""
    sys.path.insert(0, str(ROOT))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django

    django.setup()
    from django.contrib.auth.models import Group
    from django.core.management import call_command
    from django.db import connection, transaction
    from django.test import Client

    from accounts.models import User
    from forum.models import Category, Post
    from moderation.models import Case
    from moderation.services.moderators import GROUP, moderators
    from moderation.states import due_at, lane_of
    from tests.forum.building import grow, scattered

    call_command("migrate", verbosity=0)
    category = Category.objects.create(title="Stories")
    chance = random.Random(cases)
    hour = dt.datetime.now(dt.UTC).replace(minute=0, second=0, microsecond=0)
    kinds = (
        ["guest"],
        ["newcomer"],
        ["guest", "reported:BLAMES"],
        ["reported:SPAM"],
        ["unanswered"],
        ["reported:DANGER"],
    )
    weights = (50, 25, 10, 9, 5, 1)

    def case_about(post: Post) -> Case:
        reasons = chance.choices(kinds, weights)[0]
        lane = lane_of(reasons)
        opened_at = hour - dt.timedelta(hours=chance.randrange(24 * 30))
        due = due_at(lane, opened_at, {})
        return Case(post=post, reasons=reasons, lane=lane, opened_at=opened_at, due_at=due)

    for seed, start in enumerate(range(0, cases, IN_A_THREAD)):
        size = min(IN_A_THREAD, cases - start)
        with transaction.atomic():
            posts = grow(category, scattered(size - 1, seed=seed)).posts
            Case.objects.bulk_create([case_about(post) for post in posts])
    moderators()
    group = Group.objects.get(name=GROUP)
    visits = []
    for number in range(MODERATORS):
        user = User.objects.create(username=f"desk {number}", is_staff=True, pseudonym=f"desk {number}")
        user.groups.add(group)
        client = Client()
        client.force_login(user)
        visits.append(next(f"{name}={morsel.value}" for name, morsel in client.cookies.items()))
    (Path(os.environ["HEARTH_DATA_DIR"]) / "visits.json").write_text(json.dumps(visits))
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--build"]:
        build(int(sys.argv[2]))
    else:
        main([int(size) for size in sys.argv[1:]] or [1_000, 100_000])
