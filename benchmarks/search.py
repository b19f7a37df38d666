"""What a search costs, as a ratio to a bare Django view, and how it grows.

usage: python benchmarks/search.py [posts ...]      (default: 2000 20000)

For each size a forum of threads of 200 posts is made from a seed, in SQLite or in the empty database that DATABASE_URL
names, and served by `script/server`. Searches and the control, a bare view under the same gunicorn, take turns.
Counted is the CPU of the web server's processes (SQLite works inside them) and the time that passes; PostgreSQL's own
CPU is only in the latter.
"""

from __future__ import annotations

import http.client
import json
import os
import random
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from itertools import count
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
ROUNDS = 15
TURN = 10  # requests before the other's turn
IN_A_THREAD = 200
QUERIES = {
    "two rare words": "w19001 w19500",
    "two words of every hundredth post": "w60 w61",
    "two words of most posts": "w0 w1",
    "two such words as a phrase": '"w0 w1"',
    "a word that is nowhere": "quokka",
}
HELLO = """
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpResponse
from django.urls import path
settings.configure(ALLOWED_HOSTS=["*"], ROOT_URLCONF=__name__, SECRET_KEY="hello", MIDDLEWARE=[])
urlpatterns = [path("", lambda request: HttpResponse("Hello, world"))]
application = get_wsgi_application()
"""
_networks = count(1)


def main(sizes: list[int]) -> None:
    for size in sizes:
        with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
            data = Path(folder)
            environment = {**os.environ, "HEARTH_DATA_DIR": str(data), "WORKER": "0", "TRUSTED_PROXY": "127.0.0.1"}
            environment |= {"PYTHONUNBUFFERED": "1", "SECRET_KEY": "of a benchmark " * 4, "SEAL_KEY": "another " * 6}
            environment.pop("DJANGO_SETTINGS_MODULE", None)
            environment.setdefault("HEARTH_VENV", str(Path(sys.prefix)))
            began = time.perf_counter()
            subprocess.run([sys.executable, __file__, "--build", str(size)], env=environment, check=True, cwd=ROOT)
            print(f"\n{size} posts, built in {time.perf_counter() - began:.0f} s")
            ours = stack.enter_context(served([ROOT / "script" / "server", "--port", "0"], environment, r":(\d+)/"))
            hello = stack.enter_context(hello_served(data, environment))
            compare(ours, hello)


def compare(ours: Server, hello: Server) -> None:
    for name, words in QUERIES.items():
        search = partial(ours.post, "/api/v1/search/", json.dumps({"words": words}))
        hits = len(json.loads(search())["hits"])
        measured, control = [], []
        for _round in range(ROUNDS):
            measured.append(ours.measured(search))
            control.append(hello.measured(hello.get))
        cpu, hello_cpu = (statistics.mean(used for used, _passed in each) for each in (measured, control))
        passed, hello_passed = (statistics.median(passed for _used, passed in each) for each in (measured, control))
        print(
            f"  {name:34} {hits:3} hits  CPU {cpu:6.2f} ms = {cpu / hello_cpu:5.1f} x hello"
            f"   passed {passed:6.2f} ms = {passed / hello_passed:5.1f} x"
        )


class Server:
    def __init__(self, process: subprocess.Popen[str], port: int) -> None:
        self.process = process
        self.connection = http.client.HTTPConnection("127.0.0.1", port)

    def measured(self, deed: Callable[[], object]) -> tuple[float, float]:
        """CPU and time in milliseconds of one request, over a turn."""
        cpu, began = self._cpu(), time.perf_counter()
        for _request in range(TURN):
            deed()
        passed = time.perf_counter() - began
        return (self._cpu() - cpu) * 1000 / TURN, passed * 1000 / TURN

    def post(self, path: str, body: str) -> str:
        number = next(_networks)
        return self._asked(
            "POST",
            path,
            body,
            {
                "Content-Type": "application/json",
                "X-Forwarded-Proto": "https",
                "X-Forwarded-For": f"198.{18 + (number >> 16)}.{number >> 8 & 255}.{number & 255}",
            },
        )

    def get(self) -> str:
        return self._asked("GET", "/", None, {})

    def _asked(self, method: str, path: str, body: str | None, headers: dict[str, str]) -> str:
        self.connection.request(method, path, body, headers)
        answer = self.connection.getresponse()
        text = answer.read().decode()
        assert answer.status == 200, text
        return text

    def _cpu(self) -> float:
        """Of the process and all below it, in seconds."""
        parents = {}
        times = {}
        for stat in Path("/proc").glob("[0-9]*/stat"):
            try:
                fields = stat.read_text().rpartition(")")[2].split()
            except OSError:
                continue
            pid = int(stat.parent.name)
            parents[pid], times[pid] = int(fields[1]), int(fields[11]) + int(fields[12])
        ours = {self.process.pid}
        while more := {pid for pid, parent in parents.items() if parent in ours} - ours:
            ours |= more
        return sum(times[pid] for pid in ours) / os.sysconf("SC_CLK_TCK")


@contextmanager
def served(command: list[object], environment: dict[str, str], port: str) -> Iterator[Server]:
    process = subprocess.Popen(
        [str(part) for part in command], env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    assert process.stdout is not None
    try:
        for line in process.stdout:
            if ("Hearth is at" in line or "Listening at" in line) and (found := re.search(port, line)):
                yield Server(process, int(found[1]))
                return
    finally:
        process.terminate()
        process.wait(30)
        process.stdout.close()


@contextmanager
def hello_served(data: Path, environment: dict[str, str]) -> Iterator[Server]:
    (data / "hello.py").write_text(HELLO)
    command = [sys.executable, "-m", "gunicorn", "--bind", "127.0.0.1:0", "--worker-class", "gthread", "--threads", "4"]
    environment = {**environment, "PYTHONPATH": str(data)}
    with served([*command, "--keep-alive", "60", "hello:application"], environment, r"127\.0\.0\.1:(\d+)") as server:
        yield server


def build(posts: int) -> None:
    """Words w0, w1, …: w0 in nearly every post, w19999 in hardly one."""
    sys.path.insert(0, str(ROOT))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection, transaction

    from forum.models import Category
    from forum.search import index
    from forum.services.searching import index_thread
    from tests.forum.building import grow, scattered

    call_command("migrate", verbosity=0)
    category = Category.objects.create(title="Stories")
    chance = random.Random(posts)
    vocabulary = [f"w{rank}" for rank in range(20_000)]
    weights = [1 / (rank + 1) for rank in range(20_000)]
    for thread in range(posts // IN_A_THREAD):
        with transaction.atomic():
            grown = grow(category, scattered(IN_A_THREAD - 1, seed=thread))
            for post in grown.posts:
                post.source = " ".join(chance.choices(vocabulary, weights, k=70))
                post.html = f"<p>{post.source}</p>"
            type(post).objects.bulk_update(grown.posts, ["source", "html"], batch_size=200)
        index_thread(grown.thread.pk)
    index.settle()
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")  # as autovacuum does within minutes


if __name__ == "__main__":
    if sys.argv[1:2] == ["--build"]:
        build(int(sys.argv[2]))
    else:
        main([int(size) for size in sys.argv[1:]] or [2_000, 20_000])
