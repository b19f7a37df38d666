"""A real script/server in a data folder of its own, and waiting for what must happen, with a deadline."""

from __future__ import annotations

import os
import re
import signal
import ssl
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self, TypeVar

from config.env import BASE_DIR

T = TypeVar("T")

START = 90  # seconds: a busy machine is no failure
PATIENCE = 300  # for what has much to do
STOP = 15
_OURS = re.compile(r"Hearth is at (\S+)/ ")


def wait_until(happened: Callable[[], T | None], *, deadline: float, what: str) -> T:
    """The first true answer of `happened`."""
    end = time.monotonic() + deadline
    pause = threading.Event()
    while not (answer := happened()):
        assert time.monotonic() < end, f"not within {deadline} s: {what}"
        pause.wait(0.05)
    return answer


def living_descendants(pid: int) -> set[int]:
    """Children, their children, and so on; not those that are only waiting to be buried."""
    parents: dict[int, int] = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdecimal() and (found := _state_and_parent(int(folder.name))) and found[0] != "Z":
            parents[int(folder.name)] = found[1]
    family = {pid}
    while grown := {child for child, parent in parents.items() if parent in family} - family:
        family |= grown
    return family - {pid}


def command_of(pid: int) -> list[str]:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text().split("\0")
    except (FileNotFoundError, ProcessLookupError):
        return []


def is_living(pid: int) -> bool:
    found = _state_and_parent(pid)
    return found is not None and found[0] != "Z"


def _state_and_parent(pid: int) -> tuple[str, int] | None:
    try:
        after_name = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return None
    return after_name[0], int(after_name[1])


def environment(data: Path, **ours: str) -> dict[str, str]:
    """That of a person who has just cloned the project, but for the virtual environment, which is this one."""
    kept = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "LANG", "TMPDIR"}}
    return kept | {"HEARTH_DATA_DIR": str(data), "HEARTH_VENV": sys.prefix} | ours


@dataclass
class Site:
    """One run of script/server."""

    process: subprocess.Popen[str]
    lines: list[str] = field(default_factory=list)

    @classmethod
    def start(cls, data: Path, *arguments: str, **settings: str) -> Self:
        for number in (signal.SIGINT, signal.SIGHUP):
            if signal.getsignal(number) == signal.SIG_IGN:  # as whatever started the tests wished; the server would too
                signal.signal(number, signal.default_int_handler)
        process = subprocess.Popen(  # the port is the kernel's choice: no two tests meet on one
            [BASE_DIR / "script" / "server", "--port=0", *arguments],
            cwd=data.parent, env=environment(data, **settings), text=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip
        site = cls(process)
        threading.Thread(target=site._listen, daemon=True).start()
        return site

    def _listen(self) -> None:
        assert self.process.stdout is not None
        self.lines.extend(self.process.stdout)  # line by line, as they come

    @property
    def said(self) -> str:
        return "".join(self.lines)

    @property
    def url(self) -> str:
        """Once it is up."""

        def address() -> str | None:
            assert self.process.poll() is None, self.said
            found = _OURS.search(self.said)
            return found[1] if found else None

        return wait_until(address, deadline=START, what="the server names its address")

    def get(self, path: str, *, trust: ssl.SSLContext | None = None) -> tuple[int, dict[str, str], str]:
        """Status, headers in lower case, body."""
        try:
            answer = urllib.request.urlopen(self.url + path, timeout=START, context=trust)
        except urllib.error.HTTPError as error:
            answer = error
        with answer:
            return (
                answer.status,
                {name.lower(): value for name, value in answer.headers.items()},
                answer.read().decode(),
            )

    def family(self) -> set[int]:
        """The web server, its worker and the background worker, once all are there."""
        assert self.get("/livez")[0] == 200
        wait_until(lambda: len(living_descendants(self.process.pid)) >= 3, deadline=START, what="three processes")
        return living_descendants(self.process.pid)

    def stop(self, number: int = signal.SIGTERM) -> int:
        self.process.send_signal(number)
        wait_until(lambda: self.process.poll() is not None, deadline=STOP, what="the server stops")
        assert self.process.returncode is not None
        return self.process.returncode

    def end(self) -> None:
        """Whatever state it is in."""
        family = living_descendants(self.process.pid)
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        for pid in filter(is_living, family):
            os.kill(pid, signal.SIGKILL)
        if self.process.stdout is not None:
            self.process.stdout.close()


@contextmanager
def running(data: Path, *arguments: str, **settings: str) -> Iterator[Site]:
    site = Site.start(data, *arguments, **settings)
    try:
        assert site.url
        yield site
    finally:
        site.end()


def refusal(data: Path, *arguments: str, **settings: str) -> list[str]:
    """What a server says that does not start, line by line."""
    answer = subprocess.run(
        [BASE_DIR / "script" / "server", *arguments],
        env=environment(data, **settings), capture_output=True, text=True, timeout=START, check=False,
    )  # fmt: skip
    assert answer.returncode != 0, answer.stdout
    assert answer.stdout == ""
    return answer.stderr.splitlines()
