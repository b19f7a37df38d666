"""A value that cannot be right stops the start-up with one sentence that names it."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from config.env import BASE_DIR


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SITE_NAME", ""),
        ("SITE_NAME", " "),
        ("ALLOWED_HOSTS", "http://forum.example.org/"),
        ("ALLOWED_HOSTS", "forum.example.org:8000"),
        ("ALLOWED_HOSTS", "forum.example.org,*"),
        ("ALLOWED_HOSTS", ""),
        ("UNMASKING_DAYS_FILE", "/nonexistent"),
        ("UNMASKING_DAYS_FILE", "/"),
        ("WORKER", "maybe"),
    ],
)
def test_it_stops_the_start_up_with_a_sentence(name: str, value: str) -> None:
    answer = _checked(name, value)
    assert (answer.returncode, answer.stdout) == (1, "")
    assert len(answer.stderr.splitlines()) == 1
    assert answer.stderr.startswith(name)


def test_what_is_right_is_taken() -> None:
    answer = _checked("ALLOWED_HOSTS", "localhost, forum.example.org,.example.net,192.0.2.1,[::1]")
    assert answer.returncode == 0, answer.stderr


def _checked(name: str, value: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "manage.py", "check"],
        cwd=BASE_DIR,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings_test", name: value},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
