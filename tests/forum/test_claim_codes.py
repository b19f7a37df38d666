from __future__ import annotations

from typing import Any

import pytest

from accounts.models import SealedRecord
from common.errors import HearthError
from common.memorable import ENTROPY_BITS
from forum.authorship import Reader, Speaker, SpeaksAs
from forum.models import Category, Post, ThreadPseudonym
from forum.services.anonymity import Claim, ClaimForReadingOnly, ClaimUnknown, open_claims, read_claim, read_claims
from forum.services.burning import burn_name
from forum.services.claims import MAX_CODES, ClaimCodesFull, count_codes, end_code, end_other_codes, make_code
from forum.services.posts import edit_post, put_back_post, reply_to, start_thread
from forum.services.visibility import erase_post, withdraw_post
from tests.personas import GuestPost, written_by_guest

pytestmark = pytest.mark.django_db


@pytest.fixture
def guest(category: Category) -> GuestPost:
    return written_by_guest(category)


@pytest.fixture
def whole(guest: GuestPost) -> Claim:
    return read_claim(guest.code)


@pytest.fixture
def reading(whole: Claim) -> Claim:
    return make_code(whole, may_write=False)


def rows() -> list[Any]:
    """All that a refusal must leave as it was."""
    return [
        *Post.objects.order_by("pk").values_list("pk", "state", "source", "version"),
        *ThreadPseudonym.objects.order_by("pk").values_list("pk", "tag"),
        *((lookup, bytes(content)) for lookup, content in SealedRecord.objects.values_list("lookup", "content")),
    ]


def lookups() -> set[str]:
    return set(SealedRecord.objects.values_list("lookup", flat=True))


def test_another_code_opens_the_same_posts(guest: GuestPost, whole: Claim) -> None:
    made = make_code(whole, may_write=True)

    assert made.code != whole.code
    assert open_claims([read_claim(made.code)]) == open_claims([whole])
    edit_post(guest.post, actor=reader_with(made), version=guest.post.version, title="T", text="Other words.")
    assert count_codes(whole) == 2


def reader_with(*claims: Claim) -> Reader:
    opened = open_claims(claims)
    return Reader(opened=opened.pseudonyms, for_reading_only=opened.for_reading_only)


def test_a_code_has_as_many_bits_as_the_documents_say() -> None:
    assert ENTROPY_BITS == 66


@pytest.mark.parametrize(
    "change",
    [
        lambda post, reader, _claim: edit_post(post, actor=reader, version=post.version, title="T", text="Other."),
        lambda post, reader, _claim: withdraw_post(post, actor=reader),
        lambda post, reader, _claim: put_back_post(post, actor=reader),
        lambda post, reader, _claim: erase_post(post, actor=reader),
        lambda post, reader, claim: burn_name(post, actor=reader, owners={claim.guest}),
        lambda _post, _reader, claim: make_code(claim, may_write=False),
        lambda _post, _reader, claim: end_code(claim),
        lambda _post, _reader, claim: end_other_codes(claim),
    ],
    ids=["edit", "withdraw", "put back", "erase", "burn", "make a code", "end the code", "end others"],
)
def test_a_code_for_reading_only_changes_nothing(guest: GuestPost, reading: Claim, change: Any) -> None:
    post = Post.objects.select_related("thread__category", "thread_pseudonym").get(pk=guest.post.pk)
    reader = reader_with(reading)
    before = sorted(map(str, rows()))

    with pytest.raises(HearthError) as refused:
        change(post, reader, reading)

    assert refused.value.code == "claim-for-reading-only"
    assert refused.value.status == 403
    assert sorted(map(str, rows())) == before


def test_whoever_has_both_kinds_of_code_may_change_the_posts(whole: Claim, reading: Claim) -> None:
    assert reader_with(whole, reading).for_reading_only == frozenset()
    assert reader_with(reading).for_reading_only == reader_with(whole).opened


def test_a_code_for_reading_only_of_one_guest_takes_nothing_from_another(
    category: Category, whole: Claim, reading: Claim
) -> None:
    other = read_claim(written_by_guest(category).code)
    reader = reader_with(reading, other)
    assert reader.for_reading_only == open_claims([whole]).pseudonyms
    assert reader.opened == reader.for_reading_only | open_claims([other]).pseudonyms


def test_a_code_that_ended_opens_nothing_and_others_go_on(whole: Claim, reading: Claim) -> None:
    end_code(whole)

    with pytest.raises(ClaimUnknown):
        read_claim(whole.code)
    assert read_claim(reading.code) == reading
    assert len(open_claims([reading]).post_ids) == 1


def test_ending_all_others_leaves_the_one_in_use(whole: Claim, reading: Claim) -> None:
    further = make_code(whole, may_write=True)

    end_other_codes(further)

    assert read_claims([whole.code, reading.code, further.code]) == [further]
    assert count_codes(further) == 1


def test_after_the_last_code_nothing_is_kept_that_joins_the_posts(guest: GuestPost, whole: Claim) -> None:
    end_code(whole)

    assert not SealedRecord.objects.exists()
    assert Post.objects.get(pk=guest.post.pk).source == "Some words."


def test_who_wrote_while_the_last_code_ended_is_told_and_nothing_is_written(
    category: Category, guest: GuestPost, whole: Claim
) -> None:
    end_code(whole)
    before = rows()

    with pytest.raises(ClaimUnknown):
        start_thread(category, actor=Speaker(SpeaksAs.GUEST, guest=whole.guest), title="T", text="Words.")

    assert rows() == before


def test_a_code_that_ended_a_moment_ago_makes_no_other(whole: Claim) -> None:
    end_code(whole)
    with pytest.raises(ClaimUnknown):
        make_code(whole, may_write=True)
    assert not SealedRecord.objects.exists()


def test_a_guest_has_ten_codes_at_most(whole: Claim) -> None:
    for _number in range(MAX_CODES - 1):
        make_code(whole, may_write=False)
    before = lookups()

    with pytest.raises(ClaimCodesFull):
        make_code(whole, may_write=True)

    assert lookups() == before


def test_what_is_written_under_another_code_is_the_same_guests(guest: GuestPost, whole: Claim) -> None:
    made = make_code(whole, may_write=True)
    from forum.services.visibility import publish_post

    parent = publish_post(guest.post, actor=None)
    reply = reply_to(parent, actor=Speaker(SpeaksAs.GUEST, guest=made.writer), text="One more thing.").post

    assert reply.thread_pseudonym_id == guest.post.thread_pseudonym_id
    assert reply.public_id in open_claims([whole]).post_ids


def test_the_word_for_it_is_kind(reading: Claim) -> None:
    with pytest.raises(ClaimForReadingOnly) as refused:
        _writer = reading.writer
    assert "for reading" in str(refused.value.text)
