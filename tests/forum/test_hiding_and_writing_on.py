"""Who hides from whoever began a conversation writes nothing in it, and what they change there somebody reads first.
Nobody learns by trying who is behind a name.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
import time_machine
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.identity import identity_of
from common.errors import NotFound
from common.public_id import ALPHABET, LENGTH
from forum.authorship import VISITOR, Reader, Speaker, SpeaksAs
from forum.models import Category, ContentNote, Post
from forum.queries import posts_page, thread_for
from forum.services.anonymity import open_member, read_claim
from forum.services.blocking import (
    Hidden,
    HiddenFromWhoeverBegan,
    Voice,
    block_author,
    blocks_of,
    hide_from_author,
    unblock,
    unseen_by,
)
from forum.services.content_notes import create_first_notes
from forum.services.posts import change_notes, edit_post, put_back_post, reply_to, start_thread
from forum.services.scheduling import let_appear_now, publish_due
from forum.services.visibility import erase_post, publish_post, return_post, withdraw_post
from forum.states import PostState
from moderation.models import Action, Case, CaseState, Seen
from moderation.services.decisions import decide
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


def answered(parent: Post, member: User, *, voice: SpeaksAs = PSEUDONYM, delay_hours: int = 0) -> Post:
    return reply_to(parent, actor=Speaker(voice, member), text="Cruel words.", delay_hours=delay_hours).post


def again(post: Post) -> Post:
    return Post.objects.select_related("thread__category", "thread_pseudonym", "author").get(pk=post.pk)


def changed(post: Post, member: User, *, text: str = "She is Jane Doe.") -> Post:
    reader, fresh = Reader(member, opened=open_member(member).pseudonyms), again(post)
    return edit_post(fresh, actor=reader, version=fresh.version, title="", text=text)


def is_read_in(post: Post, reader: Reader) -> bool:
    shown = posts_page(reader, thread_for(reader, post.thread.public_id), view="flat").posts
    return any(each.id == post.public_id and each.is_readable for each in shown)


def why_it_waits(post: Post) -> list[str]:
    return list(Case.objects.get(post_id=post.pk, state=CaseState.OPEN).reasons)


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


def test_whom_others_hide_from_writes_on_in_their_own(her: User, him: User, category: Category) -> None:
    hers, his = story(her, category), story(him, category)
    hide_from_author(his, actor=identity_of(her), hides=Hidden.EVERYTHING)
    assert answered(his, him).pk
    assert answered(hers, her).pk


def test_where_the_name_only_answered_anybody_writes(her: User, him: User, category: Category) -> None:
    theirs = written_by(trusted("copper lantern", category), category)
    hide_from_author(answered(theirs, her), actor=identity_of(him), hides=Hidden.EVERYTHING)
    assert answered(theirs, him).pk


# --- What stood there before they hid ---------------------------------------------------------------------------------


@pytest.mark.parametrize("takes_out", [withdraw_post, erase_post])
def test_what_stood_there_stays_and_they_take_it_out_at_once(
    her: User, him: User, category: Category, takes_out: Callable[..., Post]
) -> None:
    """As somebody does who fled, and finds that whoever hurt them began the conversation."""
    hers = story(her, category)
    his = answered(hers, him)
    hide_from_author(hers, actor=identity_of(him), hides=Hidden.EVERYTHING)
    assert is_read_in(his, VISITOR)
    takes_out(again(his), actor=Reader(him))
    assert not is_read_in(his, VISITOR)
    assert not Case.objects.filter(post_id=his.pk).exists()


HIDING: list[Callable[[Post, User], object]] = [
    lambda hers, him: hide_from_author(hers, actor=identity_of(him), hides=Hidden.EVERYTHING),
    lambda hers, him: hide_from_author(hers, actor=identity_of(him), hides=Hidden.PSEUDONYM),
    lambda hers, him: block_author(hers, actor=Reader(him), voice=Voice.HERE),
    lambda hers, him: block_author(hers, actor=Reader(him), voice=Voice.PSEUDONYM),
]


@pytest.mark.parametrize("has_another_name_there", [False, True])
@pytest.mark.parametrize("hides", HIDING)
def test_what_they_change_is_read_first_and_the_team_may_publish_it(
    her: User,
    him: User,
    category: Category,
    moderator: User,
    hides: Callable[[Post, User], object],
    has_another_name_there: bool,
) -> None:
    """However they hide. Else whether it waits would tell whoever holds the phone that there is another name."""
    hers = story(her, category)
    his = answered(hers, him)
    if has_another_name_there:
        answered(hers, him, voice=OTHER_NAME)
    hides(hers, him)
    for text in ("She is Jane Doe.", "She lies."):
        his = changed(his, him, text=text)
        assert (his.state, his.source) == (PostState.HELD, text)
        assert not is_read_in(his, VISITOR)
        assert why_it_waits(his) == ["resubmitted"]
        case = Case.objects.get(post_id=his.pk, state=CaseState.OPEN)
        decide(case, actor=moderator, action=Action.PUBLISH, seen=Seen.of(case))
        assert is_read_in(his, VISITOR)


def test_of_a_name_that_waits_anyway_the_team_is_told_no_more(her: User, him: User, category: Category) -> None:
    """Two names of one person would have the same to say."""
    hers = story(her, category)
    his = answered(hers, him, voice=OTHER_NAME)
    assert his.state == PostState.PUBLISHED
    hide_from_author(hers, actor=identity_of(him), hides=Hidden.EVERYTHING)
    assert changed(his, him).state == PostState.HELD
    assert why_it_waits(his) == ["guest"]


def test_undone_what_they_change_stands_at_once(her: User, him: User, category: Category) -> None:
    hers, me = story(her, category), identity_of(him)
    his = answered(hers, him)
    hide_from_author(hers, actor=me, hides=Hidden.EVERYTHING)
    unblock(blocks_of(me)[0].id, actor=me)
    assert changed(his, him).state == PostState.PUBLISHED


def test_what_they_change_elsewhere_stands_at_once(her: User, him: User, category: Category) -> None:
    first, second, own = story(her, category), story(her, category), story(him, category, voice=PSEUDONYM)
    replies = answered(second, him), answered(own, him)
    for hers in (answered(own, her), first):
        hide_from_author(hers, actor=identity_of(him), hides=Hidden.EVERYTHING)
    assert [changed(reply, him).state for reply in replies] == [PostState.PUBLISHED] * 2


def test_a_note_that_they_take_off_is_read_first(her: User, him: User, category: Category) -> None:
    hers = story(her, category)
    create_first_notes()
    his = reply_to(
        hers, actor=Speaker(PSEUDONYM, him), text="Cruel words.", notes=ContentNote.objects.order_by("pk")[:1]
    ).post
    hide_from_author(hers, actor=identity_of(him), hides=Hidden.EVERYTHING)
    assert change_notes(again(his), actor=Reader(him), notes=[]).state == PostState.HELD


def test_no_other_way_leads_round_it(her: User, him: User, category: Category, moderator: User) -> None:
    hers = story(her, category)
    taken_back, returned, put_off = answered(hers, him), answered(hers, him), answered(hers, him, delay_hours=24)
    withdraw_post(again(taken_back), actor=Reader(him))
    return_post(again(returned), actor=moderator, word="Please leave out the name.")
    hide_from_author(hers, actor=identity_of(him), hides=Hidden.EVERYTHING)
    assert put_back_post(again(taken_back), actor=Reader(him)).state == PostState.HELD
    assert changed(returned, him).state == PostState.HELD
    assert changed(put_off, him).state == PostState.HELD
    reasons = [why_it_waits(post) for post in (taken_back, returned, put_off)]
    assert reasons == [["put_back"], ["resubmitted"], ["resubmitted"]]


# --- What was put off -------------------------------------------------------------------------------------------------


WEEK = dt.timedelta(days=7)


@pytest.mark.parametrize("hides", HIDING)
def test_what_was_put_off_appears_no_more_until_they_undo_it(
    her: User,
    him: User,
    category: Category,
    clock: time_machine.Traveller,
    hides: Callable[[Post, User], object],
) -> None:
    hers, me = story(her, category), identity_of(him)
    his = answered(hers, him, delay_hours=24)
    hides(hers, him)
    clock.shift(WEEK)
    publish_due()
    assert again(his).state == PostState.SCHEDULED
    unblock(blocks_of(me)[0].id, actor=me)
    clock.shift(WEEK)
    publish_due()
    assert is_read_in(his, VISITOR)


@pytest.mark.parametrize("hides", [Hidden.EVERYTHING, Hidden.PSEUDONYM])
def test_under_another_name_it_appears_only_if_she_reads_it(
    her: User, him: User, category: Category, clock: time_machine.Traveller, hides: Hidden
) -> None:
    hers = story(her, category)
    his = answered(hers, him, voice=OTHER_NAME, delay_hours=24)
    hide_from_author(hers, actor=identity_of(him), hides=hides)
    clock.shift(WEEK)
    publish_due()
    she = Reader(her, unseen=unseen_by(Reader(her)))
    seen_by = [is_read_in(his, VISITOR), is_read_in(his, she)]
    assert seen_by == [hides is Hidden.PSEUDONYM] * 2


def test_of_a_guest_who_hides_it_does_not_appear(her: User, category: Category, clock: time_machine.Traveller) -> None:
    hers = story(her, category)
    written = reply_to(hers, actor=GUEST, text="Cruel words.", delay_hours=24)
    publish_post(written.post, actor=None)
    hide_from_author(hers, actor=read_claim(written.claim_code).guest, hides=Hidden.EVERYTHING)
    clock.shift(WEEK)
    publish_due()
    assert again(written.post).state == PostState.SCHEDULED


@pytest.mark.parametrize("voice", [PSEUDONYM, OTHER_NAME])
@pytest.mark.parametrize("hides", [Hidden.EVERYTHING, Hidden.PSEUDONYM])
def test_they_do_not_let_it_appear_either_whichever_of_their_names_is_hidden(
    her: User, him: User, category: Category, hides: Hidden, voice: SpeaksAs
) -> None:
    hers, me = story(her, category), identity_of(him)
    his = answered(hers, him, voice=voice, delay_hours=24)
    hide_from_author(hers, actor=me, hides=hides)
    reader = Reader(him, opened=open_member(him).pseudonyms)
    with pytest.raises(HiddenFromWhoeverBegan):
        let_appear_now(again(his), actor=reader, owners={me})
    assert (again(his).state, again(his).due_at) == (PostState.SCHEDULED, his.due_at)
    unblock(blocks_of(me)[0].id, actor=me)
    assert let_appear_now(again(his), actor=reader, owners={me}).state == PostState.PUBLISHED


def test_a_story_of_ones_own_appears_whoever_was_hidden_from(
    her: User, him: User, category: Category, clock: time_machine.Traveller
) -> None:
    speaker = Speaker(PSEUDONYM, him)
    his = start_thread(category, actor=speaker, title="A title", text="Some words.", delay_hours=24).post
    hide_from_author(story(her, category), actor=identity_of(him), hides=Hidden.EVERYTHING)
    clock.shift(WEEK)
    publish_due()
    assert again(his).state == PostState.PUBLISHED


@pytest.mark.parametrize("voice", [PSEUDONYM, OTHER_NAME])
def test_how_many_hide_from_her_costs_no_query_more(
    her: User, him: User, category: Category, clock: time_machine.Traveller, voice: SpeaksAs
) -> None:
    hers = story(her, category)
    others = [trusted(name, category) for name in ("copper lantern", "amber field", "grey heron")]
    for other in others:
        answered(hers, other, voice=OTHER_NAME)
    hide_from_author(hers, actor=identity_of(others[0]), hides=Hidden.EVERYTHING)
    costs = []
    for more in ([], others[1:]):
        for other in more:
            hide_from_author(hers, actor=identity_of(other), hides=Hidden.EVERYTHING)
        his = answered(hers, him, voice=voice, delay_hours=24)
        clock.shift(WEEK)
        with CaptureQueriesContext(connection) as queries:
            publish_due()
        assert is_read_in(his, VISITOR)
        costs.append(len(queries))
    assert costs[0] == costs[1]


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
    """Of what is drawn by lot, nothing: tokens, ids, what is made of them, and the name of somebody who is new in a
    conversation.
    """
    status, headers, body = answer.comparable
    headers.pop("etag", None)
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


# The same of what they change and what they let appear.


def moved(visit: Somebody, change: Post, let_go: Post) -> list[tuple[int, str]]:
    """All that comes back from changing a reply and from letting another appear, and from its page afterwards."""
    answers = []
    for post, method, address, said in (
        (change, "PATCH", "", {"text": "She is Jane Doe."}),
        (let_go, "DELETE", "delay/", {}),
    ):
        with transaction.atomic():
            browser, api = visit.again(), f"/api/v1/posts/{post.public_id}/"
            answers.append(browser.ask(api + address, method, data=said))
            answers.append(browser.ask(f"/p/{post.public_id}/"))
            transaction.set_rollback(True)
    return [_without_lots(answer) for answer in answers]


def test_what_is_changed_and_let_appear_elsewhere_answers_byte_for_byte_as_before(
    her: User, him: User, category: Category, clock: time_machine.Traveller
) -> None:
    first, second = story(her, category), story(her, category)
    there, elsewhere = ((answered(each, him), answered(each, him, delay_hours=24)) for each in (first, second))
    visit = signed_in(him)
    before = moved(visit, *elsewhere)
    assert [status for status, _text in before] == [200] * 4
    assert moved(visit, *there) == before
    hide_from_author(first, actor=identity_of(him), hides=Hidden.EVERYTHING)
    assert moved(visit, *elsewhere) == before
    assert [status for status, _text in moved(visit, *there)] == [200, 200, 409, 200]
    assert '"state":"HELD"' in moved(visit, *there)[0][1]


def test_of_an_own_name_that_is_not_opened_they_answer_as_of_anybodys(
    her: User, him: User, category: Category, clock: time_machine.Traveller
) -> None:
    """Else whoever holds her phone would hide from a story in which she answered, and know whether it is hers."""
    answers = []
    for opening in (story(her, category), story(him, category)):
        own = answered(opening, her), answered(opening, her, delay_hours=24)
        hide_from_author(opening, actor=identity_of(her), hides=Hidden.PSEUDONYM, is_fresh=False)
        answers.append(moved(signed_in(her), *own))
    assert answers[0] == answers[1]
    assert '"state":"HELD"' in answers[0][0][1]
    assert answers[0][2][0] == 409
