from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client

from accounts.identity import identity_of
from accounts.models import SealedRecord
from common.errors import NotFound, SignInNeeded
from forum.authorship import Reader, Speaker, SpeaksAs
from forum.models import Category, Post, Reaction, ReactionKind
from forum.policies import can_read_post
from forum.queries import posts_page, show_post, thread_for, threads_page
from forum.services.anonymity import open_member, open_own, read_claim
from forum.services.blocking import (
    BlockingYourself,
    HidingUnknown,
    NobodyToBlock,
    Voice,
    block_author,
    blocks_of,
    forget_blocks,
    hand_over_blocks,
    hide_from_author,
    unblock,
    unblock_author,
)
from forum.services.posts import reply_to, start_thread
from forum.services.reactions import CannotReact, give_reaction
from forum.services.visibility import publish_post
from forum.visit import past_own_blocks, with_unseen
from tests.personas import PASSWORD, answered_by, make_member, sign_in, written_by, written_by_guest

if TYPE_CHECKING:
    from accounts.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture
def her(category: Category) -> User:
    return _trusted("quiet harbour", category)


@pytest.fixture
def him(category: Category) -> User:
    return _trusted("stone bridge", category)


@pytest.fixture
def friend(category: Category) -> User:
    return _trusted("copper lantern", category)


def _trusted(name: str, category: Category) -> User:
    member = make_member(name)
    publish_post(written_by(member, category), actor=None)
    return member


def masked(member: User, category: Category) -> Post:
    speaker = Speaker(SpeaksAs.THREAD_PSEUDONYM, member)
    return start_thread(category, actor=speaker, title="A title", text="Under another name.").post


def masked_in(member: User, parent: Post) -> Post:
    speaker = Speaker(SpeaksAs.THREAD_PSEUDONYM, member)
    return reply_to(parent, actor=speaker, text="Under another name.").post


def seen_by(member: User, *, opened: frozenset[int] = frozenset()) -> Reader:
    return with_unseen(Reader(member, opened=opened))


def reads(member: User, post: Post) -> bool:
    return can_read_post(seen_by(member), Post.objects.select_related("thread__category").get(pk=post.pk))


def listed(reader: Reader) -> set[str]:
    return {thread.id for thread in threads_page(reader, size=100).threads}


# --- A block ----------------------------------------------------------------------------------------------------------


def test_neither_reads_the_other_under_these_names(her: User, him: User, category: Category) -> None:
    hers, his = written_by(her, category), written_by(him, category)
    block_author(his, actor=Reader(her))
    assert not reads(her, his)
    assert not reads(him, hers)
    assert hers.thread.public_id not in listed(seen_by(him))
    assert his.thread.public_id not in listed(seen_by(her))
    for member, post in ((him, hers), (her, his)):
        with pytest.raises(NotFound):
            thread_for(seen_by(member), post.thread.public_id)


def test_others_and_signed_out_readers_see_both_as_before(
    her: User, him: User, friend: User, category: Category
) -> None:
    hers, his = written_by(her, category), written_by(him, category)
    block_author(his, actor=Reader(her))
    for reader in (seen_by(friend), with_unseen(Reader())):
        assert {hers.thread.public_id, his.thread.public_id} <= listed(reader)


def test_other_names_of_both_stay_or_their_vanishing_would_say_whose_they_are(
    her: User, him: User, category: Category
) -> None:
    """The oracle: block a name, and see which anonymous stories go with it."""
    hers, his = masked(her, category), masked(him, category)
    block_author(written_by(him, category), actor=Reader(her))
    assert reads(him, hers)
    assert reads(her, his)


def test_an_anonymous_name_is_blocked_without_naming_its_author(
    her: User, him: User, friend: User, category: Category
) -> None:
    story = written_by(friend, category)
    his = masked_in(him, story)
    hers = answered_by(her, story)
    block_author(his, actor=Reader(her))
    assert not reads(her, his)
    assert not reads(him, hers), "the account behind the name is kept away, though its list was not opened"
    assert reads(her, written_by(him, category)), "its pseudonym stays: that would name him"
    (line,) = blocks_of(identity_of(her))
    assert his.thread_pseudonym is not None
    assert (line.name, line.in_one_thread) == (his.thread_pseudonym.name, True)


