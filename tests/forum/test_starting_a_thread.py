from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from accounts.models import SealedRecord
from common.errors import Invalid
from common.sealing import unseal
from forum.authorship import Speaker, SpeaksAs
from forum.models import Category, Post, Thread
from forum.queries import own_posts
from forum.services.anonymity import ClaimUnknown, open_member, open_own, read_claim
from forum.services.posts import CategoryClosed, edit_post, start_thread
from forum.services.visibility import erase_post, withdraw_post
from forum.states import PostState
from moderation.models import AuditEntry, Case
from moderation.services.reports import report_post
from tests.personas import GUEST, written_by, written_by_guest

if TYPE_CHECKING:
    from accounts.models import User

pytestmark = pytest.mark.django_db


def test_a_guests_story_waits_with_a_case_and_an_audit_row(category: Category) -> None:
    guest = written_by_guest(category)
    assert guest.post.state == PostState.HELD
    assert Case.objects.get().reasons == ["guest"]
    assert [entry.event for entry in AuditEntry.objects.all()] == ["case_opened", "post_written"]


def test_a_members_first_story_waits_and_the_next_does_not(member: User, category: Category) -> None:
    from forum.services.visibility import publish_post

    first = written_by(member, category)
    assert first.state == PostState.HELD
    publish_post(first, actor=None)
    assert written_by(member, category).state == PostState.PUBLISHED


def test_why_an_anonymous_story_waits_does_not_say_whether_a_new_member_wrote_it(
    member: User, category: Category
) -> None:
    written_by_guest(category)
    start_thread(category, actor=Speaker(SpeaksAs.THREAD_PSEUDONYM, member), title="A title", text="Some words.")
    assert [case.reasons for case in Case.objects.all()] == [["guest"], ["guest"]]


def test_the_log_names_a_post_under_a_pseudonym_and_no_anonymous_one(member: User, category: Category) -> None:
    """It is one chain, so it keeps the order of everything in it."""
    named, anonymous = written_by(member, category), written_by_guest(category)
    edited = edit_post(anonymous.post, actor=anonymous.reader, version=1, title="A title", text="Other words.")
    withdrawn = withdraw_post(edited, actor=anonymous.reader)
    erase_post(withdrawn, actor=anonymous.reader)
    report_post(Post.objects.get(pk=named.pk), actor="network:x", reason="OTHER")
    facts = [entry.facts for entry in AuditEntry.objects.all()]
    assert {entry["post"] for entry in facts if "post" in entry} == {named.public_id}
    assert not [entry for entry in facts if "case" in entry]
    events = [entry.event for entry in AuditEntry.objects.all()]
    assert events.count("post_written") == 3
    assert {"case_opened", "case_closed", "post_withdrawn", "post_erased", "post_reported"} <= set(events)


def test_in_a_premoderated_category_everybody_waits(trusted_member: User) -> None:
    careful = Category.objects.create(title="Careful", is_premoderated=True)
    written = written_by(trusted_member, careful)
    assert written.state == PostState.HELD
    assert Case.objects.get(post=written).reasons == ["premoderated"]


def test_a_published_story_lists_its_thread_and_a_held_one_does_not(trusted_member: User, category: Category) -> None:
    assert Thread.objects.get(pk=written_by(trusted_member, category).thread_id).is_shown
    assert not written_by_guest(category).post.thread.is_shown


def test_newer_activity_stands_higher(trusted_member: User, category: Category) -> None:
    older = written_by(trusted_member, category)
    newer = written_by(trusted_member, category)
    assert Thread.objects.get(pk=newer.thread_id).activity > Thread.objects.get(pk=older.thread_id).activity


def test_under_a_thread_pseudonym_nothing_points_to_the_account(trusted_member: User, category: Category) -> None:
    speaker = Speaker(SpeaksAs.THREAD_PSEUDONYM, trusted_member)
    post = start_thread(category, actor=speaker, title="T", text="Words.").post
    assert post.author is None
    assert post.thread_pseudonym is not None
    assert trusted_member.pseudonym not in post.thread_pseudonym.name


def test_two_threads_of_one_anonymous_author_share_no_tag_and_both_are_found_again(
    trusted_member: User, category: Category
) -> None:
    speaker = Speaker(SpeaksAs.THREAD_PSEUDONYM, trusted_member)
    posts = [start_thread(category, actor=speaker, title="T", text="Words.").post for _ in range(2)]
    tags = {post.thread_pseudonym.tag for post in posts if post.thread_pseudonym}
    assert len(tags) == 2
    opened = open_member(trusted_member)
    assert opened.pseudonyms == {post.thread_pseudonym_id for post in posts}
    assert set(opened.post_ids) == {post.public_id for post in posts}


def test_a_claim_code_opens_what_was_written_under_it_and_nothing_else(category: Category) -> None:
    mine, theirs = written_by_guest(category), written_by_guest(category)
    opened = open_own(read_claim(mine.code).guest)
    assert opened.post_ids == (mine.post.public_id,)
    assert [shown.id for shown in own_posts(mine.reader, opened.post_ids)] == [mine.post.public_id]
    assert mine.reader.opened.isdisjoint(theirs.reader.opened)


def test_a_guest_with_a_code_keeps_it(category: Category) -> None:
    first = written_by_guest(category)
    speaker = Speaker(SpeaksAs.GUEST, guest=read_claim(first.code).guest)
    again = start_thread(category, actor=speaker, title="T", text="More.")
    assert again.claim_code == ""
    assert set(open_own(read_claim(first.code).guest).post_ids) == {first.post.public_id, again.post.public_id}


def test_the_code_is_stored_nowhere(category: Category) -> None:
    guest = written_by_guest(category)
    words = [word.encode() for word in guest.code.split("-")]  # one alone may be in there for another reason
    for record in SealedRecord.objects.all():
        for content in (bytes(record.content), unseal("record", record.content)):
            assert sum(word in content for word in words) < 3


def test_words_of_a_code_nobody_was_given_open_nothing(category: Category) -> None:
    code = written_by_guest(category).code.split("-")
    with pytest.raises(ClaimUnknown):
        read_claim("-".join(reversed(code)))


@pytest.mark.parametrize(("title", "text", "field"), [("", "Words.", "title"), ("T", "  \n ", "text")])
def test_an_empty_field_is_named_and_nothing_is_written(category: Category, title: str, text: str, field: str) -> None:
    with pytest.raises(Invalid) as caught:
        start_thread(category, actor=GUEST, title=title, text=text)
    assert list(caught.value.fields) == [field]
    assert not Post.objects.exists()
    assert not Thread.objects.exists()


def test_both_fields_are_named_at_once(category: Category) -> None:
    with pytest.raises(Invalid) as caught:
        start_thread(category, actor=GUEST, title="", text="")
    assert set(caught.value.fields) == {"title", "text"}


def test_a_guest_does_not_write_among_members(members_category: Category) -> None:
    with pytest.raises(CategoryClosed):
        start_thread(members_category, actor=GUEST, title="T", text="Words.")
    assert not Thread.objects.exists()
