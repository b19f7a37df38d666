"""The web server and the background worker under one roof: started together, stopped together.

They are children of one supervisor. It passes a stop on to them, starts a fallen worker again, and gives up when the
web server falls, so that whatever watches the supervisor knows. When it is killed outright, they stop by themselves.
"""

from __future__ import annotations

import ctypes
import os
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager

from config.env import BASE_DIR

GRACE = 20  # seconds in which requests and tasks under way may end
_STOP = {int(number) for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)}
_LONGEST_PAUSE = 60  # seconds between two starts of a worker that keeps falling
_SUPERVISOR = "HEARTH_SUPERVISOR"
_PR_SET_PDEATHSIG = 1  # linux/prctl.h
_Wait = Callable[[float | None], set[int]]  # the signals that came, after so many seconds at the latest


def supervise(web: Sequence[str], worker: Sequence[str] | None, *, listener: socket.socket) -> int:
    """Runs until told to stop (0) or until the web server ends by itself (1). Both get `python` put in front."""
    heard = {number for number in _STOP if signal.getsignal(number) != signal.SIG_IGN}  # as nohup wishes
    with _bell({*heard, signal.SIGCHLD}) as wait:
        web_child = _Child(web, pass_fds=[listener.fileno()])
        children = [web_child]
        fallen = _Fallen()
        if worker is not None:
            children.append(_Child(worker))
        while not wait(fallen.pause_left()) & _STOP:
            if not web_child.is_alive():
                print("The web server has ended by itself; Hearth stops.", file=sys.stderr)
                _stop(children, wait)
                return 1
            if worker is not None and not children[-1].is_alive() and fallen.may_rise(children[-1].started):
                children[-1] = _Child(worker)
        _stop(children, wait)
        return 0


def die_with_supervisor() -> None:
    """For a child: ask Linux for SIGTERM when the supervisor goes, even by SIGKILL. Elsewhere a child outlives that."""
    supervisor = os.environ.get(_SUPERVISOR)
    if supervisor is None:
        return  # started by hand or by another supervisor
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != int(supervisor):
        sys.exit("The supervisor is gone.")  # it died before we could ask


class _Child:
    def __init__(self, arguments: Sequence[str], *, pass_fds: Sequence[int] = ()) -> None:
        self.started = time.monotonic()
        self._process = subprocess.Popen(  # noqa: S603 - this Python, with arguments of our own
            [sys.executable, *arguments],
            cwd=BASE_DIR,
            stdin=subprocess.DEVNULL,
            env={**os.environ, _SUPERVISOR: str(os.getpid())},
            pass_fds=pass_fds,
            process_group=0,  # Ctrl+C reaches the supervisor alone, which stops its children in order
        )

    def is_alive(self) -> bool:
        return self._process.poll() is None

    def ask_to_stop(self) -> None:
        self._process.terminate()

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()


class _Fallen:
    """How long a worker that fell lies before it is started again: twice as long each time, unless it had run well."""

    def __init__(self) -> None:
        self._pause = 0.5
        self._rises: float | None = None

    def pause_left(self) -> float | None:
        return None if self._rises is None else max(self._rises - time.monotonic(), 0)

    def may_rise(self, started: float) -> bool:
        now = time.monotonic()
        if self._rises is None:
            ran_well = now - started > _LONGEST_PAUSE
            self._pause = 1.0 if ran_well else min(self._pause * 2, _LONGEST_PAUSE)
            self._rises = now + self._pause
            print(f"The background worker has ended; it starts again in {self._pause:.0f} s.", file=sys.stderr)
        if now < self._rises:
            return False
        self._rises = None
        return True


@contextmanager
def _bell(signals: Iterable[int]) -> Iterator[_Wait]:
    """A way to wait for signals. Their handlers do nothing, so that nothing is ever interrupted halfway."""
    ear, mouth = socket.socketpair()
    with ear, mouth:
        mouth.setblocking(False)
        before = {number: signal.signal(number, lambda *_: None) for number in signals}
        signal.set_wakeup_fd(mouth.fileno())

        def wait(seconds: float | None) -> set[int]:
            ready, _, _ = select.select([ear], [], [], seconds)
            return set(ear.recv(64)) if ready else set()

        try:
            yield wait
        finally:
            signal.set_wakeup_fd(-1)
            for number, handler in before.items():
                signal.signal(number, handler)


def _stop(children: Sequence[_Child], wait: _Wait) -> None:
    """In order; whoever asks a second time, or waits past the grace, ends it at once."""
    for child in children:
        child.ask_to_stop()
    deadline = time.monotonic() + GRACE + 5
    while any(child.is_alive() for child in children):
        if time.monotonic() > deadline or wait(max(deadline - time.monotonic(), 0)) & _STOP:
            break
    for child in children:
        child.kill()
