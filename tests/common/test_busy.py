"""A database that could not be had in time: kind words, the words that were typed, and when to try again."""

from __future__ import annotations

import json
import logging
import sqlite3
from pathlib import Path

import psycopg
import psycopg_pool
import pytest
from django.db import OperationalError
from django.http import HttpResponse
from django.test import Client, RequestFactory

from common.logs import PrivateFormatter
from common.problems import ProblemsMiddleware, api_exception_handler, is_busy
from tests.house.dump import watched_log

pytestmark = pytest.mark.django_db


def locked(tmp_path: Path) -> sqlite3.Error:
    one, other = (sqlite3.connect(tmp_path / "a.sqlite3", timeout=0, isolation_level=None) for _ in range(2))
    one.execute("BEGIN IMMEDIATE")
    with pytest.raises(sqlite3.OperationalError) as met:
        other.execute("BEGIN IMMEDIATE")
    one.close()
    other.close()
    return met.value


def met(cause: Exception) -> OperationalError:
    """As Django hands it on."""
    error = OperationalError("Sentinel words")
    error.__cause__ = cause
    return error


def test_what_waiting_helps_is_told_from_what_is_broken(tmp_path: Path) -> None:
    waiting = (psycopg.errors.LockNotAvailable(), psycopg.errors.QueryCanceled(), psycopg_pool.PoolTimeout())
    assert all(is_busy(met(cause)) for cause in (locked(tmp_path), *waiting))
    assert not is_busy(met(psycopg.errors.DiskFull()))
    assert not is_busy(OperationalError("database is locked"))


def test_the_words_come_back_to_be_sent_again(tmp_path: Path, client: Client) -> None:
    request = client.get("/new/").wsgi_request
    sent = RequestFactory().post("/new/", {"text": "Sentinel words.", "delay_hours": "24"})
    sent.user, sent.session, sent.resolver_match = request.user, request.session, request.resolver_match
    page = ProblemsMiddleware(lambda _request: HttpResponse()).process_exception(sent, met(locked(tmp_path)))
    assert page is not None
    assert (page.status_code, page.headers["Retry-After"]) == (503, "5")
    assert "Sentinel words." in page.content.decode()
    assert 'name="delay_hours" value="24"' in page.content.decode()
    assert "Send it again" in page.content.decode()


def test_the_api_says_when_to_try_again(tmp_path: Path) -> None:
    answer = api_exception_handler(met(locked(tmp_path)), {})
    assert answer is not None
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert json.loads(answer.content)["code"] == "busy"


def test_a_log_says_which_door_broke_and_nothing_of_what_was_sent() -> None:
    request = Client().get("/new/?category=sentinel").wsgi_request
    record = logging.makeLogRecord({"name": "django.request", "levelname": "ERROR", "msg": "%s: %s"})
    record.__dict__ |= {"request": request, "status_code": 500}
    assert PrivateFormatter().format(record) == "ERROR django.request status 500 at forum:story-new"
    with watched_log() as log:
        Client().get("/p/0000000000000a/edit/")
    assert log.getvalue() == "WARNING django.request status 404\n"
