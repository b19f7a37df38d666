"""Who hides from whoever began a conversation writes nothing in it. Nobody learns by trying who is behind a name."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from django.db import transaction

from accounts.identity import identity_of
from common.errors import NotFound
from common.public_id import ALPHABET, LENGTH
from forum.authorship import Reader, Speaker, SpeaksAs
from forum.models import Category, Post
from forum.services.anonymity import read_claim
from forum.services.blocking import (
    Hidden,
    HiddenFromWhoeverBegan,
    Voice,
    block_author,
    blocks_of,
    hide_from_author,
    unblock,
)
from forum.services.posts import edit_post, reply_to, start_thread
from forum.services.visibility import publish_post
from tests.house.doors import Answer, Somebody, signed_in
from tests.personas import GUEST, make_member, written_by, written_by_guest

if TYPE_CHECKING:
    from accounts.models import User

pytestmark = pytest.mark.django_db
PSEUDONYM, OTHER_NAME = SpeaksAs.PSEUDONYM, SpeaksAs.THREAD_PSEUDONYM


def trusted(name: str, category: Category) -> User:
    member = make_member(name)
    publish_post(written_by(member, category), actor=None)
    return member


@pytest.fixture
def her(category: Category) -> User:
    return trusted("quiet harbour", category)


@pytest.fixture
def him(category: Category) -> User:
    return trusted("stone bridge", category)


def story(member: User, category: Category, *, voice: SpeaksAs = OTHER_NAME) -> Post:
    return start_thread(category, actor=Speaker(voice, member), title="A title", text="Some words.").post


def answered(parent: Post, member: User, *, voice: SpeaksAs = PSEUDONYM) -> Post:
    return reply_to(parent, actor=Speaker(voice, member), text="Cruel words.").post


@pytest.mark.parametrize("voice", [PSEUDONYM, OTHER_NAME])
@pytest.mark.parametrize("hides", [Hidden.EVERYTHING, Hidden.PSEUDONYM])
@pytest.mark.parametrize("hers_is", [PSEUDONYM, OTHER_NAME])
def test_nothing_more_of_theirs_stands_in_it(
    her: User, him: User, category: Category, hers_is: SpeaksAs, hides: Hidden, voice: SpeaksAs
) -> None:
    hers = story(her, category, voice=hers_is)
    below = answered(hers, her, voice=hers_is)
    hide_from_author(hers, actor=identity_of(him), hides=hides)
    for parent in (hers, below):
        with pytest.raises(HiddenFromWhoeverBegan):
            answered(parent, him, voice=voice)
    assert Post.objects.filter(thread=hers.thread).count() == 2


@pytest.mark.parametrize("hers_is", [PSEUDONYM, OTHER_NAME])
@pytest.mark.parametrize("blocks_by", [*Voice])
def test_who_blocks_the_name_finds_no_conversation_to_write_in(
    her: User, him: User, category: Category, blocks_by: Voice, hers_is: SpeaksAs
) -> None:
    hers = story(her, category, voice=hers_is)
    block_author(hers, actor=Reader(him), voice=blocks_by)
    for voice in (PSEUDONYM, OTHER_NAME):
        with pytest.raises(NotFound):
            answered(hers, him, voice=voice)


def test_a_guest_who_hides_does_not_either_and_a_new_one_is_seen(her: User, category: Category) -> None:
    hers, guest = story(her, category), written_by_guest(category)
    identity = read_claim(guest.code).guest
    hide_from_author(hers, actor=identity, hides=Hidden.EVERYTHING)
    with pytest.raises(HiddenFromWhoeverBegan):
        reply_to(hers, actor=Speaker(SpeaksAs.GUEST, guest=identity), text="Cruel words.")
    assert reply_to(hers, actor=GUEST, text="I believe you.").post.pk


def test_undone_they_write_again(her: User, him: User, category: Category) -> None:
    hers, me = story(her, category), identity_of(him)
    hide_from_author(hers, actor=me, hides=Hidden.EVERYTHING)
    unblock(blocks_of(me)[0].id, actor=me)
    assert answered(hers, him).pk


def test_what_stood_there_they_can_take_out(her: User, him: User, category: Category) -> None:
    hers = story(her, category)
    his = answered(hers, him)
    hide_from_author(hers, actor=identity_of(him), hides=Hidden.EVERYTHING)
    assert edit_post(his, actor=Reader(him), version=his.version, title="", text="No words.").source == "No words."


def test_whom_others_hide_from_writes_on_in_their_own(her: User, him: User, category: Category) -> None:
    hers, his = story(her, category), story(him, category)
    hide_from_author(his, actor=identity_of(her), hides=Hidden.EVERYTHING)
    assert answered(his, him).pk
    assert answered(hers, her).pk


def test_where_the_name_only_answered_anybody_writes(her: User, him: User, category: Category) -> None:
    theirs = written_by(trusted("copper lantern", category), category)
    hide_from_author(answered(theirs, her), actor=identity_of(him), hides=Hidden.EVERYTHING)
    assert answered(theirs, him).pk


# --- It tells nobody who is behind a name -----------------------------------------------------------------------------


def tried(visit: Somebody, opening: Post, voice: SpeaksAs) -> list[tuple[int, str]]:
    """All that comes back from writing there, by the page and over the API. Nothing of it stays."""
    browser, page = visit.again(), f"/p/{opening.public_id}/reply/"
    form = browser.ask(page)
    key = re.search(r'name="form_key" value="([^"]+)"', form.text)
    assert key
    said = {"text": "I believe you.", "speaks_as": voice.value}
    with transaction.atomic():
        by_page = browser.ask(page, "POST", data={**said, "form_key": key[1]})
        transaction.set_rollback(True)
    with transaction.atomic():
        by_api = browser.ask(f"/api/v1/threads/{opening.thread.public_id}/posts/", "POST", data=said)
        transaction.set_rollback(True)
    return [_without_lots(answer) for answer in (form, by_page, by_api)]


def _without_lots(answer: Answer) -> tuple[int, str]:
    """Of what is drawn by lot, nothing: tokens, ids, and the name of somebody who is new in a conversation."""
    status, headers, body = answer.comparable
    text = re.sub(r'name="(form_key|writer)" value="[^"]*"', "", f"{sorted(headers.items())}{body.decode()}")
    text = re.sub(r'"(name|initial)": ?"[^"]*"|content-length\', \'\d+', "", text)
    return status, re.sub(rf"(?<![a-z0-9])[{ALPHABET}]{{{LENGTH}}}(?![a-z0-9])", "an id", text)


@pytest.mark.parametrize("hides", [Hidden.EVERYTHING, Hidden.PSEUDONYM])
@pytest.mark.parametrize("voice", [PSEUDONYM, OTHER_NAME])
def test_another_conversation_of_the_same_person_answers_byte_for_byte_as_before(
    her: User, him: User, category: Category, voice: SpeaksAs, hides: Hidden
) -> None:
    first, others = story(her, category), [story(her, category), story(her, category, voice=PSEUDONYM)]
    visit = signed_in(him)
    before = [tried(visit, opening, voice) for opening in others]
    assert [status for status, _text in before[0]] == [200, 302, 201]
    hide_from_author(first, actor=identity_of(him), hides=hides)
    assert tried(visit, first, voice)[2][0] == 409
    assert [tried(visit, opening, voice) for opening in others] == before


def test_an_own_name_that_is_not_opened_is_refused_as_anybodys(her: User, him: User, category: Category) -> None:
    """Else whoever holds her phone would hide from a story, write there, and know that it is hers."""
    hers, his = story(her, category), story(him, category)
    answers = []
    for opening in (hers, his):
        hide_from_author(opening, actor=identity_of(her), hides=Hidden.PSEUDONYM, is_fresh=False)
        _form, (status, _page), by_api = tried(signed_in(her), opening, PSEUDONYM)
        answers.append((status, by_api))
    assert answers[0] == answers[1]
    assert answers[0][0] == 409
