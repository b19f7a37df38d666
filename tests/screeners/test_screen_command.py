from __future__ import annotations

import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

ROOT = Path(__file__).parents[2]


def _screen(monkeypatch: pytest.MonkeyPatch, *lines: str) -> list[dict[str, Any]]:
    monkeypatch.setattr(sys, "stdin", io.StringIO("\n".join(lines)))
    out = io.StringIO()
    call_command("screen", stdout=out)
    return [json.loads(line) for line in out.getvalue().splitlines()]


def test_a_line_in_is_a_line_out(monkeypatch: pytest.MonkeyPatch) -> None:
    (told,) = _screen(monkeypatch, json.dumps({"id": 7, "text": "I want to die. I am @quiet_owl.", "kind": "post"}))
    assert told["id"] == 7
    assert (told["danger"]["label"], told["danger"]["severity"]) == ("self_harm", 2)
    assert 0.5 <= told["danger"]["score"] <= 1
    assert told["danger"]["rules"][0]["id"].startswith("en.")
    assert told["identifying"] == [{"type": "handle", "start": 20, "end": 30, "text": "@quiet_owl"}]
    assert told["reply"] == {"label": "supportive", "score": 0.0, "rules": []}


def test_a_reply_is_read_for_care(monkeypatch: pytest.MonkeyPatch) -> None:
    (told,) = _screen(monkeypatch, json.dumps({"id": "r", "text": "You asked for it.", "kind": "reply"}))
    assert told["reply"]["label"] == "victim_blaming"


def test_a_bad_line_says_so_and_does_not_stop_the_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    told = _screen(
        monkeypatch,
        "{broken",
        "[]",
        json.dumps({"id": 1, "text": None}),
        json.dumps({"id": 2, "text": "a", "kind": "poem"}),
        "",
        json.dumps({"id": 3, "text": "", "kind": "post"}),
    )
    assert [one.get("error") for one in told] == [
        "not a line of JSON",
        "no text",
        "no text",
        "kind is post or reply",
        None,
    ]
    assert [one["id"] for one in told] == [None, None, 1, 2, 3]
    assert told[-1]["danger"] == {"label": "none", "severity": 0, "score": 0.0, "rules": []}


def test_bytes_that_are_no_text_are_survived() -> None:
    line = json.dumps({"id": 1, "text": "\ud800 He hit me.", "kind": "post"}).encode()
    done = subprocess.run(
        [sys.executable, "manage.py", "screen"],
        input=b'\xff\xfe{"id"\n' + line + b"\n",
        capture_output=True,
        cwd=ROOT,
        check=True,
    )
    broken, told = map(json.loads, done.stdout.splitlines())
    assert broken["error"]
    assert told["danger"]["label"] == "imminent_danger"


def test_a_mark_before_the_first_line_loses_nothing() -> None:
    line = json.dumps({"id": 1, "text": "I want to die."}).encode()
    done = subprocess.run(
        [sys.executable, "manage.py", "screen"],
        cwd=ROOT,
        input=b"\xef\xbb\xbf" + line,
        capture_output=True,
        check=True,
    )
    assert json.loads(done.stdout)["danger"]["label"] == "self_harm"


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999", "[NaN]"])
def test_a_number_that_is_none_in_json_is_not_written(monkeypatch: pytest.MonkeyPatch, number: str) -> None:
    (told,) = _screen(monkeypatch, f'{{"id": {number}, "text": "We had tea."}}')
    assert told == {"id": None, "line": 1, "error": "not a line of JSON"}
