"""The twin of erasing (safety.md 2, number 5): alike from outside and in the database, and the words open it."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
import time_machine
from django.apps import apps
from django.core.cache import cache
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts import sealed_records
from accounts.archive_key import archive_key_of, make_archive_key
from accounts.identity import identity_of
from accounts.models import User
from accounts.services.closing import NothingToReopen, StillClosing, close_account, reopen_account
from accounts.services.recovery import recover_account
from common.memorable import new_code
from config.housekeeping import STUCK_AFTER, requeue_stuck
from config.tasks import forget_old_rows
from forum.authorship import Reader
from forum.models import Category, Post, Reaction, Revision, ThreadPseudonym
from forum.services.anonymity import OWN_POSTS, open_member
from forum.services.visibility import erase_post, hide_post, publish_post
from forum.states import PostState
from moderation import audit
from moderation.models import Case, Report
from moderation.models import Seen as Seen_
from moderation.services.cases import live_case_of
from moderation.services.decisions import decide
from moderation.services.holds import seal_evidence
from moderation.services.moderators import leads
from moderation.services.reports import report_post
from tests.accounts.leaving import Killed, dump, killed_after, sealed_shapes, work
from tests.house.doors import Somebody, signed_in, visitor
from tests.personas import PASSWORD, written_by

pytestmark = pytest.mark.django_db
ERASE, SEAL = PASSWORD, PASSWORD * 2
NEW_PASSWORD = "nine slow rivers bend"
WORDS = new_code()
REOPENING = "/api/v1/account/reopening/"


@pytest.fixture(autouse=True)
def _recovery_words(member: User) -> None:
    make_archive_key(identity_of(member), WORDS)


def closed(member: User, password: str, *, keep_words: bool = False) -> None:
    close_account(member, password=password, keep_words=keep_words)
    work()


def reopened(member: User, words: str = WORDS) -> User:
    again, _words = reopen_account(member.username, words=words, new_password=NEW_PASSWORD, network="here")
    return again


# --- Twins ------------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Seen:
    """All that an onlooker, or whoever has the database and the key, sees of one closing."""

    answers: list[Any] = field(default_factory=list)
    queries: list[int] = field(default_factory=list)
    rows: list[Any] = field(default_factory=list)

    def look(self) -> None:
        counts = Counter({model._meta.label: model._default_manager.count() for model in apps.get_models()})
        posts = Post.objects.order_by("public_id").values("public_id", "state", "source", "author", "version")
        self.rows.append((counts, list(posts), sealed_shapes()))


def _masked(answer: Any, job: str) -> tuple[Any, ...]:
    status, headers, body = answer.comparable
    return status, {name: value.replace(job, "#") for name, value in headers.items()}, body.replace(job.encode(), b"#")


def seen_of(close: Callable[[Somebody], Any], member: User) -> Seen:
    """Of every step, and then everything is undone."""
    seen = Seen()
    cache.clear()
    with transaction.atomic(), time_machine.travel("2026-03-10T12:00:00Z", tick=False):  # `Expires` holds the time
        me = signed_in(member)
        with CaptureQueriesContext(connection) as asked:
            answer = close(me)
        seen.queries.append(len(asked))
        job = re.search(r"[0-9a-hjkmnp-tv-z]{14}", answer.headers.get("location", "") or answer.text)
        assert job is not None
        place = f"/accounts/closing/{job[0]}/"
        for step in (lambda: None, work):
            with CaptureQueriesContext(connection) as asked:
                step()
            seen.queries.append(len(asked))
            seen.answers.append(_masked(visitor().ask(place), job[0]))
            seen.answers.append(_masked(visitor().ask(f"/api/v1/account/closings/{job[0]}/"), job[0]))
            seen.look()
        seen.answers.append(_masked(answer, job[0]))
        words = {"name": member.username, "words": new_code(), "new_password": NEW_PASSWORD}
        seen.answers.append(visitor().ask(REOPENING, "POST", data=words).comparable)
        signing_up = {"username": member.username, "password": NEW_PASSWORD}
        seen.answers.append(visitor().ask("/api/auth/app/v1/auth/signup", "POST", data=signing_up).comparable)
        transaction.set_rollback(True)
    return seen


@pytest.mark.parametrize("words", ["take", "leave"])
def test_on_the_page_nothing_tells_it_from_erasing(member: User, community: None, words: str) -> None:
    def by_page(password: str) -> Callable[[Somebody], Any]:
        return lambda me: me.ask("/accounts/erase/", "POST", data={"password": password, "words": words})

    erased, sealed = (seen_of(by_page(password), member) for password in (ERASE, SEAL))
    assert erased.answers == sealed.answers
    assert erased.queries == sealed.queries
    assert erased.rows == sealed.rows


def test_over_the_api_nothing_does_either(member: User, community: None) -> None:
    def by_api(password: str) -> Callable[[Somebody], Any]:
        return lambda me: me.ask("/api/v1/account/closings/", "POST", data={"password": password})

    erased, sealed = (seen_of(by_api(password), member) for password in (ERASE, SEAL))
    assert (erased.answers, erased.queries, erased.rows) == (sealed.answers, sealed.queries, sealed.rows)


@pytest.mark.parametrize("password", [ERASE, SEAL], ids=["erased", "sealed"])
def test_with_the_seal_key_no_word_of_it_can_be_read(member: User, community: None, password: str) -> None:
    closed(member, password)
    left = dump()
    assert [word for word in (f"mine{number}" for number in range(9)) if word in left] == []
    assert member.pseudonym not in left
    assert identity_of(member) not in left
    assert archive_key_of(identity_of(member)) is None


def test_the_words_twice_are_looked_at_as_costly_as_the_password_once(member: User) -> None:
    """Both hashes are made for whatever is typed; a test of time would fail by chance (benchmarks/)."""
    asked = []
    for typed in ("wrong", SEAL[:-1], PASSWORD + "?"):
        with CaptureQueriesContext(connection) as queries, pytest.raises(Exception, match="password-wrong"):
            close_account(member, password=typed, keep_words=False)
        asked.append(len(queries))
    assert len(set(asked)) == 1


# --- Opening again ----------------------------------------------------------------------------------------------------


def life(member: User) -> dict[str, Any]:
    """Everything of theirs that others or they themselves can see."""
    return {
        "account": User.objects.filter(pk=member.pk).values("username", "pseudonym", "is_active").get(),
        "posts": list(
            Post.objects.order_by("public_id").values(
                "public_id", "state", "title", "source", "html", "word_to_author", "author", "thread_pseudonym",
                "shown_children", "is_edited", "version",
            )
        ),
        "threads": list(Post.objects.order_by("public_id").values_list("thread__is_shown", "thread__activity")),
        "names": list(ThreadPseudonym.objects.order_by("pk").values("pk", "name", "tag", "thread")),
        "before": list(Revision.objects.order_by("source").values("post", "number", "title", "source", "replaced_on")),
        "reactions": sorted(Reaction.objects.values_list("post__public_id", "kind", "tag")),
        "reports": list(Report.objects.order_by("pk").values("pk", "text", "reporter_tag")),
        "own": sealed_records.items(OWN_POSTS, identity_of(member)),
    }  # fmt: skip


@pytest.mark.parametrize("keep_words", [False, True], ids=["words too", "account only"])
def test_everything_stands_where_it_stood(member: User, community: None, moderator: User, *, keep_words: bool) -> None:
    leave_what_was_reported(moderator)
    before = life(member)
    waiting = Case.objects.filter(state="OPEN", post__state=PostState.HELD).order_by("post")
    before_it = list(waiting.values_list("post"))
    closed(member, SEAL, keep_words=keep_words)
    assert life_is_gone(member)
    again = reopened(member)
    assert life(again) == before
    assert list(waiting.values_list("post")) == before_it != [], "what waited for a first look waits again"
    assert open_member(again).post_ids
    assert list(audit.problems()) == []


def test_what_was_sent_back_with_words_marked_comes_back_with_them(
    member: User, category: Category, moderator: User
) -> None:
    post = written_by(member, category, text="We lived at 12 Mill Lane.")
    case = Case.objects.select_related("post").get(post=post)
    word = "Please leave out where it was."
    decide(case, actor=moderator, action="RETURN", seen=Seen_.of(case), word=word, marks=["12 Mill Lane"])
    before = Post.objects.values("state", "word_to_author", "marks", "version").get()
    assert before["marks"] != []
    closed(member, SEAL)
    assert Post.objects.values_list("state", "marks").get() == ("ERASED", [])
    reopened(member)
    assert Post.objects.values("state", "word_to_author", "marks", "version").get() == before


def leave_what_was_reported(moderator: User) -> None:
    """What waits because of a report waits again."""
    for case in Case.objects.filter(reports__isnull=False, post__state=PostState.PUBLISHED).distinct():
        decide(case, actor=moderator, action="LEAVE", seen=Seen_.of(case))


def life_is_gone(member: User) -> bool:
    return not User.objects.filter(pk=member.pk).exists()


def test_they_sign_in_with_the_new_password_alone(member: User) -> None:
    closed(member, SEAL)
    body = {"name": "Quiet Harbour", "words": WORDS.upper().replace("-", " "), "new_password": NEW_PASSWORD}
    answer = visitor().ask(REOPENING, "POST", data=body)
    assert (answer.status, json.loads(answer.text)["pseudonym"]) == (200, member.pseudonym)
    for password, status in ((PASSWORD, 400), (NEW_PASSWORD, 200)):
        data = {"username": member.username, "password": password}
        assert visitor().ask("/api/auth/browser/v1/auth/login", "POST", data=data).status == status
    assert visitor().ask(REOPENING, "POST", data=body).status == 400, "it opens once"


def test_on_the_page_too(member: User, community: None) -> None:
    closed(member, SEAL)
    body = {"name": member.username, "words": WORDS, "new_password": NEW_PASSWORD}
    page = visitor().ask("/accounts/reopen/", "POST", data=body).text
    assert "It is open again" in page
    assert "-".join(re.findall(r"<li>([a-z]+)</li>", page)) not in {"", WORDS}
    assert User.objects.get(pk=member.pk).check_password(NEW_PASSWORD)


def test_the_new_words_let_in_and_seal_again(member: User) -> None:
    """All that the old ones were for."""
    closed(member, SEAL)
    again, words = reopen_account(member.username, words=WORDS, new_password=NEW_PASSWORD, network="here")
    again, words = recover_account(again.username, words=words, new_password=PASSWORD, network="here")
    closed(again, SEAL)
    assert reopened(again, words).is_active


def test_what_cannot_be_opened_is_answered_alike(member: User, other_member: User) -> None:
    closed(other_member, ERASE)
    closed(member, SEAL)
    before = sorted(dump().splitlines())
    answers = [
        visitor().ask(REOPENING, "POST", data={"name": name, "words": words, "new_password": NEW_PASSWORD}).comparable
        for name, words in (
            (member.username, new_code()), (other_member.username, WORDS), ("never lived", WORDS),
        )
    ]  # fmt: skip
    assert answers[0] == answers[1] == answers[2]
    assert json.loads(answers[0][2])["code"] == "nothing-to-reopen"
    assert sorted(dump().splitlines()) == before


def test_a_weak_password_opens_nothing_yet(member: User) -> None:
    closed(member, SEAL)
    body = {"name": member.username, "words": WORDS, "new_password": "short"}
    assert json.loads(visitor().ask(REOPENING, "POST", data=body).text)["code"] == "password-unsuitable"
    assert life_is_gone(member)
    assert reopened(member).pseudonym == member.pseudonym


def test_words_that_are_none_are_said_to_be(member: User) -> None:
    closed(member, SEAL)
    body = {"name": member.username, "words": "one two", "new_password": NEW_PASSWORD}
    refused = json.loads(visitor().ask(REOPENING, "POST", data=body).text)
    assert (refused["code"], refused["errors"][0]["pointer"]) == ("code-unreadable", "#/words")


def test_while_it_is_being_closed_it_cannot_be_opened(member: User, community: None) -> None:
    close_account(member, password=SEAL, keep_words=False)
    with pytest.raises(NothingToReopen):  # there is no archive yet
        reopened(member)
    with killed_after(2), pytest.raises(Killed):
        work()
    with pytest.raises(StillClosing):
        reopened(member)
    requeue_stuck(timezone.now() + STUCK_AFTER * 2)
    work()
    assert reopened(member).is_active


@pytest.mark.usefixtures("clock")
def test_guessing_is_slowed_down(member: User) -> None:
    closed(member, SEAL)
    body = {"name": member.username, "words": new_code(), "new_password": NEW_PASSWORD}
    me = visitor()
    page = [me.client.post("/accounts/reopen/", body).status_code for _guess in range(11)]
    assert page == [400] * 10 + [429]


def test_the_words_of_before_open_nothing(member: User) -> None:
    newer = new_code()
    make_archive_key(identity_of(member), newer)
    closed(member, SEAL)
    with pytest.raises(NothingToReopen):
        reopened(member)
    assert reopened(member, newer).is_active


def test_it_opens_for_thirty_days_and_then_never(member: User, community: None) -> None:
    with time_machine.travel("2026-03-01T12:00:00Z", tick=False) as clock:
        closed(member, SEAL)
        clock.move_to("2026-03-30T12:00:00Z")
        forget_old_rows.call()
        with transaction.atomic():
            assert reopened(member).is_active
            transaction.set_rollback(True)
        clock.move_to("2026-03-31T12:00:00Z")
        forget_old_rows.call()
        with pytest.raises(NothingToReopen):
            reopened(member)


def test_a_moderator_comes_back_as_a_member(moderator: User) -> None:
    make_archive_key(identity_of(moderator), WORDS)
    closed(moderator, SEAL)
    again, _words = reopen_account("desk one", words=WORDS, new_password=NEW_PASSWORD, network="here")
    assert (again.pk, again.is_staff, again.groups.count()) == (moderator.pk, False, 0)


# --- What stands again ------------------------------------------------------------------------------------------------


def lead_of(moderator: User) -> User:
    moderator.groups.add(leads())
    return moderator


def test_what_waits_again_waits_for_what_others_wait_for(member: User, community: None, moderator: User) -> None:
    """A reason that nothing else has would join what came back together."""
    leave_what_was_reported(moderator)
    closed(member, SEAL)
    reopened(member)
    anonymous = Case.objects.filter(post__thread_pseudonym__isnull=False, post__state=PostState.HELD)
    assert {reason for case in anonymous for reason in case.reasons} == {"guest"}


def test_what_is_erased_with_an_account_looks_like_what_is_erased_by_hand(member: User, category: Category) -> None:
    by_hand, with_account = written_by(member, category), written_by(member, category)
    for post in (by_hand, with_account):
        publish_post(post, actor=None)
    erase_post(by_hand, actor=Reader(member))
    closed(member, ERASE)
    assert len(set(Post.objects.values_list("state", "version"))) == 1
    assert Post.objects.filter(pk__in=[by_hand.pk, with_account.pk]).count() == 2


@pytest.mark.parametrize("keep_words", [True, False])
def test_what_was_sealed_away_as_evidence_stays_away(
    member: User, category: Category, moderator: User, *, keep_words: bool
) -> None:
    post = publish_post(written_by(member, category), actor=None)
    if keep_words:
        closed(member, SEAL, keep_words=True)
    hide_post(post, actor=moderator, word="A picture of a child.")
    if keep_words:
        seal_evidence(post, actor=lead_of(moderator), reason="A child is shown.")
    else:
        seal_evidence(post, actor=lead_of(moderator), reason="A child is shown.")
        closed(member, SEAL)
    reopened(member)
    post.refresh_from_db()
    assert (post.state, post.source, post.html) == (PostState.ERASED, "", "")


@pytest.mark.parametrize("is_decided", [True, False])
def test_what_was_reported_waits_for_a_look_when_it_is_back(
    member: User, other_member: User, category: Category, moderator: User, *, is_decided: bool
) -> None:
    post = publish_post(written_by(member, category), actor=None)
    report_post(post, actor="member:1", reason="DANGER", text="")
    closed(member, SEAL)
    case = Case.objects.get(post=post)
    if is_decided:  # of a post that has no words: nothing was looked at
        decide(case, actor=moderator, action="LEAVE", seen=Seen_.of(case))
    reopened(member)
    post.refresh_from_db()
    assert post.state == PostState.HELD
    assert live_case_of(post) is not None


def test_what_was_reported_and_left_as_it_is_stands_again(member: User, category: Category, moderator: User) -> None:
    post = publish_post(written_by(member, category), actor=None)
    report_post(post, actor="member:1", reason="OTHER", text="")
    case = Case.objects.get(post=post)
    decide(case, actor=moderator, action="LEAVE", seen=Seen_.of(case))
    closed(member, SEAL)
    reopened(member)
    post.refresh_from_db()
    assert post.state == PostState.PUBLISHED