def test_a_guest_is_kept_away_where_they_come_back_with_their_code(her: User, category: Category) -> None:
    his = written_by_guest(category)
    publish_post(his.post, actor=None)
    hers = written_by(her, category)
    block_author(his.post, actor=Reader(her))
    assert not can_read_post(with_unseen(his.reader), hers)
    assert can_read_post(with_unseen(Reader()), hers)


def test_in_a_thread_where_she_has_another_name_that_is_the_one_that_is_hidden(
    her: User, him: User, friend: User, category: Category
) -> None:
    story = written_by(friend, category)
    here, named = masked_in(her, story), written_by(her, category)
    block_author(answered_by(him, story), actor=Reader(her))
    assert not reads(him, here)
    assert reads(him, named), "both at once would join them"
    assert blocks_of(identity_of(her))[0].hides == Voice.HERE


def test_she_may_choose_her_pseudonym_instead_and_the_last_choice_counts(
    her: User, him: User, friend: User, category: Category
) -> None:
    story = written_by(friend, category)
    here, named, his = masked_in(her, story), written_by(her, category), answered_by(him, story)
    block_author(his, actor=Reader(her), voice=Voice.HERE)
    block_author(his, actor=Reader(her), voice=Voice.PSEUDONYM)
    assert reads(him, here)
    assert not reads(him, named)
    assert len(blocks_of(identity_of(her))) == 1


def test_twice_is_once_and_undoing_twice_is_no_error(her: User, him: User, category: Category) -> None:
    hers, his = written_by(her, category), written_by(him, category)
    before = SealedRecord.objects.count()
    for _ in range(2):
        block_author(his, actor=Reader(her))
    (line,) = blocks_of(identity_of(her))
    for _ in range(2):
        unblock(line.id, actor=identity_of(her))
    assert blocks_of(identity_of(her)) == []
    assert reads(her, his)
    assert reads(him, hers)
    assert SealedRecord.objects.count() == before, "nothing is left of it"


def test_it_is_undone_from_the_post_too_and_nobody_elses_is(
    her: User, him: User, friend: User, category: Category
) -> None:
    his = written_by(him, category)
    for blocker in (her, friend):
        block_author(his, actor=Reader(blocker))
    for _ in range(2):
        unblock_author(his, actor=Reader(her))
    assert reads(her, his)
    assert not reads(friend, his)


def test_nobody_undoes_the_block_of_another_though_they_knew_its_id(her: User, him: User, category: Category) -> None:
    his = written_by(him, category)
    block_author(his, actor=Reader(her))
    unblock(blocks_of(identity_of(her))[0].id, actor=identity_of(him))
    assert not reads(her, his)


def test_who_both_block_each_other_are_parted_until_both_undo_it(her: User, him: User, category: Category) -> None:
    hers, his = written_by(her, category), written_by(him, category)
    block_author(his, actor=Reader(her))
    block_author(hers, actor=Reader(him))
    unblock_author(his, actor=Reader(her))
    assert not reads(him, hers)
    assert not reads(her, his)
    unblock_author(hers, actor=Reader(him))
    assert reads(him, hers)
    assert reads(her, his)


def test_moderators_read_everything_nevertheless(her: User, moderator: User, category: Category) -> None:
    his = written_by(moderator, category)
    hers = written_by(her, category)
    block_author(his, actor=Reader(her))
    assert can_read_post(with_unseen(Reader(moderator, is_moderator=True)), hers)


def test_what_is_kept_away_stands_like_whatever_waits_where_others_answered_it(
    her: User, him: User, friend: User, category: Category
) -> None:
    story = written_by(friend, category)
    hers, held = answered_by(her, story), answered_by(her, story)
    answered_by(friend, hers)
    bare = answered_by(her, story)
    block_author(answered_by(him, story), actor=Reader(her))
    thread = thread_for(seen_by(him), story.thread.public_id)
    shown = {post.id: post for post in posts_page(seen_by(him), thread).posts}
    assert bare.public_id not in shown
    assert held.public_id not in shown
    placeholder = shown[hers.public_id]
    assert (placeholder.html, placeholder.is_readable, placeholder.can_reply) == ("", False, False)

    Post.objects.filter(pk=hers.pk).update(state="HELD")
    thread = thread_for(seen_by(him), story.thread.public_id)
    (waiting,) = [post for post in posts_page(seen_by(him), thread).posts if post.id == hers.public_id]
    assert replace(placeholder, version=0) == replace(waiting, version=0)


