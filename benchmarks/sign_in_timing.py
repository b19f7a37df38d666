"""Does the time of a refused sign-in tell whether a name exists? Against a real server with real Argon2 (safety.md A4).

usage: python benchmarks/sign_in_timing.py [tries]      (default: 200 with existing names and 200 with missing ones)

Existing and missing names take turns, each try from a network of its own, so that no limit is met and whatever else
the machine does falls on both alike.
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
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PASSWORD = "nine slow turtles sing"
MEMBERS = 10
NOT_OURS = {"DATABASE_URL", "CACHE_URL", "SECRET_KEY", "SEAL_KEY", "DJANGO_SETTINGS_MODULE"}
API = "/api/auth/app/v1/auth"
_networks = count(1)


def main(tries: int) -> None:
    with tempfile.TemporaryDirectory() as data, server(Path(data)) as port:
        connection = http.client.HTTPConnection("127.0.0.1", port)
        existing = [f"misty quokka {word}" for word in _words(MEMBERS)]
        missing = [f"silver quokka {word}" for word in _words(MEMBERS)]
        for name in existing:
            status, _body, _seconds = post(connection, "signup", name, PASSWORD)
            assert status == 200, status
        for name in (existing[0], missing[0]):  # what is done once is not measured
            post(connection, "login", name, "a wrong guess at it")
        times: dict[str, list[float]] = {"existing": [], "missing": []}
        answers = set()
        for _try in range(tries):
            for kind, names in random.sample([("existing", existing), ("missing", missing)], 2):
                status, body, seconds = post(connection, "login", random.choice(names), "a wrong guess at it")
                answers.add((status, body))
                times[kind].append(seconds * 1000)
    assert len(answers) == 1, f"the answers differ: {answers}"
    for kind, measured in times.items():
        low, middle, high = statistics.quantiles(measured, n=4)
        print(f"{kind:>8}: median {middle:6.2f} ms, quartiles {low:6.2f} and {high:6.2f} ms, {len(measured)} tries")
    ratio = statistics.median(times["existing"]) / statistics.median(times["missing"])
    print(f"   ratio: {ratio:.3f}")


@contextmanager
def server(data: Path) -> Iterator[int]:
    """As behind a proxy, so that each request can come from a network of its own."""
    environment = {name: value for name, value in os.environ.items() if name not in NOT_OURS}
    environment |= {"HEARTH_DATA_DIR": str(data), "TRUSTED_PROXY": "127.0.0.1", "WORKER": "0", "PYTHONUNBUFFERED": "1"}
    environment.setdefault("HEARTH_VENV", str(Path(sys.prefix)))
    process = subprocess.Popen(
        [ROOT / "script" / "server", "--port", "0"],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdout is not None
    try:
        said = next(line for line in process.stdout if "Hearth is at" in line)
        found = re.search(r":(\d+)/", said)
        assert found
        yield int(found[1])
    finally:
        process.terminate()
        process.wait(30)
        process.stdout.close()


def post(connection: http.client.HTTPConnection, way: str, name: str, password: str) -> tuple[int, bytes, float]:
    number = next(_networks)
    headers = {
        "Content-Type": "application/json",
        "X-Forwarded-Proto": "https",
        "X-Forwarded-For": f"198.18.{number >> 8}.{number & 255}",
    }
    body = json.dumps({"username": name, "password": password})
    began = time.perf_counter()
    connection.request("POST", f"{API}/{way}", body, headers)
    answer = connection.getresponse()
    content = answer.read()
    return answer.status, content, time.perf_counter() - began


def _words(number: int) -> list[str]:
    return [f"{first}{second}n" for first in "bdfg" for second in "aeiou"][:number]


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 200)
