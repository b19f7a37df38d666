""" "It is not what I asked for here": whoever began the conversation says so, and the reply is held at once."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from forum.authorship import VISITOR, Reader, Speaker, SpeaksAs
from forum.models import Category, Post
from forum.services.anonymity import ClaimForReadingOnly, open_own, read_claim
from forum.services.claims import make_code
from forum.services.flagging import CannotFlag, NotYourStory
from forum.services.posts import start_thread
from forum.services.visibility import publish_post
from forum.states import PostState
from moderation.models import Case, Lane, Report, Seen, Statement
from moderation.services.decisions import decide
from moderation.services.reports import reasons_for, report_and_hide
from tests.house.doors import Somebody, guest, opened, returning, signed_in, visitor
from tests.personas import GuestPost, answered_by, written_by, written_by_guest

if TYPE_CHECKING:
    from accounts.models import User

pytestmark = pytest.mark.django_db
WISH, WORDS = "WISH", "it is not what I asked for here"


def fresh(post: Post) -> Post:
    return Post.objects.select_related("thread__category").get(pk=post.pk)


@pytest.fixture
def story(category: Category) -> GuestPost:
    written = written_by_guest(category)
    return GuestPost(publish_post(written.post, actor=None), written.code)


@pytest.fixture
def reply(story: GuestPost, trusted_member: User) -> Post:
    return fresh(answered_by(trusted_member, fresh(story.post)))


def state(post: Post) -> str:
    return Post.objects.values_list("state", flat=True).get(pk=post.pk)


def said(post: Post, reader: Reader) -> None:
    report_and_hide(post, actor="guest:1", reason=WISH, text="It tells me to leave.", reader=reader)


def test_it_is_held_at_once_and_comes_to_the_desk_with_her_words(story: GuestPost, reply: Post) -> None:
    said(reply, story.reader)
    case = Case.objects.get(post=reply)
    assert (state(reply), case.lane) == (PostState.HELD, Lane.HARM)
    assert set(case.reasons) == {"breaks_wish", f"reported:{WISH}"}
    assert Report.objects.get().text == "It tells me to leave."


def test_nobody_else_can_say_it_and_nothing_is_written(
    story: GuestPost, reply: Post, trusted_member: User, other_member: User
) -> None:
    reading = Reader(
        opened=open_own(read_claim(story.code).guest).pseudonyms,
        for_reading_only=open_own(read_claim(story.code).guest).pseudonyms,
    )
    for reader, refused in (
        (VISITOR, NotYourStory),
        (Reader(member=other_member), NotYourStory),
        (Reader(member=trusted_member), NotYourStory),
        (reading, ClaimForReadingOnly),
    ):
        with pytest.raises(refused):
            said(reply, reader)
    with pytest.raises(CannotFlag):
        said(fresh(story.post), story.reader)
    assert (Report.objects.count(), state(reply)) == (0, PostState.PUBLISHED)


def test_what_a_moderator_published_all_the_same_is_reported_for_another_reason(
    story: GuestPost, reply: Post, moderator: User
) -> None:
    said(reply, story.reader)
    case = Case.objects.select_related("post").get(post=reply)
    decide(case, actor=moderator, action="PUBLISH", seen=Seen.of(case))
    assert WISH not in dict(reasons_for(story.reader, fresh(reply)))
    with pytest.raises(CannotFlag) as refused:
        said(fresh(reply), story.reader)
    assert "Choose another reason" in str(refused.value.text)
    assert "report it" not in str(refused.value.text), "that is what was just done"


def test_a_statement_says_nothing_of_it_to_whoever_wrote_it(story: GuestPost, reply: Post, moderator: User) -> None:
    said(reply, story.reader)
    case = Case.objects.select_related("post").get(post=reply)
    decide(case, actor=moderator, action="HIDE", seen=Seen.of(case), reason="It blames.")
    assert not Statement.objects.get().was_reported


# --- By the doors -----------------------------------------------------------------------------------------------------


def test_the_page_offers_it_to_whoever_began_the_conversation_alone(
    story: GuestPost, reply: Post, trusted_member: User, other_member: User
) -> None:
    place = f"/p/{reply.public_id}/report/"
    hers = guest(story.code)
    page = hers.ask(place).text
    assert WORDS in page
    assert "nobody else reads it until somebody from the team has read it" in page
    for somebody in (visitor(), signed_in(other_member), signed_in(trusted_member)):
        assert WORDS not in somebody.ask(place).text
        assert somebody.ask(place, "POST", data={"reason": WISH}).status == 400
    assert WORDS not in hers.ask(f"/p/{story.post.public_id}/report/").text
    assert not Report.objects.exists()
    answer = hers.ask(place, "POST", data={"reason": WISH, "text": "It tells me to leave."})
    assert "Nobody else reads this reply now" in answer.text
    assert state(reply) == PostState.HELD
    assert hers.ask(f"/t/{reply.thread.public_id}/").status == 200


def test_of_an_anonymous_member_too_once_the_names_are_open(
    trusted_member: User, other_member: User, category: Category
) -> None:
    masked = Speaker(SpeaksAs.THREAD_PSEUDONYM, trusted_member)
    mine = start_thread(category, actor=masked, title="T", text="Words.").post
    reply = publish_post(answered_by(other_member, fresh(mine)), actor=None)
    place = f"/p/{reply.public_id}/report/"
    assert WORDS in opened(signed_in(trusted_member)).ask(place).text
    assert WORDS not in returning(trusted_member).ask(place).text


def test_the_api_takes_it_from_her_and_refuses_it_of_others(story: GuestPost, reply: Post, other_member: User) -> None:
    address, body = f"/api/v1/posts/{reply.public_id}/reports/", {"reason": WISH, "text": ""}
    refused = signed_in(other_member).ask(address, "POST", data=body)
    assert (refused.status, json.loads(refused.text)["code"]) == (403, "not-your-story")
    code = make_code(read_claim(story.code), may_write=False).code
    refused = Somebody(claim_code=code).ask(address, "POST", data=body)
    assert (refused.status, json.loads(refused.text)["code"]) == (403, "claim-for-reading-only")
    held = json.loads(Somebody(claim_code=story.code).ask(address, "POST", data=body).text)
    assert (held["received"], held["is_held"], state(reply)) == (True, True, PostState.HELD)


def test_another_reason_holds_nothing(story: GuestPost, reply: Post, trusted_member: User, category: Category) -> None:
    for post in (reply, written_by(trusted_member, category)):
        answer = Somebody(claim_code=story.code).ask(
            f"/api/v1/posts/{post.public_id}/reports/", "POST", data={"reason": "BLAMES"}
        )
        assert json.loads(answer.text)["is_held"] is False
        assert state(post) == PostState.PUBLISHED