def test_nobody_answers_or_reacts_to_what_is_kept_from_them(
    her: User, him: User, friend: User, category: Category
) -> None:
    hers = answered_by(her, written_by(friend, category))
    alone = written_by(her, category)
    block_author(written_by(him, category), actor=Reader(her))
    before = Post.objects.count()
    for post in (hers, alone):
        for speaks_as in (SpeaksAs.PSEUDONYM, SpeaksAs.THREAD_PSEUDONYM):
            with pytest.raises(NotFound):
                reply_to(post, actor=Speaker(speaks_as, him), text="Found you.")
        with pytest.raises(CannotReact):
            give_reaction(post, ReactionKind.BELIEVE, actor=seen_by(him))
    assert Post.objects.count() == before
    assert not Reaction.objects.exists()


def test_a_guest_neither(her: User, category: Category) -> None:
    his = written_by_guest(category)
    hers = written_by(her, category)
    block_author(his.post, actor=Reader(her))
    before = Post.objects.count()
    with pytest.raises(NotFound):
        reply_to(hers, actor=Speaker(SpeaksAs.GUEST, guest=read_claim(his.code).guest), text="Found you.")
    assert Post.objects.count() == before


def test_what_the_blocker_gave_to_that_name_goes_for_good_and_all_that_others_gave_stays(
    her: User, him: User, friend: User, category: Category
) -> None:
    his, his_masked = written_by(him, category), masked_in(him, written_by(friend, category))
    hers, other = written_by(her, category), written_by(friend, category)
    for post, givers in ((his, (her, friend)), (his_masked, (her, friend)), (hers, (him, friend)), (other, (her, him))):
        for giver, kind in zip(givers, (ReactionKind.ME_TOO, ReactionKind.BELIEVE), strict=True):
            give_reaction(post, kind, actor=seen_by(giver))
    block_author(his, actor=Reader(her))
    unblock_author(his, actor=Reader(her))
    assert kinds_on(his) == {"BELIEVE"}
    assert kinds_on(his_masked) == kinds_on(hers) == kinds_on(other) == {"ME_TOO", "BELIEVE"}
    block_author(his_masked, actor=Reader(her))
    assert kinds_on(his_masked) == {"BELIEVE"}


def test_what_a_blocker_was_given_stays_or_taking_it_away_would_say_who_gave_it(
    her: User, him: User, category: Category
) -> None:
    """Or whoever asked an anonymous name for a reaction could block pseudonyms until it goes."""
    hers = written_by(her, category)
    masked, his = masked_in(him, hers), written_by(him, category)
    give_reaction(hers, ReactionKind.ME_TOO, actor=seen_by(him))
    for post in (masked, his):
        block_author(post, actor=Reader(her))
        assert kinds_on(hers) == {"ME_TOO"}


def kinds_on(post: Post) -> set[str]:
    return set(Reaction.objects.filter(post=post).values_list("kind", flat=True))


def test_ones_own_words_stay_ones_own_where_a_thread_is_kept_away(her: User, him: User, category: Category) -> None:
    answer = answered_by(him, written_by(her, category))
    block_author(answer, actor=Reader(her))
    answer = Post.objects.select_related("thread__category", "author", "thread_pseudonym").get(pk=answer.pk)
    shown = show_post(seen_by(him), answer, None)
    assert (shown.is_own, shown.is_readable, shown.can_reply) == (True, True, False)


def test_nobody_blocks_themselves_guests_nobody_and_nobody_is_nobody(her: User, him: User, category: Category) -> None:
    hers, his = written_by(her, category), written_by(him, category)
    before = set(SealedRecord.objects.values_list("lookup", "content"))
    with pytest.raises(BlockingYourself):
        block_author(hers, actor=Reader(her))
    with pytest.raises(SignInNeeded):
        block_author(his, actor=Reader())
    with pytest.raises(SignInNeeded):
        unblock_author(his, actor=Reader())
    his.author = None
    with pytest.raises(NobodyToBlock):
        block_author(his, actor=Reader(her))
    assert set(SealedRecord.objects.values_list("lookup", "content")) == before


