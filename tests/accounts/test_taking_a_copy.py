"""A copy of one's own: all of it, nothing of others, to the day, and gone within one (safety.md 2, number 16)."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
from typing import TYPE_CHECKING

import pytest
import time_machine
from django.core import mail
from django.urls import reverse
from django_tasks_db.models import DBTaskResult

from accounts.models import SealedRecord
from accounts.services.export import copy_of, make_copy, start_copy
from config.tasks import forget_old_rows
from forum.authorship import Speaker, SpeaksAs
from forum.models import Category
from forum.services.posts import start_thread
from moderation.models import Case, Seen
from moderation.services.decisions import decide
from moderation.services.reports import report_post
from tests.house.doors import Somebody, in_an_app, signed_in

if TYPE_CHECKING:
    from accounts.models import User

pytestmark = pytest.mark.django_db
PAGE = "/accounts/export/"
API = "/api/v1/account/copy/"


def work() -> None:
    """What the worker does with every copy that waits."""
    for result in DBTaskResult.objects.ready().filter(task_path=make_copy.module_path):
        make_copy.call(*result.args_kwargs["args"])


def made_copy(member: User) -> dict[str, str]:
    start_copy(member)
    work()
    copy = copy_of(member)
    assert copy is not None
    return copy.files


def test_it_holds_everything_of_ones_own_and_nothing_of_others(member: User, community: None) -> None:
    for content in made_copy(member).values():
        assert set(re.findall(r"mine\d", content)) == {f"mine{number}" for number in range(9)}
        assert "me too" in content
        assert "believe" not in content
        assert member.pseudonym in content
        assert set(re.findall(r"theirs\d|gone before", content)) == set()


def test_it_holds_what_the_team_decided_about_ones_words(
    trusted_member: User, category: Category, moderator: User
) -> None:
    post = start_thread(
        category, actor=Speaker(SpeaksAs.THREAD_PSEUDONYM, trusted_member), title="T", text="Words."
    ).post
    report_post(post, actor="guest:77", reason="OTHER", text="theirs1")
    case = Case.objects.get(post=post)
    decide(case, actor=moderator, action="HIDE", reason="It named somebody.", seen=Seen.of(case))
    with time_machine.travel(dt.datetime.now(dt.UTC) + dt.timedelta(minutes=1)):
        for content in made_copy(trusted_member).values():
            assert "It named somebody." in content
            assert "taken down" in content
            assert "theirs" not in content
            assert moderator.pseudonym not in content


def test_it_says_days_and_no_times(member: User, community: None) -> None:
    files = made_copy(member)
    today = dt.datetime.now(dt.UTC).date().isoformat()
    assert {entry["day"] for entry in json.loads(files["notes.json"])["entries"]} == {None, today}
    assert not re.search(r"\d\d:\d\d", files["notes.json"] + files["notes.txt"])


def test_it_is_made_shown_downloaded_and_removed_on_the_pages(member: User, community: None) -> None:
    me = signed_in(member)
    assert "Make a copy" in me.ask(PAGE).text
    assert me.ask(PAGE, "POST").status == 302
    assert "Being made: 0 of 100." in me.ask(PAGE).text
    work()
    page = me.ask(PAGE).text
    assert "mine1" in page
    for name in ("notes.json", "notes.txt"):
        file = me.ask(f"{PAGE}{name}")
        assert file.headers["content-disposition"] == f'attachment; filename="{name}"'
        assert hashlib.sha256(file.body).hexdigest() in page
    assert me.ask(reverse("accounts:export-remove"), "POST").status == 302
    assert "Make a copy" in me.ask(PAGE).text
    assert me.ask(f"{PAGE}notes.txt").status == 404
    assert mail.outbox == []


def test_it_is_made_read_and_removed_over_the_api(member: User, community: None) -> None:
    app = in_an_app(member)
    assert app.ask(API).status == 404
    assert app.ask(API, "POST").status == 202
    assert json.loads(app.ask(API).text) == {"percent": 0, "files": {}, "digests": {}}
    work()
    body = json.loads(app.ask(API).text)
    assert body["percent"] == 100
    assert {name: hashlib.sha256(content.encode()).hexdigest() for name, content in body["files"].items()} == body[
        "digests"
    ]
    assert app.ask(API, "DELETE").status == 204
    assert app.ask(API).status == 404


@pytest.mark.parametrize(
    ("method", "url"), [("GET", PAGE), ("POST", PAGE), ("GET", f"{PAGE}notes.txt"), ("POST", f"{PAGE}remove/")]
)
def test_a_visit_alone_is_asked_for_the_password_again(member: User, method: str, url: str) -> None:
    made_copy(member)
    somebody = Somebody()
    somebody.client.force_login(member)
    answer = somebody.ask(url, method)
    assert (answer.status, answer.headers["location"]) == (
        302,
        "/accounts/reauthenticate/?next=%2Faccounts%2Fexport%2F",
    )
    assert copy_of(member) is not None
    assert DBTaskResult.objects.count() == 1


@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
def test_so_is_an_app(member: User, method: str) -> None:
    made_copy(member)
    somebody = Somebody()
    somebody.client.force_login(member)
    assert json.loads(somebody.ask(API, method).text)["code"] == "fresh-password-needed"
    assert copy_of(member) is not None
    assert DBTaskResult.objects.count() == 1


@pytest.mark.usefixtures("clock")
def test_nobody_keeps_the_worker_busy_with_copies(member: User) -> None:
    me = signed_in(member)
    assert [me.ask(API, "POST").status for _time in range(11)] == [202] * 10 + [429]
    assert DBTaskResult.objects.count() == 10


def test_another_member_has_none_of_it(member: User, other_member: User) -> None:
    made_copy(member)
    other = signed_in(other_member)
    assert other.ask(f"{PAGE}notes.txt").status == 404
    assert other.ask(API).status == 404


def test_the_queue_says_neither_whose_it_is_nor_what_is_in_it(member: User, community: None) -> None:
    start_copy(member)
    result = DBTaskResult.objects.get()
    assert re.fullmatch(r"[0-9a-z]{14}", *result.args_kwargs["args"])
    work()
    assert not any(b"mine" in bytes(row.content) for row in SealedRecord.objects.all())


def test_it_is_gone_within_a_day(member: User) -> None:
    with time_machine.travel("2026-03-10T12:00:00Z", tick=False) as clock:
        made_copy(member)
        clock.move_to("2026-03-11T00:00:00Z")
        forget_old_rows.call()
        assert copy_of(member) is None
        assert SealedRecord.objects.count() == 0


def test_one_that_was_begun_anew_or_removed_is_not_brought_back_by_the_job_before(member: User) -> None:
    start_copy(member)
    first = DBTaskResult.objects.get().args_kwargs["args"][0]
    start_copy(member)
    make_copy.call(first)
    copy = copy_of(member)
    assert copy is not None
    assert not copy.is_whole
    work()
    make_copy.call(first)
    assert SealedRecord.objects.count() == 1