def test_blocking_an_own_anonymous_post_that_is_not_opened_says_not_whose_it_is(
    her: User, him: User, category: Category
) -> None:
    """Somebody holds her phone, and tries."""
    hers, his = masked(her, category), masked(him, category)
    for post in (hers, his):
        block_author(post, actor=Reader(her))
        assert not reads(her, post)
    assert can_read_post(seen_by(her, opened=open_member(her).pseudonyms), hers)


def test_blocking_ones_own_anonymous_name_takes_nothing_of_ones_own_away(
    her: User, him: User, category: Category
) -> None:
    """Else whoever holds her phone blocks an anonymous story, and sees whether her own threads vanish from the list."""
    named, hers, his = written_by(her, category), masked(her, category), masked(him, category)
    before = listed(seen_by(her))
    for post in (hers, his):
        for voice in Voice:
            block_author(post, actor=Reader(her), voice=voice, is_fresh=False)
        assert listed(seen_by(her)) == before - {post.thread.public_id}
        unblock_author(post, actor=past_own_blocks(Reader(her)))
    hide_from_author(hers, actor=identity_of(her), hides="everything", is_fresh=False)
    assert listed(seen_by(her)) == before
    assert named.thread.public_id in before


def test_ones_own_words_stay_in_the_lists_where_the_visit_shows_that_they_are(her: User, category: Category) -> None:
    hers = masked(her, category)
    block_author(hers, actor=Reader(her))
    assert hers.thread.public_id not in listed(seen_by(her))
    assert hers.thread.public_id in listed(seen_by(her, opened=open_member(her).pseudonyms))


def test_without_a_fresh_password_a_block_adds_and_brings_nothing_back(
    her: User, him: User, friend: User, category: Category
) -> None:
    story = written_by(friend, category)
    here, named, his = masked_in(her, story), written_by(her, category), answered_by(him, story)
    block_author(his, actor=Reader(her), voice=Voice.HERE)
    block_author(his, actor=Reader(her), voice=Voice.PSEUDONYM, is_fresh=False)
    assert not reads(him, here)
    assert not reads(him, named)
    assert len(blocks_of(identity_of(her))) == 1
    unblock_author(his, actor=Reader(her))
    assert reads(him, here)
    assert reads(him, named)


# --- Someone who hurt me ----------------------------------------------------------------------------------------------


def test_everything_of_hers_goes_from_whoever_wrote_it_what_she_writes_later_too(
    her: User, him: User, category: Category
) -> None:
    his, named, anonymous = written_by(him, category), written_by(her, category), masked(her, category)
    hide_from_author(his, actor=identity_of(her), hides="everything")
    later = masked(her, category)
    for post in (named, anonymous, later):
        assert not reads(him, post)
    assert reads(her, his), "never the other way round"
    assert not blocks_of(identity_of(her))[0].is_two_sided


def test_from_an_anonymous_post_it_reaches_the_account_behind_it(her: User, him: User, category: Category) -> None:
    hers = written_by(her, category)
    hide_from_author(masked(him, category), actor=identity_of(her), hides="everything")
    assert not reads(him, hers)


def test_under_her_name_alone_if_she_chooses(her: User, him: User, category: Category) -> None:
    his, named, anonymous = written_by(him, category), written_by(her, category), masked(her, category)
    hide_from_author(his, actor=identity_of(her), hides="pseudonym")
    assert not reads(him, named)
    assert reads(him, anonymous)


def test_what_a_guest_wrote_is_hidden_too_and_stays_so_when_an_account_adopts_it(
    her: User, him: User, category: Category
) -> None:
    hers, his = written_by_guest(category), written_by(him, category)
    publish_post(hers.post, actor=None)
    guest = read_claim(hers.code).guest
    hide_from_author(his, actor=guest, hides="everything")
    assert not reads(him, hers.post)
    assert open_own(guest).pseudonyms == {hers.post.thread_pseudonym_id}

    named = written_by(her, category)
    hand_over_blocks(guest, to=identity_of(her))
    assert blocks_of(guest) == []
    assert [line.hides for line in blocks_of(identity_of(her))] == ["everything"]
    assert not reads(him, named)


def test_nothing_hides_nothing_and_what_is_not_offered_is_refused(her: User, him: User, category: Category) -> None:
    his, guest = written_by(him, category), read_claim(written_by_guest(category).code).guest
    before = SealedRecord.objects.count()
    hide_from_author(his, actor=identity_of(her), hides="nothing")
    for actor, hides in ((identity_of(her), "half"), (guest, "pseudonym")):
        with pytest.raises(HidingUnknown):
            hide_from_author(his, actor=actor, hides=hides)
    assert SealedRecord.objects.count() == before


def test_it_is_undone_from_the_same_list_and_a_block_beside_it_stays(her: User, him: User, category: Category) -> None:
    his, anonymous = written_by(him, category), masked(her, category)
    block_author(his, actor=Reader(her))
    hide_from_author(his, actor=identity_of(her), hides="everything")
    shield, block = blocks_of(identity_of(her))
    assert (shield.is_two_sided, block.is_two_sided) == (False, True)
    unblock(shield.id, actor=identity_of(her))
    assert reads(him, anonymous)
    assert not reads(her, his)


def test_when_somebody_goes_nothing_is_left_of_whom_they_kept_away(her: User, him: User, category: Category) -> None:
    his = written_by(him, category)
    before = SealedRecord.objects.count()
    block_author(his, actor=Reader(her))
    hide_from_author(his, actor=identity_of(her), hides="everything")
    forget_blocks(identity_of(her))
    assert SealedRecord.objects.count() == before


# --- The doors --------------------------------------------------------------------------------------------------------


def test_by_page_she_blocks_finds_it_in_her_list_and_undoes_it(
    her: User, him: User, category: Category, client: Client
) -> None:
    his = written_by(him, category)
    sign_in(client, her)
    assert client.get(f"/p/{his.public_id}/block/").status_code == 200
    answer = client.post(f"/p/{his.public_id}/block/", {"voice": "pseudonym"})
    assert answer.status_code == 200
    assert client.get(f"/t/{his.thread.public_id}/").status_code == 404
    assert client.get("/blocks/").headers["Location"].startswith("/accounts/reauthenticate/")
    client.post("/accounts/reauthenticate/?next=/blocks/", {"password": PASSWORD})
    page = client.get("/blocks/")
    assert him.pseudonym in page.content.decode()
    (line,) = page.context["blocks"]
    assert client.post(f"/blocks/{line.id}/undo/").headers["Location"] == "/blocks/"
    assert client.get(f"/t/{his.thread.public_id}/").status_code == 200


def test_by_api_too_again_and_again(her: User, him: User, category: Category, client: Client) -> None:
    his = written_by(him, category)
    sign_in(client, her)
    address = f"/api/v1/posts/{his.public_id}/block/"
    put: Any = {"data": {"voice": "pseudonym"}, "content_type": "application/json"}
    for _ in range(2):
        assert client.put(address, **put).status_code == 204
    assert client.get(f"/api/v1/posts/{his.public_id}/").status_code == 404
    assert client.get("/api/v1/blocks/").json()["code"] == "fresh-password-needed"
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    for _ in range(2):
        assert client.delete(address).status_code == 204
    assert client.get(f"/api/v1/posts/{his.public_id}/").status_code == 200


def test_an_answer_that_is_kept_away_is_another_version_for_whoever_kept_a_copy(
    her: User, him: User, friend: User, category: Category, client: Client
) -> None:
    hers = answered_by(her, written_by(friend, category))
    answered_by(friend, hers)
    sign_in(client, him)
    etag = client.get(f"/api/v1/posts/{hers.public_id}/").headers["ETag"]
    block_author(written_by(him, category), actor=Reader(her))
    again = client.get(f"/api/v1/posts/{hers.public_id}/", headers={"If-None-Match": etag})
    assert (again.status_code, again.json()["html"]) == (200, "")
